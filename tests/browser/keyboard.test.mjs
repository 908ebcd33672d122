// Everything by keyboard, and the ARIA attributes at each step (WAI-ARIA APG, editable combobox with list autocomplete).

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clipboard, codes, says, start, stop, type, withPage } from "./browser.mjs";

before(start);
after(stop);

/** The id of the element that has the focus. @param {import("playwright-core").Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.id);

/** The combobox's attributes and the selected options' codes. @param {import("playwright-core").Page} page */
const aria = (page) =>
  page.evaluate(() => {
    const input = document.getElementById("query");
    const active = input?.getAttribute("aria-activedescendant") ?? null;
    const options = document.querySelectorAll('[role="option"][aria-selected="true"]');
    return {
      expanded: input?.getAttribute("aria-expanded"),
      active: active && document.getElementById(active)?.dataset.code,
      selected: [...options].map((option) => option.getAttribute("data-code")),
    };
  });

describe("the keyboard", () => {
  it("walks from the box to the details and to a copied code", () =>
    withPage(async (page) => {
      assert.equal(await focused(page), "query", "the box has the focus from the start");
      assert.deepEqual(await aria(page), { expanded: "false", active: null, selected: [] });

      await page.keyboard.type("type 2 diabetes mellitus");
      const found = await codes(page);
      assert.deepEqual(await aria(page), { expanded: "true", active: null, selected: [] });

      await page.keyboard.press("ArrowDown");
      assert.deepEqual(await aria(page), { expanded: "true", active: found[0], selected: [found[0]] });
      await page.keyboard.press("ArrowDown");
      assert.deepEqual(await aria(page), { expanded: "true", active: found[1], selected: [found[1]] });
      assert.equal(await focused(page), "query", "arrows leave the focus in the box");

      await page.keyboard.press("Enter");
      assert.equal(await focused(page), "concept-title");
      await says(page.locator("#concept-title"), new RegExp(`^${found[1].replace(".", "\\.")} `));

      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      assert.equal(await clipboard(page), found[1], "the first button after the title copies the code");

      await page.keyboard.press("Escape");
      assert.equal(await focused(page), "query", "Escape goes back to the box");
      assert.deepEqual(await aria(page), { expanded: "true", active: found[1], selected: [found[1]] });
    }));

  it("opens the first hit on Enter when none was chosen", () =>
    withPage(async (page) => {
      await type(page, "E11.9");
      await page.keyboard.press("Enter");
      await says(page.locator("#concept-title"), /^E11\.9 /);
    }));

  it("goes round at both ends", () =>
    withPage(async (page) => {
      await type(page, "E11.32");
      const found = await codes(page);
      await page.keyboard.press("ArrowUp");
      assert.equal((await aria(page)).active, found.at(-1));
      await page.keyboard.press("ArrowDown");
      assert.equal((await aria(page)).active, found[0]);
    }));

  it("moves by pages and to both ends", () =>
    withPage(async (page) => {
      await type(page, "fracture of femur");
      const found = await codes(page);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("PageDown");
      assert.equal((await aria(page)).active, found[10]);
      await page.keyboard.press("PageUp");
      assert.equal((await aria(page)).active, found[0]);
      await page.keyboard.press("End");
      assert.equal((await aria(page)).active, found.at(-1));
      await page.keyboard.press("Home");
      assert.equal((await aria(page)).active, found[0]);
    }));

  it("leaves Home, End and the arrows sideways to the text while no hit is active", () =>
    withPage(async (page) => {
      await type(page, "diabetes");
      await page.keyboard.press("Home");
      assert.equal(await page.locator("#query").evaluate((input) => input instanceof HTMLInputElement && input.selectionStart), 0);
      assert.equal((await aria(page)).active, null);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowRight");
      assert.equal((await aria(page)).active, null, "an arrow sideways goes back to the text");
    }));

  it("copies the active code with Ctrl+C, and selected text as usual", () =>
    withPage(async (page) => {
      await type(page, "E11.9");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Control+c");
      assert.equal(await clipboard(page), "E11.9");
      assert.equal(await page.locator("#status").textContent(), "Copied E11.9");
      await type(page, "sepsis");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Control+a");
      await page.keyboard.press("Control+c");
      assert.equal(await clipboard(page), "sepsis");
    }));

  it("clears the box on Escape", () =>
    withPage(async (page) => {
      await type(page, "sepsis");
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("#query").inputValue(), "");
      assert.deepEqual(await codes(page), []);
      assert.equal((await aria(page)).expanded, "false");
    }));

  it("comes back to the box on a slash from anywhere but a text field", () =>
    withPage(async (page) => {
      await type(page, "E11.9");
      await page.keyboard.press("Enter");
      await page.keyboard.press("/");
      assert.equal(await focused(page), "query");
      assert.equal(await page.locator("#query").inputValue(), "E11.9", "the slash itself is not typed");
      await page.locator("#tab-check").click();
      await page.locator("#codes").pressSequentially("a/b");
      assert.equal(await page.locator("#codes").inputValue(), "a/b");
    }));

  it("changes the work area with the arrows on the tabs", () =>
    withPage(async (page) => {
      await page.locator("#tab-search").focus();
      for (const name of ["claim", "check", "lists"]) {
        await page.keyboard.press("ArrowRight");
        assert.equal(await focused(page), `tab-${name}`);
        assert.equal(await page.locator(`#tab-${name}`).getAttribute("aria-selected"), "true");
        assert.ok(await page.locator(`#panel-${name}`).isVisible());
        assert.ok(await page.locator("#panel-search").isHidden());
      }
      await page.keyboard.press("ArrowRight");
      assert.equal(await focused(page), "tab-search");
    }));

  it("takes no key while an input method composes", () =>
    withPage(async (page) => {
      await type(page, "E11.9");
      await page.locator("#query").evaluate((input) =>
        input.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", isComposing: true, bubbles: true })),
      );
      assert.equal((await aria(page)).active, null);
    }));
});
