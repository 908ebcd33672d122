// What each entry makes a browser fetch, in bytes as they come over the wire, from the first byte until the first code is found.
//
//   MEDCODE_DIST=target/test-sources/dist node tools/weigh.mjs

import { stat } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";
import { EXECUTABLE, FLAGS } from "../tests/browser/browser.mjs";
import { serve } from "./serve.mjs";

/** What is opened, and what runs in it until the first code is there. @type {[string, string, string][]} */
const ENTRIES = [
  ["the page (index.html)", "index.html", `document.querySelector("#query").value = "e119"; document.querySelector("#query").dispatchEvent(new Event("input")); while (!document.querySelector("#results .code")) await new Promise((resolve) => setTimeout(resolve, 20));`],
  ["element.js, one code system", "docs", `await import("./element.js"); const field = document.createElement("medcode-lookup"); field.systems = ["icd10cm"]; document.body.append(field); await field.addCode("E11.9");`],
  ["element.js, every code system", "docs", `await import("./element.js"); const field = document.body.appendChild(document.createElement("medcode-lookup")); await field.addCode("E11.9");`],
  ["index.js, load()", "docs", `const { load } = await import("./index.js"); (await load()).search("e119");`],
  ["medcode.classic.js", "docs", `${script("medcode.classic.js")} (await Medcode.load()).search("e119");`],
  ["medcode.worker.js by open()", "docs", `const { open } = await import("./open.js"); await (await open({ way: "worker" })).search("e119");`],
  ["medcode.inline.classic.js", "docs", `${script("medcode.inline.classic.js")} (await Medcode.load()).search("e119");`],
];

/** @param {string} name */
function script(name) {
  return `await new Promise((resolve, reject) => { const node = document.createElement("script"); node.src = "${name}"; node.onload = resolve; node.onerror = reject; document.head.append(node); });`;
}

const server = await serve();
const browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
for (const [name, file, code] of ENTRIES) {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  /** @type {Set<string>} */
  const files = new Set();
  let bytes = 0;
  // Also what a worker fetches.
  context.on("requestfinished", async (request) => {
    if (!request.url().startsWith(server.url) || request.url().endsWith("empty.html")) return;
    const { responseBodySize } = await request.sizes();
    bytes += responseBodySize;
    files.add(new URL(request.url()).pathname);
  });
  await page.route("**/empty.html", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>empty</title>" }));
  await page.goto(new URL(file === "docs" ? "empty.html" : file, server.url).href);
  if (file !== "docs") await page.locator("#systems button").first().waitFor();
  await page.evaluate(`(async () => { ${code} })()`);
  await page.waitForTimeout(300);
  console.log(`${name.padEnd(32)} ${bytes.toLocaleString("en-US").padStart(10)} bytes, ${files.size} files`);
  await context.close();
}
// It is opened from a disk: what it weighs is what it is.
const { size } = await stat(path.join(process.env.MEDCODE_DIST ?? "dist", "medcode.html"));
console.log(`${"medcode.html".padEnd(32)} ${size.toLocaleString("en-US").padStart(10)} bytes, 1 file`);
await browser.close();
await server.close();
