// Makes the npm package from built pages.
//
//   node tools/package.mjs DIST FOLDER
//
// FOLDER is then what `npm pack` or `npm publish` takes. In it the files of the module are named one by one, so that a bundler sees
// and carries them; types are read from the sources' own comments.

import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const [dist, out] = process.argv.slice(2);
if (!out) {
  console.error("expected: node tools/package.mjs DIST FOLDER");
  process.exit(2);
}
const version = /^version = "(.*)"$/m.exec(await readFile("Cargo.toml", "utf8"))?.[1];
if (!version) throw new Error("expected a version in Cargo.toml");

/** The modules of the package; the rest of the pages is of the app. */
const MODULES = [
  "attach", "client", "combobox", "controller", "dom", "element", "fhir", "index", "lookup", "lookup-style", "marks", "medcode", "node", "open",
  "guide", "labels", "picker", "results", "selection", "strings", "trusted", "voice",
];
const BUNDLES = ["medcode.classic.js", "medcode.inline.js", "medcode.inline.classic.js", "medcode.worker.js"];

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const name of [...MODULES.map((module) => `${module}.js`), ...BUNDLES]) await cp(path.join(dist, name), path.join(out, name));
await cp("LICENSE", path.join(out, "LICENSE"));
for (const folder of ["pkg", "packs"]) {
  await cp(path.join(dist, folder), path.join(out, folder), { recursive: true, filter: (name) => !/\.(br|gz)$/.test(name) });
}

// The files by name. A bundler follows `new URL("…", import.meta.url)` only where it is written out.
const packs = (await readdir(path.join(out, "packs"))).filter((name) => name.endsWith(".medcode")).sort();
const files = await readFile("www/files.js", "utf8");
const [before, after] = files.split(/\/\*\*\n \* The packs that[^]*(?=\/\*\*\n \* Fetches a file)/);
if (after === undefined) throw new Error("expected the functions of the packs in www/files.js");
const named = `/** The packs, by name. @type {Record<string, URL>} */
const PACKS = {
${packs.map((name) => `  ${JSON.stringify(name)}: new URL("./packs/${name}", import.meta.url),`).join("\n")}
};

/**
 * The packs that lie beside the module: the file of each code system.
 *
 * @param {string} [base]
 * @returns {Promise<Record<string, string>>}
 */
export async function offered(base) {
  return Object.fromEntries(Object.keys(PACKS).map((name) => [name.split(".")[0], name]));
}

/**
 * The bytes of a pack.
 *
 * @param {string} name as \`offered\` says it
 * @param {string} [base]
 * @returns {Promise<ArrayBuffer>}
 */
export async function packOf(name, base) {
  return bytesOf(await ask(base ? new URL(\`./packs/\${name}\`, base) : PACKS[name]));
}

`;
await writeFile(path.join(out, "files.js"), before + named + after);

const entry = (/** @type {string} */ name) => ({ types: `./types/${name}.d.ts`, default: `./${name}.js` });
await writeFile(
  path.join(out, "package.json"),
  `${JSON.stringify(
    {
      name: "medcode",
      version,
      description: "Finds and checks ICD-10-CM, ICD-10-PCS, ICD-9-CM and HCPCS Level II codes in the browser, offline.",
      keywords: ["icd-10-cm", "icd-10-pcs", "icd-9-cm", "hcpcs", "medical-coding", "fhir", "web-component", "wasm"],
      license: "MIT",
      type: "module",
      sideEffects: ["./element.js", "./medcode.classic.js", "./medcode.inline.js", "./medcode.inline.classic.js", "./medcode.worker.js"],
      engines: { node: ">=20" },
      exports: {
        ".": { types: "./types/index.d.ts", node: { types: "./types/node.d.ts", default: "./node.js" }, default: "./index.js" },
        "./node": entry("node"),
        "./element": entry("element"),
        "./lookup": entry("lookup"),
        "./controller": entry("controller"),
        "./client": entry("client"),
        "./inline": { types: "./types/index.d.ts", default: "./medcode.inline.js" },
        "./classic": "./medcode.classic.js",
        "./inline-classic": "./medcode.inline.classic.js",
        "./worker": "./medcode.worker.js",
        "./medcode.wasm": "./pkg/medcode_bg.wasm",
        "./packs/*": "./packs/*",
        "./custom-elements.json": "./custom-elements.json",
        "./package.json": "./package.json",
      },
      customElements: "custom-elements.json",
    },
    null,
    2,
  )}\n`,
);
await writeFile(
  path.join(out, "README.md"),
  `# medcode

The right medical code in the browser, at once, offline, with nothing sent anywhere.

    import { load } from "medcode";
    const medcode = await load();
    medcode.search("dm2 w neuropathy", { limit: 10 }).hits;
    medcode.validate("W21.89A").fixes[0].code; // W21.89XA

    import "medcode/element"; // <medcode-lookup label="Diagnosis" name="dx" required></medcode-lookup>

In node the same import reads the files. With a bundler that does not follow \`new URL("…", import.meta.url)\`, such as esbuild, import
\`medcode/inline\`, which carries everything inside. Under a policy without \`'wasm-unsafe-eval'\`, serve the files \`medcode/worker\`, \`pkg/\` and
\`packs/\` yourself and call \`open({ worker: "/medcode/medcode.worker.js" })\`.

ICD-10-CM, ICD-10-PCS, ICD-9-CM and HCPCS Level II are published by agencies of the US government. CPT is not inside.
`,
);

await cp(path.join(dist, "custom-elements.json"), path.join(out, "custom-elements.json"));

// The types, from the comments of the sources; those of the module are the binding's own.
execFileSync(
  process.execPath,
  [
    "node_modules/typescript/bin/tsc", "--ignoreConfig", "--allowJs", "--checkJs", "--declaration", "--emitDeclarationOnly", "--skipLibCheck", "--target", "es2023", "--lib", "es2023,dom,dom.iterable",
    "--module", "esnext", "--moduleResolution", "bundler", "--types", "node", "--typeRoots", path.resolve("node_modules/@types"), "--rootDir", out, "--outDir", path.join(out, "types"),
    ...["index", "element", "node"].map((name) => path.join(out, `${name}.js`)),
  ],
  { stdio: "inherit" },
);
await mkdir(path.join(out, "types/pkg"), { recursive: true });
await cp(path.join(out, "pkg/medcode.d.ts"), path.join(out, "types/pkg/medcode.d.ts"));
console.log(`   ${(await readdir(out)).length} entries in ${out}`);
