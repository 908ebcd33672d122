// Opens the WebAssembly module that carries the index, and the packs beside it.

import { compiled, offered, packOf } from "./files.js";
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

/**
 * @typedef {{
 *   systems?: readonly string[],
 *   onProblem?: (problem: string) => void,
 *   base?: string,
 * }} LoadOptions `systems` are the code systems that are needed, all that there are where it is left out; `onProblem` is called with
 *   a sentence for each pack that is left out; `base` is where `pkg/` and `packs/` lie, where that is not beside this file
 *
 * @typedef {{ medcode: Promise<Medcode>, offered: Promise<Record<string, string>>, packs: Map<string, Promise<void>> }} Opened
 */

/** What was opened, by where it lies. @type {Map<string | undefined, Opened>} */
const opened = new Map();

/** @param {string} [base] */
function openedAt(base) {
  let one = opened.get(base);
  if (!one) {
    one = { medcode: loadOnce(base), offered: offered(base), packs: new Map() };
    opened.set(base, one);
    // What failed once may be tried again.
    one.medcode.catch(() => opened.delete(base));
    one.offered.catch(() => undefined);
  }
  return one;
}

/**
 * Fetches and compiles the module, opens the index inside it, and adds the packs of the code systems that are needed.
 *
 * Everything is asked for at once. A pack that cannot be had is left out, and told; the next call tries it again. A second
 * call gives the same object, with the packs that it needs besides: what a first search has opened is opened once, however
 * many parts of a page search. `new Medcode()` gives another one.
 *
 * @param {LoadOptions} [options]
 * @returns {Promise<Medcode>}
 */
export async function load({ systems, onProblem = () => undefined, base } = {}) {
  const one = openedAt(base);
  const wanted = systems === undefined || systems.length > 0 ? addPacks(one, systems, onProblem, base) : undefined;
  const medcode = await one.medcode;
  await wanted;
  return medcode;
}

/**
 * The code systems whose packs lie beside the module, whether they were added or not.
 *
 * @param {string} [base]
 * @returns {Promise<string[]>}
 */
export async function systemsBeside(base) {
  return Object.keys(await openedAt(base).offered);
}

/**
 * @param {Opened} one
 * @param {readonly string[] | undefined} systems
 * @param {(problem: string) => void} onProblem
 * @param {string} [base]
 */
async function addPacks(one, systems, onProblem, base) {
  /** @type {Record<string, string>} */
  let names;
  try {
    names = await one.offered;
  } catch (problem) {
    one.offered = offered(base);
    one.offered.catch(() => undefined);
    return onProblem(sentence(problem));
  }
  // An address of a system, or `all`: names that are rare enough to be answered with everything.
  const named = systems?.some((system) => /^all$|:/i.test(system)) ? undefined : systems;
  const wanted = named?.flatMap((system) => Object.keys(names).filter((each) => isNamed(each, system))) ?? Object.keys(names);
  const adding = wanted.map((system) => {
    let pack = one.packs.get(system);
    if (!pack) {
      pack = addPack(one, names[system], base);
      one.packs.set(system, pack);
      pack.catch(() => one.packs.delete(system));
    }
    return pack.catch((problem) => onProblem(sentence(problem)));
  });
  await Promise.all(adding);
}

/**
 * @param {Opened} one
 * @param {string} name
 * @param {string} [base]
 */
async function addPack(one, name, base) {
  const bytes = await packOf(name, base);
  const medcode = await one.medcode;
  try {
    medcode.addPack(bytes);
  } catch (problem) {
    throw new Error(`${name} cannot be used: ${sentence(problem)}`);
  }
}

/**
 * Whether a system is meant by a name: `icd9` and its like mean both tables of ICD-9-CM, spelling and marks do not matter.
 *
 * @param {string} system
 * @param {string} name
 */
export function isNamed(system, name) {
  const plain = (/** @type {string} */ text) => text.toLowerCase().replace(/[^a-z0-9]/g, "").replace(/^icd9(?!cm)/, "icd9cm");
  const [one, other] = [plain(system), plain(name).replace(/pr$/, "sg")];
  return one === other || (one.startsWith("icd9cm") && other === "icd9cm");
}

/** @param {unknown} problem */
function sentence(problem) {
  return problem instanceof Error ? problem.message : String(problem);
}

/** @param {string} [base] */
async function loadOnce(base) {
  await init({ module_or_path: await compiled(base) });
  return new Medcode();
}

export { Medcode };
