// What the index and the module may weigh, in bytes, and whether they do.
//
//   node tools/budgets.mjs MODE
//
// MODE names the folder in target/ that a build of a data mode went to, such as `test-sources`. A budget is the floor that
// was set for it or 3 % above what it last weighed, whichever is less; who passes one says why in the commit that raises it.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import zlib from "node:zlib";

/** @typedef {{ system: string, kind: string, bytes: number }} Section */

/** The sections of some kinds of a system. @param {string} system @param {string[]} kinds */
const of = (system, ...kinds) => (/** @type {Section} */ section) =>
  section.system === system && (kinds.length === 0 || kinds.includes(section.kind));
/** The sections of some kinds of all systems. @param {string[]} kinds */
const kind = (...kinds) => (/** @type {Section} */ section) => kinds.includes(section.kind);
/** Neither a note of ICD-9-CM nor our vocabulary. @param {Section} section */
const named = (section) =>
  section.kind !== "Vocabulary" && !(section.system.startsWith("icd9") && ["InclusionTerms", "Notes"].includes(section.kind));

/**
 * Per line: what is weighed, which sections that is, the budget with the registries' data alone, and with official files.
 *
 * @type {[string, (section: Section) => boolean, number, number][]}
 */
const SECTIONS = [
  ["ICD-10-CM: codes, hierarchy, titles", of("icd10cm", "Core"), 123_100, 123_800],
  ["ICD-10-CM: and all tabular notes", of("icd10cm", "Core", "InclusionTerms", "Notes"), 267_100, 267_800],
  ["ICD-10-CM: the Alphabetic Index", of("icd10cm", "IndexTerms"), 0, 375_000],
  ["ICD-10-PCS", of("icd10pcs"), 160_300, 146_700],
  ["ICD-9-CM diagnoses", of("icd9cm_dx"), 129_200, 261_100],
  ["ICD-9-CM procedures", of("icd9cm_sg"), 36_300, 77_900],
  ["HCPCS Level II", of("hcpcs"), 0, 172_900],
  ["maps, conversions, edits, dates", kind("Maps", "Conversions", "Edits", "Properties"), 68_500, 79_500],
  ["our vocabulary", kind("Vocabulary"), 167_100, 183_800],
  // What the floor of 1,300,000 bytes names: neither the notes of the retired system nor our own vocabulary.
  ["all but notes of ICD-9-CM, vocabulary", named, 620_900, 1_192_900],
  ["everything", () => true, 788_100, 1_538_900],
];

/** The module without the index inside it: its bytes, and with brotli at its best; the same code in every mode. */
const CODE = { raw: 712_800, brotli: 260_700 };

const mode = process.argv[2];
if (!mode) {
  console.error("expected: node tools/budgets.mjs MODE, such as test-sources");
  process.exit(2);
}
const folder = `target/${mode}`;
const inspect = ["inspect", "--json", "--index", `${folder}/index`];
/** @type {{ sections: Section[] }} */
const { sections } = JSON.parse(execFileSync("target/release/medcode", inspect, { encoding: "utf8" }));

const module = readFileSync(`${folder}/pkg/medcode_bg.wasm`);
const index = readFileSync(`${folder}/index/embedded.medcode`);
// wasm-opt leaves out a few zeros wherever they stand in a row, so the index is found by its ends.
const start = module.indexOf(index.subarray(0, 1024));
const end = module.indexOf(index.subarray(-1024)) + 1024;
if (start < 0 || end < start + index.length / 2) {
  console.error(`${folder}: expected the module to hold the index, found neither its beginning nor its end: build it again`);
  process.exit(1);
}
const code = Buffer.concat([module.subarray(0, start), module.subarray(end)]);
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: code.length };

const official = mode.endsWith("sources");
/** @type {[string, number, number][]} */
const weighed = [
  ...SECTIONS.map(([name, holds, registries, sources]) => {
    const bytes = sections.filter(holds).reduce((sum, section) => sum + section.bytes, 0);
    return /** @type {[string, number, number]} */ ([name, bytes, official ? sources : registries]);
  }),
  ["code of the module", code.length, CODE.raw],
  ["code of the module, with brotli", zlib.brotliCompressSync(code, { params }).length, CODE.brotli],
];
for (const [name, bytes, budget] of weighed) {
  if (bytes === 0 && budget === 0) continue;
  const passed = bytes > budget;
  console.log(`   ${name.padEnd(36)} ${bytes.toLocaleString("en").padStart(10)} of ${budget.toLocaleString("en").padStart(10)} bytes${passed ? ": too much" : ""}`);
  if (passed) process.exitCode = 1;
}
