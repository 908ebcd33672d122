// From many codes to the one: the questions above the list, in the details of a code, and in the list of the element.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { codes, says, start, stop, type, violations, withHost, withPage } from "./browser.mjs";

before(start);
after(stop);

/** @param {import("playwright-core").Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute("data-value") ?? document.activeElement?.id);
/** The title of what the details show. @param {import("playwright-core").Page} page */
const title = (page) => page.locator("#concept-title").textContent();

describe("the questions in the details", () => {
  it("lead from a category to one billable code by digits alone, and take answers back", () =>
    withPage(async (page) => {
      const answers = page.locator(".guide .answers button");
      await answers.first().waitFor();
      await says(page.locator(".guide h3"), /^Which one\? \d+ billable codes possible$/);
      const [asked] = await page.locator(".guide .question h4").allTextContents();
      await page.keyboard.press("1");
      await page.locator(".taken li").first().waitFor();
      await page.keyboard.press("Backspace");
      await page.waitForFunction(() => !document.querySelector(".taken"));
      assert.deepEqual(await page.locator(".guide .question h4").allTextContents(), [asked]);
      let presses = 0;
      while (await answers.count()) {
        const before = await page.locator(".guide h3").textContent();
        await page.keyboard.press("1");
        presses += 1;
        await page.waitForFunction((text) => document.querySelector(".guide h3")?.textContent !== text, before);
      }
      // 450 codes: one answer would not do, and seven are more than a person puts up with.
      assert.ok(presses >= 2 && presses <= 6, `${presses} answers`);
      assert.equal(await page.locator(".guide .children a").count(), 1);
      const code = await page.locator(".guide .children .code").textContent();
      await page.locator("#status", { hasText: code ?? "-" }).waitFor({ state: "attached" });
      await page.keyboard.press("Enter");
      await page.locator(".state .mark.yes").first().waitFor();
      assert.ok((await title(page))?.startsWith(`${code} `));
    }, { hash: "#/icd10cm/S52.5" }));

  it("can be asked in another order, by mouse, and by the arrows", () =>
    withPage(async (page) => {
      await page.locator('.guide [data-ask="laterality"]').click();
      await page.locator('.guide [data-axis="laterality"][data-value="left"]').waitFor();
      assert.equal(await focused(page), await page.locator(".guide .answers button").first().getAttribute("data-value"));
      await page.keyboard.press("ArrowRight");
      assert.equal(await focused(page), await page.locator(".guide .answers button").nth(1).getAttribute("data-value"));
      await page.locator('.guide [data-value="left"]').click();
      await page.locator(".taken li", { hasText: "left" }).waitFor();
      assert.deepEqual(await violations(page), []);
      await page.getByRole("button", { name: "Take back" }).click();
      await page.waitForFunction(() => !document.querySelector(".taken"));
    }, { hash: "#/icd10cm/S52.5" }));

  it("are not asked where the codes below can be read at a glance", () =>
    withPage(async (page) => {
      await page.locator("#concept-title").waitFor();
      await page.waitForTimeout(300);
      assert.equal(await page.locator(".guide").count(), 0);
      assert.ok((await page.locator(".seventh .pick").count()) > 3);
    }, { hash: "#/icd10cm/S52.501" }));
});

describe("the questions above the list", () => {
  it("are walked through by keyboard, one stop of the Tab key, to the code that was meant", () =>
    withPage(async (page) => {
      await type(page, "fracture radius");
      await codes(page);
      await page.locator("#facets button").first().waitFor();
      const axes = () => page.locator("#facets .facet").evaluateAll((groups) => groups.map((group) => group.querySelector("button")?.getAttribute("data-axis")));
      const axis = () => page.evaluate(() => document.activeElement?.getAttribute("data-axis"));
      assert.equal(await page.locator("#facets button[tabindex='0']").count(), 1);
      await page.locator("#facets button[tabindex='0']").focus();
      const [first, second] = await axes();
      assert.equal(await axis(), first);
      await page.keyboard.press("ArrowDown");
      assert.equal(await axis(), second);
      const [one, other] = await page.locator(`#facets [data-axis="${second}"]`).evaluateAll((buttons) => buttons.map((button) => button.getAttribute("data-value")));
      assert.equal(await focused(page), one);
      await page.keyboard.press("ArrowRight");
      assert.equal(await focused(page), other);
      await page.keyboard.press("ArrowUp");
      assert.equal(await axis(), first);
      /** What is wanted, where it is asked; else the first answer. */
      const wanted = ["left", "initial", "closed", "displaced"];
      /** @type {string[]} */
      const answered = [];
      for (let turn = 0; turn < 8; turn += 1) {
        const offered = await page.locator('#facets button[aria-pressed="false"]').evaluateAll((buttons) => buttons.map((button) => button.getAttribute("data-value")));
        const value = wanted.find((each) => offered.includes(each)) ?? offered[0];
        if (!value) break;
        await page.locator(`#facets button[aria-pressed="false"][data-value="${value}"]`).first().focus();
        await page.keyboard.press("Enter");
        await page.locator(`#facets [data-value="${value}"][aria-pressed="true"]`).waitFor();
        await page.waitForFunction(() => document.activeElement?.closest("#facets") !== null);
        assert.equal(await page.evaluate(() => document.querySelector("#facets [aria-pressed=false]") === null || document.activeElement?.getAttribute("aria-pressed") === "false"), true, "the next question has the focus");
        answered.push(value);
        if (["left", "initial", "closed"].every((each) => answered.includes(each))) break;
      }
      assert.ok(["left", "initial"].every((each) => answered.includes(each)), answered.join(", "));
      const titles = await page.locator("#results .title").allTextContents();
      assert.ok(titles.length > 0 && /left.*initial encounter/i.test(titles[0]), titles.slice(0, 3).join(" | "));
      await page.keyboard.press("Escape");
      assert.equal(await focused(page), "query");
      await page.keyboard.press("Enter");
      await page.locator(".state .mark.yes").first().waitFor();
      assert.match((await title(page)) ?? "", /left/i);
    }));

  it("set a code apart from its title, and nothing else", () =>
    withPage(async (page) => {
      await type(page, "fracture radius");
      await page.locator("#facets button").first().waitFor();
      const answers = await page.locator("#facets button").evaluateAll((buttons) => buttons.map((button) => [button.getAttribute("data-axis"), button.querySelector(".code")?.textContent ?? null]));
      for (const [axis, code] of answers) assert.equal(code !== null, axis === "category" || axis === "detail", String([axis, code]));
    }));
});

describe("the questions in the element", () => {
  const field = `<script type="module" src="element.js"></script><main><h1>Host</h1><medcode-lookup id="dx" label="Diagnosis" systems="icd10cm"></medcode-lookup></main>`;
  /** @param {import("playwright-core").Page} page */
  const options = (page) => page.locator("#dx").getByRole("option");
  /** @param {import("playwright-core").Page} page */
  const value = (page) => page.locator("#dx").evaluate((node) => /** @type {any} */ (node).value);
  /** What the line above the list says. @param {import("playwright-core").Page} page */
  const path = (page) => page.locator("#dx .path");

  it("lead from a category to a code by Enter alone, ArrowLeft takes an answer back", () =>
    withHost(field, async (page) => {
      await page.locator("#dx").getByRole("combobox").pressSequentially("S52.5");
      await page.locator('#dx [data-code="S52.5"]').waitFor();
      await page.keyboard.press("Enter");
      await says(path(page), /S52\.5 {1,2}More exactly\?$/);
      await says(page.locator("#dx [role=status]"), /^More exactly\? \d+ answers$/);
      await page.locator("#dx .answer").first().waitFor();
      const first = await options(page).allTextContents();
      assert.deepEqual(await violations(page), []);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForFunction((text) => document.getElementById("dx")?.shadowRoot?.querySelector(".list")?.textContent !== text, first.join(""));
      await page.keyboard.press("ArrowLeft");
      await page.waitForFunction((number) => document.getElementById("dx")?.shadowRoot?.querySelectorAll(".answer").length === number, first.length);
      assert.deepEqual(await options(page).allTextContents(), first);
      for (let presses = 0; presses < 6 && (await value(page)) === ""; presses += 1) {
        await page.keyboard.press("Enter");
        await page.waitForTimeout(120);
      }
      assert.match(await value(page), /^S52\.5\w{2}[A-S]$/);
      assert.equal(await page.locator("#dx").getByRole("combobox").getAttribute("aria-expanded"), "false");
    }));

  it("narrow down what words find: the last option asks, the arrow up reaches it at once", () =>
    withHost(field, async (page) => {
      await page.locator("#dx").getByRole("combobox").pressSequentially("fracture radius");
      await page.locator("#dx .narrow").waitFor();
      await says(page.locator("#dx .narrow"), /^Narrow down: [A-Z]/);
      await page.keyboard.press("ArrowUp");
      assert.equal(await page.locator('#dx [aria-selected="true"]').getAttribute("data-narrow"), "");
      await page.keyboard.press("Enter");
      await page.locator("#dx .answer").first().waitFor();
      /** @type {string[]} */
      const answered = [];
      while (await page.locator("#dx .answer").count()) {
        const offered = await page.locator("#dx .answer").evaluateAll((answers) => answers.map((answer) => answer.getAttribute("data-value") ?? ""));
        const wanted = ["left", "initial"].find((each) => offered.includes(each)) ?? offered[0];
        answered.push(wanted);
        const asked = await path(page).textContent();
        await page.locator(`#dx .answer[data-value="${wanted}"]`).click();
        await page.waitForFunction((text) => document.getElementById("dx")?.shadowRoot?.querySelector(".path")?.textContent !== text, asked);
      }
      if ((await value(page)) === "") await page.keyboard.press("Enter");
      const [{ display, billable }] = await page.locator("#dx").evaluate((node) => /** @type {any} */ (node).concepts);
      assert.ok(billable);
      for (const word of answered.filter((each) => ["left", "initial"].includes(each))) assert.match(display, new RegExp(word, "i"));
      assert.ok(answered.includes("left") || answered.includes("initial"), answered.join(", "));
    }));

  it("are not asked of a source that knows none", () =>
    withHost(
      `<medcode-lookup id="dx" label="Code"></medcode-lookup><script type="module">
        const one = (code, billable) => ({ system: "icd10cm", uri: "u", code, plainCode: code, display: "Ours " + code, billable, period: {}, release: "r", score: 1, matched: [] });
        dx.source = { search: () => ({ hits: [one("Q1", false)], total: 20 }), children: () => [one("Q11", true), one("Q12", false)] };
        await import("./element.js");
      </script>`,
      async (page) => {
        await page.locator("#dx input").pressSequentially("our");
        await options(page).first().waitFor();
        await page.keyboard.press("Enter");
        await path(page).filter({ hasText: "Q1" }).waitFor();
        assert.deepEqual(await page.locator("#dx .list .code").allTextContents(), ["Q11", "Q12"]);
      },
    ));
});
