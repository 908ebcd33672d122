// What was chosen: one code or several, in the order of choosing, with a way back.

/** @typedef {import("./medcode.js").Concept} Concept */

/** How many steps can be taken back. */
const STEPS = 50;

export class Selection {
  /** @type {ReadonlyArray<Concept>} */
  #concepts = [];
  /** @type {ReadonlyArray<Concept>[]} */
  #before = [];

  /** The chosen concepts. */
  get concepts() {
    return this.#concepts;
  }

  /** @param {string} system @param {string} code */
  has(system, code) {
    return this.#concepts.some((each) => each.system === system && each.code === code);
  }

  /**
   * Puts other concepts in the place of all; a code that is named twice is taken once.
   *
   * @param {ReadonlyArray<Concept>} concepts
   */
  set(concepts) {
    const once = concepts.filter(
      ({ system, code }, at) => concepts.findIndex((other) => other.system === system && other.code === code) === at,
    );
    this.#before = [...this.#before.slice(1 - STEPS), this.#concepts];
    this.#concepts = Object.freeze(once);
  }

  /**
   * Takes the last change back.
   *
   * @returns {boolean} whether there was one
   */
  undo() {
    const before = this.#before.pop();
    if (before) this.#concepts = before;
    return before !== undefined;
  }
}
