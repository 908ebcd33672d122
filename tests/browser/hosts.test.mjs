// The example pages of `www/examples/hosts`, each with the library that it is about, as a person uses them: type, choose, send.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { build } from "esbuild";
import { start, stop, withPage } from "./browser.mjs";

before(start);
after(stop);

const resolve = createRequire(import.meta.url).resolve;
const read = (/** @type {string} */ name) => () => readFile(resolve(name), "utf8");

/** React has no file for browsers: one is bundled, as a page's own build would. */
async function react() {
  const { outputFiles } = await build({
    stdin: { contents: `export { createElement, StrictMode, useMemo, useState, useSyncExternalStore } from "react"; export { createRoot } from "react-dom/client";`, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    format: "esm",
    minify: true,
    // As a page is developed: StrictMode does everything twice then.
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles[0].text;
}

/** What lies in lib/. @type {Record<string, () => Promise<string>>} */
const LIBRARIES = {
  "vue.js": read("vue/dist/vue.runtime.esm-browser.prod.js"),
  "react.js": react,
  "jquery.js": read("jquery/dist/jquery.min.js"),
  "jquery-ui.js": read("jquery-ui/dist/jquery-ui.min.js"),
  "select2.js": read("select2/dist/js/select2.min.js"),
  "select2.css": read("select2/dist/css/select2.min.css"),
  "tom-select.js": read("tom-select/dist/js/tom-select.complete.min.js"),
  "tom-select.css": read("tom-select/dist/css/tom-select.css"),
};

/**
 * Opens an example under the policy of our server.
 *
 * @param {string} name
 * @param {Parameters<typeof withPage>[0]} test
 */
const withExample = (name, test) =>
  withPage(test, {
    hash: `examples/hosts/${name}.html`,
    ready: "h1",
    allowed: /React DevTools/,
    prepare: (page) =>
      page.route("**/examples/hosts/lib/*", async (route) => {
        const file = new URL(route.request().url()).pathname.split("/").at(-1) ?? "";
        await route.fulfill({ contentType: file.endsWith(".css") ? "text/css" : "text/javascript", body: await LIBRARIES[file]() });
      }),
  });

const QUERY = "type 2 diabetes without complications";
const TITLE = "E11.9 Type 2 diabetes mellitus without complications";

describe("the examples for hosts", () => {
  for (const name of ["vue", "react"]) {
    it(`${name} draws the states of the controller`, () =>
      withExample(name, async (page, requests) => {
        await page.locator("#find").pressSequentially(QUERY);
        await page.waitForFunction((text) => document.querySelector("#app ul li button")?.textContent === text, TITLE);
        assert.ok((await page.locator("#app ul li").count()) <= 8);
        await page.locator("#find").press("Enter");
        await page.waitForFunction((text) => document.getElementById("chosen")?.textContent === text, TITLE);
        const second = page.locator("#app ul li button").nth(1);
        const other = await second.textContent();
        await second.click();
        await page.waitForFunction((text) => document.getElementById("chosen")?.textContent === text, other);
        assert.ok(!requests.some((url) => url.endsWith(".medcode")), "no pack is needed for one system of the module");
      }));
  }

  it("react gives the element its properties and hears its events", () =>
    withExample("react", async (page) => {
      const field = page.getByRole("combobox", { name: "The same as an element" });
      await field.pressSequentially("i10");
      await page.locator("medcode-lookup").getByRole("option").first().waitFor();
      await page.keyboard.press("Enter");
      await page.locator("#chosen", { hasText: "I10 Essential (primary) hypertension" }).waitFor();
    }));

  it("jQuery UI autocomplete lists and takes a code", () =>
    withExample("jquery-ui", async (page) => {
      await page.locator(".ui-autocomplete-input").pressSequentially(QUERY);
      await page.waitForFunction((text) => document.querySelector(".ui-menu-item")?.textContent === text, TITLE);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.equal(await page.locator("#find").inputValue(), "E11.9");
    }));

  it("select2 lists, pages and takes a code", () =>
    withExample("select2", async (page) => {
      await page.locator(".select2-selection").click();
      await page.keyboard.type("fracture");
      await page.waitForFunction(() => document.querySelectorAll(".select2-results__option--selectable").length === 20);
      await page.locator(".select2-results__options").evaluate((list) => list.scrollTo(0, list.scrollHeight));
      await page.waitForFunction(() => document.querySelectorAll(".select2-results__option--selectable").length > 20);
      await page.locator(".select2-search__field").fill(QUERY);
      await page.waitForFunction((text) => document.querySelector(".select2-results__option--selectable")?.textContent === text, TITLE);
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => new FormData(document.forms[0]).get("dx")), "E11.9");
    }));

  it("Tom Select lists in the order of the hits and takes several codes", () =>
    withExample("tom-select", async (page) => {
      for (const [query, title] of [[QUERY, TITLE], ["i10", "I10 Essential (primary) hypertension"]]) {
        await page.locator(".ts-control input").fill(query);
        await page.waitForFunction((text) => document.querySelector(".ts-dropdown .option")?.textContent === text, title);
        await page.keyboard.press("Enter");
      }
      assert.deepEqual(await page.evaluate(() => new FormData(document.forms[0]).getAll("dx")), ["E11.9", "I10"]);
    }));

  it("a form that a server renders is sent with the chosen code", () =>
    withExample("server", async (page) => {
      await page.locator("medcode-list").waitFor({ state: "attached" });
      await page.locator("#find").fill("");
      await page.locator("#find").pressSequentially(QUERY);
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      // Nothing is taken before the list is whole.
      await page.waitForFunction(() => /** @type {any} */ (document.getElementById("find")).value === "E11.9");
      // Our own server's policy lets no form be sent: a host's does. What would be sent is looked at instead.
      assert.equal(await page.evaluate(() => new URLSearchParams(/** @type {any} */ (new FormData(document.forms[0]))).toString()), "dx=E11.9");
    }));

  it("one classic script gives the element and the calls", () =>
    withExample("classic", async (page) => {
      const field = page.getByRole("combobox", { name: "Diagnosis" });
      await field.pressSequentially(QUERY);
      await page.locator("#field").getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.locator("#answer", { hasText: `${TITLE}: billable` }).waitFor();
    }));
});
