// A code of ICD-10-PCS, character by character.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { says, start, stop, type, violations, withPage } from "./browser.mjs";

before(start);
after(stop);

/** The characters that are set. @param {import("playwright-core").Page} page */
const characters = async (page) => (await page.locator(".slot.set .code").allTextContents()).join("");
/** Waits until the builder stands at a beginning. @param {import("playwright-core").Page} page @param {string} beginning */
const at = (page, beginning) => page.waitForFunction((text) => [...document.querySelectorAll(".slot.set .code")].map((node) => node.textContent).join("") === text && document.activeElement?.id === "builder-input", beginning);

/** Whether the index has the tables, which name the values; one from the public registries alone has none. @param {import("playwright-core").Page} page */
const named = async (page) => (await page.locator("#builder-list .title").first().textContent())?.startsWith("such as") === false;

describe("the builder", () => {
  it("builds a whole code by keyboard: by character, by words, by arrows; and goes back", () =>
    withPage(async (page) => {
      await at(page, "");
      const tables = await named(page);
      await page.keyboard.type("0");
      await page.keyboard.press("Enter");
      await at(page, "0");
      await page.keyboard.type(tables ? "gastro" : "d");
      if (tables) assert.equal(await page.locator("#builder-list [role=option]").count(), 1);
      await page.keyboard.press("Enter");
      await at(page, "0D");
      await page.keyboard.type("t");
      await says(page.locator("#builder-list [role=option] .title").first(), /^Resection$|^such as Resection of/, "the value of that very character comes first");
      await page.keyboard.press("Enter");
      await at(page, "0DT");
      await page.keyboard.press("Backspace");
      await at(page, "0D");
      await page.goBack();
      await at(page, "0DT");
      await page.keyboard.type(tables ? "appendix" : "j");
      await page.keyboard.press("Enter");
      await at(page, "0DTJ");
      assert.deepEqual(await page.locator(".slot.set .axis").allTextContents(), tables ? ["Section", "Body System", "Operation", "Body Part"] : [1, 2, 3, 4].map((number) => `Character ${number}`));
      const told = (await page.locator("#builder-list").textContent()) ?? "";
      assert.match(told, tables ? /Entry, by puncture or minor incision/ : /such as Resection of Appendix, Open Approach/, "what the book says of a value, or a code that has it");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowRight");
      await at(page, "0DTJ4");
      await page.keyboard.press("Enter");
      await at(page, "0DTJ4Z");
      await says(page.locator("#builder-list"), /Resection of Appendix, Percutaneous Endoscopic Approach/);
      await page.keyboard.type("z");
      await page.keyboard.press("Enter");
      await page.locator("#concept-title", { hasText: "0DTJ4ZZ Resection of Appendix, Percutaneous Endoscopic Approach" }).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.id), "concept-title");
      assert.equal(new URL(page.url()).hash, "#/icd10pcs/0DTJ4ZZ");
    }, { hash: "#/icd10pcs/build" }));

  it("shows what is chosen, and takes a choice anew by a press on it", () =>
    withPage(async (page) => {
      await at(page, "0DTJ");
      await page.locator(".slot.set a").nth(2).click();
      await at(page, "0D");
      await page.locator("#builder-list [role=option]", { hasText: /Bypass/ }).first().click();
      await at(page, "0D1");
    }, { hash: "#/icd10pcs/build/0dtj" }));

  it("says that nothing fits, empties the box on Escape, and leaves on the next", () =>
    withPage(async (page) => {
      await at(page, "0DT");
      await page.keyboard.type("zzz");
      await says(page.locator("#details"), /No value of the tables fits/);
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("#builder-input").inputValue(), "");
      assert.ok((await page.locator("#builder-list [role=option]").count()) > 10);
      await page.keyboard.press("Escape");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "query");
    }, { hash: "#/icd10pcs/build/0DT" }));

  it("says so where no code begins like that", () =>
    withPage(async (page) => {
      await says(page.locator("#details"), /There is no code ZZ/);
    }, { hash: "#/icd10pcs/build/ZZ", ready: "#concept-title" }));

  it("is offered while the beginning of a code is typed, and nowhere else", () =>
    withPage(async (page) => {
      await type(page, "0DTJ");
      await page.locator("#building a", { hasText: "Build on 0DTJ" }).waitFor();
      await says(page.locator("#building"), /next: (Approach|Character 5), 4 values/);
      await page.locator("#building a").click();
      await at(page, "0DTJ");
      await type(page, "E11");
      assert.ok(await page.locator("#building").isHidden());
      await type(page, "fracture");
      assert.ok(await page.locator("#building").isHidden());
      assert.equal(await page.locator("#systems .absent", { hasText: "ICD-9-CM diagnoses" }).count(), 1, "a word brings no pack");
    }));

  it("is offered in the table of a category, where the index has such a table", () =>
    withPage(async (page) => {
      const link = page.getByRole("link", { name: "Build a code on 0DT" });
      const absent = page.locator("#details", { hasText: "There is no code" });
      await link.or(absent).first().waitFor();
      if (await absent.isVisible()) return;
      await link.click();
      await at(page, "0DT");
    }, { hash: "#/icd10pcs/0DT" }));

  it("has nothing that axe-core objects to, and fits a phone", () =>
    withPage(async (page) => {
      await at(page, "0DT");
      await page.keyboard.press("ArrowDown");
      assert.deepEqual(await violations(page), []);
      await page.setViewportSize({ width: 320, height: 640 });
      assert.deepEqual(await violations(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
      await page.emulateMedia({ colorScheme: "dark" });
      assert.deepEqual(await violations(page), []);
      assert.equal(await characters(page), "0DT");
    }, { hash: "#/icd10pcs/build/0DT" }));
});
