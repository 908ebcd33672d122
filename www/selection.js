// What was chosen: one code or several, in the order of choosing, with a way back.

/**
 * @typedef {import("./medcode.js").Concept} Concept
 *
 * A code that was given and whose concept is not there: it is kept as it was given, so that a record which is opened and saved
 * loses nothing. `unknown` says that the source was asked and does not know it.
 * @typedef {{ system: "", code: string, plainCode: string, display: "", given: string, unknown: boolean }} GivenCode
 *
 * @typedef {Concept | GivenCode} Chosen
 */

/** How many steps can be taken back. */
const STEPS = 50;

export class Selection {
  /** @type {ReadonlyArray<Chosen>} */
  #all = [];
  /** @type {ReadonlyArray<Chosen>[]} */
  #before = [];

  /** Everything that was chosen or given, in its order. */
  get all() {
    return this.#all;
  }

  /** The chosen concepts. @returns {ReadonlyArray<Concept>} */
  get concepts() {
    return conceptsOf(this.#all);
  }

  /** The codes that were given and have no concept. @returns {GivenCode[]} */
  get given() {
    return this.#all.filter(isGiven);
  }

  /** @param {string} system @param {string} code */
  has(system, code) {
    return this.#all.some((each) => each.system === system && each.code === code);
  }

  /**
   * Puts others in the place of all; a code that is named twice is taken once.
   *
   * @param {ReadonlyArray<Chosen>} chosen
   */
  set(chosen) {
    const once = chosen.filter(
      ({ system, code }, at) => chosen.findIndex((other) => other.system === system && other.code === code) === at,
    );
    this.#before = [...this.#before.slice(1 - STEPS), this.#all];
    this.#all = Object.freeze(once);
  }

  /**
   * Takes the last change back.
   *
   * @returns {boolean} whether there was one
   */
  undo() {
    const before = this.#before.pop();
    if (before) this.#all = before;
    return before !== undefined;
  }
}

/** @param {Chosen} chosen @returns {chosen is GivenCode} */
export function isGiven(chosen) {
  return "given" in chosen;
}

/** Those that are concepts. @param {ReadonlyArray<Chosen>} chosen @returns {ReadonlyArray<Concept>} */
export function conceptsOf(chosen) {
  return Object.freeze(chosen.filter((each) => !isGiven(each)));
}
