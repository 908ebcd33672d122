// The page and the element in the browsers that the other tests do not drive: Firefox and WebKit, by WebDriver.
//
//   node tests/browser/others.mjs [firefox] [webkit]
//
// Both where none is named. It needs, on Debian: `apt-get install firefox-esr webkit2gtk-driver xvfb` and `cargo install geckodriver`; WebKit wants
// a display: `xvfb-run -a node tests/browser/others.mjs webkit`. GECKODRIVER, FIREFOX, WEBKITDRIVER and MINIBROWSER name other programs. MEDCODE_DIST names the built pages. It is no part of ./build.sh test, which
// must not need three browsers.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { serve } from "../../tools/serve.mjs";

const { env } = process;
const DIST = path.resolve(env.MEDCODE_DIST ?? "dist");

/** @type {Record<string, { driver: string, args: (port: number) => string[], capabilities: object }>} */
const BROWSERS = {
  firefox: {
    driver: env.GECKODRIVER ?? "geckodriver",
    args: (port) => ["--port", String(port)],
    capabilities: {
      browserName: "firefox",
      "moz:firefoxOptions": { args: ["-headless"], ...(env.FIREFOX ? { binary: env.FIREFOX } : existsSync("/usr/bin/firefox-esr") ? { binary: "/usr/bin/firefox-esr" } : {}) },
    },
  },
  webkit: {
    driver: env.WEBKITDRIVER ?? "WebKitWebDriver",
    args: (port) => [`--port=${port}`],
    capabilities: { "webkitgtk:browserOptions": { binary: env.MINIBROWSER ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", args: ["--automation"] } },
  },
};

/** As WebDriver writes the keys that type nothing. */
const KEYS = { enter: "\uE007", down: "\uE015", up: "\uE013", left: "\uE012", right: "\uE014" };
/** The name under which WebDriver hands elements over. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** A session of a browser, with what the checks below ask of it. */
class Session {
  /** @param {string} address of the session */
  constructor(address) {
    this.address = address;
  }

  /** @param {string} method @param {string} name @param {unknown} [body] @returns {Promise<any>} */
  async ask(method, name, body) {
    return ask(method, `${this.address}/${name}`, body);
  }

  /** @param {string} url */
  open(url) {
    return this.ask("POST", "url", { url });
  }

  /**
   * Runs a function in the page.
   *
   * @template T
   * @param {(...args: any[]) => T} code
   * @param {...unknown} args
   * @returns {Promise<Awaited<T>>}
   */
  async run(code, ...args) {
    const script = `const done = arguments[arguments.length - 1]; Promise.resolve((${code})(...[...arguments].slice(0, -1))).then((value) => done({ value }), (problem) => done({ problem: String(problem) }));`;
    const { value, problem } = await this.ask("POST", "execute/async", { script, args });
    if (problem) throw new Error(problem);
    return value;
  }

  /** Waits until a function in the page gives something. @template T @param {string} what @param {(...args: any[]) => T} code @param {...unknown} args @returns {Promise<Awaited<T>>} */
  async until(what, code, ...args) {
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      const value = await this.run(code, ...args);
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`expected ${what} within a minute`);
  }

  /** Types into what has the focus. @param {string} text */
  async type(text) {
    const active = await this.ask("GET", "element/active");
    await this.ask("POST", `element/${active[ELEMENT]}/value`, { text });
  }
}

/** @param {string} method @param {string} url @param {unknown} [body] */
async function ask(method, url, body) {
  const response = await fetch(url, { method, ...(method === "POST" ? { body: JSON.stringify(body ?? {}), headers: { "content-type": "application/json" } } : {}) });
  const { value } = /** @type {any} */ (await response.json());
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** What is looked at in each browser. @type {[string, (session: Session, url: string) => Promise<void>][]} */
const CHECKS = [
  [
    "the page searches, marks, shows details",
    async (session, url) => {
      await session.open(url);
      await session.until("the code systems", () => document.querySelectorAll("#systems button").length > 1);
      await session.run(() => document.getElementById("query")?.focus());
      await session.type("type 2 diabetes without complications");
      await session.until("E11.9 first", () => document.querySelector("#results .code")?.textContent === "E11.9");
      assert.ok((await session.run(() => document.querySelectorAll("#results mark").length)) > 0);
      await session.type(KEYS.enter);
      await session.until("the details", () => document.querySelector("#concept-title")?.textContent?.startsWith("E11.9 "));
    },
  ],
  [
    "the page validates, with fixes",
    async (session, url) => {
      await session.open(`${url}#/check`);
      await session.until("the list to check", () => document.activeElement?.id === "codes");
      await session.type("E11.9 W21.89A");
      await session.until("the fix", () => [...document.querySelectorAll(".fixes button")].some((button) => button.textContent === "Use W21.89XA"));
      assert.equal(await session.run(() => document.querySelector(".verdict .mark")?.textContent), "✓ billable");
    },
  ],
  [
    "the page fetches a pack, and builds a code of it by keyboard",
    async (session, url) => {
      await session.open(`${url}#/icd10pcs/build/0DTJ4Z`);
      await session.until("the builder", () => document.activeElement?.id === "builder-input");
      await session.type("z");
      await session.type(KEYS.enter);
      await session.until("the code", () => document.querySelector("#concept-title")?.textContent?.startsWith("0DTJ4ZZ "));
    },
  ],
  [
    "the element in a plain page: chosen by keyboard, sent with the form",
    async (session, url) => {
      await session.open(new URL("others-host.html", url).href);
      await session.until("the element", () => customElements.get("medcode-lookup") && document.readyState === "complete");
      await session.run(() => document.getElementById("dx")?.focus());
      await session.type("e119");
      await session.until("an option", () => document.getElementById("dx")?.shadowRoot?.querySelector("[role=option]"));
      await session.type(KEYS.down + KEYS.enter);
      await session.until("the value", () => /** @type {any} */ (document.getElementById("dx")).value === "E11.9");
      assert.deepEqual(await session.run(() => [...new FormData(document.forms[0])]), [["dx", "E11.9"]]);
      assert.equal(await session.run(() => document.forms[0].checkValidity()), true);
    },
  ],
  [
    "the questions in the element lead to a code",
    async (session) => {
      await session.run(() => {
        const field = /** @type {any} */ (document.getElementById("dx"));
        field.clear();
        field.search("S52.5");
      });
      await session.until("the category", () => document.getElementById("dx")?.shadowRoot?.querySelector('[data-code="S52.5"]'));
      await session.type(KEYS.enter);
      await session.until("a question", () => document.getElementById("dx")?.shadowRoot?.querySelector(".answer"));
      for (let presses = 0; presses < 6 && !(await session.run(() => /** @type {any} */ (document.getElementById("dx")).value)); presses += 1) {
        await session.type(KEYS.enter);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      assert.match(await session.run(() => /** @type {any} */ (document.getElementById("dx")).value), /^S52\.5\w{2}[A-S]$/);
    },
  ],
  [
    "the worker answers",
    async (session) => {
      const code = await session.run(async () => {
        const { open } = await import(/** @type {any} */ ("./open.js"));
        const client = await open({ way: "worker", systems: ["icd10cm"] });
        const { hits } = await client.search("e119");
        client.terminate();
        return hits[0].code;
      });
      assert.equal(code, "E11.9");
    },
  ],
  [
    "the page opens with the server gone, from the release that is noted for it",
    async (session) => {
      const own = await serve({ root: DIST });
      await session.open(own.url);
      await session.until("the page on the device", () => navigator.serviceWorker?.getRegistration().then((registration) => registration?.active?.state === "activated"));
      await own.close();
      await session.open(`${own.url}#/icd10cm/I10`);
      await session.run(() => location.reload());
      await session.until("the code", () => document.querySelector("#concept-title")?.textContent?.startsWith("I10 "));
      await session.until("the note of the release", async () => {
        const [name] = await caches.keys();
        return (await (await caches.open(name)).keys()).some(({ url }) => url.includes("?client="));
      });
    },
  ],
  [
    "the page in one file opens from a disk and searches every system",
    async (session) => {
      await session.open(pathToFileURL(path.join(DIST, "medcode.html")).href);
      await session.until("the code systems", () => document.querySelectorAll("#systems button").length > 3);
      await session.run(() => document.getElementById("query")?.focus());
      await session.type("0DTJ4ZZ");
      await session.until("the procedure", () => document.querySelector("#results .code")?.textContent === "0DTJ4ZZ");
    },
  ],
];

const HOST = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><script type="module" src="element.js"></script></head>
<body><form><label for="dx">Diagnosis</label><medcode-lookup id="dx" name="dx" systems="icd10cm" required></medcode-lookup></form></body></html>`;

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !(name in BROWSERS));
if (unknown) {
  console.error(`expected firefox or webkit, found '${unknown}'`);
  process.exit(2);
}
const folder = await mkdtemp(path.join(tmpdir(), "medcode-others-"));
await cp(DIST, folder, { recursive: true });
await writeFile(path.join(folder, "others-host.html"), HOST);
const server = await serve({ root: folder });
let failed = 0;
for (const name of chosen.length > 0 ? chosen : Object.keys(BROWSERS)) {
  const { driver, args, capabilities } = BROWSERS[name];
  const port = 4400 + Math.floor(Math.random() * 500);
  const process_ = spawn(driver, args(port), { stdio: "ignore" });
  const missing = await new Promise((resolve) => {
    process_.once("error", (problem) => resolve(problem.message));
    process_.once("spawn", () => resolve(undefined));
  });
  if (missing) {
    console.log(`not ok ${name}: ${missing}`);
    failed += 1;
    continue;
  }
  let address = "";
  try {
    const end = Date.now() + 10_000;
    for (;;) {
      const ready = await ask("GET", `http://127.0.0.1:${port}/status`).catch(() => undefined);
      if (ready) break;
      if (Date.now() > end) throw new Error("the driver did not start");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { sessionId, capabilities: found } = await ask("POST", `http://127.0.0.1:${port}/session`, { capabilities: { alwaysMatch: capabilities } });
    address = `http://127.0.0.1:${port}/session/${sessionId}`;
    console.log(`# ${name}: ${found.browserName} ${found.browserVersion}`);
    const session = new Session(address);
    await session.ask("POST", "timeouts", { script: 60_000, pageLoad: 60_000 });
    for (const [what, check] of CHECKS) {
      try {
        await check(session, server.url);
        console.log(`ok ${name}: ${what}`);
      } catch (problem) {
        failed += 1;
        console.log(`not ok ${name}: ${what}: ${problem instanceof Error ? problem.message : problem}`);
      }
    }
  } catch (problem) {
    failed += 1;
    console.log(`not ok ${name}: ${problem instanceof Error ? problem.message : problem}`);
  } finally {
    if (address) await ask("DELETE", address).catch(() => undefined);
    process_.kill();
  }
}
await server.close();
await rm(folder, { recursive: true });
process.exitCode = failed > 0 ? 1 : 0;
