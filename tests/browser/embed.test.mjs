// The example of the README, as it stands there, and hits shown in a list of any page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { CONTENT_SECURITY_POLICY } from "../../tools/serve.mjs";
import { start, stop, until, withHost, withPage } from "./browser.mjs";

before(start);
after(stop);

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/**
 * Serves an HTML text at `embed.html`, beside `pkg/`.
 *
 * @param {string} html
 * @returns {(page: import("playwright-core").Page) => Promise<unknown>}
 */
const serving = (html) => (page) =>
  page.route("**/embed.html", (route) => route.fulfill({ contentType: "text/html", body: html }));

describe("a page of somebody else", () => {
  it("has the field of the README, under the policy of our server", () =>
    withHost(/```html\n(.*?)```/s.exec(readme)?.[1] ?? "", async (page) => {
      await page.getByRole("combobox", { name: "Diagnosis" }).pressSequentially("e119");
      await page.locator("#dx").getByRole("option").first().waitFor();
      await page.keyboard.press("Enter");
      assert.equal(await page.locator("#dx").evaluate((field) => /** @type {any} */ (field).value), "E11.9");
    }, { headers: { "content-security-policy": CONTENT_SECURITY_POLICY }, allowed: /favicon/ }));

  it("searches and validates with the lines of the README", () => {
    const script = /```js\n(.*?)```/s.exec(readme)?.[1] ?? "";
    /** @type {string[]} */
    const said = [];
    return withHost(
      `<!doctype html><title>host</title><link rel="icon" href="data:,"><script type="module" src="readme.js"></script>`,
      async () => {
        await until("the last line of the README's example", () => said.includes("W21.89XA"));
        assert.equal(said.length, 11);
        assert.match(said[0], /^E11\./);
      },
      {
        headers: { "content-security-policy": CONTENT_SECURITY_POLICY },
        allowed: /./,
        prepare: async (page) => {
          page.on("console", (message) => said.push(message.text()));
          await page.route("**/readme.js", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
        },
      },
    );
  });

  it("shows hits in its list, matched words marked, nothing read as markup", () => {
    const html = `<!doctype html><title>host</title><input id="query"><ol id="hits"><li>old</li></ol>
      <script type="module">
        import init, { Medcode } from "./pkg/medcode.js";
        await init();
        const medcode = new Medcode();
        const [input, list] = [document.querySelector("#query"), document.querySelector("#hits")];
        input.oninput = () => { list.dataset.total = String(medcode.showHits(list, input.value, { limit: 5 }).total); };
        try { medcode.showHits("#hits", "a"); } catch (error) { list.dataset.error = error.code; }
        list.dataset.ready = "yes";
      </script>`;
    return withPage(
      async (page) => {
        assert.equal(await page.locator("#hits").getAttribute("data-error"), "INVALID_OPTION");
        await page.locator("#query").fill("diabetes neuropathy");
        const rows = page.locator("#hits li");
        assert.equal(await rows.count(), 5);
        assert.match((await rows.locator("mark").allInnerTexts()).join(" "), /diabet/i);
        const code = await rows.first().locator("code").innerText();
        assert.equal(await rows.first().getAttribute("data-code"), code);
        await page.locator("#query").fill("<img src=x onerror=alert(1)>");
        assert.equal(await page.locator("#hits img").count(), 0);
      },
      { hash: "embed.html", ready: "#hits[data-ready]", prepare: serving(html) },
    );
  });
});
