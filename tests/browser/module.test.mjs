// The module by itself, in node: what its declarations promise is what it returns, and what it refuses.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";

const PACKAGE = path.resolve(process.env.MEDCODE_DIST ?? "dist", "pkg");

/** @type {import("../../www/medcode.js").Medcode} */
let medcode;
/** @type {typeof import("../../www/medcode.js").Medcode} */
let Medcode;
/** What the module keeps. @type {WebAssembly.Memory} */
let memory;
/** The declarations, as text. */
let declarations = "";

before(async () => {
  const module = await import(pathToFileURL(path.join(PACKAGE, "medcode.js")).href);
  ({ memory } = await module.default({ module_or_path: await readFile(path.join(PACKAGE, "medcode_bg.wasm")) }));
  Medcode = module.Medcode;
  medcode = new Medcode();
  const packs = path.join(PACKAGE, "..", "packs");
  for (const name of await readdir(packs)) {
    if (name.endsWith(".medcode")) medcode.addPack(await readFile(path.join(packs, name)));
  }
  declarations = await readFile(path.join(PACKAGE, "medcode.d.ts"), "utf8");
});

/**
 * The property names that an interface declares.
 *
 * @param {string} name
 */
function declared(name) {
  const block = new RegExp(`export interface ${name}(?: extends (\\w+))? \\{([^]*?)\\n\\}`).exec(declarations);
  assert.ok(block, `expected an interface ${name}`);
  const properties = [...block[2].replace(/\/\*\*[^]*?\*\//g, "").matchAll(/^\s*(\w+)(\??):/gm)];
  /** @type {{ all: string[], required: string[] }} */
  const inherited = block[1] ? declared(block[1]) : { all: [], required: [] };
  return {
    all: [...inherited.all, ...properties.map(([, property]) => property)],
    required: [...inherited.required, ...properties.filter(([, , optional]) => !optional).map(([, property]) => property)],
  };
}

/**
 * Requires an object to have every required property of an interface and none that it does not declare.
 *
 * @param {object} object
 * @param {string} name
 */
function conforms(object, name) {
  const { all, required } = declared(name);
  const keys = Object.keys(object).sort();
  assert.deepEqual(keys.filter((key) => !all.includes(key)), [], `${name} has keys that are not declared`);
  assert.deepEqual(required.filter((key) => !keys.includes(key)), [], `${name} lacks keys that are declared`);
  assert.equal(Object.getPrototypeOf(object), Object.prototype, `${name} is a plain object`);
}

/**
 * Requires a call to throw a MedcodeError with a code.
 *
 * @param {() => unknown} call
 * @param {string} code
 * @param {RegExp} message
 */
function refuses(call, code, message) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, "MedcodeError");
    assert.equal("code" in error && error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

describe("the module", () => {
  it("names the loaded releases", () => {
    const systems = medcode.systems();
    assert.ok(systems.length > 0);
    for (const system of systems) {
      conforms(system, "SystemInfo");
      conforms(system.release, "ReleaseInfo");
      conforms(system.release.files[0], "FileInfo");
      assert.match(system.release.files[0].sha256, /^[0-9a-f]{64}$/);
      assert.ok(system.release.codes >= system.release.billable);
    }
    assert.match(Medcode.version(), /^\d+\.\d+\.\d+$/);
  });

  it("returns concepts, groups and notes as they are declared", () => {
    for (const { system } of medcode.systems()) {
      for (const chapter of medcode.chapters(system)) {
        conforms(chapter, "Group");
        const contents = medcode.group("chapter", chapter.label, system);
        assert.ok(contents, `${system} chapter ${chapter.label}`);
        conforms(contents, "GroupContents");
        contents.notes.forEach((note) => conforms(note, "Note"));
        for (const concept of contents.codes.slice(0, 20)) {
          conforms(concept, "Concept");
          conforms(concept.period, "Period");
        }
      }
    }
  });

  it("looks a code up with and without dot, in any case, in a system by any of its names", () => {
    for (const code of ["E11.9", "E119", "e119", " E11.9 "]) {
      assert.equal(medcode.lookup(code, { system: "icd10cm" })?.code, "E11.9", code);
    }
    assert.equal(medcode.lookup("E11.9", { system: "http://hl7.org/fhir/sid/icd-10-cm" })?.code, "E11.9");
    assert.equal(medcode.lookup("E11.9", { system: null })?.system, "icd10cm");
    assert.equal(medcode.lookup("E11.9", null)?.system, "icd10cm");
    assert.equal(medcode.lookup("nothing"), undefined);
  });

  it("knows what stands above and below", () => {
    const codes = (/** @type {{ code: string }[]} */ concepts) => concepts.map(({ code }) => code);
    const scope = { system: "icd10cm" };
    assert.equal(medcode.parent("E11.321", scope)?.code, "E11.32");
    assert.equal(medcode.parent("E11", scope), undefined);
    assert.deepEqual(codes(medcode.ancestors("E11.3211", scope)), ["E11.321", "E11.32", "E11.3", "E11"]);
    assert.deepEqual(codes(medcode.children("W21.89", scope)), ["W21.89XA", "W21.89XD", "W21.89XS"]);
    assert.deepEqual(medcode.children("nothing", scope), []);
    assert.deepEqual(codes(medcode.billableDescendants("E11.0", { ...scope, limit: 1 })), ["E11.00"]);
    assert.deepEqual(medcode.groupsOf("E11.9", scope).map(({ label }) => label), ["4", "E08-E13"]);
    assert.equal(medcode.subsumes("E11", "E11.9", scope), true);
    assert.equal(medcode.subsumes("E11.9", "E11", scope), false);
    assert.equal(medcode.subsumes("E11", "E11", scope), true);
    assert.equal(medcode.subsumes("E11", "nothing", scope), false);
  });

  it("has a home in chapters and sections for every top code of ICD-10-CM, and gives it back from there", () => {
    for (const chapter of medcode.chapters("icd10cm")) {
      for (const section of medcode.group("chapter", chapter.label, "icd10cm")?.inside ?? []) {
        for (const { code } of medcode.group("section", section.label, "icd10cm")?.codes ?? []) {
          const labels = medcode.groupsOf(code, { system: "icd10cm" }).map(({ label }) => label);
          assert.deepEqual([labels[0], labels.at(-1)], [chapter.label, section.label], code);
        }
      }
    }
  });

  it("searches, and returns hits as they are declared", () => {
    for (const query of ["type 2 diabetes", "E11", "diabtes", "heart attack", "wheelchair", "", "   ", "🩺", "\0", "a".repeat(10_000)]) {
      const result = medcode.search(query, { limit: 30 });
      conforms(result, "SearchResult");
      assert.ok(result.total >= result.hits.length);
      for (const hit of result.hits) {
        conforms(hit, "Hit");
        hit.matched.forEach((match) => conforms(match, "Match"));
        for (const { by, text, words } of hit.matched) {
          if (by !== "code") words.forEach((word) => assert.ok((text ?? hit.display).includes(word), `${word} in ${text}`));
        }
      }
    }
    assert.match(medcode.search("diabwtes mellitus").correction ?? "", /diabetes/);
    assert.equal(medcode.search("diabetes mellitus").correction, undefined);
  });

  it("filters by system, billable, subtree and date, and pages without repeating", () => {
    const search = (/** @type {import("../../www/medcode.js").SearchOptions} */ options) => medcode.search("diabetes", options).hits;
    assert.ok(search({ systems: ["icd9"], limit: 50 }).every(({ system }) => system.startsWith("icd9cm_")));
    assert.ok(search({ billableOnly: true, limit: 50 }).every(({ billable }) => billable));
    assert.ok(search({ within: "E10", limit: 50 }).every(({ code }) => code.startsWith("E10")));
    assert.ok(search({ within: "E08-E13", limit: 50 }).every(({ code }) => /^E(0[89]|1[0-3])/.test(code)));
    const diagnoses = ["icd9cm_dx", "icd10cm"];
    assert.deepEqual([...new Set(search({ date: "2015-03-01", systems: diagnoses }).map(({ system }) => system))], ["icd9cm_dx"]);
    assert.deepEqual(search({ limit: 0 }), []);
    const names = (/** @type {{ system: string, code: string }[]} */ hits) => hits.map(({ system, code }) => `${system} ${code}`);
    const pages = [0, 10, 20].flatMap((offset) => names(search({ limit: 10, offset })));
    assert.deepEqual(pages, names(search({ limit: 30 })));
    assert.equal(new Set(pages).size, 30);
  });

  it("validates with the statuses that are declared", () => {
    const union = /export type Status =([^]*?);\n/.exec(declarations)?.[1] ?? "";
    const statuses = [...union.matchAll(/"([\w-]+)"/g)].map(([, status]) => status);
    const seen = new Set();
    const given = "E11.9 E11 S52.501 W21.89A E11.9XXA E11.99 S52.501I ZZZ 99213 J9999Z 250.00 12 E119X".split(" ");
    for (const date of [undefined, "2014-01-01", "2024-01-01", "2040-01-01"]) {
      for (const answer of medcode.validateAll(given, { date })) {
        conforms(answer, "Validation");
        answer.fixes.forEach((fix) => conforms(fix, "Fix"));
        (answer.others ?? []).forEach((other) => conforms(other, "Validation"));
        if (answer.concept) conforms(answer.concept, "Concept");
        assert.ok(statuses.includes(answer.status), answer.status);
        assert.ok(answer.message.length > 10);
        seen.add(answer.status);
      }
    }
    assert.ok(seen.size >= 6, [...seen].join());
  });

  it("gives no more fixes than asked for", () => {
    const { fixes, moreFixes } = medcode.validate("E11", { fixLimit: 3 });
    assert.equal(fixes.length, 3);
    assert.ok(moreFixes && moreFixes > 50);
    assert.deepEqual(medcode.validate("E11", { fixLimit: 0 }).fixes, []);
  });

  it("refuses what is no option, and says what it expects", () => {
    const call = (/** @type {unknown} */ options) => () => medcode.validate("E11", /** @type {{}} */ (options));
    for (const limit of [-1, 1.9, NaN, Infinity, "x", true, {}, []]) {
      refuses(call({ fixLimit: limit }), "INVALID_OPTION", /expected a whole number, 0 or more, as fixLimit/);
    }
    for (const date of ["x", "2023-02-29", 20261001, new Date()]) {
      refuses(call({ date }), "INVALID_OPTION", /expected a date such as '2026-10-01'/);
    }
    for (const limit of [-1, 1.9, NaN, "x"]) {
      refuses(() => medcode.search("x", /** @type {any} */ ({ limit })), "INVALID_OPTION", /expected a whole number, 0 or more, as limit/);
    }
    refuses(() => medcode.search("x", /** @type {any} */ ({ systems: "icd10cm" })), "INVALID_OPTION", /expected an array of strings as systems/);
    refuses(() => medcode.search("x", { systems: ["snomed"] }), "UNKNOWN_SYSTEM", /found 'snomed'/);
    refuses(() => medcode.search("x", { systems: ["cpt"] }), "SYSTEM_NOT_LOADED", /CPT is not loaded/);
    refuses(() => medcode.search("x", /** @type {any} */ ({ billableOnly: 1 })), "INVALID_OPTION", /expected true or false as billableOnly/);
    refuses(call({ dat: "2026-10-01" }), "INVALID_OPTION", /expected one of the options system, date, fixLimit, setting, age, sex, found 'dat'/);
    refuses(call(7), "INVALID_OPTION", /expected an object of options, found 7/);
    refuses(call([]), "INVALID_OPTION", /expected an object of options, found an array/);
    refuses(call({ system: "snomed" }), "UNKNOWN_SYSTEM", /expected one of the code systems .*found 'snomed'/);
    refuses(() => medcode.lookup("99213", { system: "cpt" }), "SYSTEM_NOT_LOADED", /CPT is not loaded/);
    refuses(() => medcode.lookup(/** @type {any} */ (5)), "INVALID_ARGUMENT", /expected a string as code, found 5/);
    refuses(() => medcode.validateAll(/** @type {any} */ ("E11")), "INVALID_ARGUMENT", /expected an array of strings/);
    refuses(() => medcode.validateAll(/** @type {any} */ (["E11", 3])), "INVALID_ARGUMENT", /found 3 in it/);
  });

  it("refuses bytes that are no index, and stays usable", () => {
    refuses(() => Medcode.open(new Uint8Array(0)), "NOT_AN_INDEX", /not a Medcode index/);
    refuses(() => medcode.addPack(new Uint8Array([1, 2, 3])), "NOT_AN_INDEX", /not a Medcode index/);
    refuses(() => Medcode.open(/** @type {any} */ ("x")), "INVALID_ARGUMENT", /expected the bytes of an index as a Uint8Array/);
    assert.equal(medcode.lookup("E11.9")?.code, "E11.9");
  });

  it("adds a system when it is asked for, from the pack beside the module that bears the hash of its bytes", async () => {
    const packs = path.join(PACKAGE, "..", "packs");
    /** @type {Record<string, string>} */
    const names = JSON.parse(await readFile(path.join(packs, "packs.json"), "utf8"));
    const fresh = new Medcode();
    assert.ok(Object.keys(names).length > 0);
    for (const [system, name] of Object.entries(names)) {
      refuses(() => fresh.search("a", { systems: [system] }), "SYSTEM_NOT_LOADED", /add its pack with addPack/);
      const pack = await readFile(path.join(packs, name));
      assert.equal(name, `${system}.${createHash("sha256").update(pack).digest("hex").slice(0, 12)}.medcode`);
      fresh.addPack(pack);
      assert.ok(fresh.search("a", { systems: [system] }).total > 0, system);
    }
    assert.deepEqual(fresh.systems().map(({ system }) => system), medcode.systems().map(({ system }) => system));
    fresh.free();
  });

  it("keeps no pack that another has replaced, and nothing of an object that was freed", async () => {
    const packs = path.join(PACKAGE, "..", "packs");
    const name = (await readdir(packs)).find((name) => name.startsWith("icd9cm_dx"));
    assert.ok(name, "expected a pack of ICD-9-CM");
    const pack = await readFile(path.join(packs, name));
    const open = () => {
      const other = Medcode.open(pack);
      for (let times = 0; times < 20; times++) other.addPack(pack);
      assert.equal(other.lookup("250.00")?.system, "icd9cm_dx");
      other.free();
    };
    open();
    const before = memory.buffer.byteLength;
    for (let times = 0; times < 3; times++) open();
    // Where bytes were kept, the memory would have grown by sixty packs.
    assert.ok(memory.buffer.byteLength - before < 4 * pack.length, `${before} bytes became ${memory.buffer.byteLength}`);
  });

  it("survives a getter that calls back into it", () => {
    const options = { get system() { return medcode.lookup("E11.9")?.system; } };
    assert.equal(medcode.lookup("I10", options)?.code, "I10");
  });
});
