// `<medcode-lookup>` in a page of somebody else: a form field, a combobox, codes in and FHIR out.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { address, says, start, stop, violations, withHost } from "./browser.mjs";

before(start);
after(stop);

const SCRIPT = `<script type="module" src="element.js"></script>`;

/** A form with a field, and a log of what the field tells. @param {string} attributes @param {string} [inside] */
const form = (attributes, inside = "") => `${SCRIPT}
  <form id="form"><label for="dx">Diagnosis</label><medcode-lookup id="dx" name="dx" ${attributes}>${inside}</medcode-lookup>
  <button>Send</button><button type="reset">Reset</button></form>
  <script type="module">
    globalThis.told = [];
    for (const name of ["medcode-select", "medcode-clear", "medcode-issue", "change"]) {
      dx.addEventListener(name, (event) => told.push([name, event.detail ?? null]));
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      told.push(["submit", [...new FormData(form)]]);
    });
  </script>`;

/** The inner input. @param {import("playwright-core").Page} page */
const box = (page) => page.locator("#dx").getByRole("combobox");
/** @param {import("playwright-core").Page} page */
const options = (page) => page.locator("#dx").getByRole("option");
/** @param {import("playwright-core").Page} page */
const codes = (page) => page.locator("#dx .list .code").allTextContents();
/** @param {import("playwright-core").Page} page */
const chips = (page) => page.locator("#dx .chip .code").allTextContents();
/** What the field told, and forgets it. @param {import("playwright-core").Page} page @returns {Promise<[string, any][]>} */
const told = (page) => page.evaluate(() => /** @type {any} */ (globalThis).told.splice(0));
/** @param {import("playwright-core").Page} page @param {string} text */
async function search(page, text) {
  await box(page).fill("");
  await box(page).pressSequentially(text);
  await page.locator('#dx [role=listbox][data-complete="true"]').waitFor();
  await options(page).first().waitFor();
}
/** What the form would send. @param {import("playwright-core").Page} page */
const sent = (page) =>
  page.evaluate(() => [...new FormData(/** @type {HTMLFormElement} */ (document.getElementById("form")))].map(([name, value]) => `${name}=${value}`));
/** A property of the field. @param {import("playwright-core").Page} page @param {string} name @returns {Promise<any>} */
const property = (page, name) => page.locator("#dx").evaluate((field, key) => /** @type {any} */ (field)[key], name);

/** The rules about whole pages: the host of a test is none. */
const OF_PAGES = ["landmark-one-main", "page-has-heading-one", "region"];

describe("the element in a form", () => {
  it("is chosen by keyboard, tells FHIR, and is sent", () =>
    withHost(form(""), async (page) => {
      await search(page, "type 2 diabetes without compl");
      await page.keyboard.press("ArrowDown");
      const wanted = (await codes(page))[0];
      await page.keyboard.press("Enter");
      assert.equal(wanted, "E11.9");
      assert.deepEqual(await sent(page), ["dx=E11.9"]);
      assert.equal(await property(page, "value"), "E11.9");
      const [[name, detail], [second]] = await told(page);
      assert.deepEqual([name, second], ["medcode-select", "change"]);
      assert.equal(detail.codings.length, 1);
      const { system, code, display, version } = detail.codings[0];
      assert.deepEqual([system, code, display], ["http://hl7.org/fhir/sid/icd-10-cm", "E11.9", "Type 2 diabetes mellitus without complications"]);
      assert.match(version, /^FY20/);
      assert.deepEqual(detail.codeableConcepts[0].coding, detail.codings);
      assert.equal(await box(page).getAttribute("aria-expanded"), "false");
    }));

  it("has its label from the page, its name, and the attributes of a combobox at every step", () =>
    withHost(form("required"), async (page) => {
      const field = page.getByRole("combobox", { name: "Diagnosis" });
      assert.equal(await field.count(), 1);
      await page.getByText("Diagnosis", { exact: true }).click();
      assert.equal(await page.evaluate(() => document.activeElement?.id), "dx", "a click on the label goes into the field");
      const aria = () =>
        page.locator("#dx").evaluate(({ shadowRoot }) => {
          const input = shadowRoot?.querySelector("input");
          const active = input?.getAttribute("aria-activedescendant") ?? "";
          return {
            expanded: input?.getAttribute("aria-expanded"),
            controls: shadowRoot?.getElementById(input?.getAttribute("aria-controls") ?? "")?.getAttribute("role"),
            required: input?.getAttribute("aria-required"),
            active: shadowRoot?.getElementById(active)?.dataset.code ?? null,
            selected: shadowRoot?.querySelectorAll('[aria-selected="true"]').length,
          };
        });
      const still = { controls: "listbox", required: "true" };
      assert.deepEqual(await aria(), { expanded: "false", active: null, selected: 0, ...still });
      await search(page, "E11.9");
      assert.deepEqual(await aria(), { expanded: "true", active: null, selected: 0, ...still });
      await page.keyboard.press("ArrowDown");
      assert.deepEqual(await aria(), { expanded: "true", active: "E11.9", selected: 1, ...still });
      await page.keyboard.press("Escape");
      assert.deepEqual(await aria(), { expanded: "false", active: null, selected: 0, ...still });
      assert.equal(await box(page).inputValue(), "E11.9", "the first Escape leaves the text");
      await page.keyboard.press("Alt+ArrowDown");
      assert.equal((await aria()).expanded, "true");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      assert.equal(await box(page).inputValue(), "", "the second one empties the box");
    }));

  it("is a combobox before it has loaded anything, and again after it was moved", () =>
    withHost(`${SCRIPT}<medcode-lookup id="dx" label="Code" loading="lazy"></medcode-lookup>`, async (page, requests) => {
      await page.waitForFunction(() => customElements.get("medcode-lookup"));
      for (const moved of [false, true]) {
        if (moved) await page.evaluate(() => document.body.prepend(/** @type {any} */ (document.getElementById("dx"))));
        const field = page.getByRole("combobox", { name: "Code", expanded: false });
        assert.equal(await field.getAttribute("aria-autocomplete"), "list");
        const controls = await field.evaluate((input) => /** @type {ShadowRoot} */ (input.getRootNode()).getElementById(input.getAttribute("aria-controls") ?? "")?.getAttribute("role"));
        assert.equal(controls, "listbox");
      }
      assert.ok(!requests.some((url) => url.endsWith(".wasm")));
    }));

  it("takes part in validity, reset and disabling as an input does", () =>
    withHost(
      `${SCRIPT}<form id="form"><fieldset id="set"><medcode-lookup id="dx" name="dx" label="Diagnosis" required value="I10"></medcode-lookup></fieldset></form>`,
      async (page) => {
        await page.locator("#dx .chip").waitFor();
        const valid = () => page.evaluate(() => /** @type {HTMLFormElement} */ (document.getElementById("form")).checkValidity());
        assert.equal(await valid(), true);
        assert.deepEqual(await sent(page), ["dx=I10"]);
        await page.locator("#dx").evaluate((field) => /** @type {any} */ (field).clear());
        assert.equal(await valid(), false);
        assert.equal(await property(page, "validationMessage"), "Choose a code.");
        await box(page).fill("something");
        assert.equal(await property(page, "validationMessage"), "Choose a code.");
        await page.evaluate(() => /** @type {HTMLFormElement} */ (document.getElementById("form")).reset());
        await page.locator("#dx .chip").waitFor();
        assert.deepEqual(await sent(page), ["dx=I10"]);
        await box(page).fill("something");
        assert.equal(await property(page, "validationMessage"), "Choose a code from the list.");
        await page.locator("#set").evaluate((set) => { /** @type {HTMLFieldSetElement} */ (set).disabled = true; });
        assert.equal(await box(page).isDisabled(), true);
        assert.deepEqual(await sent(page), []);
      },
    ));

  it("mirrors attributes and properties", () =>
    withHost(form(`systems="icd10cm" billable-only date="2026-03-01" limit="7" placeholder="Find"`), async (page) => {
      assert.deepEqual(await property(page, "systems"), ["icd10cm"]);
      assert.equal(await property(page, "billableOnly"), true);
      assert.equal(await box(page).getAttribute("placeholder"), "Find");
      await search(page, "diabetes");
      assert.equal((await codes(page)).length, 7);
      assert.ok((await page.locator("#dx .kind .mark").allTextContents()).every((mark) => mark.includes("✓")));
      await page.locator("#dx").evaluate((field) => { Object.assign(field, { billableOnly: false, systems: ["icd9cm_dx"], date: "", limit: 3 }); });
      await page.waitForFunction(() => document.getElementById("dx")?.shadowRoot?.querySelectorAll(".hit").length === 3);
      assert.deepEqual([...new Set(await page.locator("#dx .system").allTextContents())], ["ICD-9-CM diagnoses"]);
      assert.equal(await page.locator("#dx").getAttribute("systems"), "icd9cm_dx");
      assert.equal(await page.locator("#dx").getAttribute("billable-only"), null);
    }));

  it("goes into the codes below by arrow, and out again, to the seventh character", () =>
    withHost(form(`systems="icd10cm"`), async (page) => {
      await search(page, "S52.50");
      await page.keyboard.press("ArrowDown");
      const first = (await codes(page))[0];
      assert.equal(first, "S52.50");
      await page.keyboard.press("ArrowRight");
      await page.locator("#dx .path", { hasText: "S52.50" }).waitFor();
      assert.deepEqual((await codes(page)).slice(0, 2), ["S52.501", "S52.502"]);
      await page.keyboard.press("ArrowRight");
      await page.locator("#dx .path", { hasText: "S52.50 › S52.501" }).waitFor();
      assert.equal((await codes(page))[0], "S52.501A");
      await page.keyboard.press("ArrowLeft");
      await page.waitForFunction(() => document.getElementById("dx")?.shadowRoot?.querySelector('[aria-selected="true"]')?.getAttribute("data-code") === "S52.501");
      await page.keyboard.press("Enter");
      await page.locator("#dx .path", { hasText: "S52.501" }).waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.equal(await property(page, "value"), "S52.501B");
    }));

  it("lets a header be chosen only where that is allowed", () =>
    withHost(form("allow-headers"), async (page) => {
      await search(page, "E11");
      await page.keyboard.press("Enter");
      await page.locator("#dx .chip").waitFor();
      assert.equal(await property(page, "value"), "E11");
      // The stricter of the two wins, for what is chosen, too.
      await page.locator("#dx").evaluate((field) => { /** @type {any} */ (field).billableOnly = true; });
      await says(page.locator("#dx .chip.unknown"), /E11/);
      assert.match(await property(page, "validationMessage"), /^E11 needs more characters/);
    }));

  it("asks which code below is meant where a code that needs more is typed and only billable ones are found", () =>
    withHost(form("billable-only"), async (page) => {
      for (const header of ["E11", "S52.5"]) {
        await search(page, header);
        await page.keyboard.press("Enter");
        await says(page.locator("#dx .path"), new RegExp(`${header}:? .*\\?`));
        assert.equal(await property(page, "value"), "", "no side, no encounter, no complication is guessed");
        await page.keyboard.press("Escape");
      }
      // What one has gone to by the arrows is meant; so is a code without any below it, and words.
      await search(page, "E11");
      await page.keyboard.press("ArrowDown");
      const [first] = await codes(page);
      await page.keyboard.press("Enter");
      await says(page.locator("#dx .chip .code"), new RegExp(`^${first}$`));
      await search(page, "I10");
      await page.keyboard.press("Enter");
      await says(page.locator("#dx .chip .code"), /^I10$/);
    }));

  it("announces politely, marks the matched words, and says what to do when there is none", () =>
    withHost(form(""), async (page) => {
      await search(page, "femur neck");
      assert.ok((await page.locator("#dx mark").allTextContents()).some((word) => /femur/i.test(word)));
      await page.locator("#dx [role=status]", { hasText: /codes/ }).waitFor();
      await box(page).fill("zzzzqqqq");
      await page.locator("#dx .note", { hasText: "No code found" }).waitFor();
      assert.equal(await box(page).getAttribute("aria-expanded"), "false");
    }));

  it("takes nothing while an input method composes", () =>
    withHost(form(""), async (page) => {
      await box(page).focus();
      const composed = await box(page).evaluate((input) => {
        const field = /** @type {HTMLInputElement} */ (input);
        field.dispatchEvent(new CompositionEvent("compositionstart"));
        field.value = "ｄ";
        field.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
        const during = /** @type {any} */ (document.getElementById("dx")).state.query;
        field.value = "diabetes";
        field.dispatchEvent(new CompositionEvent("compositionend"));
        return during;
      });
      assert.equal(composed, "");
      await options(page).first().waitFor();
    }));
});

describe("what a field is given", () => {
  /** Calls something on the field. @param {import("playwright-core").Page} page @param {string} script of which `dx` is the field */
  const act = (page, script) => page.evaluate(`(() => { const dx = document.getElementById("dx"); ${script} })()`);

  it("takes every property that was set before the element was defined", () =>
    withHost(
      `<form id="form"></form><script type="module">
         const dx = document.createElement("medcode-lookup");
         Object.assign(dx, { id: "dx", multiple: true, name: "q", values: ["E11.9", "I10"] });
         form.append(dx);
         await import("./element.js");
       </script>`,
      async (page) => {
        await page.locator("#dx .chip").nth(1).waitFor();
        await page.locator("#dx .chip .title", { hasText: "hypertension" }).waitFor();
        await search(page, "J45.909");
        await page.keyboard.press("Enter");
        await page.locator("#dx .chip").nth(2).waitFor();
        assert.deepEqual(await sent(page), ["q=E11.9", "q=I10", "q=J45.909"]);
      },
    ));

  it("keeps a code that it does not know, marks it, sends it as it was given, and is not valid", () =>
    withHost(form(`systems="icd10cm" value="E11.9 E11.999 I10" multiple`), async (page) => {
      await says(page.locator("#dx .chip.unknown"), /E11\.999.*not known here/);
      assert.deepEqual(await chips(page), ["E11.9", "E11.999", "I10"]);
      assert.deepEqual(await sent(page), ["dx=E11.9", "dx=E11.999", "dx=I10"]);
      assert.equal(await property(page, "value"), "E11.9 E11.999 I10");
      assert.deepEqual((await property(page, "concepts")).map((/** @type {any} */ { code }) => code), ["E11.9", "I10"]);
      assert.equal(await property(page, "validationMessage"), "Not known here: E11.999. Choose another code in its place.");
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told.length > 0);
      const [[name, { codes: unknown }]] = await told(page);
      assert.deepEqual([name, unknown], ["medcode-issue", ["E11.999"]]);
      assert.deepEqual(await violations(page, OF_PAGES), []);
      await page.locator("#dx").getByRole("button", { name: "Remove E11.999" }).click();
      assert.equal(await property(page, "validationMessage"), "");
      assert.deepEqual(await sent(page), ["dx=E11.9", "dx=I10"]);
    }));

  it("puts a choice in the place of the one code that it does not know", () =>
    withHost(form(`systems="icd10cm" value="99213"`), async (page) => {
      await page.locator("#dx .chip.unknown").waitFor();
      assert.deepEqual(await sent(page), ["dx=99213"]);
      await search(page, "I10");
      await page.keyboard.press("Enter");
      assert.deepEqual(await sent(page), ["dx=I10"]);
      assert.equal(await property(page, "validationMessage"), "");
    }));

  it("leaves a text with a code in it a text, where free text is allowed", () =>
    withHost(form(`free-text value="chest pain R07.9 since Monday"`), async (page) => {
      const initial = "chest pain R07.9 since Monday";
      await page.waitForFunction((text) => /** @type {any} */ (document.getElementById("dx")).shadowRoot.querySelector("input").value === text, initial);
      assert.deepEqual(await sent(page), [`dx=${initial}`]);
      assert.equal(await property(page, "value"), initial);
      assert.deepEqual(await chips(page), []);
      await act(page, `dx.value = "rule out A09 tomorrow"`);
      assert.deepEqual(await sent(page), ["dx=rule out A09 tomorrow"], "at once, before the source has said what is a code");
      await page.waitForFunction(() => /** @type {any} */ (document.getElementById("dx")).shadowRoot.querySelector("input").value === "rule out A09 tomorrow");
      await act(page, `dx.value = "R07.9"`);
      await page.locator("#dx .chip").waitFor();
      assert.deepEqual(await sent(page), ["dx=R07.9"]);
    }));

  it("keeps a text where free text is allowed: Enter takes a line only where one was pointed at, or its code typed", () =>
    withHost(form(`systems="icd10cm" free-text`), async (page) => {
      const value = () => property(page, "value");
      await search(page, "hypertension");
      await page.keyboard.press("Enter");
      assert.equal(await box(page).getAttribute("aria-expanded"), "false");
      assert.deepEqual([await value(), await chips(page)], ["hypertension", []]);
      await search(page, "I10");
      await page.keyboard.press("Enter");
      await page.locator("#dx .chip").waitFor();
      assert.equal(await value(), "I10");
      await search(page, "hypertension");
      await page.keyboard.press("Tab");
      assert.notEqual(await page.evaluate("document.activeElement.tagName"), "BODY", "a list that is gone keeps no focus");
      assert.match(await property(page, "validationMessage"), /^Choose a code/, "a text beside a code would not be sent");
      await box(page).fill("");
      await search(page, "gout");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => /^M1/.test(/** @type {any} */ (document.getElementById("dx")).value));
      await search(page, "hypertension");
      await act(page, "form.reset()");
      assert.equal(await box(page).getAttribute("aria-expanded"), "false", "the list of what was typed is gone with it");
    }));

  it("puts the page's value in the place of what is half typed, and forgets a specialty that was taken away", () =>
    withHost(form(`systems="icd10cm" specialty="plumber"`), async (page) => {
      await box(page).fill("gout");
      await says(page.locator("#dx .note"), /not set up rightly/);
      await act(page, `dx.removeAttribute("specialty")`);
      await search(page, "hypertension");
      await act(page, `dx.value = dx.value`);
      assert.equal(await box(page).inputValue(), "hypertension");
      await act(page, `dx.value = "E11.9"`);
      assert.equal(await box(page).inputValue(), "");
      assert.equal(await box(page).getAttribute("aria-expanded"), "false");
      await page.locator("#dx .chip").waitFor();
      assert.deepEqual([await sent(page), await property(page, "validationMessage")], [["dx=E11.9"], ""]);
    }));

  it("takes nothing by paste or call that its list would not offer, and marks what it was given of the kind", () =>
    withHost(form(`systems="icd10cm" multiple date="2010-01-01" value="E11.9 W21.89"`), async (page) => {
      const message = () => property(page, "validationMessage");
      await says(page.locator("#dx .chip.unknown .title").first(), /not usable here: Type 2 diabetes/);
      assert.match(await message(), /^E11\.9 cannot be used on 2010-01-01.*Choose another code in its place\.$/);
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told.length > 0);
      const [[name, { codes: issued }]] = await told(page);
      assert.deepEqual([name, issued], ["medcode-issue", ["E11.9", "W21.89"]]);
      assert.equal(await page.evaluate(`dx.addCode("I10")`), false);

      await act(page, `dx.date = ""; dx.removeCode("E11.9")`);
      await page.waitForFunction(() => /needs more characters/.test(/** @type {any} */ (document.getElementById("dx")).validationMessage));
      await act(page, "dx.allowHeaders = true");
      await page.waitForFunction(() => /** @type {any} */ (document.getElementById("dx")).validationMessage === "");
      assert.equal(await page.locator("#dx .chip.unknown").count(), 0);
      await act(page, "dx.allowHeaders = false; dx.clear()");
      assert.equal(await page.evaluate(`dx.addCode("E11")`), false);
      assert.equal(await page.evaluate(`dx.addCode("I10")`), true);
      // As FHIR says a code: its system by URI, or by our name.
      assert.equal(await page.evaluate(`dx.addCode({ system: "http://hl7.org/fhir/sid/icd-10-cm", code: "M10.9" })`), true);
      assert.equal(await page.evaluate(`dx.addCode({ system: "icd10cm", code: "r509" })`), true);
      assert.equal(await page.evaluate(`dx.addCode({ system: "icd9cm_dx", code: "250.00" })`), false, "of a system that the field does not take");
      assert.equal(await page.evaluate(`dx.addCode({ display: "Gout" }).catch(({ message }) => message)`), `expected a code, a Coding or a concept, found {"display":"Gout"}`);
      assert.deepEqual(await chips(page), ["I10", "M10.9", "R50.9"]);
      await act(page, `dx.value = "I10"`);
      await told(page);
      await act(page, `dx.date = "2010-01-01"`);
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told.length > 0);
      assert.deepEqual((await told(page)).map(([each]) => each), ["medcode-issue"], "what was chosen before is told");

      await act(page, `dx.date = ""; dx.within = "I10"; dx.value = "I10 E11.9"`);
      await says(page.locator("#dx .chip.unknown"), /E11\.9/);
      assert.equal(await page.locator("#dx .chip.unknown").count(), 1);
      assert.equal(await message(), "E11.9 is not among the codes of I10. Choose another code in its place.");
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told.some((/** @type {any} */ [each]) => each === "medcode-issue"));
      assert.deepEqual((await told(page)).filter(([each]) => each === "medcode-issue").map(([, { codes: outside }]) => outside), [["E11.9"]]);
      await act(page, `dx.within = "E08-E13"`);
      await says(page.locator("#dx .chip.unknown"), /I10/);
      await act(page, `dx.within = ""; dx.systems = ["icd9"]`);
      await page.waitForFunction(() => document.getElementById("dx")?.shadowRoot?.querySelectorAll(".chip.unknown").length === 2);
      assert.equal(await message(), "I10 is a code of ICD-10-CM, which this field does not take. Choose another code in its place.");
      await act(page, `dx.systems = ["icd-10-cm"]`);
      await page.waitForFunction(() => /** @type {any} */ (document.getElementById("dx")).validationMessage === "");
      await act(page, `dx.within = "I10"; dx.clear()`);
      await page.evaluate(() => navigator.clipboard.writeText("I10 E11.9"));
      await box(page).focus();
      await page.keyboard.press("Control+v");
      await page.locator("#dx .chip").waitFor();
      assert.deepEqual([await chips(page), await box(page).inputValue()], [["I10"], "E11.9"]);
      await act(page, "dx.within = ''; dx.addCode('E11.9')");
      await page.locator("#dx .chip").nth(1).waitFor();
      await box(page).fill("");
      assert.equal(await message(), "");
      await act(page, "dx.max = 1");
      assert.equal(await message(), "No more than 1 code");
      await act(page, "dx.limit = 5; dx.limit = null");
      assert.equal(await page.locator("#dx").getAttribute("limit"), null);
    }));

  it("stays empty where it was emptied, also when the page moves it, until the form is reset", () =>
    withHost(`${form(`value="E11.9"`)}<div id="other"></div>`, async (page) => {
      await page.locator("#dx .chip").waitFor();
      await act(page, `dx.clear(); form.insertBefore(dx, form.lastChild)`);
      await search(page, "I1");
      await box(page).fill("");
      assert.deepEqual(await sent(page), []);
      assert.equal(await property(page, "value"), "");
      await act(page, "form.reset()");
      await page.locator("#dx .chip").waitFor();
      assert.deepEqual(await sent(page), ["dx=E11.9"]);
    }));

  it("takes its own value back, as FHIR Codings, too", () =>
    withHost(form(`format="coding" multiple value="E11.9 S72.001A"`), async (page) => {
      await page.locator("#dx .chip").nth(1).waitFor();
      // Until the codes are loaded, a value says only what the page gave.
      await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector("#dx")).value.match(/"display":/g)?.length === 2);
      const value = await property(page, "value");
      await act(page, "const { value } = dx; dx.clear(); dx.value = value");
      await page.locator("#dx .chip").nth(1).waitFor();
      assert.deepEqual(await chips(page), ["E11.9", "S72.001A"]);
      assert.equal(await property(page, "value"), value);
    }));
});

describe("while the codes are loading", () => {
  /**
   * A test in a form whose module does not come before it is let through.
   *
   * @param {string} attributes
   * @param {(page: import("playwright-core").Page, come: () => void) => Promise<void>} test
   */
  const withHeld = (attributes, test) => {
    let come = () => {};
    const held = new Promise((resolve) => { come = () => resolve(undefined); });
    return withHost(form(attributes), (page) => test(page, come), {
      prepare: (page) => page.route("**/*.wasm", async (route) => {
        await held;
        await route.continue();
      }),
    });
  };
  const J45 = `{ system: "icd10cm", code: "J45.909", plainCode: "J45909", display: "Unspecified asthma, uncomplicated", billable: true, period: {} }`;

  it("loses nothing of what the host does: the codes given, one added, one taken out, all taken out", () =>
    withHeld(`multiple value="E11.9 i10 R07.9"`, async (page, come) => {
      await page.waitForFunction(() => customElements.get("medcode-lookup"));
      assert.deepEqual(await chips(page), ["E11.9", "i10", "R07.9"], "the codes are to be seen at once");
      await page.evaluate(`dx.addCode(${J45})`);
      assert.equal(await page.evaluate(`dx.removeCode("I10")`), true);
      assert.deepEqual(await sent(page), ["dx=E11.9", "dx=R07.9", "dx=J45.909"]);
      await page.locator("#dx").getByRole("button", { name: "Remove R07.9" }).click();
      const added = page.evaluate(`dx.addCode("M10.9")`);
      come();
      assert.equal(await added, true);
      await says(page.locator("#dx .chip .title"), /^Type 2 diabetes/);
      assert.deepEqual(await sent(page), ["dx=E11.9", "dx=J45.909", "dx=M10.9"]);
      assert.doesNotMatch(await page.locator("#dx [role=status]").textContent() ?? "", /removed/);
      assert.deepEqual((await property(page, "concepts")).length, 3);
      await page.evaluate(`dx.value = "S72.001A"; dx.clear()`);
      assert.deepEqual(await sent(page), []);
    }));

  it("sends what was set last, and puts a choice in its place", () =>
    withHeld(`value="E11.9"`, async (page, come) => {
      await page.waitForFunction(() => customElements.get("medcode-lookup"));
      await page.evaluate(`dx.value = "I10"`);
      assert.deepEqual(await sent(page), ["dx=I10"]);
      await page.evaluate(`dx.addCode(${J45})`);
      assert.deepEqual(await sent(page), ["dx=J45.909"]);
      come();
      await search(page, "gout");
      assert.deepEqual(await sent(page), ["dx=J45.909"]);
      assert.deepEqual(await chips(page), ["J45.909"]);
    }));

  it("shows a free text and keeps what is typed on", () =>
    withHeld(`free-text value="chest pain"`, async (page, come) => {
      await page.waitForFunction(() => customElements.get("medcode-lookup"));
      assert.equal(await box(page).inputValue(), "chest pain");
      await box(page).press("End");
      await box(page).pressSequentially(" since noon");
      come();
      await page.locator('#dx [role=listbox][data-complete="true"]').waitFor({ state: "attached" });
      assert.deepEqual(await sent(page), ["dx=chest pain since noon"]);
      await page.evaluate(`dx.value = "[see note] R07.9"`);
      assert.deepEqual(await sent(page), ["dx=[see note] R07.9"], "a text that begins as a Coding does is a text");
    }));

  it("shows what was pasted, and keeps what is typed after it", () =>
    withHeld("multiple", async (page, come) => {
      await box(page).focus();
      await page.evaluate(() => navigator.clipboard.writeText("E11.9, I10, ZZZ99"));
      await page.keyboard.press("Control+v");
      await page.keyboard.type(" gout");
      assert.equal(await box(page).inputValue(), "E11.9 I10 ZZZ99 gout");
      come();
      await page.locator("#dx .chip").nth(1).waitFor();
      assert.deepEqual(await chips(page), ["E11.9", "I10"]);
      assert.equal(await box(page).inputValue(), "ZZZ99 gout");
    }));
});

describe("the keys and the focus of the host", () => {
  it("chooses once while Enter is held, and does not send the form", () =>
    withHost(form(""), async (page) => {
      await search(page, "E11.9");
      await page.keyboard.down("Enter");
      await page.locator("#dx .chip").waitFor();
      await page.keyboard.down("Enter");
      await page.keyboard.down("Enter");
      await page.keyboard.up("Enter");
      assert.deepEqual((await told(page)).map(([name]) => name), ["medcode-select", "change"]);
      await page.keyboard.press("Enter");
      assert.deepEqual(await told(page), [["submit", [["dx", "E11.9"]]]]);
    }));

  it("leaves Escape to a dialog around it once it has nothing to put away; takes the focus where it is to have it", () =>
    withHost(`${SCRIPT}<dialog id="dialog"><medcode-lookup id="dx" label="Code"></medcode-lookup></dialog><medcode-lookup id="first" label="First" autofocus></medcode-lookup>`, async (page) => {
      await page.waitForFunction(() => document.activeElement?.id === "first");
      await page.evaluate("dialog.showModal(); dx.focus()");
      await search(page, "gout");
      const open = () => page.evaluate("dialog.open");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      assert.deepEqual([await open(), await box(page).inputValue()], [true, ""]);
      await page.keyboard.press("Escape");
      assert.equal(await open(), false);
    }));

  it("takes the focus in a dialog that is opened, also where the class comes after it", () =>
    withHost(`<dialog id="dialog"><medcode-lookup id="dx" label="Code" autofocus></medcode-lookup></dialog>`, async (page) => {
      const focused = () => page.waitForFunction(() => document.activeElement?.id === "dx");
      await page.evaluate("dialog.showModal()");
      await page.addScriptTag({ type: "module", url: "element.js" });
      await focused();
      await page.evaluate("dialog.close()");
      await page.evaluate("dialog.showModal()");
      await focused();
      await page.keyboard.type("I10");
      await options(page).first().waitFor();
      await page.keyboard.press("Enter");
      await page.locator("#dx .chip").waitFor();
      assert.equal(await page.evaluate("dialog.open"), true);
    }));

  it("sends the form by a click on its default button, and not where that is switched off", () =>
    withHost(
      `${SCRIPT}<form id="form"><medcode-lookup id="dx" name="dx" label="Code"></medcode-lookup><button type="button">Other</button>
       <button id="save" name="action" value="save">Save</button><button name="action" value="drop">Drop</button></form>
       <script type="module">globalThis.told = [];
         save.addEventListener("click", () => told.push("click"));
         form.addEventListener("submit", (event) => { event.preventDefault(); told.push([...new FormData(form, event.submitter)].join()); });</script>`,
      async (page) => {
        await box(page).press("Enter");
        assert.deepEqual(await told(page), ["click", "action,save"]);
        await page.locator("#save").evaluate((button) => { /** @type {HTMLButtonElement} */ (button).disabled = true; });
        await box(page).press("Enter");
        assert.deepEqual(await told(page), []);
      },
    ));

  it("leaves the focus where the person is when the host empties the field or takes a code out", () =>
    withHost(`${form(`multiple value="E11.9 I10"`)}<input id="elsewhere" aria-label="Elsewhere">`, async (page) => {
      await page.locator("#dx .chip").nth(1).waitFor();
      await page.locator("#elsewhere").focus();
      const focus = () => page.evaluate(() => document.activeElement?.id);
      await page.locator("#dx").evaluate((field) => /** @type {any} */ (field).removeCode("I10"));
      assert.equal(await focus(), "elsewhere");
      await page.locator("#dx").evaluate((field) => /** @type {any} */ (field).clear());
      assert.equal(await focus(), "elsewhere");
      assert.deepEqual(await chips(page), []);
      await says(page.locator("#dx [role=status]"), /^Emptied$/);
      await page.locator("#dx").evaluate((field) => { /** @type {any} */ (field).value = "E11"; });
      assert.equal(await page.locator("#dx [role=status]").textContent(), "", "what was said of another choice is not true any more");
    }));
});

describe("what a page calls the field", () => {
  /** @param {import("playwright-core").Page} page @param {string} name */
  const named = (page, name) => page.getByRole("combobox", { name, exact: true }).waitFor();

  it("follows aria-labelledby, a label that comes later, and its text; describes it; says that it was refused", () =>
    withHost(
      `${SCRIPT}<form id="form"><label id="text" for="nothing">First</label><span id="naming">Named</span><span id="help">At most one</span>
       <medcode-lookup id="dx" name="dx" required aria-labelledby="naming" aria-describedby="help"></medcode-lookup></form>`,
      async (page) => {
        await named(page, "Named");
        const described = await box(page).evaluate((input) => {
          const root = /** @type {ShadowRoot} */ (input.getRootNode());
          return root.getElementById(input.getAttribute("aria-describedby") ?? "")?.textContent;
        });
        assert.equal(described, "At most one");
        await page.locator("#dx").evaluate((field) => field.removeAttribute("aria-labelledby"));
        await named(page, "Medical code");
        await page.locator("#text").evaluate((label) => { /** @type {HTMLLabelElement} */ (label).htmlFor = "dx"; });
        await named(page, "First");
        await page.locator("#text").evaluate((label) => { label.textContent = "Erste"; });
        await named(page, "Erste");
        assert.equal(await box(page).getAttribute("aria-invalid"), null);
        await page.locator("#dx").evaluate((field) => /** @type {any} */ (field).reportValidity());
        assert.equal(await box(page).getAttribute("aria-invalid"), "true");
        await search(page, "I10");
        await page.keyboard.press("Enter");
        assert.equal(await box(page).getAttribute("aria-invalid"), null);
      },
    ));
});

describe("the element with several codes", () => {
  it("collects, removes, takes back, and sends each", () =>
    withHost(form("multiple"), async (page) => {
      for (const code of ["E11.9", "I10"]) {
        await search(page, code);
        await page.keyboard.press("Enter");
      }
      assert.deepEqual(await chips(page), ["E11.9", "I10"]);
      assert.deepEqual(await sent(page), ["dx=E11.9", "dx=I10"]);
      await page.keyboard.press("Backspace");
      assert.deepEqual(await chips(page), ["E11.9"]);
      await page.keyboard.press("Control+z");
      assert.deepEqual(await chips(page), ["E11.9", "I10"]);
      await page.locator("#dx").getByRole("button", { name: "Remove E11.9" }).click();
      assert.deepEqual(await chips(page), ["I10"]);
      await told(page);
      await page.locator("#dx").getByRole("button", { name: "Clear" }).click();
      const names = (await told(page)).map(([name]) => name);
      assert.deepEqual(names, ["medcode-select", "change", "medcode-clear"]);
      await says(page.locator("#dx [role=status]"), /^Emptied$/);
      assert.deepEqual(await sent(page), []);
    }));

  it("takes a pasted list, and tells what of it cannot be used", () =>
    withHost(form("multiple"), async (page) => {
      await box(page).focus();
      await page.evaluate(() => navigator.clipboard.writeText("e119, I10\nW21.89A; ZZZ99"));
      await page.keyboard.press("Control+v");
      await page.locator("#dx .chip").nth(1).waitFor();
      assert.deepEqual(await chips(page), ["E11.9", "I10"]);
      assert.equal(await box(page).inputValue(), "W21.89A ZZZ99");
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told.some((/** @type {any} */ [name]) => name === "medcode-issue"));
      const issue = (await told(page)).find(([name]) => name === "medcode-issue")?.[1];
      assert.deepEqual(issue.validations.map((/** @type {any} */ { status }) => status), ["placeholder-missing", "invalid-shape"]);
      assert.equal(issue.validations[0].fixes[0].code, "W21.89XA");

      await page.keyboard.press("Control+z");
      assert.deepEqual([await chips(page), await box(page).inputValue()], [[], ""], "one step takes all of it back");
      await says(page.locator("#dx [role=status]"), /^E11\.9 removed, I10 removed$/);
      await page.keyboard.press("Control+Shift+z");
      assert.deepEqual([await chips(page), await box(page).inputValue()], [["E11.9", "I10"], "W21.89A ZZZ99"], "and one does it again");
      await page.keyboard.press("End");
      await page.keyboard.press("Backspace");
      await page.keyboard.press("Control+z");
      assert.deepEqual(await chips(page), ["E11.9", "I10"], "what was typed since is taken back before");
      await page.keyboard.press("Control+y");
      await page.keyboard.type("8");
      assert.deepEqual(await chips(page), ["E11.9", "I10"]);
    }));

  it("takes the codes of a pasted table, of quoted ones, and of a list with a word in it; words that hold codes stay words", () =>
    withHost(form("multiple"), async (page) => {
      /** @type {[string, string[], string][]} */
      const pasted = [
        ["E11.9 Type 2 diabetes\r\nI10\tHypertension, primary\n", ["E11.9", "I10"], ""],
        ['"E11.9","I10"', ["E11.9", "I10"], ""],
        ["E11.9, I10; Z79.4 FOO\nJ45.909", ["E11.9", "I10", "Z79.4", "J45.909"], "FOO"],
        ["diabetes E11.9 and hypertension I10 for years", [], "diabetes E11.9 and hypertension I10 for years"],
      ];
      for (const [text, wanted, left] of pasted) {
        await page.evaluate(() => /** @type {any} */ (document.getElementById("dx")).clear());
        await box(page).focus();
        await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
        await page.keyboard.press("Control+v");
        if (wanted.length > 0) await page.locator("#dx .chip").nth(wanted.length - 1).waitFor();
        await page.waitForFunction((rest) => /** @type {any} */ (document.getElementById("dx")).shadowRoot.querySelector("input").value === rest, left);
        assert.deepEqual(await chips(page), wanted);
      }
    }));

  it("shows what was probably meant by a code with a mistake in it", () =>
    withHost(form(""), async (page) => {
      await search(page, "W21.89A");
      assert.deepEqual(await codes(page), ["W21.89XA"]);
      await says(page.locator("#dx .why"), /probably meant: padded with the placeholder X$/);
      await says(page.locator("#dx .note"), /^Showing results for W21\.89XA$/);
      await page.keyboard.press("Enter");
      assert.deepEqual(await chips(page), ["W21.89XA"]);
    }));

  it("tells of every attribute with a wrong value, once, and goes on without it", () =>
    withHost(form(`limit="0" max="x" format="xml" within="ZZZ" systems="icd10cm"`), async (page) => {
      const problems = async () => (await told(page)).filter(([name]) => name === "medcode-issue").map(([, { problem }]) => problem);
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told.length >= 3);
      assert.deepEqual(await problems(), [
        "expected a number from 1 in the attribute limit, found '0'",
        "expected a number from 1 in the attribute max, found 'x'",
        "expected code, plain or coding in the attribute format, found 'xml'",
      ]);
      await box(page).pressSequentially("gout");
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told.length > 0);
      assert.deepEqual(await problems(), ["expected a code, section or chapter of the code systems searched in the attribute within, found 'ZZZ'"]);
      await page.evaluate(`dx.removeAttribute("within"); dx.setAttribute("limit", "-3")`);
      await options(page).nth(19).waitFor();
      assert.deepEqual(await problems(), ["expected a number from 1 in the attribute limit, found '-3'"]);
    }));

  it("sends every code that it was given, also more than it may hold, and is not valid then", () =>
    withHost(form(`value="E11.9 I10"`), async (page) => {
      await page.locator("#dx .chip").nth(1).waitFor();
      assert.deepEqual(await sent(page), ["dx=E11.9", "dx=I10"]);
      assert.equal(await property(page, "validationMessage"), "No more than 1 code");
    }));

  it("does what it was told last: a value and a reset win over a code that is still looked up", () =>
    withHost(form(`value="I10"`), async (page) => {
      const added = await page.evaluate(`(async () => { const adding = dx.addCode("M10.9"); dx.value = "E11.9"; return adding; })()`);
      assert.deepEqual([added, await property(page, "value")], [false, "E11.9"]);
      await page.evaluate(`(async () => { const adding = dx.addCode("M10.9"); form.reset(); return adding; })()`);
      assert.equal(await property(page, "value"), "I10");
    }));

  it("marks what comes back by undo and may not be chosen any more", () =>
    withHost(form(`systems="icd10cm"`), async (page) => {
      await page.evaluate(`dx.addCode("I10").then(() => { dx.clear(); dx.within = "E08-E13"; dx.undo(); })`);
      await page.waitForFunction("!dx.checkValidity()");
      assert.deepEqual(await chips(page), ["I10"]);
      assert.match(await property(page, "validationMessage"), /^I10 is not among the codes of E08-E13\./);
    }));

  it("gives a note back that a line took the place of, tells it when the person leaves, and sends it by Enter", () =>
    withHost(form("free-text"), async (page) => {
      const note = "asthma since childhood";
      await search(page, note);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.locator("#dx .chip").waitFor();
      await page.keyboard.press("Control+z");
      assert.deepEqual([await chips(page), await box(page).inputValue(), await property(page, "value")], [[], note, note]);
      await told(page);
      await page.keyboard.press("Tab");
      assert.deepEqual(await told(page), [], "the page knows of it since it came back");
      await box(page).focus();
      await page.keyboard.press("End");
      await page.keyboard.type("!");
      await page.keyboard.press("Tab");
      assert.deepEqual((await told(page)).map(([name, detail]) => [name, detail?.value ?? null]), [["medcode-select", `${note}!`], ["change", null]]);
      await box(page).focus();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      assert.equal(await box(page).inputValue(), "");
      await page.keyboard.press("Control+z");
      assert.equal(await box(page).inputValue(), `${note}!`, "the browser takes back what Escape emptied");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Enter");
      assert.deepEqual((await told(page)).at(-1), ["submit", [["dx", `${note}!`]]]);
    }));

  it("says what is chosen to whoever comes back to the box, and that no release covers the date", () =>
    withHost(form(`value="I10" date="2035-01-01"`), async (page) => {
      await says(page.locator("#dx #help"), /^I10 Essential \(primary\) hypertension$/);
      assert.equal(await box(page).getAttribute("aria-describedby"), "help");
      await box(page).pressSequentially("gout");
      await says(page.locator("#dx .note"), /No code found.*do not cover 2035-01-01\.$/);
    }));

  it("says of a code that a person chose it only where one did", () =>
    withHost(form(`multiple format="coding" value="I10"`), async (page) => {
      await page.waitForFunction(`dx.codings.length === 1`);
      await page.evaluate(`dx.addCode("E11.9")`);
      assert.deepEqual(await page.evaluate("dx.codings.map(({ code, userSelected }) => [code, userSelected === true])"), [["I10", false], ["E11.9", true]]);
      // What was sent and comes back later says the same.
      await page.evaluate("dx.value = dx.value");
      await page.waitForFunction(`dx.codings.length === 2`);
      assert.deepEqual(await page.evaluate("dx.codeableConcepts.map(({ coding }) => coding[0].userSelected === true)"), [false, true]);
    }));

  it("takes a code for the one that is spelled so, dot and all", () =>
    withHost(form(`systems="icd9" value="00.40" multiple`), async (page) => {
      await says(page.locator("#dx .chip .title"), /^Procedure on single vessel$/);
      await page.evaluate("dx.clear()");
      await search(page, "00.40");
      await page.keyboard.press("Enter");
      await page.evaluate("dx.addCode('428.0')");
      await page.locator("#dx .chip").nth(1).waitFor();
      assert.deepEqual(await sent(page), ["dx=00.40", "dx=428.0"]);
    }));

  it("changes nothing where the page sets the value that is there, as frameworks do with every key", () =>
    withHost(form(`free-text`), async (page) => {
      await page.evaluate(`for (const name of ["input", "change"]) dx.addEventListener(name, () => { dx.value = dx.value; })`);
      await box(page).pressSequentially("I10 suspected since Monday");
      await page.keyboard.press("Escape");
      assert.deepEqual([await property(page, "value"), await chips(page)], ["I10 suspected since Monday", []]);
      await box(page).fill("");
      await page.evaluate("dx.addCode('I10')");
      await box(page).focus();
      await page.keyboard.press("Control+z");
      assert.deepEqual(await chips(page), [], "the way back is still there");
      const added = await page.evaluate("dx.multiple = true, Promise.all([dx.addCode('E11.9'), dx.addCode('I10')])");
      assert.deepEqual([added, await chips(page)], [[true, true], ["E11.9", "I10"]]);
    }));

  it("takes a value for a text where any text is said to be one later, and the last of two dates for the date", () =>
    withHost(form(""), async (page) => {
      await page.evaluate(`dx.value = "pain, pain; since Monday"; dx.freeText = true;`);
      assert.deepEqual([await property(page, "value"), await chips(page)], ["pain, pain; since Monday", []]);
      await page.evaluate(`dx.value = "I10"; dx.date = "2010-01-01"; dx.date = "";`);
      await says(page.locator("#dx .chip .title"), /^Essential/);
      await page.waitForFunction("dx.checkValidity()");
      await page.evaluate(`dx.value = ""`);
      await box(page).fill("a note");
      await page.locator("#dx .clear").click();
      assert.equal(await property(page, "value"), "");
      await page.keyboard.press("Control+z");
      assert.equal(await property(page, "value"), "a note");
    }));

  it("tells nothing where an empty field is emptied", () =>
    withHost(form(""), async (page) => {
      await box(page).fill("gou");
      await page.evaluate("dx.clear()");
      assert.deepEqual([await told(page), await box(page).inputValue()], [[], ""]);
      await page.evaluate("dx.freeText = true");
      await box(page).fill("a note");
      await page.evaluate("dx.clear()");
      assert.deepEqual((await told(page)).map(([name]) => name), ["medcode-select", "change", "medcode-clear"]);
    }));

  it("takes several hundred pasted codes, each once", () =>
    withHost(form("multiple"), async (page) => {
      const many = await page.evaluate(`(async () => {
        const { load } = await import("./medcode.js");
        const medcode = await load();
        const below = (code) => medcode.children(code).flatMap((child) => (child.billable ? [child.code] : below(child.code)));
        return [...below("S52"), ...below("S72")].slice(0, 400);
      })()`);
      // A modifier is a code without a digit.
      await page.evaluate((text) => navigator.clipboard.writeText(text), [...many, many[0], "LT"].join("\n"));
      await box(page).focus();
      await page.keyboard.press("Control+v");
      await page.locator("#dx .chip").nth(399).waitFor();
      assert.deepEqual((await property(page, "values")).slice(0, 400), many);
    }));

  it("leaves in the box what of a pasted list there is no room for", () =>
    withHost(form(`multiple max="2"`), async (page) => {
      await box(page).focus();
      await page.evaluate(() => navigator.clipboard.writeText("E11.9 I10 J45.909 M10.9"));
      await page.keyboard.press("Control+v");
      await page.locator("#dx .chip").nth(1).waitFor();
      await page.waitForFunction(() => /** @type {any} */ (document.getElementById("dx")).shadowRoot.querySelector("input").value === "J45.909 M10.9");
      assert.deepEqual(await chips(page), ["E11.9", "I10"]);
      assert.equal(await property(page, "validationMessage"), "No more than 2 codes");
      await says(page.locator("#dx [role=status]"), /^No more than 2 codes$/);
    }));

  it("holds no more than it may", () =>
    withHost(form(`multiple max="1"`), async (page) => {
      for (const code of ["E11.9", "I10"]) {
        await search(page, code);
        await page.keyboard.press("Enter");
      }
      assert.deepEqual(await chips(page), ["E11.9"]);
      assert.equal(await page.locator("#dx [role=status]").textContent(), "No more than 1 code");
    }));
});

describe("the element in a host", () => {
  it("takes a source of the host, and properties that were set before it was defined", () =>
    withHost(
      `<medcode-lookup id="dx" label="Code"></medcode-lookup>
       <script type="module">
         const concept = { system: "icd10cm", uri: "u", code: "Q1", plainCode: "Q1", display: "Ours", billable: true, period: {}, release: "r", score: 1, matched: [] };
         const calls = [];
         dx.source = { search: (query, { limit }) => { calls.push([query, limit]); return Promise.resolve({ hits: [concept], total: 1 }); } };
         dx.limit = 5;
         globalThis.calls = calls;
         const { MedcodeLookup } = await import("./lookup.js");
         customElements.define("medcode-lookup", MedcodeLookup);
       </script>`,
      async (page, requests) => {
        await page.locator("#dx input").pressSequentially("our");
        await options(page).first().waitFor();
        await page.keyboard.press("Enter");
        assert.equal(await property(page, "value"), "Q1");
        assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).calls.at(-1)), ["our", 5]);
        assert.ok(!requests.some((url) => url.endsWith(".wasm")), "nothing of ours is loaded then");
      },
    ));

  it("lives twice on a page, loads once, and leaves nothing behind when it goes", () =>
    withHost(
      `${SCRIPT}<medcode-lookup id="dx" label="First" value="I10"></medcode-lookup><medcode-lookup id="second" label="Second" value="E11.9"></medcode-lookup>`,
      async (page, requests) => {
        await page.locator("#second .chip").waitFor();
        await page.locator("#dx .chip").waitFor();
        assert.equal(requests.filter((url) => url.endsWith(".wasm")).length, 1);
        const left = await page.evaluate(async () => {
          const heap = () => { /** @type {any} */ (globalThis).gc?.(); return /** @type {any} */ (performance).memory.usedJSHeapSize; };
          const field = /** @type {any} */ (document.getElementById("dx"));
          let added = 0;
          const add = EventTarget.prototype.addEventListener;
          const remove = EventTarget.prototype.removeEventListener;
          EventTarget.prototype.addEventListener = function (name, listener, options) {
            if (this === globalThis) {
              added += 1;
              /** @type {any} */ (options)?.signal?.addEventListener("abort", () => { added -= 1; }, { once: true });
            }
            return add.call(this, name, listener, options);
          };
          for (let round = 0; round < 50; round += 1) {
            field.remove();
            document.body.append(field);
          }
          field.remove();
          EventTarget.prototype.addEventListener = add;
          EventTarget.prototype.removeEventListener = remove;
          return { added, heap: heap() > 0 };
        });
        // One pair of listeners was there before the count began and went in the first round.
        assert.deepEqual(left, { added: 0, heap: true });
      },
    ));

  it("is not clipped by a pane of the host, and opens upwards where there is more room", () =>
    withHost(
      `${SCRIPT}<div style="height:60vh"></div><div style="overflow:hidden;height:4rem;position:relative"><medcode-lookup id="dx" label="Code"></medcode-lookup></div>`,
      async (page) => {
        await search(page, "diabetes");
        const list = await page.locator("#dx .popup").boundingBox();
        const input = await box(page).boundingBox();
        assert.ok(list && input && list.y + list.height <= input.y, `${JSON.stringify(list)} ${JSON.stringify(input)}`);
        assert.ok(list.height > 150);
      },
      { viewport: { width: 900, height: 500 } },
    ));

  it("works inside a shadow root of the host", () =>
    withHost(
      `${SCRIPT}<div id="shadow"></div><script type="module">
         const root = shadow.attachShadow({ mode: "open" });
         root.innerHTML = '<medcode-lookup id="dx" label="Code"></medcode-lookup>';
         root.addEventListener("medcode-select", () => undefined);
         document.addEventListener("medcode-select", (event) => { document.title = event.detail.value; });
       </script>`,
      async (page) => {
        await search(page, "I10");
        await page.keyboard.press("Enter");
        assert.equal(await page.title(), "I10");
      },
    ));

  it("takes on Enter what the text in the box finds, not what an earlier one found, however slow the source is", () =>
    withHost(
      `${SCRIPT}<medcode-lookup id="dx" label="Code"></medcode-lookup><script type="module">
         import { load } from "./medcode.js";
         const medcode = await load();
         globalThis.waiting = [];
         globalThis.answerAll = () => { for (const answer of waiting.splice(0)) answer(); };
         dx.source = { ...Object.fromEntries(["lookup", "children", "systems"].map((name) => [name, medcode[name].bind(medcode)])),
           search: (query, options) => new Promise((answer) => waiting.push(() => answer(medcode.search(query, options)))) };
         document.documentElement.dataset.ready = "";
       </script>`,
      async (page) => {
        const answerAll = () => page.evaluate("answerAll()");
        await box(page).fill("E11");
        await answerAll();
        await options(page).first().waitFor();
        await box(page).fill("I10");
        await page.keyboard.press("Enter");
        assert.equal(await property(page, "value"), "", "nothing is taken from the list of another text");
        await answerAll();
        assert.equal(await property(page, "value"), "I10");

        await box(page).fill("essential hypertension");
        await page.keyboard.press("Enter");
        await answerAll();
        assert.equal(await property(page, "value"), "I10", "words whose hits nobody has seen choose nothing");
        await says(page.locator("#dx [aria-selected=true] .code"), /^I10/);
        await page.keyboard.press("Escape");

        await box(page).fill("E119");
        await page.keyboard.press("Enter");
        await box(page).fill("E118");
        await answerAll();
        await options(page).first().waitFor();
        assert.equal(await property(page, "value"), "I10", "typing on takes the Enter back");

        await page.keyboard.press("ArrowDown");
        await box(page).fill("R509");
        await page.keyboard.press("Enter");
        assert.equal(await property(page, "value"), "I10", "what the arrows reached in another text's list is not taken");
        await answerAll();
        assert.equal(await property(page, "value"), "R50.9");
      },
      { ready: "html[data-ready]" },
    ));

  it("comes back with the code system that was chosen, where another has the same code", () =>
    withHost(`${SCRIPT}<form id="form"><medcode-lookup id="dx" name="dx" label="Code"></medcode-lookup></form>`, async (page) => {
      const system = () => page.waitForFunction(() => /** @type {any} */ (document.getElementById("dx"))?.concepts?.[0]?.system);
      await page.evaluate(`(async () => {
        const { load } = await import("./medcode.js");
        await dx.addCode((await load()).lookup("V10.3", { system: "icd9cm_dx" }));
      })()`);
      assert.equal(await (await system()).jsonValue(), "icd9cm_dx");
      await page.goto(address("docs.html"));
      let answer = () => {};
      const held = new Promise((resolve) => { answer = () => resolve(undefined); });
      await page.route("**/*.wasm", async (route) => {
        await held;
        await route.continue();
      });
      await page.goBack();
      await page.waitForFunction(() => /** @type {any} */ (document.getElementById("dx"))?.value === "V10.3");
      assert.deepEqual(await sent(page), ["dx=V10.3"], "the form sends the code before anything is loaded, too");
      answer();
      assert.equal(await (await system()).jsonValue(), "icd9cm_dx");
      assert.deepEqual(await sent(page), ["dx=V10.3"]);
    }));

  it("can be restyled by parts and custom properties", () =>
    withHost(
      `${SCRIPT}<style>medcode-lookup { --medcode-accent: rgb(1, 2, 3); } medcode-lookup::part(code) { color: rgb(4, 5, 6); }</style><medcode-lookup id="dx" label="Code"></medcode-lookup>`,
      async (page) => {
        await search(page, "I10");
        await page.keyboard.press("ArrowDown");
        assert.equal(await page.locator("#dx .hit .code").first().evaluate((node) => getComputedStyle(node).color), "rgb(4, 5, 6)");
        assert.equal(await options(page).first().evaluate((node) => getComputedStyle(node).borderInlineStartColor), "rgb(1, 2, 3)");
      },
    ));
});

describe("an input of the page with the list attached", () => {
  it("keeps its place, fires the events of typing, and gets its look back", () =>
    withHost(
      `<label for="dx">Code</label><input id="dx" name="dx" autocomplete="section-a">
       <script type="module">
         import { attachLookup } from "./attach.js";
         import { load } from "./medcode.js";
         globalThis.told = [];
         for (const name of ["input", "change", "medcode-select"]) dx.addEventListener(name, () => told.push(name));
         globalThis.attached = attachLookup(dx, load(), { text: ({ code, display }) => code + " " + display });
       </script>`,
      async (page) => {
        const input = page.getByRole("combobox", { name: "Code" });
        await input.pressSequentially("I10");
        await page.locator(".medcode-attached [role=option]").first().waitFor();
        assert.deepEqual(await violations(page, OF_PAGES), []);
        await told(page);
        await page.keyboard.press("Enter");
        assert.equal(await input.inputValue(), "I10 Essential (primary) hypertension");
        await page.keyboard.press("Tab");
        assert.deepEqual(await told(page), ["input", "change", "medcode-select"], "the browser's own change, for what was typed before, tells nothing new");
        await input.focus();
        await page.keyboard.press("End");
        await page.keyboard.type("!");
        await page.keyboard.press("Tab");
        assert.deepEqual(await told(page), ["input", "change"], "what is typed after it is a change");
        await input.focus();
        await input.fill("old text");
        await input.fill("");
        await input.pressSequentially("i10");
        await page.locator(".medcode-attached [role=option]").first().waitFor();
        await page.keyboard.press("Enter");
        await page.keyboard.press("Control+z");
        assert.equal(await input.inputValue(), "i10", "the browser takes the choice back");
        await page.keyboard.press("Escape");

        // A note is a note: only a line that was pointed at takes its place.
        await input.fill("gout");
        await page.locator(".medcode-attached [role=option]").first().waitFor();
        await page.keyboard.press("Enter");
        assert.deepEqual([await input.inputValue(), await input.getAttribute("aria-expanded")], ["gout", "false"]);
        await page.keyboard.press("ArrowDown");
        await page.locator(".medcode-attached [aria-selected=true] .code", { hasText: "M10.9" }).waitFor();
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => /^M10\.9/.test(/** @type {HTMLInputElement} */ (document.getElementById("dx")).value));

        await input.evaluate((node) => { Object.assign(node, { value: "keep", readOnly: true }); });
        await input.click();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        assert.deepEqual([await input.inputValue(), await input.getAttribute("aria-expanded")], ["keep", "false"], "a readonly input stays as it is");
        const popup = page.locator(".medcode-attached .popup");
        for (const name of ["readOnly", "disabled"]) {
          await input.evaluate((node) => { Object.assign(node, { readOnly: false, disabled: false }); });
          await input.fill("gout");
          await popup.waitFor({ state: "visible" });
          await input.evaluate((node, each) => { Object.assign(node, { [each]: true }); }, name);
          await popup.waitFor({ state: "hidden" });
        }
        await input.evaluate((node) => { Object.assign(node, { readOnly: false, disabled: false }); });
        await page.evaluate(() => /** @type {any} */ (globalThis).attached.destroy());
        assert.equal(await page.locator("#dx").evaluate((node) => node.outerHTML), '<input id="dx" name="dx" autocomplete="section-a">');
        assert.equal(await page.locator("medcode-list").count(), 0);
      },
    ));
});

describe("an input inside its label", () => {
  const HOST = `<form id="form"><label>Dx <input id="dx" name="dx"></label></form><script type="module">
    import { attachLookup } from "./attach.js";
    import { load } from "./medcode.js";
    attachLookup(dx, load(), { systems: ["icd10cm"] });
    document.documentElement.dataset.ready = "";</script>`;

  it("has a list that is no part of the label, and that a reset puts away", () =>
    withHost(HOST, async (page) => {
      const input = page.locator("#dx");
      assert.equal(await page.locator("label").textContent(), "Dx ");
      await input.pressSequentially("I10");
      await page.locator(".medcode-attached [role=option]").first().click();
      assert.equal(await input.inputValue(), "I10");
      const popup = page.locator(".medcode-attached .popup");
      assert.ok(await popup.isHidden(), "a click on a line is none on the label");
      await input.fill("gout");
      await popup.waitFor({ state: "visible" });
      await page.evaluate("form.reset()");
      await popup.waitFor({ state: "hidden" });
      await page.keyboard.press("ArrowDown");
      assert.deepEqual([await input.inputValue(), await page.locator(".medcode-attached [aria-selected=true]").count()], ["", 0]);
    }, { ready: "html[data-ready]" }));

  it("is heard in a shadow root, too: its reset, and each change once", () =>
    withHost(`<div id="host"></div><script type="module">
      import { attachLookup } from "./attach.js";
      import { load } from "./medcode.js";
      const root = host.attachShadow({ mode: "open" });
      root.innerHTML = '<form><input id="dx" aria-label="Dx"></form>';
      const dx = root.querySelector("input");
      attachLookup(dx, load(), { systems: ["icd10cm"] });
      globalThis.told = [];
      dx.addEventListener("change", () => told.push(dx.value));
      globalThis.reset = () => root.querySelector("form").reset();
      document.documentElement.dataset.ready = "";</script>`, async (page) => {
      const input = page.locator("#dx");
      await input.pressSequentially("I10");
      await page.locator(".medcode-attached [role=option]").first().waitFor();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.deepEqual(await told(page), ["I10"]);
      await input.fill("gout");
      const popup = page.locator(".medcode-attached .popup");
      await popup.waitFor({ state: "visible" });
      await page.evaluate("reset()");
      await popup.waitFor({ state: "hidden" });
    }, { ready: "html[data-ready]" }));

  it("comes back with its code by the browser's way back", () =>
    withHost(HOST, async (page) => {
      await page.getByRole("combobox").pressSequentially("I10");
      await page.locator(".medcode-attached [role=option]").first().click();
      await page.keyboard.press("Tab");
      await page.goto(address("docs.html"));
      await page.goBack();
      await page.waitForFunction(() => /** @type {HTMLInputElement | null} */ (document.getElementById("dx"))?.value === "I10");
    }, { ready: "html[data-ready]" }));
});

describe("Enter while the list still grows", () => {
  /** A source whose list is `[B02, C03]` until `prepareAll()` makes it what `begin` was told. */
  const GROWING = `
    const hit = (code) => ({ system: "icd10cm", uri: "u", code, plainCode: code, display: "Title", billable: true, period: {}, release: "r", score: 1, matched: [] });
    let prepared = false;
    let later = [];
    globalThis.begin = (codes) => {
      prepared = false;
      later = codes.map(hit);
      globalThis.prepareAll = undefined;
      take({
        prepare: () => new Promise((answer) => { globalThis.prepareAll = () => answer(prepared = true); }),
        search: () => ({ hits: prepared ? later : [hit("B02"), hit("C03")], total: 2, complete: prepared }),
      });
    };
    begin([]);
    document.documentElement.dataset.ready = "";`;
  /** The same by the element and by an input of the page. @type {Record<string, { html: string, input: string, frame: string }>} */
  const WAYS = {
    element: {
      html: `${SCRIPT}<medcode-lookup id="dx" label="Code"></medcode-lookup><input id="next" aria-label="Next"><script type="module">
        const take = (source) => { dx.value = ""; dx.source = source; };
        await customElements.whenDefined("medcode-lookup");
        ${GROWING}</script>`,
      input: "#dx input",
      frame: "#dx",
    },
    "attached input": {
      html: `<input id="dx" aria-label="Code"><input id="next" aria-label="Next"><script type="module">
        import { attachLookup } from "./attach.js";
        let attached;
        const take = (source) => { attached?.destroy(); dx.value = ""; attached = attachLookup(dx, source, { freeText: false }); };
        ${GROWING}</script>`,
      input: "#dx",
      frame: ".medcode-attached",
    },
  };
  const [PARTIAL, MOMENT, NOTHING] = [/^More of the index is being opened$/, /^One moment/, /^Nothing was chosen/];

  for (const [name, { html, input, frame }] of Object.entries(WAYS)) {
    /** @param {(field: { status: import("playwright-core").Locator, type: (text: string, codes: string[]) => Promise<void>, whole: () => Promise<void>, value: () => Promise<string>, taken: (code: string) => Promise<unknown>, page: import("playwright-core").Page }) => Promise<void>} test */
    const withField = (test) =>
      withHost(html, (page) => {
        const status = page.locator(`${frame} [role=status]`);
        const value = () => page.locator("#dx").evaluate((field) => /** @type {any} */ (field).value);
        return test({
          page,
          status,
          value,
          taken: (code) => page.waitForFunction((wanted) => /** @type {any} */ (document.getElementById("dx")).value === wanted, code),
          type: async (text, codes) => {
            await page.evaluate((all) => /** @type {any} */ (globalThis).begin(all), codes);
            await page.locator(input).fill(text);
            await says(status, PARTIAL, "at once, before any key");
            await says(page.locator(`${frame} .note`), PARTIAL);
            await page.waitForFunction("globalThis.prepareAll");
          },
          whole: () => page.evaluate("prepareAll()"),
        });
      }, { ready: "html[data-ready]" });
    const none = name === "element" ? "" : "words";

    it(`${name}: takes the first line once the list is whole, if it still stands first, also where Tab went on`, () =>
      withField(async ({ page, status, type, whole, value, taken }) => {
        for (const keys of [["Enter"], ["Enter", "Tab"], ["ArrowDown", "Enter"]]) {
          await type("words", ["B02", "D04"]);
          for (const key of keys) await page.keyboard.press(key);
          await says(status, MOMENT);
          assert.equal(await value(), none, "nothing is taken from a list that still grows");
          if (!keys.includes("Tab")) await says(page.locator(`${frame} .note`), MOMENT);
          await whole();
          await taken("B02");
          assert.ok(await page.locator(`${frame} .popup`).isHidden());
        }
      }));

    if (name === "element") {
      it("element: goes on with the list where more is typed after Enter, also where any text may stand", () =>
        withField(async ({ page, status, type }) => {
          await page.evaluate("dx.freeText = true");
          await type("b0", ["B02", "D04"]);
          await page.keyboard.press("Enter");
          await says(status, MOMENT);
          await page.keyboard.type("9");
          await says(status, PARTIAL);
          assert.ok(await page.locator(`${frame} .popup`).isVisible());
        }));
    }

    it(`${name}: does not take a line that has come to stand first, says so, and takes it at the next Enter`, () =>
      withField(async ({ page, status, type, whole, value, taken }) => {
        for (const keys of [["Enter"], ["ArrowDown", "Enter"]]) {
          await type("words", ["A01", "B02"]);
          for (const key of keys) await page.keyboard.press(key);
          await whole();
          await says(page.locator(`${frame} [aria-selected=true] .code`), /^A01/);
          await says(status, /^The list has changed: Enter takes A01$/);
          await says(page.locator(`${frame} .note`), /^The list has changed: Enter takes A01$/);
          assert.equal(await value(), none);
          await page.keyboard.press("Enter");
          await taken("A01");
        }
        await type("words", ["A01", "B02"]);
        await page.keyboard.press("Enter");
        await page.keyboard.press("Tab");
        await whole();
        await says(status, NOTHING, "the text that is left is no code");
        assert.equal(await value(), none);
      }));

    it(`${name}: forgets a choice that waits when the page goes on to the next record`, () =>
      withField(async ({ page, type, whole, value }) => {
        const next = name === "element" ? "" : "of the page";
        await type("words", ["B02"]);
        await page.keyboard.press("Enter");
        await page.keyboard.press("Tab");
        await page.evaluate((text) => { /** @type {any} */ (document.getElementById("dx")).value = text; }, next);
        await whole();
        await page.waitForTimeout(300);
        assert.equal(await value(), next);
      }));

    it(`${name}: forgets an Enter when the person types on, puts the list away, or clicks elsewhere`, () =>
      withField(async ({ page, status, type, whole, value }) => {
        const left = (/** @type {string} */ text) => (name === "element" ? "" : text);
        await type("words", ["B02"]);
        await page.keyboard.press("Enter");
        await page.keyboard.press("s");
        await says(status, PARTIAL);
        await whole();
        await says(status, /^1 code$/);
        assert.equal(await value(), left("wordss"));

        await type("words", ["B02"]);
        await page.keyboard.press("Enter");
        await page.keyboard.press("Escape");
        assert.equal(await status.textContent(), "");
        await whole();
        assert.equal(await value(), left("words"));

        await type("words", ["B02"]);
        await page.keyboard.press("Enter");
        await page.mouse.click(1200, 700);
        await says(status, NOTHING);
        await whole();
        assert.equal(await value(), left("words"));
      }));
  }
});

/** @type {Record<string, [string, import("playwright-core").BrowserContextOptions]>} */
const RENDERINGS = {
  light: ["", {}],
  dark: ["<style>:root { color-scheme: dark; background: #10151b; color: #e3e9f0 }</style>", { colorScheme: "dark" }],
  "at 320 px": ["", { viewport: { width: 320, height: 640 } }],
  "at 200 % zoom": ["", { viewport: { width: 640, height: 400 } }],
  "right to left": ["<script>document.dir = 'rtl'</script>", {}],
  "in high contrast": ["", { forcedColors: "active" }],
};

describe("axe-core finds nothing, and nothing scrolls sideways, in any state of the element", () => {
  for (const [name, [extra, rendering]] of Object.entries(RENDERINGS)) {
    it(name, () =>
      withHost(
        `${extra}${SCRIPT}<medcode-lookup id="dx" label="Diagnoses" multiple value="E11.9 S72.001A"></medcode-lookup>`,
        async (page) => {
          await page.locator("#dx .chip").nth(1).waitFor();
          const check = async (/** @type {string} */ state) => {
            assert.deepEqual(await violations(page, OF_PAGES), [], state);
            const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
            assert.ok(width[0] <= width[1], `${state}: ${width}`);
            const list = await page.locator("#dx .popup").evaluate((popup) => popup.scrollWidth <= popup.clientWidth);
            assert.ok(list, `${state}: the list is cut`);
          };
          await check("chosen");
          // A title in English is cut at its end, also where the page runs from right to left.
          assert.equal(await page.locator("#dx .chip .title").first().evaluate((title) => getComputedStyle(title).direction), "ltr");
          await search(page, "diabtes kidney");
          await page.keyboard.press("ArrowDown");
          await check("list");
          await page.keyboard.press("Escape");
          await search(page, "S52.50");
          await page.keyboard.press("ArrowDown");
          await page.keyboard.press(name === "right to left" ? "ArrowLeft" : "ArrowRight");
          await page.locator("#dx .path:not([hidden])").waitFor();
          await check("codes below");
          await box(page).fill("zzzzqqq");
          await page.locator("#dx .note", { hasText: "No code" }).waitFor();
          await check("nothing found");
          await page.locator("#dx").evaluate((field) => field.setAttribute("disabled", ""));
          await check("disabled");
        },
        rendering,
      ));
  }
});
