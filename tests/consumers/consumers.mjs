// The npm package in fresh projects: installed from its tarball, built by each bundler, searched in Chromium and in node. The
// bundlers come from the npm registry, pinned, or from npm's cache:
//
//   npm run test:consumers            MEDCODE_DIST names the built pages, as for the browser tests

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { chromium } from "playwright-core";
import { serve } from "../../tools/serve.mjs";
import { EXECUTABLE, FLAGS } from "../browser/browser.mjs";

const DIST = process.env.MEDCODE_DIST ?? "dist";

let folder = "";
let tarball = "";

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "medcode-consumers-"));
  execFileSync(process.execPath, ["tools/package.mjs", DIST, path.join(folder, "package")], { stdio: "inherit" });
  const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: path.join(folder, "package"), encoding: "utf8" }));
  tarball = path.join(folder, filename);
});
after(() => rm(folder, { recursive: true }));

/** A page that searches by the package and by the element, and writes what it finds into its title. */
const PAGE = `
  const medcode = await load();
  const hit = medcode.search("type 2 diabetes without complications").hits[0].code;
  const procedure = medcode.lookup("0DTJ4ZZ", { system: "icd10pcs" })?.code;
  const field = document.body.appendChild(document.createElement("medcode-lookup"));
  field.value = "I10";
  while (field.concepts.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  document.title = [hit, procedure, field.codings[0].display].join(" | ");
`;
const FOUND = "E11.9 | 0DTJ4ZZ | Essential (primary) hypertension";
const HTML = (/** @type {string} */ script) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>waiting</title><link rel="icon" href="data:,"></head><body><script type="module" src="${script}"></script></body></html>`;

/**
 * Makes a project that has the package.
 *
 * @param {string} name
 * @param {string[]} packages
 * @param {Record<string, string>} files
 */
async function project(name, packages, files) {
  const place = path.join(folder, name);
  for (const [file, text] of Object.entries({ "package.json": JSON.stringify({ name, private: true, type: "module" }), ...files })) {
    await mkdir(path.dirname(path.join(place, file)), { recursive: true });
    await writeFile(path.join(place, file), text);
  }
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline", tarball, ...packages], { cwd: place, stdio: "inherit" });
  const run = (/** @type {string[]} */ ...command) => execFileSync("npx", command, { cwd: place, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  return { place, run };
}

/**
 * What a built page finds; its console must stay empty.
 *
 * @param {string} root
 * @param {boolean} [inlineScripts] the framework puts scripts into the page, which our own server's policy forbids
 */
async function found(root, inlineScripts = false) {
  const server = await serve({ root });
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  try {
    const page = await browser.newPage({ bypassCSP: inlineScripts });
    /** @type {string[]} */
    const console = [];
    page.on("console", (message) => console.push(message.text()));
    page.on("pageerror", (error) => console.push(error.message));
    await page.goto(server.url);
    await page.waitForFunction(() => document.title !== "waiting", undefined, { timeout: 30_000 }).catch(() => undefined);
    assert.deepEqual(console, []);
    return await page.title();
  } finally {
    await browser.close();
    await server.close();
  }
}

describe("the package", () => {
  it("searches in node, by import, with its types", async () => {
    const { run } = await project("in-node", ["typescript@5.9.3", "@types/node@20.19.43"], {
      "index.mjs": `import { load } from "medcode"; const medcode = await load(); console.log(medcode.search("e119").hits[0].code, medcode.systems().length);`,
      "check.ts": `import { load, LookupController } from "medcode"; import type {} from "medcode/element";
        const medcode = await load(); const code: string = medcode.search("x").hits[0].code; const controller = new LookupController(medcode); controller.search(code);
        // @ts-expect-error a limit is a number
        medcode.search("x", { limit: "5" });`,
    });
    assert.match(run("node", "index.mjs"), /^E11\.9 [45]/);
    run("tsc", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom", "--skipLibCheck", "check.ts");
  });

  it("imports without a document, as a page that is rendered on a server does", async () => {
    const { run } = await project("rendered", [], { "index.mjs": `await import("medcode/element"); await import("medcode/lookup"); console.log("imported");` });
    assert.match(run("node", "index.mjs"), /imported/);
  });

  it("searches in a page built by Vite", async () => {
    const { place, run } = await project("by-vite", ["vite@8.3.8"], {
      "index.html": HTML("/main.js"),
      "main.js": `import { load } from "medcode"; import "medcode/element"; ${PAGE}`,
      // Top-level await in the page, and assets as files: under a strict policy a data: address is none.
      "vite.config.js": `export default { base: "./", build: { target: "es2022", assetsInlineLimit: 0 } };`,
    });
    run("vite", "build");
    assert.equal(await found(path.join(place, "dist")), FOUND);
  });

  it("searches in a page built by webpack", async () => {
    const { place, run } = await project("by-webpack", ["webpack@5.112.2", "webpack-cli@7.3.1"], {
      "main.js": `import { load } from "medcode"; import "medcode/element"; ${PAGE}`,
      "webpack.config.js": `export default { mode: "production", entry: "./main.js", output: { filename: "main.js" }, performance: { hints: false } };`,
    });
    run("webpack");
    await writeFile(path.join(place, "dist/index.html"), HTML("main.js"));
    assert.equal(await found(path.join(place, "dist")), FOUND);
  });

  it("searches in a page built by esbuild, with everything inside", async () => {
    const { place, run } = await project("by-esbuild", ["esbuild@0.28.2"], {
      "main.js": `import { load } from "medcode/inline"; ${PAGE}`,
    });
    run("esbuild", "main.js", "--bundle", "--format=esm", "--outfile=dist/main.js");
    await writeFile(path.join(place, "dist/index.html"), HTML("main.js"));
    assert.equal(await found(path.join(place, "dist")), FOUND);
  });

  it("searches in a component of React", async () => {
    const { place, run } = await project("in-react", ["esbuild@0.28.2", "react@19.3.1", "react-dom@19.3.1"], {
      "main.jsx": `import { useEffect, useMemo, useState, useSyncExternalStore } from "react"; import { createRoot } from "react-dom/client"; import { load, LookupController } from "medcode/inline";
        const source = load();
        function Find() {
          const controller = useMemo(() => new LookupController(source, { pageSize: 5 }), []);
          const state = useSyncExternalStore((listener) => controller.subscribe(listener), () => controller.state);
          const [chosen, choose] = useState("");
          useEffect(() => { controller.search("type 2 diabetes without complications"); }, [controller]);
          useEffect(() => { if (chosen && state.hits.length) document.title = [state.hits[0].code, "0DTJ4ZZ", chosen].join(" | "); }, [chosen, state]);
          return <div><ul>{state.hits.map((hit) => <li key={hit.code}>{hit.code}</li>)}</ul>
            <medcode-lookup label="Diagnosis" value="I10" ref={(field) => { field?.addEventListener("medcode-select", (event) => choose(event.detail.concepts[0].display)); field?.addCode("I10"); }} /></div>;
        }
        createRoot(document.body.appendChild(document.createElement("div"))).render(<Find />);`,
    });
    run("esbuild", "main.jsx", "--bundle", "--format=esm", "--jsx=automatic", "--define:process.env.NODE_ENV=\"production\"", "--outfile=dist/main.js");
    await writeFile(path.join(place, "dist/index.html"), HTML("main.js"));
    assert.equal(await found(path.join(place, "dist")), FOUND);
  });

  it("searches in a client page of Next", async () => {
    const { place, run } = await project("in-next", ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"], {
      "next.config.js": `export default { output: "export", images: { unoptimized: true } };`,
      "app/layout.jsx": `export const metadata = { title: "waiting", icons: { icon: "data:," } }; export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }`,
      "app/page.jsx": `import { Find } from "./find.jsx"; export default function Page() { return <Find />; }`,
      "app/find.jsx": `"use client"; import { useEffect } from "react";
        export function Find() { useEffect(() => { (async () => { const { load } = await import("medcode"); await import("medcode/element"); ${PAGE} })(); }, []); return <p>Medcode</p>; }`,
    });
    run("next", "build");
    assert.equal(await found(path.join(place, "out"), true), FOUND);
  });
});
