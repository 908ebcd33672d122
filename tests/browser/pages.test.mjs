// The pages beside the app: documentation that runs, the reference, the adapters; and what an administrator is given.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { says, start, stop, violations, withPage } from "./browser.mjs";

before(start);
after(stop);

const DIST = process.env.MEDCODE_DIST ?? "dist";

/** Requires a page to fit a phone and to have nothing that axe-core objects to. @param {import("playwright-core").Page} page */
async function sound(page) {
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize({ width: 320, height: 640 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, "it scrolls sideways at 320 px");
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await violations(page), []);
}

describe("the documentation", () => {
  it("runs every example that it shows, and is sound", () =>
    withPage(async (page) => {
      const results = await page.locator(".result").allTextContents();
      assert.deepEqual(results.map((text) => text.split("\n")[0]).map((text) => /(S62|W21\.89XA|E11\.4|codes?|match)/.test(text) || text.length > 10), [true, true, true, true]);
      assert.match(results[1], /W21\.89XA/);
      assert.equal(await page.locator(".live .chip").count(), 2);
      await says(page.locator("#loaded"), /ICD-10-CM FY20/);
      await sound(page);
    }, { hash: "docs.html", ready: "html[data-ready]" }));

  it("links to a reference of every method, attribute and type", () =>
    withPage(async (page) => {
      const declarations = await readFile(path.join(DIST, "pkg/medcode.d.ts"), "utf8");
      for (const [, name] of declarations.matchAll(/export (?:interface|type) (\w+)/g)) {
        if (/^(InitInput|SyncInitInput|InitOutput)$/.test(name)) continue;
        assert.equal(await page.locator(`section#${name}`).count(), 1, name);
      }
      for (const name of ["search", "lookup", "validate", "addPack"]) assert.ok((await page.locator(`section#${name} pre`).count()) > 0, name);
      await sound(page);
    }, { hash: "reference.html", ready: "section#search" }));
});

for (const [name, ready] of [["diagnosis.html", "html[data-ready]"], ["adapters/openemr.html", "#lookup"], ["adapters/frame.html", "#lookup"]]) {
  it(`${name} is sound`, () => withPage((page) => sound(page), { hash: name, ready, allowed: /violates|Content Security Policy/ }));
}

describe("what an administrator is given", () => {
  it("a list of all files with their digests, true for each", async () => {
    const lines = (await readFile(path.join(DIST, "SHA256SUMS"), "utf8")).trim().split("\n");
    for (const line of lines) {
      const [digest, name] = line.split("  ");
      assert.equal(createHash("sha256").update(await readFile(path.join(DIST, name))).digest("hex"), digest, name);
    }
    const names = lines.map((line) => line.split("  ")[1]);
    const there = (await readdir(DIST, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.relative(DIST, path.join(entry.parentPath, entry.name)));
    assert.deepEqual(there.filter((name) => !names.includes(name) && !/\.(br|gz)$|^SHA256SUMS$/.test(name)), []);
  });

  it("digests for the integrity of scripts, which a browser accepts", () =>
    withPage(async (page) => {
      const { "medcode.classic.js": digest } = JSON.parse(await readFile(path.join(DIST, "integrity.json"), "utf8"));
      const load = (/** @type {string} */ integrity) =>
        page.evaluate((wanted) => new Promise((resolve) => {
          const script = document.createElement("script");
          Object.assign(script, { src: "medcode.classic.js", integrity: wanted, crossOrigin: "anonymous", onload: () => resolve("loaded"), onerror: () => resolve("refused") });
          document.head.append(script);
        }), integrity);
      assert.equal(await load(digest), "loaded");
      assert.equal(await load(`sha384-${"A".repeat(64)}`), "refused");
    }, { hash: "reference.html", ready: "section#search", allowed: /integrity/ }));

  it("samples for IIS, Apache and nginx that name every kind of file there is", async () => {
    const endings = new Set((await readdir(DIST, { recursive: true })).map((name) => path.extname(name)).filter(Boolean));
    const known = [".html", ".css", ".png", ".svg", ".txt", ".gz", ".br", ".conf", ".config", ".ts"];
    const samples = { "web.config": /fileExtension="(\.\w+)"/g, "servers/apache.conf": /(?<= )(\.\w+)/g, "servers/nginx.conf": /(?<= )(\w+)(?=[ ;])/g };
    for (const [name, pattern] of Object.entries(samples)) {
      const text = await readFile(path.join(DIST, name), "utf8");
      const named = [...text.matchAll(pattern)].map(([, ending]) => `.${ending.replace(".", "")}`);
      for (const ending of endings) assert.ok(known.includes(ending) || named.includes(ending), `${name} does not name ${ending}`);
    }
  });
});
