// The check view: pasted codes, verdicts, fixes.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clipboard, hold, says, start, stop, withPage } from "./browser.mjs";

before(start);
after(stop);

/** @param {import("playwright-core").Page} page @param {string} text */
async function check(page, text) {
  await page.locator("#tab-check").click();
  await page.locator("#codes").fill(text);
  const tokens = text.split(/[\s,;|]+/).filter(Boolean).length;
  await page.waitForFunction((expected) => document.querySelectorAll(".verdict").length === expected, tokens);
}

/** @param {import("playwright-core").Page} page @param {string} code */
const verdict = (page, code) => page.locator(".verdict", { has: page.locator(".code", { hasText: new RegExp(`^${code}$`) }) });

describe("the check view", () => {
  it("gives every pasted code a verdict, a sentence and a rule, whatever separates them", () =>
    withPage(async (page) => {
      await check(page, "E11.9, e119\nE11;W21.89A|A00.0\tZZZ99");
      assert.equal(await page.locator(".verdict .mark").count(), 6);
      for (const row of await page.locator(".verdict").all()) {
        assert.ok((await row.locator(".sentence").textContent())?.trim());
      }
      await says(page.locator("#summary"), /^6 codes: 3 billable, /);
    }));

  it("puts the missing placeholder X in by one press", () =>
    withPage(async (page) => {
      await check(page, "E11.9\nW21.89A\nI10");
      await verdict(page, "W21\\.89A").getByRole("button", { name: "Use W21.89XA" }).click();
      assert.equal(await page.locator("#codes").inputValue(), "E11.9\nW21.89XA\nI10");
      assert.equal(await page.locator("#summary").textContent(), "3 codes: 3 billable");
    }));

  it("offers the billable codes below a category", () =>
    withPage(async (page) => {
      await check(page, "E11.2");
      await verdict(page, "E11\\.2").getByRole("button", { name: "Use E11.21" }).click();
      assert.equal(await page.locator("#codes").inputValue(), "E11.21");
    }));

  it("copies the codes that can be used as they stand", () =>
    withPage(async (page) => {
      await check(page, "e119, E11, i10");
      await page.getByRole("button", { name: "Copy usable codes" }).click();
      await page.locator("#status", { hasText: "Copied 2 codes" }).waitFor();
      assert.equal(await clipboard(page), "E11.9\nI10");
    }));

  it("shows the other reading of characters that two code systems have", () =>
    withPage(async (page) => {
      await check(page, "V20.2");
      const other = page.locator(".verdict .other");
      await says(other, /has it, too: V20/);
      const [one, two] = await Promise.all([page.locator(".verdict > a.code").getAttribute("href"), other.locator("a").getAttribute("href")]);
      assert.notEqual(one, two);
    }));

  it("opens the details of a checked code", () =>
    withPage(async (page) => {
      await check(page, "I10");
      await page.locator(".verdict a").click();
      await says(page.locator("#concept-title"), /^I10 /);
      assert.ok(await page.locator("#panel-check").isVisible(), "the check view stays");
    }));

  it("calls a CPT code unknown, not invalid, without a CPT pack", () =>
    withPage(async (page) => {
      await check(page, "99213");
      assert.equal(await page.locator(".verdict .mark").textContent(), "? unknown");
    }));

  it("judges by the date of service", () =>
    withPage(async (page) => {
      await page.locator("#date").fill("2014-06-01");
      await check(page, "E11.9");
      assert.notEqual(await page.locator(".verdict .mark").textContent(), "✓ billable");
      await page.getByRole("button", { name: "Any date" }).click();
      assert.equal(await page.locator(".verdict .mark").textContent(), "✓ billable");
    }));

  it("says so where a list is longer than it checks at once", () =>
    withPage(async (page) => {
      await page.locator("#tab-check").click();
      // Pasted in one piece: typed by the driver it would take the browser's editor half a minute.
      await page.locator("#codes").evaluate((box) => {
        /** @type {HTMLTextAreaElement} */ (box).value = Array(5200).fill("I10").join("\n");
        box.dispatchEvent(new InputEvent("input"));
      });
      await page.locator("#summary", { hasText: "5,000 codes: 5000 billable. Only the first 5,000 of 5,200 codes were checked" }).waitFor();
    }));

  it("shows no verdict of another text or system while a pack is on its way", () =>
    withPage(async (page) => {
      await check(page, "E11 I10");
      const release = await hold(page, "**/packs/icd10pcs.*");
      await page.locator("#check-system").selectOption("icd10pcs");
      await says(page.locator("#summary"), /^Loading ICD-10-PCS …$/);
      assert.equal(await page.locator(".verdict").count(), 0);
      assert.ok(await page.locator("#copy-clean").isDisabled());
      await page.locator("#codes").fill("0DTJ4ZZ");
      release();
      await says(page.locator("#summary"), /^1 code: 1 billable$/);
    }));

  it("puts no fix where another code stands now", () =>
    withPage(async (page) => {
      await check(page, "E11.2 I10");
      // Both in one turn of the page: the text is not checked yet when the button is pressed.
      await page.locator("#codes").evaluate((box) => {
        /** @type {HTMLTextAreaElement} */ (box).value = "J45.909 I10";
        box.dispatchEvent(new InputEvent("input"));
        /** @type {HTMLElement} */ (document.querySelector(".verdict .fixes button")).click();
      });
      assert.equal(await page.locator("#codes").inputValue(), "J45.909 I10");
      await says(page.locator("#summary"), /^2 codes: 2 billable$/);
    }));

  it("gives the usable codes to the claim", () =>
    withPage(async (page) => {
      await check(page, "e119, E11, i10");
      await page.getByRole("button", { name: "Add usable to claim" }).click();
      await page.getByRole("tab", { name: "Claim (2)" }).click();
      assert.deepEqual(await page.locator("#diagnoses .code").allTextContents(), ["E11.9", "I10"]);
    }));
});
