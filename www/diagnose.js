// Tries every way of loading there is in this browser and under this page's policy, and says what to ask the administrator for.

import { scriptAddress } from "./trusted.js";

/**
 * @typedef {{
 *   id: string,
 *   title: string,
 *   works: boolean,
 *   found: string,
 *   ask: string,
 * }} Way `found` is what happened, `ask` what would make it work, empty where it works or nothing would
 */

/** The smallest module there is: its magic and its version. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const AS_ADDRESS = "data:application/wasm;base64,AGFzbQEAAAA=";

/** How long a worker may take to answer. */
const PATIENCE_MS = 15_000;

/** How much of what a browser says is shown, in characters: its sentences about policies are long and have the policy at their end. */
const LONGEST = 400;

const POLICY = "in the Content-Security-Policy of this page, ";
const ON_FILE = "opened from a file: use medcode.html or medcode.inline.classic.js, which need no server";

/**
 * Tries every way.
 *
 * @param {string} base the address of the folder that holds these pages
 * @returns {Promise<Way[]>}
 */
export async function diagnose(base) {
  const fromFile = location.protocol === "file:";
  const at = (/** @type {string} */ name) => new URL(name, base);
  const noAsk = fromFile ? ON_FILE : "";
  /** @type {[string, string, () => Promise<string>, string][]} */
  const ways = [
    ["wasm", "WebAssembly from bytes", async () => ((await WebAssembly.compile(EMPTY_MODULE)), "compiled"), `${POLICY}add 'wasm-unsafe-eval' to script-src; or serve medcode.worker.js without that policy and open it as a worker`],
    ["streaming", "WebAssembly while it downloads", async () => ((await WebAssembly.compileStreaming(fetch(at("pkg/medcode_bg.wasm")))), "compiled"), noAsk || "let the server name .wasm files application/wasm; without that Medcode loads in the other way, a little later"],
    ["bytes", "The module's file as bytes", async () => `${(await bytesOf(at("pkg/medcode_bg.wasm"))).toLocaleString("en-US")} bytes`, noAsk || "let the server give out files with the ending .wasm (IIS: a MIME map, see web.config)"],
    ["packs", "The packs' files as bytes", async () => packsOf(at("packs/packs.json")), noAsk || "let the server give out files with the ending .medcode (IIS: a MIME map, see web.config)"],
    ["data", "WebAssembly from a data: address", async () => ((await WebAssembly.compile(await (await fetch(AS_ADDRESS)).arrayBuffer())), "compiled"), `${POLICY}add data: to connect-src; Medcode does not need it`],
    ["module", "ES modules", async () => ((await import(/* @vite-ignore */ scriptAddress(at("fhir.js")))), "imported"), noAsk || "let the server name .js files text/javascript; or use medcode.classic.js"],
    ["worker", "A worker from medcode.worker.js", async () => workerAnswers(at("medcode.worker.js")), noAsk || `${POLICY}allow worker-src 'self'; and serve medcode.worker.js either without a policy or with one that has 'wasm-unsafe-eval'`],
    ["blob", "A worker from memory", async () => blobWorker(), `${POLICY}add blob: to worker-src; Medcode does not need it`],
    ["serviceworker", "A service worker (offline, installed)", async () => serviceWorker(), fromFile ? ON_FILE : "serve the page by https: browsers keep a page on the device only then"],
    ["database", "IndexedDB", async () => database(), "allow this site to keep data, or leave the private window; Medcode works without"],
    ["cache", "Cache storage", async () => ((await caches.has("medcode")), "open"), "serve the page by https; Medcode works without"],
    ["inflate", "Decompression", async () => ((await new Response(new Blob([EMPTY_MODULE]).stream().pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()), "works"), "a browser of 2023 or later; only the files with everything inside need it"],
    ["digests", "SHA-256", async () => ((await crypto.subtle.digest("SHA-256", EMPTY_MODULE)), "works"), "serve the page by https; Medcode works without"],
    ["clipboard", "Copying", async () => { if (!navigator.clipboard) throw new Error("only the older way is there, which Medcode uses then"); return "allowed"; }, "serve the page by https; Medcode copies in the older way until then"],
  ];
  /** @type {Way[]} */
  const answers = [];
  for (const [id, title, attempt, ask] of ways) {
    try {
      answers.push({ id, title, works: true, found: await attempt(), ask: "" });
    } catch (problem) {
      const found = sentence(problem);
      // A policy that forbids WebAssembly forbids it however it comes: the type of the file is not the reason then.
      answers.push({ id, title, works: false, found, ask: id === "streaming" && /content security policy/i.test(found) ? ways[0][3] : ask });
    }
  }
  return answers;
}

/**
 * What to load here, in one sentence.
 *
 * @param {ReadonlyArray<Way>} ways
 */
export function advice(ways) {
  const works = (/** @type {string} */ id) => ways.some((way) => way.id === id && way.works);
  if (works("wasm") && works("module") && works("bytes")) return "Use the ES module: import \"./element.js\".";
  if (works("wasm") && works("bytes")) return "Use the classic script: medcode.classic.js.";
  if (works("worker")) return "Use the worker file: this page may not run WebAssembly, medcode.worker.js may. `open()` finds that out by itself.";
  if (works("wasm")) return "Use a file with everything inside: medcode.html, or medcode.inline.classic.js in a page of yours.";
  return "Nothing works here yet: ask for the first line below.";
}

/** @param {URL} address */
async function bytesOf(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return (await response.arrayBuffer()).byteLength;
}

/** @param {URL} list */
async function packsOf(list) {
  const response = await fetch(list);
  if (!response.ok) throw new Error(`HTTP status ${response.status} for packs.json`);
  const names = /** @type {string[]} */ (Object.values(await response.json()));
  let bytes = 0;
  for (const name of names) bytes += await bytesOf(new URL(name, list));
  return `${names.length} packs, ${bytes.toLocaleString("en-US")} bytes`;
}

/** @param {URL} address */
async function workerAnswers(address) {
  const worker = new Worker(scriptAddress(address));
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        clearTimeout(timer);
        reject(new Error(event.message || "the file could not be loaded"));
      });
      worker.addEventListener("message", ({ data }) => {
        clearTimeout(timer);
        if (data.error) reject(new Error(data.error.message));
        else resolve("the codes are open there");
      });
      worker.postMessage({ id: 1, method: "ready", args: [] });
    });
  } finally {
    worker.terminate();
  }
}

/** @returns {Promise<string>} */
function blobWorker() {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(new Blob(["postMessage(1)"], { type: "text/javascript" }));
    const worker = new Worker(scriptAddress(address));
    const end = (/** @type {() => void} */ then) => {
      worker.terminate();
      URL.revokeObjectURL(address);
      then();
    };
    worker.addEventListener("message", () => end(() => resolve("started")));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      end(() => reject(new Error("forbidden")));
    });
  });
}

async function serviceWorker() {
  if (!navigator.serviceWorker) throw new Error(isSecureContext ? "the browser has none" : "not over plain http");
  if (!location.protocol.startsWith("http")) throw new Error("not from a file");
  const registration = await navigator.serviceWorker.getRegistration();
  return registration ? "keeps the page" : "can keep the page";
}

/** @returns {Promise<string>} */
function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("medcode-diagnosis");
    request.addEventListener("error", () => reject(request.error ?? new Error("forbidden")));
    request.addEventListener("success", () => {
      request.result.close();
      indexedDB.deleteDatabase("medcode-diagnosis");
      resolve("open");
    });
  });
}

/** @param {unknown} problem */
function sentence(problem) {
  const text = problem instanceof Error ? problem.message : String(problem);
  const [line] = text.split("\n");
  return line.length > LONGEST ? `${line.slice(0, LONGEST).replace(/\s+\S*$/, "")} …` : line;
}
