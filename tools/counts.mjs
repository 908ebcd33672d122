// Counts the instructions of the hot paths with valgrind, and compares them with what is committed: times on a busy machine say
// nothing, counts do.
//
//   node tools/counts.mjs [--write] [INDEX]
//
// INDEX is `target/test-sources/index/embedded.medcode` unless another is named. `--write` commits what was counted to
// benches/counts.json. A count more than 3 % above the committed one fails. Counts hold for one compiler and one index: write them
// anew where either changed. `cargo build --release --example hot_paths` must have run. A minute or two.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const PATHS = ["open", "core", "first", "lookup", "validate", "letter", "word", "words", "shorthand", "misspelling", "code", "long"];
/** How much more is no regression. */
const ALLOWED = 1.03;
const KEPT = "benches/counts.json";
const PROGRAM = "target/release/examples/hot_paths";

const given = process.argv.slice(2);
const write = given.includes("--write");
const index = given.find((one) => !one.startsWith("--")) ?? "target/test-sources/index/embedded.medcode";

if (spawnSync("valgrind", ["--version"]).status !== 0) fail("expected valgrind, found none: on Debian 'apt-get install valgrind'");
if (!existsSync(PROGRAM)) fail(`expected ${PROGRAM}, found none: run 'cargo build --release --example hot_paths'`);
if (!existsSync(index)) fail(`expected the index ${index}, found none: run './build.sh', or name another`);

/** @type {{ index: string, paths: Record<string, number> }} */
const kept = existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, "utf8")) : { index: "", paths: {} };
const digest = execFileSync("sha256sum", [index], { encoding: "utf8" }).slice(0, 12);
if (!write && kept.index !== digest) console.log(`the counts are those of index ${kept.index}; this one is ${digest}: they compare as far as the data are alike`);

/** @type {Record<string, number>} */
const counted = {};
for (const name of PATHS) {
  const out = path.join(tmpdir(), `medcode-counts-${process.pid}`);
  const arguments_ = ["--tool=callgrind", `--callgrind-out-file=${out}`, "--toggle-collect=hot_paths::measured*", PROGRAM, index, name];
  const { stderr, status } = spawnSync("valgrind", arguments_, { encoding: "utf8" });
  rmSync(out, { force: true });
  const count = Number(/Collected : (\d+)/.exec(stderr)?.[1]);
  if (status !== 0 || !count) fail(`${name}: valgrind counted nothing:\n${stderr}`);
  counted[name] = count;
  const before = kept.paths[name];
  const change = before ? ` ${((count / before - 1) * 100).toFixed(1).padStart(6)} %` : "";
  const passed = !write && before !== undefined && count > before * ALLOWED;
  console.log(`${name.padEnd(12)} ${count.toLocaleString("en").padStart(14)}${change}${passed ? ": too much" : ""}`);
  if (passed) process.exitCode = 1;
}
if (write) writeFileSync(KEPT, `${JSON.stringify({ index: digest, paths: counted }, null, 2)}\n`);

/** @param {string} problem @returns {never} */
function fail(problem) {
  console.error(problem);
  process.exit(2);
}
