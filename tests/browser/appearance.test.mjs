// How the page looks and reads: phone width, zoom, dark, high contrast, print, and axe-core in every state.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { start, stop, type, violations, withPage } from "./browser.mjs";

before(start);
after(stop);

/** The states that are looked at, each reached from a fresh page. */
const STATES = /** @type {Record<string, (page: import("playwright-core").Page) => Promise<void>>} */ ({
  empty: async () => undefined,
  results: async (page) => {
    await type(page, "diabtes kidney");
    await page.keyboard.press("ArrowDown");
  },
  "many results, and what narrows them down": async (page) => {
    await type(page, "fracture of lower end of radius");
    await page.locator("#facets .chip").first().click();
    await page.locator('#facets [aria-pressed="true"]').waitFor();
  },
  "nothing found": (page) => type(page, "zzzzqqqq"),
  "details of a billable code": async (page) => {
    await type(page, "E11.9");
    await page.keyboard.press("Enter");
  },
  "the seventh character": async (page) => {
    await type(page, "S52.501");
    await page.keyboard.press("Enter");
  },
  "questions below a category": async (page) => {
    await type(page, "S52.5");
    await page.keyboard.press("Enter");
    await page.locator(".guide .answers button").first().waitFor();
    await page.keyboard.press("1");
    await page.locator(".taken li").first().waitFor();
  },
  "a procedure that is built": async (page) => {
    await page.evaluate(() => { location.hash = "#/icd10pcs/build/0DTJ"; });
    await page.locator("#builder-list [role=option]").first().waitFor();
    await page.keyboard.press("ArrowDown");
  },
  "an inpatient claim": async (page) => {
    await page.locator("#tab-claim").click();
    await page.locator("#setting").selectOption("inpatient-facility");
    await page.locator("#claim-add").fill("A41.9 R65.20 0DTJ4ZZ 99213");
    await page.keyboard.press("Enter");
    await page.locator("#issues > li").first().waitFor();
  },
  "a code system": async (page) => {
    await page.evaluate(() => { location.hash = "#/icd10cm"; });
    await page.locator("#concept-title").waitFor();
  },
  "a section": async (page) => {
    await page.evaluate(() => { location.hash = "#/icd10cm/section/E08-E13"; });
    await page.locator(".children").waitFor();
  },
  "two codes compared": async (page) => {
    await page.evaluate(() => { location.hash = "#/compare/icd10cm/E11.9/icd10cm/E10.9"; });
    await page.locator(".comparison").waitFor();
  },
  "a claim": async (page) => {
    await page.locator("#tab-claim").click();
    await page.locator("#claim-add").fill("W21.89XA E11.9 E10.9 S52.501 0DTJ4ZZ 99213");
    await page.keyboard.press("Enter");
    await page.locator("#issues > li").nth(2).waitFor();
  },
  "the lists": async (page) => {
    await page.evaluate(() => { location.hash = "#/icd10cm/I10"; });
    await page.getByRole("button", { name: "☆ Favourite" }).click();
    await page.evaluate(() => history.back());
    await page.locator("#tab-lists").click();
    await page.locator("#favourites .item").waitFor();
  },
  "the keys": async (page) => {
    await page.locator("#help-button").click();
    await page.locator("#help[open]").waitFor();
  },
  "checked codes": async (page) => {
    await page.locator("#tab-check").click();
    await page.locator("#codes").fill("E11.9 E11 W21.89A 99213 ZZZ99");
    await page.locator(".verdict").nth(4).waitFor();
  },
  "loaded releases": async (page) => {
    await page.locator("#loaded").click();
  },
});

/** What each state is looked at in, in one page after another, so that the page is loaded once per state and width. */
const WIDTHS = {
  "1280 px": { width: 1280, height: 800 },
  "200 % zoom of 1280 px": { width: 640, height: 400 },
  "375 px": { width: 375, height: 740 },
  "320 px": { width: 320, height: 640 },
};

/**
 * Requires that nothing scrolls sideways and nothing is cut.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @param {{ width: number }} viewport
 */
async function fits(page, name, viewport) {
  const { width, cut } = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    // Questions that stand in one line, where the window is low, go on beside it by design.
    cut: [...document.querySelectorAll(".results, .verdicts, .details, .scroll, .facets")]
      .filter((pane) => pane.scrollWidth > pane.clientWidth + 1 && !(pane.matches(".facets") && getComputedStyle(pane).overflowX === "auto"))
      .map((pane) => pane.className),
  }));
  assert.ok(width <= viewport.width, `${name}: expected at most ${viewport.width} px, found ${width}`);
  assert.deepEqual(cut, [], name);
}

for (const [state, reach] of Object.entries(STATES)) {
  describe(state, () => {
    it("has nothing that axe-core objects to, in light, in dark and on a phone, and fits every width", () =>
      withPage(async (page) => {
        await reach(page);
        for (const [name, viewport] of Object.entries(WIDTHS)) {
          await page.setViewportSize(viewport);
          await fits(page, name, viewport);
          // What axe-core finds depends on the width only where the layout is another.
          if (name === "200 % zoom of 1280 px" || name === "320 px") continue;
          assert.deepEqual(await violations(page), [], name);
        }
        await page.setViewportSize(WIDTHS["1280 px"]);
        await page.emulateMedia({ colorScheme: "dark" });
        assert.deepEqual(await violations(page), [], "dark");
      }));
  });
}

describe("on a phone", () => {
  const phone = { viewport: { width: 375, height: 740 }, hasTouch: true };

  it("details take the place of the list, and a link leads back", () =>
    withPage(async (page) => {
      await type(page, "E11.9");
      await page.locator("#results [role=option]").first().tap();
      await page.locator("#concept-title").waitFor();
      assert.ok(await page.locator("#query").isHidden());
      await page.getByRole("link", { name: "Back to the list" }).tap();
      await page.locator("#query").waitFor();
      assert.ok(await page.locator("#concept-title").isHidden());
      assert.equal(await page.locator("#query").inputValue(), "E11.9");
    }, phone));

  it("what a finger must hit is at least 44 px high", () =>
    withPage(async (page) => {
      await type(page, "E11");
      for (const selector of ["#query", "#results [role=option]", "#clear", "#tab-check"]) {
        const box = await page.locator(selector).first().boundingBox();
        assert.ok(box && box.height >= 44, `${selector}: ${box?.height}`);
      }
    }, phone));
});

describe("in other renderings", () => {
  it("the active hit is visible in high contrast", () =>
    withPage(async (page) => {
      await STATES.results(page);
      const [active, other] = await page.locator("#results [role=option]").evaluateAll((options) =>
        options.slice(0, 2).map((option) => getComputedStyle(option).backgroundColor),
      );
      assert.notEqual(active, other);
    }, { forcedColors: "active" }));

  it("nothing moves when motion is to be reduced", () =>
    withPage(async (page) => {
      const moving = await page.evaluate(() =>
        [...document.querySelectorAll("*")].filter((node) => {
          const style = getComputedStyle(node);
          return style.transitionDuration !== "0s" || style.animationName !== "none";
        }).length,
      );
      assert.equal(moving, 0);
    }, { reducedMotion: "reduce" }));

  it("prints a claim by itself, without the code that was looked at and what is not filled in", () =>
    withPage(async (page) => {
      await page.getByRole("tab", { name: "Claim" }).click();
      await page.locator("#setting").selectOption("inpatient-facility");
      await page.locator("#claim-add").fill("E11.9 99213");
      await page.keyboard.press("Enter");
      await page.locator("#lines .item").waitFor();
      const shown = () => page.locator("input, select").evaluateAll((fields) => fields.filter((field) => field.checkVisibility()).map((field) => field.id || field.getAttribute("name") || field.className));
      await page.emulateMedia({ media: "print" });
      assert.ok(await page.locator("#panel-claim").isVisible());
      assert.ok(await page.locator("#concept-title").isHidden());
      assert.deepEqual(await shown(), ["setting", "pointers", "units"]);
      await page.emulateMedia({ media: "screen" });
      await page.locator("#age").fill("40");
      await page.locator("#sex").selectOption("female");
      await page.locator("#date").fill("2026-03-01");
      await page.locator(".poa").selectOption("Y");
      await page.locator("#admitting").fill("R739");
      await page.locator("#admitting").press("Tab");
      await page.emulateMedia({ media: "print" });
      assert.deepEqual(await shown(), ["date", "setting", "age", "sex", "admitting", "poa", "pointers", "units"]);
      await page.emulateMedia({ media: "screen" });
      await page.getByRole("button", { name: "Remove 99213" }).click();
      await page.getByRole("tab", { name: "Lists" }).click();
      await page.emulateMedia({ media: "print" });
      await page.locator("#favourites-title").waitFor({ state: "hidden" });
      assert.ok(await page.locator("#recent-title").isVisible(), "the code that was opened is listed");
      await page.emulateMedia({ media: "screen" });
      await page.getByRole("tab", { name: "Search" }).click();
      await page.emulateMedia({ media: "print" });
      assert.ok(await page.locator("#query").isHidden());
    }, { hash: "#/icd10cm/E10.9" }));

  it("shows the panel of a tab that is chosen while a code covers the lists", () =>
    withPage(async (page) => {
      await page.locator("#concept-title").waitFor();
      for (const [tab, panel] of [["Claim", "claim"], ["Lists", "lists"], ["Search", "search"]]) {
        await page.getByRole("tab", { name: tab }).click();
        await page.locator(`#panel-${panel}`).waitFor();
      }
    }, { viewport: { width: 320, height: 640 }, hash: "#/icd10cm/E10.9", ready: "#concept-title" }));

  it("breaks no word of the tabs and the keys on a phone", () =>
    withPage(async (page) => {
      // With a date of service there is another button in the row.
      await page.locator("#date").fill("2026-01-01");
      await page.locator("#date-clear").waitFor();
      const words = [page.getByRole("button", { name: "Keys" }), page.locator("#date-clear"), page.locator('label[for="date"]')];
      for (const node of [...(await page.getByRole("tab").all()), ...words]) {
        const broken = await node.evaluate((each) => {
          const [text] = [...each.childNodes].filter((child) => child instanceof Text);
          return [...(text.textContent ?? "").matchAll(/\S+/g)].map(({ 0: word, index }) => {
            const range = document.createRange();
            range.setStart(text, index);
            range.setEnd(text, index + word.length);
            return [word, range.getClientRects().length];
          }).filter(([, lines]) => lines !== 1);
        });
        assert.deepEqual(broken, []);
      }
    }, { viewport: { width: 320, height: 640 } }));

  it("print shows the details without the controls", () =>
    withPage(async (page) => {
      await page.emulateMedia({ media: "print" });
      assert.ok(await page.locator("#concept-title").isVisible());
      assert.ok(await page.locator(".actions").isHidden());
      assert.ok(await page.locator(".filters").first().isHidden());
    }, { hash: "#/icd10cm/E11.9" }));
});
