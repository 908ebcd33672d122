// The address of the page: a code can be linked to, what people type is never in it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { says, start, stop, type, withPage } from "./browser.mjs";

before(start);
after(stop);

/** @param {import("playwright-core").Page} page @param {RegExp} pattern */
async function shows(page, pattern) {
  await page.waitForFunction((source) => new RegExp(source).test(document.getElementById("concept-title")?.textContent ?? ""), pattern.source);
}

describe("the address", () => {
  it("opens the code it names", () =>
    withPage(async (page) => {
      await shows(page, /^I10 Essential/);
      assert.equal(await page.title(), "I10 – Medcode");
    }, { hash: "#/icd10cm/I10" }));

  it("takes the names of systems and the codes as people write them", () =>
    withPage(async (page) => {
      await shows(page, /^E11\.9 Type 2/);
      await page.evaluate(() => { location.hash = "#/compare/ICD-10-CM/e119/icd10cm/I10"; });
      await page.locator("#details", { hasText: /I10/ }).waitFor();
      await says(page.locator("#details"), /E11\.9[^]*I10/);
    }, { hash: "#/ICD10CM/e11.9" }));

  it("goes back and forward through the codes that were opened", () =>
    withPage(async (page) => {
      await type(page, "E11.9");
      await page.keyboard.press("Enter");
      await shows(page, /^E11\.9 /);
      await page.locator(".crumbs a", { hasText: "E11 Type 2" }).click();
      await shows(page, /^E11 /);
      await page.goBack();
      await shows(page, /^E11\.9 /);
      await page.goForward();
      await shows(page, /^E11 /);
      await page.goBack();
      await page.goBack();
      await page.locator("#details .hint").waitFor();
      assert.equal(await page.locator("#query").inputValue(), "E11.9", "the list is as it was");
    }));

  it("never holds what was typed", () =>
    withPage(async (page, requests) => {
      await type(page, "smith syndrome");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.locator("#tab-check").click();
      await page.locator("#codes").fill("E11.9 smith");
      for (const place of [page.url(), ...requests]) assert.doesNotMatch(place, /smith/i);
    }));

  it("says so when it names no code", () =>
    withPage(async (page) => {
      await says(page.locator("#details"), /There is no code Q99\.ZZZ/);
      await page.evaluate(() => { location.hash = "#/cpt/99213"; });
      await says(page.locator("#details"), /CPT is not loaded here\./);
      for (const hash of ["#/icd11", "#/icd11/5A11", "#/__proto__/x", "#/constructor"]) {
        await page.evaluate((next) => { location.hash = next; }, hash);
        await says(page.locator("#details"), new RegExp(`There is no code system ${hash.split("/")[1]} here\\. There are ICD-10-CM,`));
      }
    }, { hash: "#/icd10cm/Q99.ZZZ" }));

  it("stands a malformed or unknown address", () =>
    withPage(async (page) => {
      for (const hash of ["#/icd10cm/%E0%A4%A", "#/nosuchsystem/E11.9", "#/icd10cm/chapter/99", "#/icd10cm/section/", "#/a/b/c/d", "#/", "#/icd10cm/%3Cimg%20src%3Dx%3E", "#garbage"]) {
        await page.evaluate((next) => { location.hash = next; }, hash);
        await page.locator("#details").waitFor();
      }
      await type(page, "E11.9");
      await page.keyboard.press("Enter");
      await shows(page, /^E11\.9 /);
    }));
});
