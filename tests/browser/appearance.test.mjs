// How the page looks and reads: phone width, zoom, dark, high contrast, print, and axe-core in every state.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { start, stop, type, withPage } from "./browser.mjs";

before(start);
after(stop);

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The states that are looked at, each reached from a fresh page. */
const STATES = /** @type {Record<string, (page: import("playwright-core").Page) => Promise<void>>} */ ({
  empty: async () => undefined,
  results: async (page) => {
    await type(page, "diabtes kidney");
    await page.keyboard.press("ArrowDown");
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
  "a code system": async (page) => {
    await page.evaluate(() => { location.hash = "#/icd10cm"; });
    await page.locator("#concept-title").waitFor();
  },
  "a section": async (page) => {
    await page.evaluate(() => { location.hash = "#/icd10cm/section/E08-E13"; });
    await page.locator(".children").waitFor();
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

/** What axe-core finds wrong. @param {import("playwright-core").Page} page */
async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = /** @type {{ axe: typeof import("axe-core") }} */ (/** @type {unknown} */ (globalThis));
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => {
      const found = nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message)}`);
      return `${id}: ${found.join(" | ")}`;
    });
  });
}

/** @type {[string, import("playwright-core").BrowserContextOptions][]} */
const RENDERINGS = [
  ["in light mode", {}],
  ["in dark mode", { colorScheme: "dark" }],
  ["at phone width", { viewport: { width: 375, height: 740 } }],
];

for (const [name, options] of RENDERINGS) {
  describe(`axe-core finds nothing ${name}`, () => {
    for (const [state, reach] of Object.entries(STATES)) {
      it(state, () =>
        withPage(async (page) => {
          await reach(page);
          assert.deepEqual(await violations(page), []);
        }, options));
    }
  });
}

for (const [name, viewport] of Object.entries({
  "at 320 px": { width: 320, height: 640 },
  "at 375 px": { width: 375, height: 740 },
  "at 200 % zoom of 1280 px": { width: 640, height: 400 },
  "at 1280 px": { width: 1280, height: 800 },
})) {
  describe(`nothing scrolls sideways ${name}`, () => {
    for (const [state, reach] of Object.entries(STATES)) {
      it(state, () =>
        withPage(async (page) => {
          await reach(page);
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(width <= viewport.width, `expected at most ${viewport.width} px, found ${width}`);
          const cut = await page.evaluate(() =>
            [...document.querySelectorAll(".results, .verdicts, .details")]
              .filter((pane) => pane.scrollWidth > pane.clientWidth + 1)
              .map((pane) => pane.className),
          );
          assert.deepEqual(cut, []);
        }, { viewport }));
    }
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

  it("print shows the details without the controls", () =>
    withPage(async (page) => {
      await page.emulateMedia({ media: "print" });
      assert.ok(await page.locator("#concept-title").isVisible());
      assert.ok(await page.locator(".actions").isHidden());
      assert.ok(await page.locator(".filters").first().isHidden());
    }, { hash: "#/icd10cm/E11.9" }));
});
