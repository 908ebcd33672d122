// Puts the folder together that a server serves: the pages, the module, and a compressed copy of each.
//
//   node tools/assemble.mjs FOLDER SOURCE[=SUBFOLDER]...
//
// A file whose bytes are already there is left as it is, with its copies; a file that no source has is removed.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** What is worth compressing; images other than SVG are compressed already. */
const COMPRESSIBLE = /\.(css|html|js|json|medcode|mjs|svg|txt|wasm|webmanifest)$/;
const COPIES = [".br", ".gz"];
/** What carries the module inside is compressed inside; and the page in one file is opened, not served. */
const CARRIERS = /(^|\/)medcode\.(inline\.js|inline\.classic\.js|html)$/;

/** All files below a folder, by their names relative to it. @param {string} folder @returns {Promise<string[]>} */
async function files(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** @param {Buffer} bytes */
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

const [target, ...sources] = process.argv.slice(2);
if (!target || sources.length === 0) {
  console.error("expected: node tools/assemble.mjs FOLDER SOURCE[=SUBFOLDER]...");
  process.exit(2);
}

/** @type {Map<string, string>} the file to write, and where it comes from */
const wanted = new Map();
for (const source of sources) {
  const [folder, below = ""] = source.split("=");
  for (const name of await files(folder)) {
    if (!path.basename(name).startsWith(".")) wanted.set(path.join(below, name), path.join(folder, name));
  }
}
await mkdir(target, { recursive: true });
for (const name of await files(target)) {
  const original = COPIES.some((suffix) => name.endsWith(suffix)) ? name.slice(0, -3) : name;
  if (!wanted.has(name) && !wanted.has(original)) await rm(path.join(target, name));
}

let [raw, small, written] = [0, 0, 0];
for (const [name, source] of wanted) {
  const place = path.join(target, name);
  const bytes = await readFile(source);
  const there = await readFile(place).catch(() => undefined);
  const copies = COMPRESSIBLE.test(name) && !CARRIERS.test(name) ? COPIES.map((suffix) => place + suffix) : [];
  const whole = (await Promise.all(copies.map((copy) => stat(copy).catch(() => undefined)))).every(Boolean);
  if (!there || digest(there) !== digest(bytes) || !whole) {
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, bytes);
    if (copies.length > 0) {
      const { constants } = zlib;
      const quality = {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      };
      const [br, gz] = await Promise.all([brotli(bytes, quality), gzip(bytes, { level: 9 })]);
      await writeFile(copies[0], br);
      await writeFile(copies[1], gz);
    }
    written += 1;
  }
  raw += bytes.length;
  small += copies.length > 0 ? (await stat(copies[0])).size : bytes.length;
}
const shown = (/** @type {number} */ count) => count.toLocaleString("en-US");
console.log(`${wanted.size} files, ${written} of them new: ${shown(raw)} bytes, ${shown(small)} with brotli`);
