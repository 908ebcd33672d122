// The details of a code: hierarchy, notes, what it needs, copies.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clipboard, says, start, stop, type, withPage } from "./browser.mjs";

before(start);
after(stop);

describe("the details", () => {
  it("show the hierarchy from the chapter down", () =>
    withPage(
      async (page) => {
        const steps = await page.locator(".crumbs .code").allTextContents();
        assert.deepEqual(steps, ["ICD-10-CM", "Chapter 4", "E08-E13", "E11", "E11.3", "E11.32", "E11.321"]);
        await page.locator(".crumbs a", { hasText: "E08-E13" }).click();
        await says(page.locator("#concept-title"), /^E08-E13 Diabetes mellitus/);
        await page.locator(".children a", { hasText: "E11" }).first().click();
        await says(page.locator("#concept-title"), /^E11 Type 2 diabetes mellitus/);
      },
      { hash: "#/icd10cm/E11.321" },
    ));

  it("show the notes by kind, the category's own ones too, with code references as links", () =>
    withPage(
      async (page) => {
        const headings = await page.locator(".notes h3").allTextContents();
        assert.ok(headings.some((heading) => heading.startsWith("Excludes1")), headings.join());
        assert.ok(headings.some((heading) => heading.startsWith("Use additional code")), headings.join());
        const excludes = page.locator(".notes.excludes1");
        assert.deepEqual(await excludes.locator("h4").allTextContents(), ["from E11 Type 2 diabetes mellitus", "from Chapter 4 Endocrine, nutritional and metabolic diseases"]);
        await excludes.locator("a", { hasText: "E10" }).first().click();
        await says(page.locator("#concept-title"), /^E10 Type 1 diabetes mellitus/);
      },
      { hash: "#/icd10cm/E11.9" },
    ));

  it("make no link of what is not a code", () =>
    withPage(
      async (page) => {
        for (const reference of await page.locator(".coderef").all()) {
          await reference.click();
          assert.doesNotMatch((await page.locator("#details").textContent()) ?? "", /There is no code/);
          await page.goBack();
        }
      },
      { hash: "#/icd10cm/E11" },
    ));

  it("offer the seventh characters where one is missing", () =>
    withPage(
      async (page) => {
        await says(page.locator(".concept .state"), /not billable/);
        const pick = page.locator(".pick", { hasText: "initial encounter for closed fracture" });
        assert.equal(await pick.locator(".code").textContent(), "A");
        await pick.click();
        await says(page.locator("#concept-title"), /^S52\.501A /);
        await says(page.locator(".concept .state"), /✓ billable/);
      },
      { hash: "#/icd10cm/S52.501" },
    ));

  it("pad with X where a short code needs a seventh character", () =>
    withPage(
      async (page) => {
        await page.locator(".pick", { hasText: "subsequent encounter" }).click();
        await says(page.locator("#concept-title"), /^W21\.89XD /);
      },
      { hash: "#/icd10cm/W21.89" },
    ));

  it("say which release and which days a code is valid for", () =>
    withPage(
      async (page) => {
        const facts = (await page.locator(".facts").textContent()) ?? "";
        assert.match(facts, /Release\S/);
        assert.match(facts, /http:\/\/hl7\.org\/fhir\/sid\/icd-10-cm/);
      },
      { hash: "#/icd10cm/E11.9" },
    ));

  it("say when the code is not valid on the date of service", () =>
    withPage(
      async (page) => {
        await page.locator("#date").fill("2014-06-01");
        await says(page.locator(".concept .state"), /not valid on 2014-06-01/);
        // After the last day of what is loaded nobody knows.
        await page.locator("#date").fill("2098-01-01");
        await says(page.locator(".concept .state"), /\? 2098-01-01 is not covered: ICD-10-CM FY\d{4}.* ends \d{4}-09-30/);
        await page.locator("#date").fill("2026-06-01");
        assert.doesNotMatch((await page.locator(".concept .state").textContent()) ?? "", /not valid|not covered/);
        await page.locator("#date").fill("2098-01-01");
        await page.evaluate(() => { location.hash = "#/icd9cm_dx/250.00"; });
        await says(page.locator(".concept .state"), /✕ not valid on 2098-01-01/, "what has ended for good is not valid");
      },
      { hash: "#/icd10cm/E11.9" },
    ));

  it("can be reached by browsing from the code system down", () =>
    withPage(async (page) => {
      for (const step of ["ICD-10-CM", "Chapter 4", "E08-E13", "E11", "E11.9"]) {
        const row = page.locator(".children a", { has: page.locator(".code", { hasText: new RegExp(`^${step.replace(".", "\\.")}$`) }) });
        await row.click();
        await page.locator("#concept-title", { hasText: step }).waitFor();
      }
      await says(page.locator(".concept .state"), /billable/);
    }));

  it("copy the code with dot, without dot, and with its title", () =>
    withPage(
      async (page) => {
        for (const [button, text] of [
          ["Copy code", "E11.9"],
          ["Without dot", "E119"],
          ["Code and title", "E11.9 Type 2 diabetes mellitus without complications"],
        ]) {
          await page.getByRole("button", { name: button }).click();
          await page.locator("#status", { hasText: `Copied ${text}` }).waitFor();
          assert.equal(await clipboard(page), text);
        }
      },
      { hash: "#/icd10cm/E11.9" },
    ));

  it("copy where the page is not a secure context and has no clipboard interface", () =>
    withPage(
      async (page) => {
        await page.getByRole("button", { name: "Without dot" }).click();
        await page.locator("#status", { hasText: "Copied E119" }).waitFor();
        await page.locator("#tab-search").click();
        await page.locator("#query").fill("");
        await page.locator("#query").focus();
        await page.keyboard.press("Control+v");
        assert.equal(await page.locator("#query").inputValue(), "E119");
      },
      {
        hash: "#/icd10cm/E11.9",
        prepare: (page) => page.addInitScript(() => Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined })),
      },
    ));

  it("follow the arrow keys in the list without leaving a trace in the history", () =>
    withPage(async (page) => {
      const before = await page.evaluate(() => history.length);
      await type(page, "E11.9");
      await page.keyboard.press("ArrowDown");
      await says(page.locator("#concept-title"), /^E11\.9 /);
      assert.equal(await page.evaluate(() => history.length), before);
      assert.equal(new URL(page.url()).hash, "");
    }));
});
