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
 * Fetches and compiles the module, opens the index inside it, and adds the packs that lie beside it.
 *
 * Everything is asked for at once and nothing later. A pack that cannot be had is left out, and told.
 *
 * @param {(problem: string) => void} onProblem called with a sentence for each pack that is left out
 * @returns {Promise<Medcode>}
 */
export async function load(onProblem) {
  const packs = fetchPacks(onProblem);
  await init({ module_or_path: await compile(new URL("./pkg/medcode_bg.wasm", import.meta.url)) });
  const medcode = new Medcode();
  for (const { name, bytes } of await packs) {
    try {
      medcode.addPack(bytes);
    } catch (error) {
      onProblem(`${name} cannot be used: ${error instanceof Error ? error.message : error}`);
    }
  }
  return medcode;
}

/**
 * Compiles the module while it downloads where the server names the type `application/wasm`; many intranet servers do
 * not, and then the bytes are compiled once they are all there.
 *
 * @param {URL} address
 */
async function compile(address) {
  const response = await ask(address);
  const type = response.headers.get("Content-Type")?.split(";")[0].trim();
  return type === "application/wasm" && WebAssembly.compileStreaming
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * The packs that `packs/packs.json` names, as far as they can be had, in its order.
 *
 * @param {(problem: string) => void} onProblem
 */
async function fetchPacks(onProblem) {
  /** @type {{ name: string, bytes: ArrayBuffer }[]} */
  const packs = [];
  try {
    const list = new URL("./packs/packs.json", import.meta.url);
    const names = /** @type {string[]} */ (Object.values(await (await ask(list)).json()));
    const answers = await Promise.allSettled(
      names.map(async (name) => ({ name, bytes: await (await ask(new URL(name, list))).arrayBuffer() })),
    );
    for (const answer of answers) {
      if (answer.status === "fulfilled") packs.push(answer.value);
      else onProblem(String(answer.reason?.message ?? answer.reason));
    }
  } catch (error) {
    onProblem(error instanceof Error ? error.message : String(error));
  }
  return packs;
}

/**
 * Fetches a file that must be there.
 *
 * @param {URL} address
 */
async function ask(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`expected ${address.pathname} on the server, found HTTP status ${response.status}`);
  return response;
}

export { Medcode };
