// What was chosen: one code or several, in the order of choosing, with a way back.

/**
 * @typedef {import("./medcode.js").Concept} Concept
 *
 * A code to be looked up: how it was given, and of which code system where that is known. A browser keeps a field's choice as these.
 * @typedef {{ code: string, given: string, system?: string }} Wanted
 *
 * A code that was given and whose concept is not there, yet or at all: it is kept as it was given, so that a record which is
 * opened and saved loses nothing. `own` is its code system where that is known; `unknown` says that the source was asked and does
 * not know it.
 * @typedef {{ system: "", code: string, plainCode: string, display: "", given: string, own: string | undefined, unknown: boolean }} GivenCode
 *
 * @typedef {Concept | GivenCode} Chosen
 *
 * What was chosen at one time, and the text that was left in the box then.
 * @typedef {{ all: ReadonlyArray<Chosen>, text: string }} Step
 */

/** How many steps can be taken back. */
const STEPS = 50;

export class Selection {
  /** What can be taken back, what is chosen now, what can be done again. @type {Step[]} */
  #steps = [{ all: Object.freeze([]), text: "" }];
  #at = 0;

  /** Everything that was chosen or given, in its order. */
  get all() {
    return this.#steps[this.#at].all;
  }

  /** The text that the last change left in the box. */
  get text() {
    return this.#steps[this.#at].text;
  }

  set text(text) {
    this.#steps[this.#at] = { all: this.all, text };
  }

  /** The chosen concepts. @returns {ReadonlyArray<Concept>} */
  get concepts() {
    return conceptsOf(this.all);
  }

  /** The codes that were given and have no concept. @returns {GivenCode[]} */
  get given() {
    return this.all.filter(isGiven);
  }

  /** @param {string} system @param {string} code */
  has(system, code) {
    return this.all.some((each) => each.system === system && each.code === code);
  }

  /**
   * Puts others in the place of all, as a person or a call does, with a way back.
   *
   * @param {ReadonlyArray<Chosen>} chosen
   * @param {string} [text] what is left in the box
   */
  set(chosen, text = "") {
    this.#steps = [...this.#steps.slice(0, this.#at + 1).slice(-STEPS), { all: once(chosen), text }];
    this.#at = this.#steps.length - 1;
  }

  /** Begins with codes that are given, as the value of an input does, without a way back. @param {ReadonlyArray<Chosen>} chosen */
  begin(chosen) {
    this.#steps = [{ all: once(chosen), text: "" }];
    this.#at = 0;
  }

  /**
   * Puts what was found in the place of what was given, wherever it stands by now, also where it may come back to.
   *
   * @param {ReadonlyMap<Chosen, Chosen>} found
   */
  replace(found) {
    this.#steps = this.#steps.map(({ all, text }) => ({ all: once(all.map((chosen) => found.get(chosen) ?? chosen)), text }));
  }

  /**
   * Takes the last change back, or does it again.
   *
   * @param {-1 | 1} way
   * @returns {boolean} whether there was one
   */
  step(way) {
    if (!this.#steps[this.#at + way]) return false;
    this.#at += way;
    return true;
  }
}

/**
 * A code that is named twice is taken once.
 *
 * @template {Chosen} T
 * @param {ReadonlyArray<T>} chosen
 * @returns {ReadonlyArray<T>}
 */
export function once(chosen) {
  return Object.freeze(chosen.filter(({ system, code }, at) => chosen.findIndex((other) => other.system === system && other.code === code) === at));
}

/** A code as it is given, before anybody was asked for it. @param {Wanted} wanted @returns {GivenCode} */
export function asGiven({ code, given, system }) {
  return { system: "", code, plainCode: plainOf(code), display: "", given, own: system, unknown: false };
}

/** A code without its dot and in capitals. @param {string} code */
export function plainOf(code) {
  return code.replace(".", "").toUpperCase();
}

/** Whether a text may be a code: one word with a digit. @param {string} text */
export function mayBeCode(text) {
  return /^\S*\d\S*$/.test(text.trim());
}

/** Whether a code is the very one that was typed. @param {string} text @param {Concept | undefined} concept */
export function isTyped(text, concept) {
  return concept?.plainCode === plainOf(text.trim());
}

/** @param {Chosen} chosen @returns {chosen is GivenCode} */
export function isGiven(chosen) {
  return "given" in chosen;
}

/** Those that are concepts. @param {ReadonlyArray<Chosen>} chosen @returns {ReadonlyArray<Concept>} */
export function conceptsOf(chosen) {
  return Object.freeze(chosen.filter((each) => !isGiven(each)));
}
