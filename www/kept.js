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

/** How many favourites an import may leave: more than anybody looks through, and the page still shows them at once. */
const MOST_FAVOURITES = 1000;

/** Nobody uses a code more often: a count from elsewhere stays a number that can be counted on. */
const MOST_USES = 1_000_000;

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
      this.#codes = { favourites, recent: this.#remembers ? recent.slice(0, MOST) : this.#codes.recent };
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

  /** Whether the browser refuses to keep anything: the lists go with the page then. */
  get refused() {
    return this.#refused;
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
    this.#codes = { ...this.#codes, recent: [{ system, code, uses: Math.min((before?.uses ?? 0) + 1, MOST_USES) }, ...others].slice(0, MOST) };
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
   * Adds what an exported text holds, as far as there is room.
   *
   * @param {string} text
   * @param {(code: KeptCode) => string} [spell] how a code is printed
   * @returns {{ fresh: number, dropped: number, over: number }} how many codes came that were not there, how many entries are no codes,
   *   and for how many codes there was no room
   */
  import(text, spell = ({ code }) => code) {
    let found;
    try {
      found = JSON.parse(text);
    } catch {
      throw new Error("expected a file that Medcode exported, found a text that is no JSON");
    }
    if (found?.medcode !== 1) throw new Error('expected a file that Medcode exported, with "medcode": 1');
    const more = codesOf(found);
    const dropped = [found.favourites, found.recent].flat().filter((each) => each !== undefined && !isCode(each)).length;
    this.#read();
    const { favourites, recent } = this.#codes;
    let over = 0;
    const fresh = (/** @type {KeptCode[]} */ there, /** @type {KeptCode[]} */ codes, /** @type {number} */ most) => {
      const known = new Set(there.map(keyOf));
      const others = codes.filter((code) => !known.has(keyOf(code)));
      const taken = others.slice(0, Math.max(0, most - there.length));
      over += others.length - taken.length;
      return taken.map((code) => ({ ...code, code: spell(code) }));
    };
    const [stars, used] = [fresh(favourites, more.favourites, MOST_FAVOURITES), fresh(recent, more.recent, MOST)];
    this.#codes = { favourites: [...favourites, ...stars], recent: [...recent, ...used] };
    this.#save();
    return { fresh: stars.length + used.length, dropped, over };
  }

  #save() {
    const { favourites, recent } = this.#codes;
    try {
      if (favourites.length === 0 && !this.#remembers && this.#systems.length === 0) localStorage.removeItem(NAME);
      else localStorage.setItem(NAME, JSON.stringify({ favourites, recent: this.#remembers ? recent : [], remembers: this.#remembers, systems: this.#systems }));
      this.#refused = false;
    } catch {
      this.#refused = true;
    }
    for (const listener of this.#listeners) listener();
  }
}

/** A code is one, however it is written: with or without its dot. @param {KeptCode} code */
function keyOf({ system, code }) {
  return `${system} ${code.replaceAll(".", "").toUpperCase()}`;
}

/** @param {KeptCode} one @returns {(other: KeptCode) => boolean} */
function same(one) {
  const key = keyOf(one);
  return (other) => keyOf(other) === key;
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
  const list = (/** @type {any} */ value) => {
    /** @type {Map<string, KeptCode>} */
    const codes = new Map();
    for (const { system, code, uses } of (Array.isArray(value) ? value : []).filter(isCode)) {
      const kept = { system, code: code.toUpperCase(), ...(Number.isInteger(uses) && uses >= 0 ? { uses: Math.min(uses, MOST_USES) } : {}) };
      if (!codes.has(keyOf(kept))) codes.set(keyOf(kept), kept);
    }
    return [...codes.values()];
  };
  return { favourites: list(found?.favourites), recent: list(found?.recent) };
}
