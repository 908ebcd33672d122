// Opens the built page in Chromium for the tests beside this file. Every page must leave the console empty.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { serve } from "../../tools/serve.mjs";

/** Chromium as Debian installs it; `CHROMIUM` names another one. */
export const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {{ url: string, close: () => Promise<void> }} */
let server;

/** Starts the server and the browser; give it to `before`. */
export async function start() {
  assert.ok(existsSync(EXECUTABLE), `expected Chromium at ${EXECUTABLE}: apt-get install chromium, or set CHROMIUM`);
  server = await serve();
  browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

/** Stops both; give it to `after`. */
export async function stop() {
  await server?.close();
  await shut(browser);
}

/** Closes a browser or what is open in it. Once in a few runs one that kept a service worker does not end: the tests are done, and it goes with this process. @param {{ close: () => Promise<void> } | undefined} held */
export async function shut(held) {
  await within(10_000, held?.close());
}

/**
 * What a promise gives, or nothing where it gives nothing in that time.
 *
 * @template T
 * @param {number} ms
 * @param {Promise<T> | undefined} promise
 * @returns {Promise<T | undefined>}
 */
function within(ms, promise) {
  return Promise.race([promise, new Promise((done) => { setTimeout(() => done(undefined), ms).unref(); })]);
}

/**
 * What is read once there is something to read, asked again and again: a worker of the browser may end while it is asked, and then does not answer.
 *
 * @template T
 * @param {string} what is waited for
 * @param {() => T | Promise<T>} read
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, read) {
  let problem;
  for (const end = Date.now() + 90_000; Date.now() < end; ) {
    try {
      const found = await within(5_000, Promise.resolve(read()));
      if (found) return found;
    } catch (thrown) {
      problem = thrown;
    }
    await new Promise((done) => { setTimeout(done, 50); });
  }
  throw new Error(`expected ${what} within 90 seconds`, { cause: problem });
}

/** The address of the page. */
export function address(path = "") {
  return new URL(path, server.url).href;
}

/**
 * Opens the page in a fresh profile, runs a test in it, and requires the console to be empty.
 *
 * @param {(page: import("playwright-core").Page, requests: string[]) => Promise<void>} test
 *   `requests` grows with every request the page makes
 *   `hash` is what follows the page's address, `ready` finds what shows that the page has started,
 *   `allowed` matches the console messages that the test is about
 * @param {import("playwright-core").BrowserContextOptions & {
 *   hash?: string,
 *   ready?: string,
 *   allowed?: RegExp,
 *   prepare?: (page: import("playwright-core").Page) => Promise<unknown>,
 * }} [options]
 */
export async function withPage(test, { hash = "", ready = "#systems button", allowed, prepare, ...options } = {}) {
  // The service worker has tests of its own; elsewhere it would answer in the place of the routes of a test.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, serviceWorkers: "block", ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  // A machine that does other work beside the tests may be slow; a test that waits in vain fails all the same.
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  /** @type {string[]} */
  const console = [];
  /** @type {string[]} */
  const requests = [];
  page.on("console", (message) => message.text().includes("blocked by Playwright") || console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => console.push(`error: ${error.message}`));
  page.on("request", (request) => requests.push(request.url()));
  try {
    await prepare?.(page);
    await page.goto(address(hash));
    await page.locator(ready).first().waitFor({ state: ready === "body" ? "attached" : "visible" });
    await test(page, requests);
    assert.deepEqual(console.filter((message) => !allowed?.test(message)), [], "expected an empty console");
  } finally {
    // A request that a route is still answering must not fail the test after its end.
    if (!page.isClosed()) await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  }
}

/**
 * Serves an HTML text beside the pages and opens it. It is ready when the page says so: `<html data-ready>`.
 *
 * @param {string} html
 * @param {Parameters<typeof withPage>[0]} test
 * @param {NonNullable<Parameters<typeof withPage>[1]> & { name?: string, headers?: Record<string, string> }} [options]
 */
export function withHost(html, test, { name = "host.html", headers = {}, prepare, ...options } = {}) {
  const text = html.startsWith("<!doctype") ? html : `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title></head><body>${html}</body></html>`;
  return withPage(test, {
    hash: name,
    ready: "body",
    ...options,
    prepare: async (page) => {
      await page.route(`**/${name}`, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: text, headers }));
      await prepare?.(page);
    },
  });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What axe-core finds wrong.
 *
 * @param {import("playwright-core").Page} page
 * @param {string[]} [others] rules about whole pages, which a piece of a page does not meet
 * @returns {Promise<string[]>}
 */
export async function violations(page, others = []) {
  await page.evaluate(AXE);
  return page.evaluate(async (without) => {
    const { axe } = /** @type {{ axe: typeof import("axe-core") }} */ (/** @type {unknown} */ (globalThis));
    const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
    const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
    return violations.map(({ id, nodes }) => {
      const found = nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message)}`);
      return `${id}: ${found.join(" | ")}`;
    });
  }, others);
}

/**
 * Requires that a node says something, now or once what it waits for is there.
 *
 * @param {import("playwright-core").Locator} locator
 * @param {RegExp} pattern
 * @param {string} [reason]
 */
export async function says(locator, pattern, reason) {
  const saying = locator.filter({ hasText: pattern }).first();
  await saying.waitFor({ state: "attached" }).catch(async (problem) => {
    const text = await locator.first().textContent({ timeout: 1 }).catch(() => "nothing");
    assert.fail(`expected ${pattern}, found ${text}${reason ? `: ${reason}` : ""} (${problem.name})`);
  });
}

/** The text on the clipboard. @param {import("playwright-core").Page} page */
export function clipboard(page) {
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Types into the search box as a person does. @param {import("playwright-core").Page} page @param {string} query */
export async function type(page, query) {
  await page.locator("#query").fill("");
  await page.locator("#query").pressSequentially(query);
}

/** The codes in the result list, in order, once no better ones can come. @param {import("playwright-core").Page} page */
export async function codes(page) {
  await page.locator('#results:not([data-complete="false"])').waitFor({ state: "attached" });
  return page.locator("#results .code").allTextContents();
}

/**
 * Keeps what a page asks for waiting until a test lets it come.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} pattern
 * @returns {Promise<() => void>}
 */
export async function hold(page, pattern) {
  /** @type {() => void} */
  let release = () => undefined;
  const held = new Promise((resolve) => { release = () => resolve(undefined); });
  await page.route(pattern, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}
