// The behaviour of a box that finds codes: an input, a list that opens below it, a line that is read out. It draws what a
// `LookupController` says, goes down into the codes below a code, and hands over what was chosen. The element and the plain input
// of a page use it alike; it makes no assumption about where its nodes stand, except that they stand in one root, because
// the ids that ARIA attributes name do not reach into another.

import { Combobox } from "./combobox.js";
import { element } from "./dom.js";
import { renderHit } from "./results.js";

/**
 * @typedef {import("./medcode.js").Concept} Concept
 * @typedef {import("./strings.js").Strings} Strings
 * @typedef {import("./controller.js").LookupController} LookupController
 *
 * What a picker asks for besides searches; the module has it, and so has the client of a worker.
 * @typedef {{
 *   children?: (code: string, options?: any) => Concept[] | Promise<Concept[]>,
 *   systems?: () => import("./medcode.js").SystemInfo[] | Promise<import("./medcode.js").SystemInfo[]>,
 * }} Browsing
 */

/** Long enough that a person who is still typing hears the last count only. */
const SETTLE_MS = 900;

/** Distance of the list from the box and from the edge of the window, in pixels. */
const GAP = 2;

let numbered = 0;

export class Picker {
  #number = (numbered += 1);
  /** What the options of the list stand for, in order. @type {ReadonlyArray<Concept>} */
  #rows = [];
  /** The codes that were gone into, the outermost first. @type {Concept[]} */
  #path = [];
  /** @type {Map<string, string>} */
  #titles = new Map();
  #open = false;
  #timer = 0;
  /** The sentence that was said last of what was found. */
  #counted = "";
  #composing = false;
  #listeners = new AbortController();
  #unsubscribe;

  /**
   * @param {{ input: HTMLInputElement, popup: HTMLElement, list: HTMLElement, path: HTMLElement, note: HTMLElement, status: HTMLElement }} nodes
   *   `popup` holds `list`, above it `path` for the codes gone into, below it `note` for what is to be said of the list
   * @param {LookupController} controller
   * @param {{
   *   onCommit: (concept: Concept) => void,
   *   strings: () => Strings,
   *   allowHeaders?: () => boolean,
   *   anchor?: HTMLElement,
   * }} options `allowHeaders` says whether a code that is not valid for submission may be chosen; where not, choosing it goes into it
   */
  constructor(nodes, controller, { onCommit, strings, allowHeaders = () => false, anchor = nodes.input }) {
    const { input, popup, list, path, note, status } = nodes;
    this.input = input;
    this.popup = popup;
    this.list = list;
    this.path = path;
    this.note = note;
    this.status = status;
    this.anchor = anchor;
    this.controller = controller;
    this.onCommit = onCommit;
    this.allowHeaders = allowHeaders;
    this.strings = strings;
    list.id ||= `medcode-list-${this.#number}`;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    // Top layer where the browser has one: a list inside a scrolling or clipped pane of the host is whole then.
    if ("popover" in popup) popup.popover = "manual";
    popup.hidden = true;
    this.combobox = new Combobox(input, list);

    const { signal } = this.#listeners;
    input.addEventListener("compositionstart", () => { this.#composing = true; }, { signal });
    input.addEventListener("compositionend", () => {
      this.#composing = false;
      this.typed();
    }, { signal });
    input.addEventListener("input", () => {
      if (!this.#composing) this.typed();
    }, { signal });
    input.addEventListener("focus", () => this.controller.prepare(), { signal });
    input.addEventListener("click", () => this.show(), { signal });
    input.addEventListener("blur", () => this.hide(), { signal });
    input.addEventListener("combobox-show", () => this.show(), { signal });
    input.addEventListener("combobox-hide", () => this.hide(), { signal });
    input.addEventListener("combobox-cancel", () => {
      if (this.#open) this.hide();
      else this.clearText();
    }, { signal });
    popup.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    list.addEventListener("combobox-active", (event) => {
      const option = /** @type {CustomEvent} */ (event).detail;
      if (option && option === list.lastElementChild && this.#path.length === 0) this.controller.more();
    }, { signal });
    list.addEventListener("combobox-commit", (event) => {
      const concept = this.#conceptOf(event.target);
      if (!concept) return;
      if (concept.billable || this.allowHeaders()) this.#choose(concept);
      else this.into(concept);
    }, { signal });
    list.addEventListener("combobox-open", (event) => {
      const concept = this.#conceptOf(event.target);
      if (!concept || concept.billable) return;
      event.preventDefault();
      this.into(concept);
    }, { signal });
    list.addEventListener("combobox-close", (event) => {
      if (this.#path.length === 0) return;
      event.preventDefault();
      this.out();
    }, { signal });
    globalThis.addEventListener("scroll", () => this.#place(), { signal, capture: true, passive: true });
    globalThis.addEventListener("resize", () => this.#place(), { signal });
    this.#unsubscribe = controller.subscribe(() => this.#draw());
  }

  /** Whether the list is on show. */
  get isOpen() {
    return this.#open;
  }

  /** Searches for what stands in the box. */
  typed() {
    this.#path = [];
    this.#open = this.input.value.trim() !== "";
    this.controller.search(this.input.value);
  }

  /** Shows the list, if there is anything to show. */
  show() {
    if (this.#open || this.input.value.trim() === "") return;
    this.#open = true;
    if (this.controller.state.query === this.input.value) this.#draw();
    else this.typed();
  }

  /** Puts the list away. */
  hide() {
    this.#open = false;
    this.#path = [];
    this.#draw();
  }

  /** Empties the box. */
  clearText() {
    if (this.input.value === "") return;
    this.input.value = "";
    this.input.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  }

  /**
   * Shows the codes directly below a code.
   *
   * @param {Concept} concept
   */
  async into(concept) {
    const source = /** @type {Browsing | undefined} */ (this.controller.source);
    const below = await source?.children?.(concept.code, { system: concept.system });
    if (!below?.length || !this.#open) return;
    this.#path.push(concept);
    this.#fill(below);
    this.say(this.strings().below(concept.code, below.length));
    this.combobox.activate(0);
  }

  /** Goes back to where the shown codes were entered from; the code that was entered is active then. */
  async out() {
    const left = this.#path.pop();
    const above = this.#path.at(-1);
    const source = /** @type {Browsing | undefined} */ (this.controller.source);
    const rows = above ? await source?.children?.(above.code, { system: above.system }) : this.controller.state.hits;
    this.#fill(rows ?? []);
    if (!left) return;
    const at = this.#rows.findIndex(({ system, code }) => system === left.system && code === left.code);
    this.combobox.activate(at);
  }

  /**
   * Has a sentence read out.
   *
   * @param {string} sentence
   */
  say(sentence) {
    clearTimeout(this.#timer);
    this.status.textContent = sentence;
  }

  /** Takes everything back that was done to the nodes. */
  destroy() {
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.#listeners.abort();
    this.combobox.destroy();
    for (const name of ["role", "aria-autocomplete", "aria-controls", "aria-expanded", "aria-activedescendant"]) this.input.removeAttribute(name);
  }

  /** @param {Concept} concept */
  #choose(concept) {
    this.#path = [];
    this.#open = false;
    this.#draw();
    this.onCommit(concept);
  }

  /** @param {EventTarget | null} option */
  #conceptOf(option) {
    const at = option instanceof Element ? [...this.list.children].indexOf(option) : -1;
    return this.#rows[at];
  }

  #draw() {
    const { state } = this.controller;
    if (this.#path.length === 0) this.#fill(state.hits);
    const strings = this.strings();
    const typed = state.query.trim() !== "";
    /** @type {string[]} */
    let notes = [];
    if (state.status === "failed") notes = [strings.failed(state.error?.message ?? "")];
    else if (state.status === "waiting" && state.hits.length === 0) notes = [strings.loading];
    else if (state.status === "shown" && state.total === 0) notes = state.complete ? [strings.none, strings.advice] : [strings.partial];
    else if (state.correction) notes = [strings.correction(state.correction)];
    this.note.replaceChildren(...notes.map((sentence) => element("p", {}, sentence)));
    this.note.hidden = notes.length === 0;
    this.#reveal(this.#open && typed);
    clearTimeout(this.#timer);
    if (!this.#open || !typed) {
      // What was said of the text before is no longer true.
      if (this.status.textContent === this.#counted) this.status.textContent = "";
      return;
    }
    const sentence = notes.length > 0 && state.total === 0 ? notes[0] : [...notes, strings.found(state.hits.length, state.total)].join(". ");
    this.#counted = sentence;
    this.#timer = /** @type {any} */ (setTimeout(() => this.say(sentence), SETTLE_MS));
  }

  /** @param {ReadonlyArray<Concept>} rows */
  #fill(rows) {
    const path = this.#path.map(({ code }) => code).join(" › ");
    const deepest = this.#path.at(-1);
    this.path.replaceChildren(...(deepest ? [element("span", { class: "code", dir: "ltr" }, `‹ ${path}`), " ", deepest.display] : []));
    this.path.hidden = !deepest;
    // What was shown already and only grew keeps its nodes, and with them the active option.
    const kept = this.#rows.length > 0 && this.#rows.every((row, at) => row === rows[at]) ? this.#rows.length : 0;
    const options = rows.slice(kept).map((row, at) => renderHit(row, `${this.#number}-${kept + at}`, this.#titleOf(row)));
    this.#rows = rows;
    this.list.hidden = rows.length === 0;
    if (kept > 0) this.list.append(...options);
    else this.combobox.replace(options, this.#open && rows.length > 0);
  }

  /** @param {Concept} concept */
  #titleOf({ system }) {
    const source = /** @type {Browsing | undefined} */ (this.controller.source);
    if (this.#titles.size === 0 && source?.systems) {
      const systems = source.systems();
      const take = (/** @type {import("./medcode.js").SystemInfo[]} */ all) => {
        this.#titles = new Map(all.map(({ system: id, title }) => [id, title]));
      };
      if (Array.isArray(systems)) take(systems);
      else systems.then((all) => {
        take(all);
        for (const [at, row] of this.#rows.entries()) {
          const place = this.list.children[at]?.querySelector(".system");
          if (place) place.textContent = this.#titles.get(row.system) ?? row.system;
        }
      }, () => undefined);
    }
    return this.#titles.get(system) ?? system;
  }

  /** @param {boolean} shown */
  #reveal(shown) {
    this.combobox.extended(shown && this.#rows.length > 0);
    if (shown === !this.popup.hidden) {
      if (shown) this.#place();
      return;
    }
    this.popup.hidden = !shown;
    if (this.popup.popover === "manual" && this.popup.isConnected) {
      if (shown) this.popup.showPopover();
      else this.popup.hidePopover();
    }
    if (shown) this.#place();
    else this.combobox.refresh(false);
  }

  /** Puts the list below the box, or above it where there is more room. */
  #place() {
    if (this.popup.hidden || this.popup.popover !== "manual") return;
    const box = this.anchor.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const [below, above] = [clientHeight - box.bottom, box.top];
    const up = below < 220 && above > below;
    const width = Math.min(Math.max(box.width, 280), clientWidth);
    const left = Math.max(0, Math.min(box.left, clientWidth - width));
    const { style } = this.popup;
    style.setProperty("position", "fixed");
    style.setProperty("inset", "auto");
    style.setProperty("left", `${left}px`);
    style.setProperty("width", `${width}px`);
    style.setProperty(up ? "bottom" : "top", `${up ? clientHeight - box.top + GAP : box.bottom + GAP}px`);
    style.setProperty("--medcode-room", `${Math.max(120, (up ? above : below) - 2 * GAP - 4)}px`);
  }
}
