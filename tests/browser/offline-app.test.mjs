// The page kept on the device: it opens with the server gone, and never from two releases at once.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { serve } from "../../tools/serve.mjs";
import { start, stop, withPage } from "./browser.mjs";

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

/** Puts another release in the place: the style is another, and one code system has another year. */
async function release() {
  const style = `${await readFile(path.join(folder, "style.css"), "utf8")}\n/* of the next release */\n`;
  await writeFile(path.join(folder, "style.css"), style);
  const worker = await readFile(path.join(folder, "sw.js"), "utf8");
  const digest = createHash("sha256").update(style).digest("hex");
  await writeFile(
    path.join(folder, "sw.js"),
    worker
      .replace(/"id":"\w+"/, '"id":"next"')
      .replace(/"style\.css":"\w+"/, `"style.css":"${digest}"`)
      .replace(/("title":"ICD-10-CM","version":)"[^"]*"/, '$1"FY2099"'),
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

        await release();
        server = await serve({ root: folder, port });
        await page.goto(`${url}?again`);
        await page.locator("#banner", { hasText: /ICD-10-CM FY.* → FY2099/ }).waitFor();
        const style = () => page.evaluate(async () => (await (await fetch("style.css")).text()).includes("of the next release"));
        assert.equal(await style(), false, "an open page keeps the release it began with");
        const other = await page.context().newPage();
        await other.goto(`${url}?other`);
        await other.getByRole("button", { name: "Use it now" }).waitFor();
        await page.getByRole("button", { name: "Use it now" }).click();
        await page.waitForLoadState("load");
        await page.locator("#systems button").first().waitFor();
        assert.equal(await style(), true);
        assert.ok(await page.locator("#banner").isHidden());
        const again = other.waitForEvent("load");
        await other.getByRole("button", { name: "Use it now" }).click();
        await again;
        await other.locator("#systems button").first().waitFor();
        assert.ok(await other.locator("#banner").isHidden(), "a second tab takes what the first has taken");
        await other.close();
        const caches = await page.evaluate(() => globalThis.caches.keys());
        assert.deepEqual(caches, ["medcode / next"], "the release before is forgotten");
      },
      { hash: url, serviceWorkers: "allow", allowed: /ERR_CONNECTION_REFUSED|ERR_FAILED|unknown error occurred when fetching the script/ },
    );
    await server.close();
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
