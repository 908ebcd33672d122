// Prints what the bench of the peers measured, as a table: node table.mjs BENCH SET

import { readFileSync } from "node:fs";

const [bench, set] = process.argv.slice(2);
if (!bench || !set) {
  console.error("expected: table.mjs BENCH SET, such as ../bench A");
  process.exit(2);
}
/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(`${bench}/results/${name}.json`, "utf8"));
const results = read(set);
const bytes = read("bytes");

/** The value that a part of the others is below. @param {number[]} values @param {number} part */
const at = (values, part) => [...values].sort((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * part))];
/** @param {number | undefined} value @param {number} [digits] */
const number = (value, digits = 0) =>
  value === undefined ? "" : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
/** @param {{ first: number, loaded: number, imported: number }[] | undefined} cold @param {"first" | "loaded" | "imported"} key */
const median = (cold, key) => (cold?.length ? at(cold.map((one) => one[key]), 0.5) : undefined);

const floor = median(results.empty?.cold, "first");
console.log(`set ${set}: an empty page takes ${number(floor)} ms\n`);
console.log("| | bytes raw / brotli | loaded, ms | first result, ms | of an empty page | keystroke p50 / p99, ms | wasm memory, MB | specific target in ten: clean / mistyped |");
console.log("|---|---|---|---|---|---|---|---|");
for (const [name, one] of Object.entries(results)) {
  if (name === "empty") continue;
  const total = bytes[`${set}/${name}`]?.tot;
  const loaded = median(one.cold, "loaded");
  const first = median(one.cold, "first");
  const lat = one.keys?.passes?.flatMap((/** @type {{ lat: number[] }} */ pass) => pass.lat) ?? [];
  const keys = lat.length ? `${number(at(lat, 0.5), 2)} / ${number(at(lat, 0.99), 2)}` : "";
  const found = one.quality ? [one.quality.clean, one.quality.typo].map((part) => `${number(part.recall10specific * 100)} %`).join(" / ") : "";
  const memory = one.mem ? number(one.mem.wasm / 1e6, 1) : "";
  const ratio = first && floor ? `${number(first / floor, 2)} x` : "";
  console.log(`| ${name} | ${total ? `${number(total.raw)} / ${number(total.br)}` : ""} | ${number(loaded)} | ${number(first)} | ${ratio} | ${keys} | ${memory} | ${found} |`);
}
