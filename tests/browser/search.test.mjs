// The search box, from what people type to the right code.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { codes, says, start, stop, type, withPage } from "./browser.mjs";

before(start);
after(stop);

describe("the search box", () => {
  it("finds a code by words in any order, the last one unfinished", () =>
    withPage(async (page) => {
      await type(page, "complications without diabetes type 2 mell");
      assert.ok((await codes(page)).includes("E11.9"));
      await type(page, "type 2 diabetes mellitus without complications");
      assert.equal((await codes(page))[0], "E11.9");
    }));

  it("finds a code by itself, with and without dot, in any case", () =>
    withPage(async (page) => {
      for (const query of ["E11.9", "E119", "e11.9", " e119 "]) {
        await type(page, query);
        assert.equal((await codes(page))[0], "E11.9", query);
      }
    }));

  it("lists what begins with an unfinished code", () =>
    withPage(async (page) => {
      await type(page, "S52.50");
      const found = await codes(page);
      assert.ok(found.length > 3);
      assert.ok(found.slice(0, 4).every((code) => code.startsWith("S52.50")), found.slice(0, 4).join(" "));
    }));

  it("corrects a typo and says so", () =>
    withPage(async (page) => {
      await type(page, "diabwtes mellitus");
      await says(page.locator("#correction"), /Showing results for diabetes/);
      await says(page.locator("#results .title").first(), /diabetes mellitus/i);
    }));

  it("marks the matched words in the title", () =>
    withPage(async (page) => {
      await type(page, "femur neck");
      const title = page.locator("#results .title", { has: page.locator("mark") }).first();
      const marked = await title.locator("mark").allTextContents();
      assert.deepEqual(marked.map((word) => word.toLowerCase()).sort(), ["femur", "neck"]);
    }));

  it("says by a word and a shape whether a code is billable", () =>
    withPage(async (page) => {
      await type(page, "E11.9");
      assert.equal(await page.locator("#results .mark").first().textContent(), "✓ billable");
      await type(page, "E11");
      assert.equal(await page.locator("#results .mark").first().textContent(), "▸ not billable");
    }));

  it("leaves out what is not billable when asked to", () =>
    withPage(async (page) => {
      await type(page, "E11");
      assert.equal((await codes(page))[0], "E11");
      await page.getByLabel("Billable only").check();
      assert.ok(!(await codes(page)).includes("E11"));
      assert.ok((await page.locator("#results .mark").allTextContents()).every((mark) => mark === "✓ billable"));
    }));

  it("searches the chosen code systems only", () =>
    withPage(async (page) => {
      await page.getByRole("button", { name: "ICD-9-CM diagnoses" }).click();
      await type(page, "diabetes");
      const systems = new Set(await page.locator("#results .system").allTextContents());
      assert.deepEqual([...systems], ["ICD-9-CM diagnoses"]);
      await page.getByRole("button", { name: "All", exact: true }).click();
      const all = new Set(await page.locator("#results .system").allTextContents());
      assert.ok(all.has("ICD-10-CM"));
    }));

  it("shows more hits on demand, none twice", () =>
    withPage(async (page) => {
      await type(page, "fracture");
      assert.equal((await codes(page)).length, 50);
      await page.locator("#more").click();
      const identities = await page.locator("#results [role=option]").evaluateAll((options) =>
        options.map((option) => `${option.getAttribute("data-system")} ${option.getAttribute("data-code")}`),
      );
      assert.equal(identities.length, 100);
      assert.equal(new Set(identities).size, 100);
    }));

  it("narrows many hits down by what sets them apart, and widens again", () =>
    withPage(async (page) => {
      await type(page, "fracture of lower end of radius");
      const left = page.locator('#facets [data-axis="laterality"][data-value="left"]');
      await left.click();
      await page.waitForFunction(() => [...document.querySelectorAll("#results .title")].every(({ textContent }) => /left/i.test(textContent ?? "")));
      assert.ok((await codes(page)).length > 0);
      await page.locator('#facets [data-axis="laterality"][aria-pressed="true"]').click();
      await page.waitForFunction(() => [...document.querySelectorAll("#results .title")].some(({ textContent }) => /right/i.test(textContent ?? "")));
      await type(page, "zzzzqqqq");
      await page.waitForFunction(() => document.getElementById("facets")?.childElementCount === 0);
    }));

  it("offers no more where the date of service leaves none", () =>
    withPage(async (page) => {
      await page.locator("#date").fill("2014-11-01");
      await type(page, "gout");
      await page.locator('#results:not([data-complete="false"]) .code').first().waitFor();
      await says(page.locator("#count"), /^\d+ codes?\. Not searched: /);
      const shown = (await codes(page)).length;
      assert.ok(shown < 50);
      await says(page.locator("#count"), shown === 1 ? /^1 code\./ : new RegExp(`^${shown} codes\\.`));
      assert.ok(await page.locator("#more").isHidden());
    }));

  it("says that no release covers the date of service where that is why nothing is found", () =>
    withPage(async (page) => {
      await page.locator("#date").fill("2098-01-01");
      await type(page, "gout");
      await says(page.locator("#count"), /^No code found: no release that is loaded covers 2098-01-01/);
      await says(page.locator("#empty"), /ICD-10-CM FY\d{4}.* ends \d{4}-09-30: what holds on 2098-01-01 is not known here\./);
    }));

  it("says that a search has failed, and does not call it one that found nothing", () =>
    withPage(async (page) => {
      await page.evaluate(async () => {
        const { Medcode } = await import(/** @type {any} */ ("./medcode.js"));
        Medcode.prototype.search = () => { throw new Error("expected a test"); };
      });
      await type(page, "gout");
      await says(page.locator("#count"), /^This cannot be searched for: expected a test$/);
      assert.equal((await page.locator("#empty").textContent()) ?? "", "");
    }));

  it("says what to try when nothing is found", () =>
    withPage(async (page) => {
      await type(page, "zzzzqqqq xxxwww");
      await says(page.locator("#count"), /^No code found\. Not searched: /);
      await says(page.locator("#empty"), /every word must match/);
    }));

  it("opens no line of a list that still grows: it says that it grows, waits, and shows the line that has come to stand first", () =>
    withPage(async (page) => {
      await page.locator("#query").fill("dm2 w neuropathy");
      for (const place of ["#count", "#status"]) await says(page.locator(place), /^More of the index is being opened$/);
      assert.equal(await page.locator("#empty").textContent(), "", "nothing is missing yet");
      await page.keyboard.press("Enter");
      await says(page.locator("#count"), /^One moment/);
      assert.equal(await page.locator("#concept-title").count(), 0);
      await page.evaluate("goOn()");
      await says(page.locator("#results [aria-selected=true] .code"), /^E11\.40$/);
      await says(page.locator("#status"), /^The list has changed: Enter takes E11\.40$/);
      await page.keyboard.press("Enter");
      await says(page.locator("#concept-title"), /^E11\.40/);
    }, {
      // Idle moments, in which the page opens the rest of its index, come only when the test says so.
      prepare: (page) => page.addInitScript(() => {
        const scope = /** @type {any} */ (globalThis);
        const idle = scope.requestIdleCallback.bind(scope);
        /** @type {Function[]} */
        const held = [];
        scope.requestIdleCallback = (/** @type {Function} */ then) => held.push(then);
        scope.goOn = () => {
          scope.requestIdleCallback = idle;
          for (const then of held.splice(0)) idle(then);
        };
      }),
    }));

  it("says why a CPT code is not found without a pack of CPT", () =>
    withPage(async (page) => {
      await page.locator("#query").fill("99213");
      await page.locator("#empty", { hasText: "99213 looks like a CPT code" }).waitFor();
    }));

  it("announces the number of codes once typing has stopped", () =>
    withPage(async (page) => {
      await type(page, "wheelchair");
      // With every code system on, it says which of them are not there to be searched, until they are.
      await says(page.locator("#count"), /codes?.*\. Not searched: ICD-10-PCS/);
      await says(page.locator("#status"), /codes?.*\. Not searched: ICD-10-PCS/);
      await page.locator("#search-rest").click();
      await says(page.locator("#status"), /^((?!Not searched).)*codes?(; more match)?$/);
      assert.doesNotMatch(await page.locator("#count").textContent() ?? "", /Not searched/);
      await page.locator("#clear").click();
      await page.waitForFunction(() => document.getElementById("status")?.textContent === "");
    }));
});
