// What a person keeps on this device: favourites, which code systems were asked for, and where asked for the codes used lately.
// Codes only: never what was typed.

/**
 * @typedef {import("./pkg/medcode.js").CodeSystemId} CodeSystemId
 * @typedef {{ system: CodeSystemId, code: string, uses?: number }} KeptCode
 * @typedef {{ favourites: KeptCode[], recent: KeptCode[] }} KeptCodes
 */

const NAME = "medcode";

/** The code systems there are; a list that names another one is not ours. @type {ReadonlyArray<string>} */
const SYSTEMS = ["icd10cm", "icd10pcs", "icd9cm_dx", "icd9cm_sg", "hcpcs", "cpt"];

/** How many codes used lately are kept. */
const MOST = 100;

export class Kept {
  /** @type {KeptCodes} */
  #codes = { favourites: [], recent: [] };
  #remembers = false;
  /** Whether the browser would not keep what it was given: what is here is all there is then. */
  #refused = false;
  /** The code systems that were asked for besides those of the module. @type {string[]} */
  #systems = [];
  /** @type {Set<() => void>} */
  #listeners = new Set();

  constructor() {
    this.#read();
    // Another tab of the same browser keeps in the same place.
    globalThis.addEventListener?.("storage", ({ key }) => {
      if (key !== NAME && key !== null) return;
      this.#read();
      for (const listener of this.#listeners) listener();
    });
  }

  /** Takes what is kept now, which another tab may have changed: whatever is written goes on from there. */
  #read() {
    if (this.#refused) return;
    try {
      const text = localStorage.getItem(NAME);
      // Nothing is kept where there is nothing to keep; codes used lately are of this visit then.
      const { remembers, systems, ...codes } = text ? JSON.parse(text) : { remembers: false, systems: [] };
      const { favourites, recent } = codesOf(codes);
      this.#remembers = remembers === true;
      this.#codes = { favourites, recent: this.#remembers ? recent : this.#codes.recent };
      this.#systems = Array.isArray(systems) ? systems.filter((system) => SYSTEMS.includes(system)) : [];
    } catch {
      // A browser that keeps nothing, or a text that is not ours: everything works without, for this visit.
    }
  }

  get favourites() {
    return this.#codes.favourites;
  }

  get recent() {
    return this.#codes.recent;
  }

  /** Whether the codes used lately are kept beyond this visit. */
  get remembers() {
    return this.#remembers;
  }

  /** @param {boolean} remembers */
  set remembers(remembers) {
    this.#read();
    this.#remembers = remembers;
    this.#save();
  }

  /** The code systems that this person uses: asked for by name, or those of the codes that are kept. @returns {string[]} */
  get systems() {
    const { favourites, recent } = this.#codes;
    return [...new Set([...this.#systems, ...favourites.map(({ system }) => system), ...recent.map(({ system }) => system)])];
  }

  /** Notes that a code system was asked for by name. @param {readonly string[]} systems */
  useSystems(systems) {
    this.#read();
    const fresh = systems.filter((system) => !this.#systems.includes(system));
    if (fresh.length === 0) return;
    this.#systems = [...this.#systems, ...fresh];
    this.#save();
  }

  /** @param {() => void} listener called after every change */
  watch(listener) {
    this.#listeners.add(listener);
  }

  /** @param {KeptCode} code */
  isFavourite(code) {
    return this.#codes.favourites.some(same(code));
  }

  /** @param {KeptCode} code @returns {boolean} whether it is one now */
  toggle({ system, code }) {
    this.#read();
    const there = this.isFavourite({ system, code });
    const others = this.#codes.favourites.filter((each) => !same({ system, code })(each));
    this.#codes = { ...this.#codes, favourites: there ? others : [...others, { system, code }] };
    this.#save();
    return !there;
  }

  /** Notes that a code was used. @param {{ system: string, code: string }} used */
  use({ system: name, code }) {
    const system = /** @type {CodeSystemId} */ (name);
    this.#read();
    const before = this.#codes.recent.find(same({ system, code }));
    const others = this.#codes.recent.filter((each) => each !== before);
    this.#codes = { ...this.#codes, recent: [{ system, code, uses: (before?.uses ?? 0) + 1 }, ...others].slice(0, MOST) };
    this.#save();
  }

  /** Forgets the codes used lately. */
  forget() {
    this.#read();
    this.#codes = { ...this.#codes, recent: [] };
    this.#save();
  }

  /** Everything as a text that `import` reads. */
  export() {
    return `${JSON.stringify({ medcode: 1, ...this.#codes }, null, 2)}\n`;
  }

  /**
   * Adds what an exported text holds.
   *
   * @param {string} text
   * @returns {{ fresh: number, dropped: number }} how many codes came that were not there, and how many entries are no codes
   */
  import(text) {
    let found;
    try {
      found = JSON.parse(text);
    } catch {
      throw new Error("expected a file that Medcode exported, found a text that is no JSON");
    }
    if (found?.medcode !== 1) throw new Error('expected a file that Medcode exported, with "medcode": 1');
    const { favourites, recent } = codesOf(found);
    const dropped = [found.favourites, found.recent].flat().filter((each) => each !== undefined && !isCode(each)).length;
    this.#read();
    const fresh = (/** @type {KeptCode[]} */ there, /** @type {KeptCode[]} */ more) => more.filter((code) => !there.some(same(code)));
    const [stars, used] = [fresh(this.#codes.favourites, favourites), fresh(this.#codes.recent, recent)];
    this.#codes = { favourites: [...this.#codes.favourites, ...stars], recent: [...this.#codes.recent, ...used].slice(0, MOST) };
    this.#save();
    return { fresh: stars.length + used.length, dropped };
  }

  #save() {
    const { favourites, recent } = this.#codes;
    try {
      if (favourites.length === 0 && !this.#remembers && this.#systems.length === 0) localStorage.removeItem(NAME);
      else localStorage.setItem(NAME, JSON.stringify({ favourites, recent: this.#remembers ? recent : [], remembers: this.#remembers, systems: this.#systems }));
    } catch {
      this.#refused = true;
    }
    for (const listener of this.#listeners) listener();
  }
}

/** @param {KeptCode} one @returns {(other: KeptCode) => boolean} */
function same({ system, code }) {
  return (other) => other.system === system && other.code === code;
}

/** Whether something of unknown origin is a code of a system. @param {any} found */
function isCode(found) {
  return SYSTEMS.includes(found?.system) && typeof found?.code === "string" && /^[A-Za-z0-9.]{1,10}$/.test(found.code);
}

/**
 * The codes of a text of unknown origin: what is no code is left out.
 *
 * @param {any} found
 * @returns {KeptCodes}
 */
function codesOf(found) {
  const list = (/** @type {any} */ value) =>
    (Array.isArray(value) ? value : [])
      .filter(isCode)
      .map(({ system, code, uses }) => ({ system, code: code.toUpperCase(), uses }))
      .filter((each, at, all) => all.findIndex(same(each)) === at)
      .map(({ system, code, uses }) => ({ system, code, ...(Number.isInteger(uses) ? { uses } : {}) }));
  return { favourites: list(found?.favourites), recent: list(found?.recent).slice(0, MOST) };
}
