// Makes the files that a page loads where ES modules cannot be: classic scripts, the worker, files that carry everything inside.
//
//   node tools/bundle.mjs FOLDER WWW PKG [PACKS]
//
//   medcode.classic.js          the global `Medcode`; fetches pkg/ and packs/ beside it
//   medcode.worker.js           the module in a worker; fetches them, too
//   medcode.diagnosis.js        what diagnosis.html runs
//   medcode.inline.js           an ES module with the module and the packs inside
//   medcode.inline.classic.js   the same as a classic script: works from file://
//   medcode.html                the page in one file
//   reference.html              the reference, from the declarations
//   custom-elements.json        what the element offers, for editors and frameworks
//   integrity.json              the digests that `integrity` of a script takes

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";
import { build } from "esbuild";
import { manifest, reference } from "./reference.mjs";

const [out, www, pkg, packs] = process.argv.slice(2);
if (!pkg) {
  console.error("expected: node tools/bundle.mjs FOLDER WWW PKG [PACKS]");
  process.exit(2);
}
const here = path.dirname(fileURLToPath(import.meta.url));

/** The module and the packs, each as base64 of gzip: what a text file holds them in with the fewest bytes a browser can unpack. */
const held = [];
for (const [folder, pattern] of [[pkg, /\.wasm$/], ...(packs ? [[packs, /\.medcode$/]] : [])]) {
  for (const name of (await readdir(/** @type {string} */ (folder))).sort()) {
    if (!(/** @type {RegExp} */ (pattern)).test(name)) continue;
    const bytes = await readFile(path.join(/** @type {string} */ (folder), name));
    held.push({ name, text: zlib.gzipSync(bytes, { level: 9 }).toString("base64") });
  }
}

/**
 * Bundles an entry of the pages.
 *
 * @param {string} entry
 * @param {import("esbuild").BuildOptions & { inline?: boolean }} options `inline` puts the files of the module inside
 * @returns {Promise<string>}
 */
async function bundled(entry, { inline = false, ...options }) {
  /** @type {import("esbuild").Plugin} */
  const places = {
    name: "places",
    setup(plugins) {
      plugins.onResolve({ filter: /^\.\/pkg\// }, ({ path: name }) => ({ path: path.resolve(pkg, name.slice("./pkg/".length)) }));
      if (inline) plugins.onResolve({ filter: /^\.\/files\.js$/ }, () => ({ path: path.join(here, "inline-files.js") }));
    },
  };
  const { outputFiles = [] } = await build({
    entryPoints: [path.resolve(www, entry)],
    bundle: true,
    write: false,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    target: ["es2022"],
    plugins: [places],
    ...(options.format === "iife" ? { inject: [path.join(here, "base.js")], define: { "import.meta.url": "bundleAddress", ...options.define } } : {}),
    ...options,
  });
  return outputFiles[0].text;
}

/** @param {string} name @param {string} text */
async function write(name, text) {
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, name), text);
}

/** The files of the module as a statement before a bundle. */
const files = `var MEDCODE_FILES=${JSON.stringify(held)};`;

const classic = await bundled("classic.js", { format: "iife", globalName: "Medcode" });
await write("medcode.classic.js", classic);
await write("medcode.diagnosis.js", await bundled("diagnosis-page.js", { format: "iife" }));
await write("medcode.worker.js", await bundled("worker.js", { format: "iife" }));
await write("medcode.inline.js", `${files}${await bundled("classic.js", { format: "esm", inline: true })}`);
// The files inside a function of their own: the page gets one global name and no more.
const whole = await bundled("classic.js", { format: "iife", globalName: "medcodeInline", inline: true });
await write("medcode.inline.classic.js", `var Medcode=(function(){${files}${whole}return medcodeInline})();`);

// The page in one file. Its policy names its own script and style by their digests and forbids every connection.
const page = await readFile(path.join(www, "index.html"), "utf8");
const style = (await Promise.all(["colours.css", "style.css"].map((name) => readFile(path.join(www, name), "utf8")))).join("\n");
const app = (await bundled("app.js", { format: "iife", inline: true })).replaceAll("</script", "<\\/script");
const sum = (/** @type {string} */ text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  `script-src ${sum(app)} 'wasm-unsafe-eval'`,
  `style-src ${sum(style)}`,
  "img-src data:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types medcode",
].join("; ");
/** What goes out of the page, and what comes in its place. @type {[RegExp, string][]} */
const replacements = [
  [/(<meta http-equiv="Content-Security-Policy" content=")[^"]*(">)/, `$1${policy}$2`],
  [/( *<link rel="stylesheet"[^>]*>\n)+/, ""],
  [/ *<script type="module" src="app\.js"><\/script>\n/, ""],
  [/ *<link rel="manifest"[^>]*>\n/, ""],
];
let text = page;
for (const [pattern, replacement] of replacements) {
  if (!pattern.test(text)) throw new Error(`expected ${pattern} in ${www}/index.html`);
  text = text.replace(pattern, replacement);
}
const blocks = held.map((file) => `<script type="text/plain" data-medcode="${file.name}">${file.text}</script>`).join("\n");
text = text
  .replace("</head>", () => `<style>${style}</style>\n</head>`)
  .replace("</body>", () => `${blocks}\n<script>${app}</script>\n</body>`);
await write("medcode.html", text);

await write("reference.html", reference(await readFile(path.join(pkg, "medcode.d.ts"), "utf8")));
await write("custom-elements.json", manifest());

const scripts = (await readdir(out)).filter((name) => name.endsWith(".js")).sort();
const digests = await Promise.all(scripts.map(async (name) => [name, `sha384-${createHash("sha384").update(await readFile(path.join(out, name))).digest("base64")}`]));
await write("integrity.json", `${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`);

for (const name of (await readdir(out)).sort()) {
  console.log(`   ${name}: ${(await readFile(path.join(out, name))).length.toLocaleString("en-US")} bytes`);
}
