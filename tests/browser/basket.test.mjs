// The claim: a basket that is checked as it grows, with fixes by one press; and what a person keeps.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { clipboard, hold, says, start, stop, type, until, withPage } from "./browser.mjs";

before(start);
after(stop);

/** Loads the page again, until it has started. @param {import("playwright-core").Page} page */
async function reload(page) {
  await page.reload();
  await page.locator("#systems button").first().waitFor();
}
/** @param {import("playwright-core").Page} page @param {string} codes */
async function add(page, codes) {
  await page.getByRole("tab", { name: /^Claim/ }).click();
  await page.locator("#claim-add").fill(codes);
  await page.keyboard.press("Enter");
  // A code of a system that is not there yet waits for its pack.
  await page.locator("#claim-add:not([aria-busy])").waitFor();
}
/** @param {import("playwright-core").Page} page */
const diagnoses = (page) => page.locator("#diagnoses .code").allTextContents();
/** @param {import("playwright-core").Page} page @param {string} rule */
const issue = (page, rule) => page.locator(`#issues [data-rule="${rule}"]`).first();

describe("the claim", () => {
  it("takes codes from its box, from the details and from the list, each where it belongs", () =>
    withPage(async (page) => {
      await type(page, "E11.9");
      await page.keyboard.press("Control+Enter");
      await page.keyboard.press("Enter");
      await page.locator("#concept-title").waitFor();
      await page.goto(page.url().replace(/#.*/, "#/icd10cm/I10"));
      await page.locator("#concept-title", { hasText: "I10" }).waitFor();
      await page.getByRole("button", { name: "Add to claim" }).click();
      await add(page, "0DTJ4ZZ 99213 nonsense");
      assert.deepEqual(await diagnoses(page), ["E11.9", "I10"]);
      assert.deepEqual(await page.locator("#procedures .code").allTextContents(), ["0DTJ4ZZ"]);
      assert.deepEqual(await page.locator("#lines .code").allTextContents(), ["99213"]);
      assert.equal(await page.locator("#claim-add").inputValue(), "nonsense", "what is no code stays in the box");
      assert.equal(await page.locator("#tab-claim").textContent(), "Claim (4)");
    }));

  it("finds what the codes have against each other while they are added, and mends it by one press", () =>
    withPage(async (page) => {
      await add(page, "W21.89XA");
      await issue(page, "CM-14").waitFor();
      await add(page, "S02.2XXA");
      const first = issue(page, "CM-14").getByRole("button").first();
      await first.click();
      assert.deepEqual(await diagnoses(page), ["S02.2XXA", "W21.89XA"]);
      assert.equal(await issue(page, "CM-14").count(), 0);
      await page.getByRole("button", { name: "Undo" }).click();
      assert.deepEqual(await diagnoses(page), ["W21.89XA", "S02.2XXA"]);
      await page.getByRole("button", { name: "Move S02.2XXA up" }).click();
      assert.deepEqual(await diagnoses(page), ["S02.2XXA", "W21.89XA"]);
      await page.getByRole("button", { name: "Remove W21.89XA" }).click();
      assert.deepEqual(await diagnoses(page), ["S02.2XXA"]);
    }));

  it("shows an Excludes1 conflict with the note, as a warning, in shape, word and place", () =>
    withPage(async (page) => {
      await add(page, "E11.9 E10.9");
      const found = issue(page, "CM-9");
      await says(found.locator(".sentence"), /Excludes1 note/);
      assert.equal(await found.locator(".mark").textContent(), "▲ warning");
      assert.ok((await page.locator("#diagnoses .item").first().getAttribute("class"))?.includes("no"));
      await says(page.locator("#claim-summary"), /^2 codes: .*1 warning/);
    }));

  it("judges by setting, age, sex and date of service", () =>
    withPage(async (page) => {
      await add(page, "Z00.129");
      const rules = () => page.locator("#issues > li").evaluateAll((items) => items.map((item) => item.getAttribute("data-rule")));
      assert.deepEqual(await rules(), []);
      await page.locator("#age").fill("40");
      await page.keyboard.press("Tab");
      assert.deepEqual(await rules(), ["CM-19"]);
      await page.locator("#age").fill("4");
      await page.keyboard.press("Tab");
      assert.deepEqual(await rules(), []);
      await page.locator("#setting").selectOption("inpatient-facility");
      assert.ok((await rules()).length > 0, "an inpatient claim says whether a diagnosis was present on admission");
      await page.locator("#setting").selectOption("professional");
      await page.locator("#date").fill("2014-06-01");
      await page.keyboard.press("Tab");
      assert.ok((await rules()).includes("9-2"), String(await rules()));
    }));

  it("keeps modifiers, pointers and units of a line, and copies the claim", () =>
    withPage(async (page) => {
      await add(page, "E11.9 I10 99213");
      await page.locator('#lines input[name="pointers"]').fill("AB");
      await page.keyboard.press("Tab");
      await page.locator('#lines input[name="modifiers"]').fill("25 25");
      await page.keyboard.press("Tab");
      assert.equal(await page.locator('#lines input[name="pointers"]').inputValue(), "A B");
      assert.ok((await page.locator("#issues > li").evaluateAll((items) => items.map((item) => item.getAttribute("data-rule")))).some((rule) => rule?.startsWith("MOD")));
      await page.getByRole("button", { name: "Copy", exact: true }).click();
      assert.equal(await clipboard(page), "A E11.9\nB I10\n99213 25 25 AB x1");
    }));

  it("takes what is no code, too, and says what was meant; Alt+Enter mends what leaves no choice", () =>
    withPage(async (page) => {
      await add(page, "W21.89A S02.2XXA");
      const wrong = page.locator("#issues > li", { hasText: "W21.89XA" }).first();
      await wrong.getByRole("button", { name: "Use W21.89XA" }).waitFor();
      assert.ok((await wrong.getAttribute("class"))?.includes("bad"));
      await page.keyboard.press("Alt+Enter");
      assert.ok((await diagnoses(page)).includes("W21.89XA"), String(await diagnoses(page)));
      await page.locator("#status", { hasText: "Use W21.89XA: done" }).waitFor({ state: "attached" });
      const severities = await page.locator("#issues > li").evaluateAll((items) => items.map((item) => ["bad", "no", ""].findIndex((kind) => kind === "" || item.classList.contains(kind))));
      assert.deepEqual(severities, severities.toSorted(), "errors come first");
    }));

  it("takes two characters behind a line for a modifier, whatever else they are", () =>
    withPage(async (page) => {
      await add(page, "25");
      assert.equal(await page.locator("#claim-add").inputValue(), "25", "before a line there is no place for it");
      await page.locator("#claim-add").fill("");
      await add(page, "E11.9 99213 25 LT");
      assert.equal(await page.locator("#lines input[name=modifiers]").inputValue(), "25 LT");
      assert.equal(await page.locator("#procedures li").count(), 0);
    }));

  it("has what an inpatient claim says besides: present on admission, discharge, admitting diagnosis; and the description of a line", () =>
    withPage(async (page) => {
      await page.locator("#tab-claim").click();
      assert.ok(await page.locator("#discharge").isHidden());
      await page.locator("#setting").selectOption("inpatient-facility");
      await add(page, "A41.9 R65.20 99213");
      const rules = () => page.locator("#issues > li").evaluateAll((items) => items.map((item) => item.getAttribute("data-rule")));
      // The list of what is exempt is an official file: without it nobody asks.
      const asks = (await rules()).includes("CM-22");
      for (const code of ["A41.9", "R65.20"]) await page.getByLabel(`${code} present on admission`).selectOption("Y");
      if (asks) await page.waitForFunction(() => !document.querySelector('#issues [data-rule="CM-22"]'));
      assert.equal(await page.getByLabel("A41.9 present on admission").inputValue(), "Y");
      await page.locator("#admitting").fill("ZZ9");
      await page.keyboard.press("Tab");
      await says(page.locator("#issues"), /ZZ9/);
      await page.locator("#lines input[name=description]").fill("what was done");
      await page.keyboard.press("Tab");
      await page.locator("#admitting").fill("R50.9");
      await page.getByRole("button", { name: "Copy", exact: true }).click();
      assert.equal(await clipboard(page), "A A41.9 Y\nB R65.20 Y\n99213 A x1 what was done");
    }));

  it("reads the codes of a service before October 2015 as those of its time", () =>
    withPage(async (page) => {
      await page.locator("#date").fill("2014-05-05");
      await page.keyboard.press("Tab");
      await page.locator('#systems [data-system="icd9cm_dx"]:not(.absent)').waitFor({ state: "attached" }).catch(() => undefined);
      await add(page, "V70.0");
      await page.locator("#diagnoses .what", { hasText: /routine general medical examination/i }).waitFor();
    }));

  it("takes the pointers of a line as letters or as numbers, and nothing else for one", () =>
    withPage(async (page) => {
      await add(page, "E11.9 I10 J45.909 M10.9 K21.9 F32.A G47.33 N18.30 E66.9 R05.9 R51.9 R42 99213");
      const pointers = page.locator('#lines input[name="pointers"]');
      for (const [typed, shown] of [["1 2", "A B"], ["2,3,1", "B C A"], ["12", "L"], ["bc", "B C"], ["231", "231"]]) {
        await pointers.fill(typed);
        await page.keyboard.press("Tab");
        assert.equal(await pointers.inputValue(), shown, typed);
      }
      await issue(page, "CL-2").waitFor();
      await pointers.fill("A?");
      await page.keyboard.press("Tab");
      await says(page.locator("#claim-note"), /expected the diagnoses as A B or 1 2, found A\?$/);
      await pointers.fill("A");
      await page.keyboard.press("Tab");
      await says(page.locator("#claim-note"), /^$/);
    }));

  it("says what is no whole number, and forgets the patient with the codes", () =>
    withPage(async (page) => {
      await add(page, "P07.30 99213");
      const units = page.locator('#lines input[name="units"]');
      for (const typed of ["1,5", "2.5", "abc", "-1"]) {
        await units.fill(typed);
        await page.keyboard.press("Tab");
        await says(page.locator("#claim-note"), new RegExp(`99213: not taken: expected a whole number of units, such as 1, found ${typed}$`));
        assert.equal(await units.inputValue(), typed, "what was typed stays until it is right");
        assert.equal(await units.getAttribute("aria-invalid"), "true");
      }
      await units.fill("3");
      await page.keyboard.press("Tab");
      await page.getByRole("button", { name: "Copy", exact: true }).click();
      await page.locator("#status", { hasText: "Copied" }).waitFor({ state: "attached" });
      assert.match(await clipboard(page), /99213 A x3$/);
      for (const age of ["-5", "12.7", "200"]) {
        await page.locator("#age").fill(age);
        await page.keyboard.press("Tab");
        await says(page.locator("#claim-note"), new RegExp(`^Age not taken: expected a whole number from 0 to 124, found ${age}$`));
      }
      await page.locator("#age").fill("40");
      await page.locator("#sex").selectOption("female");
      await says(page.locator("#claim-note"), /^$/);
      await page.locator("#claim-clear").click();
      assert.deepEqual([await page.locator("#age").inputValue(), await page.locator("#sex").inputValue()], ["", ""]);
      await page.getByRole("button", { name: "Undo" }).click();
      assert.deepEqual([await page.locator("#age").inputValue(), await page.locator("#sex").inputValue()], ["40", "female"]);
    }));

  it("adds a code that waits for its pack once, and what is typed meanwhile after it", () =>
    withPage(async (page) => {
      const release = await hold(page, "**/packs/icd10pcs.*");
      await page.locator("#tab-claim").click();
      const box = page.locator("#claim-add");
      await box.fill("0DTJ4ZZ");
      await box.press("Enter");
      await says(page.locator("#claim-note"), /^Loading ICD-10-PCS for 0DTJ4ZZ$/);
      await box.press("Enter");
      await box.pressSequentially("I10");
      release();
      await page.locator("#claim-add:not([aria-busy])").waitFor();
      assert.deepEqual(await page.locator("#procedures .code").allTextContents(), ["0DTJ4ZZ"]);
      assert.equal(await box.inputValue(), "I10");
      await box.press("Enter");
      await until("I10 in the claim", async () => String(await diagnoses(page)) === "I10");
      await says(page.locator("#claim-note"), /^$/);
    }));

  it("gives a code that still waits to no other claim", () =>
    withPage(async (page) => {
      const release = await hold(page, "**/packs/icd10pcs.*");
      await page.locator("#tab-claim").click();
      await page.locator("#claim-add").fill("0DTJ4ZZ");
      await page.locator("#claim-add").press("Enter");
      await page.locator("#claim-clear").click();
      release();
      await page.locator("#claim-add:not([aria-busy])").waitFor();
      assert.equal(await page.locator("#tab-claim").textContent(), "Claim");
    }));

  it("cuts no paste: what is too much at once stands in the box, and it says so", () =>
    withPage(async (page) => {
      await page.locator("#tab-claim").click();
      const box = page.locator("#claim-add");
      await box.focus();
      await page.evaluate((text) => navigator.clipboard.writeText(text), Array(260).fill("S52.501A").join("\n"));
      await page.keyboard.press("Control+v");
      await until("the paste", async () => (await box.inputValue()).length > 2000);
      assert.ok((await box.inputValue()).endsWith("S52.501A"));
      await box.press("Enter");
      await says(page.locator("#claim-note"), /^The first 100 codes of 260 taken: Enter takes what stands in the box$/);
      await until("a hundred diagnoses", async () => (await diagnoses(page)).length === 100);
      assert.equal((await box.inputValue()).split(" ").length, 160);
    }));

  it("keeps the focus and the clicks while its lists change under them", () =>
    withPage(async (page) => {
      await add(page, "E11.9 I10 J45.909 99213");
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") || /** @type {any} */ (document.activeElement)?.name || document.activeElement?.id);
      await page.locator('#lines input[name="modifiers"]').focus();
      await page.keyboard.type("25");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Control+a");
      await page.keyboard.type("A B");
      await page.keyboard.press("Tab");
      await page.keyboard.type("3");
      assert.equal(await focused(), "units");
      // What is being typed stays when the claim is checked meanwhile; what was refused stays beside a new line.
      await page.keyboard.press("Alt+Enter");
      assert.equal(await page.locator('#lines input[name="units"]').inputValue(), "3");
      await page.locator('#lines input[name="units"]').fill("12.5");
      await add(page, "99214");
      assert.equal(await page.locator('#lines input[name="units"]').first().inputValue(), "12.5");
      await says(page.locator("#claim-note"), /expected a whole number of units/);
      await page.getByRole("button", { name: "Remove 99214" }).click();
      await page.locator('#lines input[name="units"]').fill("3");
      await page.keyboard.press("Tab");
      await page.waitForFunction(() => document.getElementById("claim-note")?.textContent === "");
      await page.locator('#lines input[name="units"]').focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.type("3");
      // The change comes with the press of the button, the click with its release.
      await page.getByRole("button", { name: "Remove J45.909" }).click();
      assert.deepEqual(await diagnoses(page), ["E11.9", "I10"]);
      await page.getByRole("button", { name: "Copy", exact: true }).click();
      await page.locator("#status", { hasText: "Copied" }).waitFor({ state: "attached" });
      assert.equal(await clipboard(page), "A E11.9\nB I10\n99213 25 AB x3");
      await page.getByRole("button", { name: "Move I10 up" }).press("Enter");
      assert.deepEqual(await diagnoses(page), ["I10", "E11.9"]);
      assert.equal(await focused(), "Move I10 down", "it stands first: there is no up any more");
      await page.getByRole("button", { name: "Remove I10" }).press("Enter");
      assert.equal(await focused(), "Remove E11.9");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Remove 99213" }).press("Enter");
      assert.equal(await focused(), "claim-add");
    }));

  it("is nowhere when the page is gone", () =>
    withPage(async (page) => {
      await add(page, "E11.9 I10");
      // The browser asks first.
      /** @type {string[]} */
      const asked = [];
      page.on("dialog", (dialog) => {
        asked.push(dialog.type());
        dialog.accept();
      });
      assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, location.href.includes("E11")]), [0, 0, "", false]);
      await reload(page);
      assert.deepEqual(asked, ["beforeunload"]);
      assert.equal(await page.locator("#tab-claim").textContent(), "Claim");
    }));
});

describe("the lists", () => {
  it("keep favourites on the device, and the codes used lately only when asked", () =>
    withPage(async (page) => {
      await page.getByRole("button", { name: "☆ Favourite" }).click();
      await page.getByRole("tab", { name: "Lists" }).click();
      assert.deepEqual(await page.locator("#favourites .code").allTextContents(), ["I10"]);
      assert.deepEqual(await page.locator("#recent .code").allTextContents(), ["I10"]);
      await reload(page);
      await page.getByRole("tab", { name: "Lists" }).click();
      assert.deepEqual(await page.locator("#favourites .code").allTextContents(), ["I10"]);
      await page.getByLabel("Keep on this device").check();
      await page.evaluate(() => { location.hash = "#/icd10cm/E11.9"; });
      await page.locator("#recent .code", { hasText: "E11.9" }).waitFor();
      await reload(page);
      await page.getByRole("tab", { name: "Lists" }).click();
      assert.deepEqual((await page.locator("#recent .code").allTextContents()).slice(0, 2), ["E11.9", "I10"]);
      await page.getByRole("button", { name: "Forget" }).click();
      assert.equal(await page.locator("#recent .code").count(), 0);
    }, { hash: "#/icd10cm/I10" }));

  it("of two tabs are one: what each stars stays, and the other one shows it", () =>
    withPage(async (page) => {
      const other = await page.context().newPage();
      await other.goto(new URL("#/icd10cm/E11.9", page.url()).href);
      await page.getByRole("button", { name: "☆ Favourite" }).click();
      await other.getByRole("button", { name: "☆ Favourite" }).click();
      await page.getByRole("tab", { name: "Lists" }).click();
      await says(page.locator("#favourites"), /I10[^]*E11\.9/);
      await reload(page);
      await page.getByRole("tab", { name: "Lists" }).click();
      assert.deepEqual(await page.locator("#favourites .code").allTextContents(), ["I10", "E11.9"]);
      // That something is kept is seen in the other tab, too.
      await other.getByRole("tab", { name: "Lists" }).click();
      await page.getByLabel("Keep on this device").check();
      await other.locator("#remember:checked").waitFor();
    }, { hash: "#/icd10cm/I10" }));

  it("say that they go with the page where the browser refuses to keep them", () =>
    withPage(async (page) => {
      await page.evaluate(() => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; });
      await page.getByRole("button", { name: "☆ Favourite" }).click();
      await says(page.locator("#status"), /^I10 is a favourite until this page goes: this browser refuses to keep it$/);
      await page.getByRole("tab", { name: "Lists" }).click();
      await says(page.locator("#kept-note"), /^This browser refuses to keep anything here: the lists go with this page\./);
    }, { hash: "#/icd10cm/I10" }));

  it("hold a code once, however it is written", () =>
    withPage(async (page) => {
      for (const code of ["E119", "E11.9", "e11.9"]) {
        await page.evaluate((next) => { location.hash = `#/icd10cm/${next}`; }, code);
        await page.waitForFunction((next) => document.title.startsWith("E11.9") && location.hash.endsWith(next), code);
      }
      await page.getByRole("tab", { name: "Lists" }).click();
      await says(page.locator("#recent"), /E11\.9/);
      assert.deepEqual(await page.locator("#recent .code").allTextContents(), ["E11.9", "I10"]);
      const text = JSON.stringify({ medcode: 1, favourites: ["E119", "E11.9", "i10"].map((code) => ({ system: "icd10cm", code })) });
      await page.locator("#import-file").setInputFiles({ name: "lists.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await says(page.locator("#import-answer"), /^Imported 2 codes not there before$/);
      assert.deepEqual(await page.locator("#favourites .code").allTextContents(), ["E11.9", "I10"]);
      assert.deepEqual(JSON.parse((await page.evaluate(() => localStorage.getItem("medcode"))) ?? "").favourites.map((/** @type {any} */ { code }) => code), ["E11.9", "I10"]);
    }, { hash: "#/icd10cm/I10" }));

  it("take from a file what there is room for, and no count that breaks the search", () =>
    withPage(async (page) => {
      const favourites = Array.from({ length: 60_000 }, (_, at) => ({ system: "icd10cm", code: `A${at}` }));
      const text = JSON.stringify({ medcode: 1, favourites, recent: [{ system: "icd10cm", code: "I10", uses: -5 }, { system: "icd10cm", code: "E11.9", uses: 1e300 }] });
      await page.locator("#tab-lists").click();
      await page.locator("#import-file").setInputFiles({ name: "lists.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await says(page.locator("#import-answer"), /^Imported 1,002 codes not there before\. Left out: 59,000 codes for which the lists have no room$/);
      assert.equal(await page.locator("#favourites li").count(), 1000);
      await page.locator("#tab-search").click();
      await type(page, "essential hypertension");
      await page.locator('#results [data-code="I10"]').waitFor();
    }));

  it("mark the favourites among the hits of a search", () =>
    withPage(async (page) => {
      await page.getByRole("button", { name: "☆ Favourite" }).click();
      await type(page, "essential hypertension");
      await page.locator('#results [data-code="I10"] .star', { hasText: "favourite" }).waitFor();
      assert.equal(await page.locator("#results .star").count(), 1);
    }, { hash: "#/icd10cm/I10" }));

  it("go out to a file and come back from it; a file of something else is refused", () =>
    withPage(async (page) => {
      await page.getByRole("button", { name: "☆ Favourite" }).click();
      await page.getByRole("tab", { name: "Lists" }).click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
      assert.equal(download.suggestedFilename(), "medcode-lists.json");
      const text = await readFile(await download.path(), "utf8");
      assert.deepEqual(JSON.parse(text).favourites, [{ system: "icd10cm", code: "I10" }]);
      await page.getByRole("button", { name: "Remove I10 from the favourites" }).click();
      await page.locator("#import-file").setInputFiles({ name: "lists.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await page.locator("#favourites .code", { hasText: "I10" }).waitFor();
      await page.locator("#import-file").setInputFiles({ name: "other.json", mimeType: "application/json", buffer: Buffer.from('{"a":1}') });
      await page.locator("#import-answer", { hasText: "Not imported: expected a file that Medcode exported" }).waitFor();
      await page.locator("#import-file").setInputFiles({ name: "broken.json", mimeType: "application/json", buffer: Buffer.from("{") });
      await says(page.locator("#import-answer"), /^Not imported: expected a file that Medcode exported, found a text that is no JSON$/);
      const again = JSON.stringify({ medcode: 1, favourites: [{ system: "icd10cm", code: "i10" }, { system: "icd10cm", code: "e11.9" }], recent: [null, { code: 7 }] });
      await page.locator("#import-file").setInputFiles({ name: "again.json", mimeType: "application/json", buffer: Buffer.from(again) });
      await says(page.locator("#import-answer"), /^Imported 1 code not there before\. Left out: 2 records without a code and its system$/);
      assert.deepEqual(await page.locator("#favourites .code").allTextContents(), ["I10", "E11.9"]);
    }, { hash: "#/icd10cm/I10" }));

  it("say what changes for the favourites", () =>
    withPage(async (page) => {
      await page.getByRole("button", { name: "☆ Favourite" }).click();
      await page.getByRole("tab", { name: "Lists" }).click();
      await page.getByRole("button", { name: "What changes for the favourites?" }).click();
      await says(page.locator("#changes-answer"), /20\d\d-\d\d-\d\d/);
    }, { hash: "#/icd10cm/I10" }));
});

describe("two codes", () => {
  it("stand side by side, what differs in bold, under an address of their own", () =>
    withPage(async (page) => {
      await page.getByRole("button", { name: "Compare", exact: true }).click();
      await page.evaluate(() => { location.hash = "#/icd10cm/E10.9"; });
      await page.getByRole("link", { name: "Compare with E11.9" }).click();
      await page.locator(".comparison").waitFor();
      assert.match(page.url(), /#\/compare\/icd10cm\/E11\.9\/icd10cm\/E10\.9$/);
      assert.deepEqual(await page.locator(".comparison thead .code").allTextContents(), ["E11.9", "E10.9"]);
      assert.ok((await page.locator(".comparison .own").count()) > 2);
      assert.ok((await page.locator(".comparison .shared").count()) > 0);
    }, { hash: "#/icd10cm/E11.9" }));
});

describe("the other revision", () => {
  it("is one link away", () =>
    withPage(async (page) => {
      await page.locator(".translation a", { hasText: "250.00" }).click();
      await page.locator("#concept-title", { hasText: "250.00" }).waitFor();
      assert.ok((await page.locator(".translation a", { hasText: "E11.9" }).count()) > 0);
    }, { hash: "#/icd10cm/E11.9" }));
});

describe("the help", () => {
  it("opens on a question mark, closes on Escape, and leaves the mark to text fields", () =>
    withPage(async (page) => {
      await page.locator("#query").fill("");
      await page.keyboard.type("?");
      assert.equal(await page.locator("#help").getAttribute("open"), null);
      await page.locator("#tab-search").focus();
      await page.keyboard.type("?");
      await page.locator("#help[open]").waitFor();
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("#help").getAttribute("open"), null);
      assert.equal(await page.evaluate(() => document.activeElement?.id), "tab-search");
    }));
});
