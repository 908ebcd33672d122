// The page kept on the device: it opens with the server gone, and never from two releases at once.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { serve } from "../../tools/serve.mjs";
import { says, start, stop, withPage } from "./browser.mjs";

before(start);
after(stop);

/** A copy of the pages that a test may change. */
let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "medcode-app-"));
  await cp(process.env.MEDCODE_DIST ?? "dist", folder, {
    recursive: true,
    filter: (name) => !/\.(br|gz)$|medcode\.(html|inline)/.test(name),
  });
});
after(() => rm(folder, { recursive: true }));

/** Waits until the page is kept. @param {import("playwright-core").Page} page */
const kept = (page) => page.evaluate(async () => { await navigator.serviceWorker.ready; });

/**
 * Puts another release in the place: the style is another, and the file of one pack has another name.
 *
 * @param {string} id
 * @param {string} [year] of one code system, where that is another, too
 */
async function release(id, year) {
  const place = (/** @type {string} */ name) => path.join(folder, name);
  const style = `${await readFile(place("style.css"), "utf8")}\n/* of the ${id} release */\n`;
  await writeFile(place("style.css"), style);
  const packs = await readFile(place("packs/packs.json"), "utf8");
  const [before, after] = [JSON.parse(packs).icd10pcs, `icd10pcs.${id}.medcode`];
  await rename(place(`packs/${before}`), place(`packs/${after}`));
  await writeFile(place("packs/packs.json"), packs.replace(before, after));
  const digest = (/** @type {string} */ text) => createHash("sha256").update(text).digest("hex");
  const worker = await readFile(place("sw.js"), "utf8");
  await writeFile(
    place("sw.js"),
    worker
      .replace(/"id":"\w+"/, `"id":"${id}"`)
      .replace(/"style\.css":"\w+"/, `"style.css":"${digest(style)}"`)
      .replace(/"packs\/packs\.json":"\w+"/, `"packs/packs.json":"${digest(packs.replace(before, after))}"`)
      .replace(before, after)
      .replace(/("title":"ICD-10-CM","version":)"[^"]*"/, year ? `$1"${year}"` : "$&"),
  );
}

describe("the page on the device", () => {
  it("opens and searches on the second visit with the server gone; then takes a newer release whole, when asked", async () => {
    let server = await serve({ root: folder });
    const { url } = server;
    const port = Number(new URL(url).port);
    await withPage(
      async (page) => {
        await kept(page);
        await server.close();
        await page.goto(`${url}#/icd10cm/I10`);
        await page.locator("#concept-title", { hasText: "I10 Essential" }).waitFor();
        await page.locator("#query").fill("e119");
        assert.equal(await page.locator("#results .code").first().textContent(), "E11.9");

        await release("next", "FY2099");
        server = await serve({ root: folder, port });
        await page.goto(`${url}?again`);
        await says(page.locator("#banner"), /^A newer release is ready: ICD-10-CM FY((?!ICD-).)* → FY2099\./, "and nothing else, whatever is loaded");
        const style = () => page.evaluate(async () => (await (await fetch("style.css")).text()).includes("of the next release"));
        assert.equal(await style(), false, "an open page keeps the release it began with");
        const other = await page.context().newPage();
        await other.goto(`${url}?other`);
        await other.getByRole("button", { name: "Use it now" }).waitFor();
        // What the browser keeps by itself would hide where an answer comes from.
        const fromKept = (/** @type {string} */ name) => other.evaluate(async (file) => (await fetch(file, { cache: "no-store" })).text(), name);
        const reloaded = page.waitForEvent("load");
        await page.getByRole("button", { name: "Use it now" }).click();
        await reloaded;
        await page.locator("#systems button").first().waitFor();
        assert.equal(await style(), true);
        assert.ok(await page.locator("#banner").isHidden());

        // The other tab goes on with the release it began with, whole: also where the server has it no more.
        assert.doesNotMatch(await fromKept("style.css"), /of the next release/);
        assert.doesNotMatch(await fromKept("packs/packs.json"), /next/);
        await other.getByRole("button", { name: /^ICD-10-PCS/ }).first().click();
        await says(other.locator("#loaded"), /ICD-10-PCS/);
        assert.equal(await other.locator("#problems li").count(), 0);

        const again = other.waitForEvent("load");
        await other.getByRole("button", { name: "Use it now" }).click();
        await again;
        await other.locator("#systems button").first().waitFor();
        assert.ok(await other.locator("#banner").isHidden(), "a second tab takes what the first has taken");
        assert.match(await fromKept("style.css"), /of the next release/);

        await release("last");
        await other.goto(`${url}?last`);
        await says(other.locator("#banner"), /^A newer release is ready: Medcode itself, the codes are the same\./);
        const last = other.waitForEvent("load");
        await page.close();
        await other.getByRole("button", { name: "Use it now" }).click();
        await last;
        await other.locator("#systems button").first().waitFor();
        // Once no page of theirs is left, the releases before are forgotten, without another page being opened.
        await other.waitForFunction(async () => (await globalThis.caches.keys()).join() === "medcode / last");
      },
      { hash: url, serviceWorkers: "allow", allowed: /ERR_CONNECTION_REFUSED|ERR_FAILED|unknown error occurred when fetching the script/ },
    );
    await server.close();
  });

  it("opens its documentation with the server gone, whose examples run", async () => {
    const server = await serve({ root: folder });
    await withPage(
      async (page) => {
        await kept(page);
        await server.close();
        await page.goto(`${server.url}docs.html`);
        await page.locator("html[data-ready]").waitFor();
        assert.ok(!(await page.locator(".run .result").allTextContents()).some((text) => text === "…" || text === ""));
        await page.getByRole("link", { name: "Reference" }).click();
        await says(page.locator("h1"), /Reference/);
        await page.goto(`${server.url}diagnosis.html`);
        await page.locator("html[data-ready]").waitFor();
        await says(page.locator("[data-way=worker] .mark"), /works/);
      },
      { hash: server.url, serviceWorkers: "allow", allowed: /ERR_CONNECTION_REFUSED|ERR_FAILED|unknown error occurred when fetching the script|violates|Content Security Policy/ },
    );
  });

  it("lives beside another release in another folder of the same server", async () => {
    const both = await mkdtemp(path.join(tmpdir(), "medcode-two-"));
    for (const name of ["one", "two"]) await cp(folder, path.join(both, name), { recursive: true });
    const worker = path.join(both, "two", "sw.js");
    await writeFile(worker, (await readFile(worker, "utf8")).replace(/"id":"\w+"/, '"id":"another"'));
    const server = await serve({ root: both });
    await withPage(
      async (page) => {
        await kept(page);
        await page.goto(`${server.url}two/`);
        await kept(page);
        await page.waitForFunction(async () => (await globalThis.caches.keys()).length === 2);
        await server.close();
        for (const name of ["one", "two"]) {
          await page.goto(`${server.url}${name}/#/icd10cm/I10`);
          await page.locator("#concept-title", { hasText: "I10 Essential" }).waitFor();
        }
      },
      { hash: `${server.url}one/`, serviceWorkers: "allow", allowed: /ERR_CONNECTION_REFUSED|ERR_FAILED|unknown error occurred when fetching the script/ },
    );
    await rm(both, { recursive: true });
  });

  it("keeps nothing that is not of the release", async () => {
    const server = await serve({ root: folder });
    await writeFile(path.join(folder, "style.css"), "/* in the midst of an update */");
    await withPage(
      async (page) => {
        const state = await page.evaluate(async () => {
          const registration = await navigator.serviceWorker.getRegistration();
          const worker = registration?.installing;
          if (!worker) return "none";
          await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
          return worker.state;
        });
        assert.ok(["redundant", "none"].includes(state), state);
        assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active ?? null), null);
      },
      { hash: server.url, serviceWorkers: "allow", allowed: /expected style\.css of the release/ },
    );
    await server.close();
  });
});

describe("the manifest", () => {
  it("names icons that are there and what a browser needs to install the page", () =>
    withPage(async (page) => {
      const session = await page.context().newCDPSession(page);
      const { errors, data } = await session.send("Page.getAppManifest");
      assert.deepEqual(errors, []);
      const manifest = JSON.parse(data ?? "{}");
      for (const { src } of manifest.icons) {
        assert.equal(await page.evaluate(async (name) => (await fetch(name)).status, src), 200);
      }
      const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
      assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito"), []);
    }, { serviceWorkers: "allow" }));
});
