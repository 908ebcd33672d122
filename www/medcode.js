// Opens the WebAssembly module that carries the index, and the packs beside it.

import { compiled, packs } from "./files.js";
import init, { Medcode } from "./pkg/medcode.js";

/**
 * @typedef {import("./pkg/medcode.js").Concept} Concept
 * @typedef {import("./pkg/medcode.js").Group} Group
 * @typedef {import("./pkg/medcode.js").GroupContents} GroupContents
 * @typedef {import("./pkg/medcode.js").Hit} Hit
 * @typedef {import("./pkg/medcode.js").Match} Match
 * @typedef {import("./pkg/medcode.js").Note} Note
 * @typedef {import("./pkg/medcode.js").SearchOptions} SearchOptions
 * @typedef {import("./pkg/medcode.js").SearchResult} SearchResult
 * @typedef {import("./pkg/medcode.js").SystemInfo} SystemInfo
 * @typedef {import("./pkg/medcode.js").Validation} Validation
 */

/** What was opened, by where it lies. @type {Map<string | undefined, { medcode: Promise<Medcode>, problems: string[] }>} */
const opened = new Map();

/**
 * Fetches and compiles the module, opens the index inside it, and adds the packs that lie beside it.
 *
 * Everything is asked for at once and nothing later. A pack that cannot be had is left out, and told. A second call gives the
 * same object: what a first search has opened is opened once, however many parts of a page search. `new Medcode()` gives
 * another one.
 *
 * @param {(problem: string) => void} [onProblem] called with a sentence for each pack that is left out
 * @param {string} [base] where `pkg/` and `packs/` lie, where that is not beside this file
 * @returns {Promise<Medcode>}
 */
export async function load(onProblem = () => undefined, base) {
  let one = opened.get(base);
  if (!one) {
    /** @type {string[]} */
    const problems = [];
    one = { problems, medcode: loadOnce((problem) => problems.push(problem), base) };
    opened.set(base, one);
    // What failed once may be tried again.
    one.medcode.catch(() => opened.delete(base));
  }
  const medcode = await one.medcode;
  one.problems.forEach(onProblem);
  return medcode;
}

/**
 * @param {(problem: string) => void} onProblem
 * @param {string} [base]
 */
async function loadOnce(onProblem, base) {
  const beside = packs(onProblem, base);
  await init({ module_or_path: await compiled(base) });
  const medcode = new Medcode();
  for (const { name, bytes } of await beside) {
    try {
      medcode.addPack(bytes);
    } catch (error) {
      onProblem(`${name} cannot be used: ${error instanceof Error ? error.message : error}`);
    }
  }
  return medcode;
}

export { Medcode };
