// The ways into an EMR, each with a host page: OpenEMR's code window, SMART Web Messaging, a frame, the browser extension.

import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { chromium } from "playwright-core";
import { serve } from "../../tools/serve.mjs";
import { address, EXECUTABLE, FLAGS, says, shut, start, stop, until, withHost, withPage } from "./browser.mjs";

before(start);
after(stop);

/**
 * Chooses the first code for a text in the element of a page.
 *
 * @param {import("playwright-core").Page | import("playwright-core").FrameLocator} page
 * @param {string} text
 */
async function choose(page, text) {
  const box = page.locator("#lookup").getByRole("combobox");
  await box.pressSequentially(text);
  await page.locator("#lookup").getByRole("option").first().waitFor();
  // The window may be closed before the key is up again.
  await box.press("Enter", { timeout: 5000 }).catch((problem) => assert.match(problem.message, /closed/));
}

describe("OpenEMR's code window", () => {
  /** A form as OpenEMR's are: it opens the window and takes codes by functions of its own. */
  const HOST = `<button id="opener">Find</button><script>
    globalThis.related = [];
    function set_related(type, code, selector, description, modifier) { related.push([type, code, selector, description, modifier]); return code === "I10" ? "I10 is there already" : ""; }
    function set_related_target(...given) { related.push(given); return ""; }
    document.getElementById('opener').onclick = () => window.open(location.hash.slice(1) || "adapters/openemr.html?codetype=ICD10,CPT5");
  </script>`;
  const related = (/** @type {import("playwright-core").Page} */ page) => page.evaluate(() => /** @type {any} */ (globalThis).related);
  /** @param {import("playwright-core").Page} page */
  const opened = async (page) => {
    const [popup] = await Promise.all([page.waitForEvent("popup"), page.locator("#opener").click()]);
    return popup;
  };

  it("hands the code to the form by set_related and closes", () =>
    withHost(HOST, async (page) => {
      const popup = await opened(page);
      await popup.locator("#answer", { hasText: "Not searched here: CPT5" }).waitFor();
      await Promise.all([popup.waitForEvent("close"), choose(popup, "e119")]);
      assert.deepEqual(await related(page), [["ICD10", "E11.9", "", "Type 2 diabetes mellitus without complications", ""]]);
    }));

  it("shows what the form objects, and stays", () =>
    withHost(HOST, async (page) => {
      const popup = await opened(page);
      await choose(popup, "i10");
      await popup.locator("#answer", { hasText: "I10 is there already" }).waitFor();
    }));

  it("hands the code to one element of the form where the window was opened for it", () =>
    withHost(HOST, async (page) => {
      const popup = await opened(page);
      await Promise.all([popup.waitForEvent("close"), choose(popup, "250.00")]);
      assert.deepEqual(await related(page), [["ICD9", "250.00", "", "Diabetes mellitus without mention of complication, type II or unspecified type, not stated as uncontrolled", "form_dx", 3]]);
    }, { hash: "host.html#adapters/openemr.html?codetype=ICD9&target_element=form_dx&limit=3" }));

  it("hands over nothing where none of the types that were asked for is known", () =>
    withHost(HOST, async (page) => {
      const popup = await opened(page);
      await popup.locator("#answer", { hasText: "Not searched here: SNOMED" }).waitFor();
      assert.equal(await popup.locator("#lookup").getByRole("combobox").isDisabled(), true);
    }, { hash: "host.html#adapters/openemr.html?codetype=SNOMED" }));

  it("says in a line of its own which codes are not on this server", () =>
    withHost(HOST, async (page) => {
      const popup = await opened(page);
      await says(popup.locator("#answer"), /^CPT could not be loaded: they are not on this server$/);
    }, { hash: "host.html#adapters/openemr.html?codetype=CPT4" }));

  it("finds the form by the page around where it is a frame in a dialog, and closes the dialog", () =>
    withHost(
      `<script>
         globalThis.told = [];
         const form = { set_related: (...given) => { told.push(given); return ""; } };
         function get_opener(name) { return name === "dlg1" ? form : undefined; }
         function dlgclose() { told.push("closed"); }
         // As of jQuery and its dialogs, of which there is one with the name of the frame.
         function $(selector) { return selector === "div#dlg2" ? { length: 1, modal: (what) => told.push(what) } : { length: 0 }; }
       </script><iframe id="frame" name="dlg1" title="Codes" src="adapters/openemr.html?codetype=ICD10"></iframe>`,
      async (page) => {
        const told = () => page.evaluate(() => /** @type {any} */ (globalThis).told);
        await choose(page.frameLocator("#frame"), "e119");
        await page.waitForFunction(() => /** @type {any} */ (globalThis).told.length === 2);
        assert.deepEqual(await told(), [["ICD10", "E11.9", "", "Type 2 diabetes mellitus without complications", ""], "closed"]);
        // A frame that the page around knows nothing of says so.
        await page.locator("#frame").evaluate((frame) => {
          const other = /** @type {HTMLIFrameElement} */ (frame.cloneNode());
          Object.assign(other, { name: "other", id: "second" });
          frame.after(other);
        });
        await choose(page.frameLocator("#second"), "i10");
        await page.frameLocator("#second").locator("#answer", { hasText: "was closed" }).waitFor();
        assert.equal((await told()).length, 2);
      },
    ));

  it("says so where no form opened it", () =>
    withHost(HOST, async (page) => {
      await page.goto(address("adapters/openemr.html"));
      await choose(page, "e119");
      await page.locator("#answer", { hasText: "was closed" }).waitFor();
    }));
});

describe("SMART Web Messaging", () => {
  /** An EMR that keeps drafts: it answers only with the right handle, and writes down what it heard. */
  const emr = (/** @type {string} */ launch) => `<iframe id="app" title="App" src="adapters/smart.html#${launch}"></iframe><script>
    globalThis.heard = [];
    addEventListener("message", ({ data, source, origin }) => {
      if (source !== app.contentWindow || origin !== location.origin) return;
      heard.push(data);
      if (data.messagingHandle !== "secret") return;
      const payload = data.messageType === "scratchpad.create" ? { status: "201 Created", location: data.payload.resource.resourceType + "/123" } : {};
      // An answer for somebody else comes first: it must be ignored.
      source.postMessage({ messageId: "x", responseToMessageId: "another", payload: { status: "500" } }, origin);
      source.postMessage({ messageId: "y", responseToMessageId: data.messageId, payload }, origin);
    });
  </script>`;
  const heard = (/** @type {import("playwright-core").Page} */ page) => page.evaluate(() => /** @type {any} */ (globalThis).heard);

  it("shakes hands, puts a draft Condition on the scratchpad, and is done", () =>
    withHost(emr("placeholder"), async (page) => {
      await page.locator("#app").evaluate((frame) => {
        /** @type {HTMLIFrameElement} */ (frame).src = `adapters/smart.html?1#handle=secret&origin=${location.origin}&subject=Patient/7&encounter=Encounter/9&systems=icd10cm`;
      });
      const app = page.frameLocator("#app");
      await app.locator("#answer", { hasText: "Connected" }).waitFor();
      await choose(app, "e119");
      await app.locator("#answer", { hasText: "E11.9 is a draft in the EMR: Condition/123" }).waitFor();
      await page.waitForFunction(() => /** @type {any} */ (globalThis).heard.length === 3);
      const [handshake, create, done] = await heard(page);
      assert.deepEqual([handshake.messageType, create.messageType, done.messageType], ["status.handshake", "scratchpad.create", "ui.done"]);
      const { resource } = create.payload;
      assert.deepEqual([resource.resourceType, resource.subject.reference, resource.encounter.reference], ["Condition", "Patient/7", "Encounter/9"]);
      assert.equal(resource.code.coding[0].code, "E11.9");
      assert.equal(resource.code.coding[0].system, "http://hl7.org/fhir/sid/icd-10-cm");
      await choose(app, "i10");
      await app.locator("#answer", { hasText: "I10 is a draft" }).waitFor();
      // What was sent stays sent: it is neither taken back nor sent once more.
      for (const keys of ["Control+z", "Control+y"]) await app.locator("#lookup").getByRole("combobox").press(keys);
      await choose(app, "m10.9");
      await app.locator("#answer", { hasText: "M10.9 is a draft" }).waitFor();
      const created = (await heard(page)).filter((/** @type {any} */ each) => each.messageType === "scratchpad.create");
      assert.deepEqual(created.map((/** @type {any} */ each) => each.payload.resource.code.coding[0].code), ["E11.9", "I10", "M10.9"]);
    }, { allowed: /expected an EMR/ }));

  it("sends one draft after the other, and tells why the EMR takes none", () =>
    withHost(`<iframe id="app" title="App"></iframe><script>
      app.src = "adapters/smart.html#handle=secret&origin=" + location.origin;
      globalThis.heard = [];
      addEventListener("message", ({ data, source, origin }) => {
        const answer = (payload) => source.postMessage({ messageId: "y", responseToMessageId: data.messageId, payload }, origin);
        if (data.messageType !== "scratchpad.create") return answer({});
        heard.push(data.payload.resource.code.coding[0].code);
        globalThis.refuse = () => answer({ status: "400 Bad Request", outcome: { issue: [{ details: { text: "Encounter is signed" } }] } });
      });
    </script>`, async (page) => {
      const app = page.frameLocator("#app");
      await says(app.locator("#answer"), /^Connected/);
      await choose(app, "e119");
      await page.waitForFunction("globalThis.refuse");
      await app.locator("#lookup").getByRole("combobox").pressSequentially("i10");
      await page.keyboard.press("Enter");
      await page.evaluate("refuse()");
      await says(app.locator("#answer"), /did not take the draft: 400 Bad Request: Encounter is signed$/);
      assert.equal(await app.locator("#lookup").evaluate((field) => /** @type {any} */ (field).value), "", "nothing is shown as chosen that the EMR does not have");
      assert.deepEqual(await page.evaluate("heard"), ["E11.9"]);
      await choose(app, "i10");
      await page.waitForFunction("heard.length === 2");
    }));

  it("tries again where the EMR did not answer", () =>
    withHost(`<iframe id="app" title="App"></iframe><script>
      app.src = "adapters/smart.html#handle=secret&origin=" + location.origin;
      globalThis.awake = false;
      addEventListener("message", ({ data, source, origin }) => { if (awake) source.postMessage({ messageId: "y", responseToMessageId: data.messageId, payload: {} }, origin); });
    </script>`, async (page) => {
      const app = page.frameLocator("#app");
      await says(app.locator("#answer"), /^Waiting for the EMR/);
      await page.clock.fastForward(10_000);
      await says(app.locator("#answer"), /^The EMR does not answer, so no code can be sent to it\. Try again, or close this page and open it anew from the EMR\./);
      assert.equal(await app.locator("#lookup").getByRole("combobox").isDisabled(), true);
      await page.evaluate("awake = true");
      await app.getByRole("button", { name: "Try again" }).click();
      await says(app.locator("#answer"), /^Connected/);
      assert.equal(await app.locator("#lookup").getByRole("combobox").isEnabled(), true);
      assert.equal(await app.locator("#again").isHidden(), true);
    }, { prepare: (page) => page.clock.install() }));

  it("makes a procedure an item of a draft Claim", () =>
    withHost(emr("placeholder"), async (page) => {
      await page.locator("#app").evaluate((frame) => {
        /** @type {HTMLIFrameElement} */ (frame).src = `adapters/smart.html?1#handle=secret&origin=${location.origin}&systems=icd10pcs`;
      });
      const app = page.frameLocator("#app");
      await app.locator("#answer", { hasText: "Connected" }).waitFor();
      await choose(app, "0DTJ4ZZ");
      await app.locator("#answer", { hasText: "Claim/123" }).waitFor();
      const { resource } = (await heard(page))[1].payload;
      assert.deepEqual([resource.resourceType, resource.status, resource.item[0].productOrService.coding[0].code], ["Claim", "draft", "0DTJ4ZZ"]);
    }));

  it("speaks with no server that its page does not name", () =>
    withHost(emr("handle=secret&origin=https://elsewhere.example"), async (page) => {
      await page.frameLocator("#app").locator("#answer", { hasText: "found 'https://elsewhere.example'" }).waitFor();
      assert.deepEqual(await heard(page), []);
      assert.equal(await page.frameLocator("#app").locator("#lookup").getByRole("combobox").isDisabled(), true);
    }));
});

describe("the frame", () => {
  /** A host on another server, whose page holds the frame. @type {http.Server} */
  let other;
  let host = "";
  before(async () => {
    other = http.createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>EMR</title><body><div id="place"></div><script type="module">
        import { frameLookup } from "${address("adapters/frame.js")}";
        globalThis.told = [];
        globalThis.held = frameLookup(place, { src: "${address("adapters/frame.html")}", options: { systems: ["icd10cm"], label: "Diagnosis", required: true, innerHTML: "<b>" },
          onSelect: (detail) => told.push(detail), onIssue: (detail) => told.push(detail) });
        held.ready.then(() => { document.documentElement.dataset.ready = "yes"; });
      </script>`);
    });
    await new Promise((done) => other.listen(0, "127.0.0.1", () => done(undefined)));
    const there = other.address();
    if (there === null || typeof there === "string") throw new Error("expected a TCP port");
    host = `http://127.0.0.1:${there.port}`;
  });
  after(() => other.close());

  /** Gives our pages to that server, and names it in the frame, as an administrator would. @param {string} origins @returns {(page: import("playwright-core").Page) => Promise<unknown>} */
  const naming = (origins) => (page) =>
    page.route(`${address("")}**`, async (route) => {
      const response = await route.fetch();
      const { "content-security-policy": _, "content-encoding": __, ...kept } = response.headers();
      const headers = { ...kept, "access-control-allow-origin": "*" };
      const body = route.request().url().endsWith("frame.html") ? (await response.text()).replace('content="self"', `content="${origins}"`) : await response.body();
      await route.fulfill({ status: response.status(), headers, body });
    });

  it("takes options from a host that is named, tells it what is chosen, and tells it alone", () =>
    withPage(async (page) => {
      const frame = page.frameLocator("iframe");
      await choose(frame, "e119");
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told.length > 0);
      const [detail] = await page.evaluate(() => /** @type {any} */ (globalThis).told);
      assert.equal(detail.value, "E11.9");
      assert.equal(detail.codings[0].code, "E11.9");
      assert.equal(await frame.locator("#lookup").getByRole("combobox", { name: "Diagnosis" }).count(), 1);
      assert.equal(await page.locator("iframe").getAttribute("sandbox"), "allow-scripts allow-same-origin");
      assert.equal(await frame.locator("#lookup").evaluate((field) => /** @type {any} */ (field).required), true);
      await frame.locator("#answer", { hasText: "Not an option of the frame: innerHTML" }).waitFor();
      const [held, inside] = await Promise.all([page.locator("iframe").boundingBox(), frame.locator("body").boundingBox()]);
      assert.ok(held && inside && held.height >= 320 && held.height >= inside.height && held.width > 1000, JSON.stringify([held, inside]));
      await page.evaluate(() => /** @type {any} */ (globalThis).held.destroy());
      assert.equal(await page.locator("iframe").count(), 0);
    }, { hash: host, ready: "html[data-ready]", prepare: (page) => naming(host)(page) }));

  it("makes the browser say nothing on the same server, and leaves the size to the host where it wants that", () =>
    withHost(`<style>iframe { width: 40rem; height: 30rem }</style><div id="place"></div><script type="module">
      import { frameLookup } from "./adapters/frame.js";
      globalThis.told = [];
      frameLookup(place, { src: "adapters/frame.html", fit: false, onSelect: ({ value }) => told.push(value) }).ready.then(() => { document.documentElement.dataset.ready = "yes"; });
    </script>`, async (page) => {
      await choose(page.frameLocator("iframe"), "e119");
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told[0] === "E11.9");
      assert.equal(await page.locator("iframe").evaluate((frame) => frame.clientHeight), 480);
    }, { ready: "html[data-ready]" }));

  it("tells the host of a text, too, where any text may stand", () =>
    withHost(`<div id="place"></div><script type="module">
      import { frameLookup } from "./adapters/frame.js";
      globalThis.told = [];
      frameLookup(place, { src: "adapters/frame.html", options: { freeText: true }, onSelect: ({ value }) => told.push(value) }).ready.then(() => { document.documentElement.dataset.ready = "yes"; });
    </script>`, async (page) => {
      await page.frameLocator("iframe").locator("#lookup").getByRole("combobox").pressSequentially("see note");
      await page.keyboard.press("Tab");
      await page.waitForFunction(() => /** @type {any} */ (globalThis).told[0] === "see note");
    }, { ready: "html[data-ready]" }));

  it("says that nobody takes the code where no page has spoken to it", () =>
    withPage(async (page) => {
      await choose(page, "e119");
      await says(page.locator("#answer"), /^No page takes this code/);
    }, { hash: "adapters/frame.html", ready: "#lookup" }));

  it("takes nothing from a host that is not named, and says so to the person and to the host", () =>
    withPage(async (page) => {
      const frame = page.frameLocator("iframe");
      await frame.locator("#answer", { hasText: "may not use this frame" }).waitFor();
      assert.equal(await frame.locator("#lookup").getByRole("combobox").isDisabled(), true, "what is chosen would go nowhere");
      const problem = await page.evaluate(() => /** @type {any} */ (globalThis).held.ready.catch((/** @type {Error} */ { message }) => message));
      assert.equal(problem, `expected ${host} among the medcode-origins of ${address("adapters/frame.html")}, which does not name it`);
    }, { hash: host, ready: "iframe", prepare: naming("https://emr.example"), allowed: /expected .* among the medcode-origins/ }));
});

describe("the browser extension", () => {
  const CSP = { "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'" };

  /**
   * Opens a page with the extension in the browser, presses the extension's own button, and types into its panel. The extension is as it
   * stands, with no right to any page but by that button.
   *
   * @param {string} body of the page
   * @param {(page: import("playwright-core").Page) => Promise<unknown>} enter puts the cursor where the code is wanted
   * @param {(page: import("playwright-core").Page, panel: import("playwright-core").Frame) => Promise<unknown>} test once the code is typed and the list is there
   */
  async function withExtension(body, enter, test) {
    const folder = await mkdtemp(path.join(tmpdir(), "medcode-extension-"));
    const profile = await mkdtemp(path.join(tmpdir(), "medcode-profile-"));
    await cp(process.env.MEDCODE_DIST ?? "dist", folder, { recursive: true, filter: (name) => !/\.(br|gz)$|medcode\.(html|inline)/.test(name) });
    const server = await serve();
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: EXECUTABLE,
      // The flag lets a test press the button.
      args: [...FLAGS, "--enable-unsafe-extension-debugging", `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
      ignoreDefaultArgs: ["--disable-extensions"],
    });
    context.setDefaultTimeout(90_000);
    /** @type {string[]} */
    const console = [];
    try {
      const worker = () => until("the worker of the extension", () => context.serviceWorkers()[0]);
      const page = await context.newPage();
      page.on("console", (message) => console.push(message.text()));
      page.on("pageerror", (error) => console.push(error.message));
      await page.route("**/emr.html", (route) => route.fulfill({ contentType: "text/html", headers: CSP, body: `<!doctype html><title>EMR</title>${body}` }));
      await page.route("**/inner.html", (route) =>
        route.fulfill({ contentType: "text/html", headers: CSP, body: `<!doctype html><title>Form</title><label>Diagnosis <input id="dx"></label>` }),
      );
      await page.goto(`${server.url}emr.html`);
      await page.bringToFront();
      const session = await context.browser()?.newBrowserCDPSession();
      if (!session) throw new Error("expected the browser of the context");
      const press = async () => {
        const { targetInfos } = await session.send("Target.getTargets", { filter: [{ type: "tab" }] });
        const targetId = targetInfos.find(({ url }) => url.endsWith("emr.html"))?.targetId;
        await /** @type {any} */ (session).send("Extensions.triggerAction", { id: new URL((await worker()).url()).host, targetId });
      };
      /** Waits for what stands at the button. @param {string} wanted */
      const badge = (wanted) => until(`'${wanted}' at the button`, async () => {
        const badges = await (await worker()).evaluate(async () => {
          const { chrome } = /** @type {any} */ (globalThis);
          return Promise.all((await chrome.tabs.query({ active: true })).map((/** @type {{ id: number }} */ { id }) => chrome.action.getBadgeText({ tabId: id })));
        });
        return badges.includes(wanted);
      });
      const opened = () => page.frames().find((each) => each.url().startsWith("chrome-extension:"));
      // A press before the worker listens to it is lost.
      await until("a worker that listens", async () => (await worker()).evaluate(() => /** @type {any} */ (globalThis).chrome?.action?.onClicked.hasListeners()));
      await press();
      // Nothing is in use: it says so at its button.
      await badge("?");
      await enter(page);
      await press();
      await badge("");
      const panel = await until("the panel", opened);
      await panel.locator("#lookup").getByRole("combobox").pressSequentially("e119");
      await panel.locator("#lookup").getByRole("option").first().waitFor();
      await test(page, panel);
      await until("the panel gone", () => !opened());
      assert.deepEqual(console, []);
    } finally {
      await shut(context);
      await server.close();
      await Promise.all([folder, profile].map((each) => rm(each, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})));
    }
  }

  /** The panel goes away under the key, and then nothing tells that the key was handled: this is not waited for. @param {import("playwright-core").Page} page */
  const press = (page) => { page.keyboard.press("Enter").catch(() => {}); };

  it("attaches to the field in use of a page that is allowed, and fills in the code", () =>
    withExtension(
      // A field as React keeps one: what is set past its own setter, it does not see without the event.
      `<label>Diagnosis <input id="dx" value="old text"></label><script>
        globalThis.seen = []; for (const name of ["input", "change"]) dx.addEventListener(name, () => seen.push(name + " " + dx.value));
      </script>`,
      (page) => page.locator("#dx").focus(),
      async (page) => {
        press(page);
        await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.getElementById("dx")).value !== "old text");
        assert.equal(await page.locator("#dx").inputValue(), "E11.9");
        assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).seen), ["input E11.9", "change E11.9"]);
        assert.equal(await page.evaluate(() => document.activeElement?.id), "dx", "the focus is back in the field");
        assert.equal(await page.evaluate(() => "medcodeAttach" in globalThis), false, "the page's own scripts see nothing of it");
        await page.keyboard.press("Control+z");
        await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.getElementById("dx")).value === "old text");
      },
    ));

  it("puts the code where the caret is in a longer text, which may stand in a modal dialog", () =>
    withExtension(
      `<dialog id="dialog"><textarea id="dx" aria-label="Note">before after</textarea></dialog><script>dialog.showModal(); dx.blur();</script>`,
      (page) => page.locator("#dx").evaluate((field) => {
        const area = /** @type {HTMLTextAreaElement} */ (field);
        area.focus();
        area.setSelectionRange(7, 7);
      }),
      async (page, panel) => {
        // By the mouse: what lies outside a modal dialog cannot be clicked.
        await panel.locator("#lookup").getByRole("option").first().click({ noWaitAfter: true }).catch(() => {});
        await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.getElementById("dx")).value !== "before after");
        assert.equal(await page.locator("#dx").inputValue(), "before E11.9after");
      },
    ));

  it("has room for its list in a window of 320 by 200 pixels", () =>
    withExtension(
      `<label>Diagnosis <input id="dx"></label>`,
      async (page) => {
        await page.setViewportSize({ width: 320, height: 200 });
        await page.locator("#dx").focus();
      },
      async (page, panel) => {
        await panel.locator("#lookup").getByRole("combobox").fill("diabetes");
        await panel.locator('#lookup [role=listbox][data-complete="true"] [role=option]').nth(9).waitFor({ state: "attached" });
        for (let line = 0; line < 10; line += 1) await page.keyboard.press("ArrowDown");
        const [code, list] = [panel.locator("#lookup [aria-selected=true] .code"), panel.locator("#lookup .list")];
        const wanted = await code.textContent();
        const [line, box] = await Promise.all([code.boundingBox(), list.boundingBox()]);
        assert.ok(line && box && box.height >= 56 && line.y >= box.y && line.y + line.height <= Math.min(box.y + box.height, 200), JSON.stringify([line, box]));
        assert.ok(await panel.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
        press(page);
        await page.waitForFunction((code) => /** @type {HTMLInputElement} */ (document.getElementById("dx")).value === code, wanted);
      },
    ));

  it("finds the field in a frame, and leaves a field alone that is too short for the code", () =>
    withExtension(
      `<label>Title <input></label><iframe id="form" title="Form" src="inner.html" width="700" height="500"></iframe>`,
      (page) => page.frameLocator("#form").locator("#dx").evaluate((field) => {
        const input = /** @type {HTMLInputElement} */ (field);
        Object.assign(input, { value: "I1", maxLength: 4 });
        input.focus();
      }),
      async (page) => {
        const [dialog] = await Promise.all([page.waitForEvent("dialog"), press(page)]);
        assert.equal(dialog.message(), "E11.9 has no room in this field, which takes 4 characters");
        await dialog.accept();
        assert.equal(await page.frameLocator("#form").locator("#dx").inputValue(), "I1");
      },
    ));
});
