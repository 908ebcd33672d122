// Loads the WebAssembly module that carries the index. Every address is relative to this file.

import init, { Medcode } from "./pkg/medcode.js";

/**
 * @typedef {import("./pkg/medcode.js").Concept} Concept
 * @typedef {import("./pkg/medcode.js").Group} Group
 * @typedef {import("./pkg/medcode.js").GroupContents} GroupContents
 * @typedef {import("./pkg/medcode.js").Hit} Hit
 * @typedef {import("./pkg/medcode.js").Note} Note
 * @typedef {import("./pkg/medcode.js").SearchOptions} SearchOptions
 * @typedef {import("./pkg/medcode.js").SearchResult} SearchResult
 * @typedef {import("./pkg/medcode.js").SystemInfo} SystemInfo
 * @typedef {import("./pkg/medcode.js").Validation} Validation
 */

/**
 * Fetches and compiles the module and opens the index inside it.
 *
 * Compiles while it downloads where the server names the type `application/wasm`; many intranet
 * servers do not, and then the bytes are compiled once they are all there.
 *
 * @param {URL | string} [address] where the module lies
 * @returns {Promise<Medcode>}
 */
export async function load(address = new URL("./pkg/medcode_bg.wasm", import.meta.url)) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`expected the module at ${address}, found HTTP status ${response.status}`);
  const type = response.headers.get("Content-Type")?.split(";")[0].trim();
  const module =
    type === "application/wasm" && WebAssembly.compileStreaming
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  await init({ module_or_path: module });
  return new Medcode();
}

export { Medcode };
