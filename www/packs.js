// The code systems that the page needs, when it needs them. The module brings some; the packs of the others lie beside it and are fetched
// when a person chooses such a system, follows an address into it, or types what only its codes look like. What was used on
// an earlier visit is fetched once the page has answered for the first time.

import { load } from "./medcode.js";
import { SYSTEM_TITLES } from "./strings.js";

export class Packs {
  #medcode;
  #beside;
  #onAdded;
  #onProblem;
  /** @type {Map<string, Promise<void>>} */
  #coming = new Map();
  /** What could not be had: asked for again only when a person does. @type {Set<string>} */
  #failed = new Set();

  /**
   * @param {import("./medcode.js").Medcode} medcode
   * @param {readonly string[]} beside the systems whose packs lie beside the module
   * @param {{ onAdded: () => void, onProblem: (problem: string) => void }} actions
   */
  constructor(medcode, beside, { onAdded, onProblem }) {
    this.#medcode = medcode;
    this.#beside = beside;
    this.#onAdded = onAdded;
    this.#onProblem = onProblem;
  }

  /** The systems that could be loaded and are not. @returns {string[]} */
  get missing() {
    const loaded = new Set(/** @type {string[]} */ (this.#medcode.systems().map(({ system }) => system)));
    return this.#beside.filter((system) => !loaded.has(system));
  }

  /**
   * Fetches the packs of systems that are not there yet.
   *
   * @param {Iterable<string>} systems
   * @returns {Promise<void> | undefined} fulfilled when they are there, or could not be had and the page says so; nothing where there is
   *   nothing to wait for
   */
  need(systems) {
    const { missing } = this;
    const wanted = [...new Set(systems)].filter((system) => missing.includes(system) && !this.#failed.has(system));
    if (wanted.length === 0) return undefined;
    const fresh = wanted.filter((system) => !this.#coming.has(system));
    if (fresh.length > 0) {
      const coming = load({ systems: fresh, onProblem: this.#onProblem }).then(() => {
        for (const system of fresh) this.#coming.delete(system);
        for (const system of this.missing) if (fresh.includes(system)) this.#failed.add(system);
        this.#onAdded();
      });
      for (const system of fresh) this.#coming.set(system, coming);
    }
    return Promise.all(wanted.map((system) => this.#coming.get(system))).then(() => undefined);
  }

  /**
   * As `need`, also for what could not be had before: when a person asks for it by name.
   *
   * @param {Iterable<string>} systems
   */
  fetch(systems) {
    const wanted = [...systems];
    for (const system of wanted) this.#failed.delete(system);
    return this.need(wanted);
  }
}

/**
 * What a system is called.
 *
 * @param {string} system
 */
export function titleOf(system) {
  return Object.hasOwn(SYSTEM_TITLES, system) ? SYSTEM_TITLES[system] : system;
}

/**
 * The systems, besides ICD-10-CM, that have codes which look like this. Generous: a pack too many costs one request.
 *
 * @param {string} text what was typed
 * @returns {string[]}
 */
export function systemsLike(text) {
  const word = text.trim();
  const found = [];
  if (/^(\d{3}(\.?\d{1,2})?|V\d{2}(\.?\d{1,2})?|E\d{3}(\.\d)?)$/i.test(word)) found.push("icd9cm_dx");
  if (/^\d{2}\.\d{1,2}$|^\d{3,4}$/.test(word)) found.push("icd9cm_sg");
  // Sections of ICD-10-PCS; one that is a letter begins like a code of ICD-10-CM or like a word, so only a whole code with a digit tells.
  if (/^\d[0-9A-HJ-NP-Z]{2,6}$/i.test(word) && /[A-Z]/i.test(word)) found.push("icd10pcs");
  if (/^[B-DF-HX][0-9A-HJ-NP-Z]{6}$/i.test(word) && /\d/.test(word)) found.push("icd10pcs");
  return found;
}
