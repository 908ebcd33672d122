// The example of the README, as it stands there, and hits shown in a list of any page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { CONTENT_SECURITY_POLICY } from "../../tools/serve.mjs";
import { start, stop, withPage } from "./browser.mjs";

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
  it("searches and validates with the lines of the README", () => {
    const block = (/** @type {string} */ language) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(readme)?.[1] ?? "";
    // As the project's server serves them: with its policy, which allows no script within a page.
    const headers = { "content-security-policy": CONTENT_SECURITY_POLICY };
    const served = async (/** @type {import("playwright-core").Page} */ page) => {
      await page.route("**/codes.js", (route) => route.fulfill({ contentType: "text/javascript", body: block("js") }));
      await page.route("**/codes.html", (route) => route.fulfill({ contentType: "text/html", headers, body: block("html") }));
    };
    let said = "";
    return withPage(
      async (page) => {
        await page.waitForFunction(() => performance.getEntriesByType("resource").length >= 2);
        while (said === "") await page.waitForTimeout(50);
        assert.equal(said, "W21.89XA");
        await page.locator("#query").pressSequentially("e11.9");
        assert.match(await page.locator("#hits li").first().innerText(), /^E11\.9 Type 2 diabetes mellitus without/);
      },
      { hash: "codes.html", ready: "#query", allowed: /W21\.89XA/, prepare: (page) => (page.on("console", (message) => (said ||= message.text())), served(page)) },
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
        assert.match((await rows.first().locator("mark").allInnerTexts()).join(" "), /diabet/i);
        const code = await rows.first().locator("code").innerText();
        assert.equal(await rows.first().getAttribute("data-code"), code);
        await page.locator("#query").fill("<img src=x onerror=alert(1)>");
        assert.equal(await page.locator("#hits img").count(), 0);
      },
      { hash: "embed.html", ready: "#hits[data-ready]", prepare: serving(html) },
    );
  });
});
