// Puts the folder together that a server serves: the pages, the module, and a compressed copy of each.
//
//   node tools/assemble.mjs FOLDER SOURCE[=SUBFOLDER]...
//
// Beside them go `sw.js` with the files of the release and their digests, `release.json` with the same for people and programs,
// and `SHA256SUMS`. A file whose bytes are already there is left as it is, with its copies; a file that no source has is removed.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import zlib from "node:zlib";

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** What is worth compressing; images other than SVG are compressed already, and so are the packs, whose copies are larger. */
const COMPRESSIBLE = /\.(css|html|js|json|mjs|svg|txt|wasm|webmanifest)$/;
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

/**
 * The code systems of the module and the packs, with their releases, as the module itself names them.
 *
 * @param {Map<string, Buffer>} built
 * @returns {Promise<{ system: string, title: string, version: string }[]>}
 */
async function systemsOf(built) {
  const [glue, module] = [built.get("pkg/medcode.js"), built.get("pkg/medcode_bg.wasm")];
  if (!glue || !module) return [];
  const source = sources.map((each) => each.split("=")).find(([, below]) => below === "pkg")?.[0] ?? "";
  const { default: init, Medcode } = await import(pathToFileURL(path.resolve(source, "medcode.js")).href);
  await init({ module_or_path: module });
  const medcode = new Medcode();
  for (const [name, bytes] of built) if (name.startsWith("packs/") && name.endsWith(".medcode")) medcode.addPack(bytes);
  return medcode.systems().map((/** @type {any} */ { system, title, release: { version } }) => ({ system, title, version }));
}

/** @param {Buffer} bytes */
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

const [target, ...sources] = process.argv.slice(2);
if (!target || sources.length === 0) {
  console.error("expected: node tools/assemble.mjs FOLDER SOURCE[=SUBFOLDER]...");
  process.exit(2);
}

/** The file to write, and its bytes. @type {Map<string, Buffer>} */
const wanted = new Map();
for (const source of sources) {
  const [folder, below = ""] = source.split("=");
  for (const name of await files(folder)) {
    const place = path.join(below, name).replaceAll(path.sep, "/");
    if (!path.basename(name).startsWith(".")) wanted.set(place, await readFile(path.join(folder, name)));
  }
}

/** What the page and its documentation need to work with the server gone; the rest is fetched when it is asked for. */
const KEPT = /^((index|docs|reference|diagnosis)\.html|(colours|style|page)\.css|manifest\.webmanifest|[\w-]+\.js|medcode\.(worker|diagnosis)\.js|examples\/[\w-]+\.js|icons\/.*|pkg\/medcode\.js|pkg\/.*\.wasm|packs\/.*)$/;
const kept = [...wanted].filter(([name]) => KEPT.test(name) && name !== "sw.js").sort(([one], [other]) => (one < other ? -1 : 1));
const digests = Object.fromEntries(kept.map(([name, bytes]) => [name, digest(bytes)]));
const release = {
  id: digest(Buffer.from(JSON.stringify([digests, String(wanted.get("sw.js"))]))).slice(0, 12),
  systems: await systemsOf(wanted),
  files: digests,
};
const worker = wanted.get("sw.js");
if (worker) wanted.set("sw.js", Buffer.from(`const MEDCODE_RELEASE = ${JSON.stringify(release)};\n${worker}`));
wanted.set("release.json", Buffer.from(`${JSON.stringify(release, null, 2)}\n`));
const sums = [...wanted].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, bytes]) => `${digest(bytes)}  ${name}\n`);
wanted.set("SHA256SUMS", Buffer.from(sums.join("")));

await mkdir(target, { recursive: true });
for (const name of await files(target)) {
  const original = COPIES.some((suffix) => name.endsWith(suffix)) ? name.slice(0, -3) : name;
  if (!wanted.has(name) && !wanted.has(original)) await rm(path.join(target, name));
}

let [raw, small, written] = [0, 0, 0];
for (const [name, bytes] of wanted) {
  const place = path.join(target, name);
  const there = await readFile(place).catch(() => undefined);
  const copies = COMPRESSIBLE.test(name) && !CARRIERS.test(name) ? COPIES.map((suffix) => place + suffix) : [];
  const whole = (await Promise.all(copies.map((copy) => stat(copy).catch(() => undefined)))).every(Boolean);
  // A pack is compressed as it stands: its copies may be missing because they were no smaller.
  if (!there || digest(there) !== digest(bytes) || !(whole || name.endsWith(".medcode"))) {
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
      // A copy that is no smaller is none: it would cost the browser the unpacking.
      await Promise.all([br, gz].map((copy, at) => (copy.length < bytes.length ? writeFile(copies[at], copy) : rm(copies[at], { force: true }))));
    }
    written += 1;
  }
  raw += bytes.length;
  small += copies.length > 0 ? await stat(copies[0]).then(({ size }) => size, () => bytes.length) : bytes.length;
}
const shown = (/** @type {number} */ count) => count.toLocaleString("en-US");
console.log(`${wanted.size} files, ${written} of them new: ${shown(raw)} bytes, ${shown(small)} with brotli`);
