// Nothing leaves the device: no request after load, a strict policy, and servers that name the wrong type.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { address, codes, says, start, stop, type, withPage } from "./browser.mjs";

before(start);
after(stop);

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'none'";

/** Searches, opens, follows a link, checks and copies. @param {import("playwright-core").Page} page */
async function useEverything(page) {
  await type(page, "diabtes neuropathy");
  assert.ok((await codes(page)).length > 0);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator(".crumbs a").first().click();
  await page.locator("#concept-title").waitFor();
  await page.getByRole("tab", { name: "Check codes" }).click();
  await page.locator("#codes").fill("E11.9 W21.89A");
  await page.locator(".verdict").nth(1).waitFor();
}

describe("the page", () => {
  it("makes no request after it has loaded, as long as what it has loaded is used", () =>
    withPage(async (page, requests) => {
      await page.waitForLoadState("networkidle");
      const loaded = requests.length;
      await useEverything(page);
      assert.deepEqual(requests.slice(loaded), []);
    }));

  it("fetches a pack when its system is first used, once, and says before and after what is there", () =>
    withPage(async (page, requests) => {
      await page.waitForLoadState("networkidle");
      const packs = () => requests.filter((url) => url.endsWith(".medcode")).map((url) => /([^/.]+)\.\w+\.medcode$/.exec(url)?.[1]);
      assert.deepEqual(packs(), [], "none at the start");
      await says(page.locator("#not-loaded"), /^Fetched from this server when needed: ICD-10-PCS, ICD-9-CM diagnoses, ICD-9-CM procedures\.$/);
      for (const query of ["fracture radius", "E11.9", "walker", "I10", "e119"]) await type(page, query);
      assert.deepEqual(packs(), [], "neither words nor codes of what is there bring one");
      const rest = page.getByRole("button", { name: "Search them too" });
      await rest.waitFor();
      await says(page.locator("#count"), /Not searched: ICD-10-PCS, ICD-9-CM$/, "what is not there is not searched, and the page says so");
      await type(page, "0DTJ4ZZ");
      await page.locator('#results [data-code="0DTJ4ZZ"]').waitFor();
      assert.deepEqual(packs(), ["icd10pcs"], "the shape of a code does");
      await page.locator("#query").fill("250.00");
      await page.locator('#results [data-code="250.00"]').waitFor();
      assert.deepEqual(packs(), ["icd10pcs", "icd9cm_dx"]);
      await type(page, "zzzzqqqq");
      await page.locator("#search-missing").click();
      await page.locator("#not-loaded", { hasText: "Everything is loaded" }).waitFor();
      assert.deepEqual(packs(), ["icd10pcs", "icd9cm_dx", "icd9cm_sg"]);
      assert.ok(await page.locator("#load-all").isHidden());
      await page.locator("#query").fill("gout");
      await page.locator("#results .code").first().waitFor();
      assert.ok(await rest.isHidden());
      assert.equal(requests.filter((url) => new URL(url).origin !== new URL(address()).origin).length, 0);
    }));

  it("fetches for an address into a system, for a chip, and for a list to check", () =>
    withPage(async (page) => {
      await page.locator("#concept-title", { hasText: "250.00" }).waitFor();
      await page.locator("#systems .absent", { hasText: "ICD-10-PCS" }).click();
      await page.locator('#systems [data-system="icd10pcs"][aria-pressed="true"]:not(.absent)').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-system")), "icd10pcs", "the focus stays on the chip");
      await page.locator("#query").fill("appendix resection");
      await page.locator("#results [data-system=icd10pcs]").first().waitFor();
      await page.locator("#tab-check").click();
      await page.locator("#codes").fill("00.50");
      await page.locator(".verdict.yes").waitFor();
      assert.ok(await page.locator("#load-all").isHidden());
    }, { hash: "#/icd9cm_dx/250.00", ready: "#concept-title" }));

  it("fetches after its first answer what was used on an earlier visit, and nothing else", () =>
    withPage(async (page, requests) => {
      await page.locator("#systems .absent", { hasText: "ICD-10-PCS" }).click();
      await page.locator('#systems [data-system="icd10pcs"]:not(.absent)').waitFor();
      requests.length = 0;
      await page.reload();
      await page.locator('#systems [data-system="icd10pcs"]:not(.absent)').waitFor();
      await page.waitForLoadState("networkidle");
      const packs = requests.filter((url) => url.endsWith(".medcode"));
      assert.deepEqual(packs.map((url) => /packs\/(\w+)/.exec(url)?.[1]), ["icd10pcs"]);
      const kept = await page.evaluate(() => JSON.parse(localStorage.getItem("medcode") ?? "{}"));
      assert.deepEqual(kept, { favourites: [], recent: [], remembers: false, systems: ["icd10pcs"] });
    }));

  it("works whole with the server gone once everything was loaded", () =>
    withPage(async (page, requests) => {
      await page.locator("#load-all").click();
      await page.locator("#status", { hasText: "Everything is loaded" }).waitFor({ state: "attached" });
      await page.context().setOffline(true);
      const loaded = requests.length;
      for (const query of ["0DTJ4ZZ", "250.00", "00.50"]) {
        await type(page, query);
        await page.locator(`#results [data-code="${query}"]`).waitFor();
      }
      await useEverything(page);
      assert.deepEqual(requests.slice(loaded), []);
    }));

  it("says what it could not fetch, asks no second time by itself, and again when it is told to", () =>
    withPage(
      async (page, requests) => {
        await type(page, "0DTJ4ZZ");
        await page.locator("#problems", { hasText: /ICD-10-PCS could not be loaded: the server answered with error 503/ }).waitFor();
        await type(page, "0DTJ4ZZ");
        await page.waitForTimeout(400);
        const asked = () => requests.filter((url) => url.includes("icd10pcs")).length;
        assert.equal(asked(), 1);
        await page.unroute("**/icd10pcs.*");
        await page.locator("#systems .absent", { hasText: "ICD-10-PCS" }).click();
        await page.locator('#results [data-code="0DTJ4ZZ"]').waitFor();
        assert.equal(asked(), 2);
        assert.equal(await page.locator("#problems li").count(), 0, "what is there now is no problem any more");
      },
      { allowed: /status of 503/, prepare: (page) => page.route("**/icd10pcs.*", (route) => route.fulfill({ status: 503, body: "" })) },
    ));

  it("asks its own server only", () =>
    withPage(async (page, requests) => {
      await page.waitForLoadState("networkidle");
      assert.ok(requests.length > 5);
      for (const url of requests) assert.equal(new URL(url).origin, new URL(address()).origin);
    }));

  it("works with the network switched off after load", () =>
    withPage(async (page) => {
      await page.waitForLoadState("networkidle");
      await page.context().setOffline(true);
      await useEverything(page);
    }));

  it("works under a strict policy of the server, and carries the same policy itself", () =>
    withPage(
      async (page) => {
        const own = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
        assert.ok(own?.startsWith(POLICY), own ?? "");
        await useEverything(page);
      },
      {
        prepare: (page) =>
          page.route("**/*", async (route) => {
            const response = await route.fetch();
            await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": POLICY } });
          }),
      },
    ));

  it("keeps nothing on the device", () =>
    withPage(async (page) => {
      await useEverything(page);
      const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
      assert.deepEqual(kept, [0, 0, ""]);
    }));

  for (const type of ["application/octet-stream", "text/plain", ""]) {
    it(`loads where the server calls the module ${type || "nothing at all"}`, () =>
      withPage((page) => useEverything(page), {
        prepare: (page) =>
          page.route("**/*.wasm", async (route) => {
            const response = await route.fetch();
            const headers = { ...response.headers() };
            delete headers["content-encoding"];
            delete headers["content-type"];
            await route.fulfill({ status: 200, body: await response.body(), headers: type ? { ...headers, "content-type": type } : headers });
          }),
      }));
  }

  it("works from a folder below the root", () =>
    withPage(async (page) => useEverything(page), { hash: "./index.html" }));

  it("takes what is typed while the module is still loading", () =>
    withPage(
      async (page) => {
        await page.waitForFunction(() => document.activeElement?.id === "query");
        await page.keyboard.type("E11.9");
        await page.locator("#results [role=option]").first().waitFor();
        assert.equal((await codes(page))[0], "E11.9");
        assert.equal(await page.locator("#query").inputValue(), "E11.9");
      },
      {
        ready: "#query",
        prepare: (page) =>
          page.route("**/*.wasm", async (route) => {
            await new Promise((resolve) => setTimeout(resolve, 1000));
            await route.continue();
          }),
      },
    ));

  it("says of a pack that was never loaded what it needs, where the server is out of reach", () =>
    withPage(
      async (page) => {
        await type(page, "0DTJ4ZZ");
        await says(page.locator("#problems"), /^ICD-10-PCS could not be loaded: the server cannot be reached\. What was not loaded on an earlier visit needs the server once$/);
      },
      { allowed: /ERR_INTERNET_DISCONNECTED/, prepare: (page) => page.route("**/icd10pcs.*", (route) => route.abort("internetdisconnected")) },
    ));

  it("works without a pack that cannot be had, and says so", () =>
    withPage(
      async (page) => {
        await says(page.locator("#problems"), /^Some of the codes could not be loaded: the server answered with error 404/);
        await useEverything(page);
      },
      {
        allowed: /status of 404/,
        prepare: (page) => page.route("**/packs.json", (route) => route.fulfill({ status: 404, body: "" })),
      },
    ));

  it("says why when the module cannot be had", () =>
    withPage(
      async (page) => {
        await says(page.locator("#details [role=alert]"), /found HTTP status 503/);
      },
      {
        ready: "#details [role=alert]",
        allowed: /status of 503/,
        prepare: (page) => page.route("**/*.wasm", (route) => route.fulfill({ status: 503, body: "" })),
      },
    ));
});
