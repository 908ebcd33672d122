// The behaviour of a box that finds codes: an input, a list that opens below it, a line that is read out. It draws what a
// `LookupController` says, goes down into the codes below a code, and hands over what was chosen. The element and the plain input
// of a page use it alike; it makes no assumption about where its nodes stand, except that they stand in one root, because
// the ids that ARIA attributes name do not reach into another.

import { Combobox } from "./combobox.js";
import { count, element } from "./dom.js";
import { Guide, partsOf, worthAsking } from "./guide.js";
import { renderHit } from "./results.js";
import { isTyped, mayBeCode } from "./selection.js";

/**
 * @typedef {import("./medcode.js").Concept} Concept
 * @typedef {import("./strings.js").Strings} Strings
 * @typedef {import("./controller.js").LookupController} LookupController
 *
 * What a picker asks for besides searches; the module has it, and so has the client of a worker.
 * @typedef {import("./guide.js").Asked & {
 *   children?: (code: string, options?: any) => Concept[] | Promise<Concept[]>,
 *   systems?: () => import("./medcode.js").SystemInfo[] | Promise<import("./medcode.js").SystemInfo[]>,
 * }} Browsing
 */

/** Fewer hits than this are read faster than narrowed down. */
const WORTH_NARROWING = 8;

/** The questions behind a list are worked out when typing has paused. */
const PAUSE_MS = 250;

/** Distance of the list from the box and from the edge of the window, in pixels. */
const GAP = 2;

/** What the sentences of the picker are about. */
const LIST = "list";

/** A list lower than this shows no whole line. */
const LEAST = 56;

/** What an input is to whoever does not see it, while its list is put away. */
export const COMBOBOX = Object.freeze({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" });

/** Whether a search failed because of what the page has set, which the person who types cannot mend. @param {unknown} problem */
export function isMisset(problem) {
  return /^(INVALID_OPTION|UNKNOWN_SYSTEM)$/.test(/** @type {{ code?: string } | undefined} */ (problem)?.code ?? "");
}

let numbered = 0;

export class Picker {
  #number = (numbered += 1);
  /** What the options of the list stand for, in order. @type {ReadonlyArray<Concept>} */
  #rows = [];
  /** The codes that were gone into, the outermost first. @type {Concept[]} */
  #path = [];
  /** The questions that are being asked in the place of the hits, if any. @type {Guide | undefined} */
  #guide;
  /** What the questions are about, for the line above them. */
  #about = "";
  #pause = 0;
  /** The code systems that are loaded, by name. @type {Map<string, import("./medcode.js").SystemInfo>} */
  #systems = new Map();
  #open = false;
  /** The code that has come to stand first since Enter was pressed, if another one has. */
  #instead = "";
  /** Whether the key that is down leaves the box. */
  #tabs = false;
  /** Whether the person has gone on to the next field while a choice waits. */
  #waits = false;
  #composing = false;
  #listeners = new AbortController();
  #unsubscribe;
  /** What the input was before. @type {[string, string | null][]} */
  #before;

  /**
   * @param {{ input: HTMLInputElement, popup: HTMLElement, list: HTMLElement, path: HTMLElement, note: HTMLElement, voice: import("./voice.js").Voice }} nodes
   *   `popup` holds `list`, above it `path` for the codes gone into, below it `note` for what is to be said of the list
   * @param {LookupController} controller
   * @param {{
   *   onCommit: (concept: Concept) => void,
   *   strings: () => Strings,
   *   allowHeaders?: () => boolean,
   *   keepsText?: () => boolean,
   *   trouble?: () => string,
   *   anchor?: HTMLElement,
   * }} options `keepsText` says whether text that is no code may stand in the box; `allowHeaders` says whether a code that is not valid for submission may be chosen; where not, choosing it goes into it;
   *   `trouble` says what of the codes could not be loaded, in a sentence, empty where all is well
   */
  constructor(nodes, controller, { onCommit, strings, allowHeaders = () => false, keepsText = () => false, trouble = () => "", anchor = nodes.input }) {
    const { input, popup, list, path, note, voice } = nodes;
    this.input = input;
    this.popup = popup;
    this.list = list;
    this.path = path;
    this.note = note;
    this.voice = voice;
    this.anchor = anchor;
    this.controller = controller;
    this.onCommit = onCommit;
    this.allowHeaders = allowHeaders;
    this.keepsText = keepsText;
    this.trouble = trouble;
    this.strings = strings;
    list.id ||= `medcode-list-${this.#number}`;
    const now = { ...COMBOBOX, "aria-controls": list.id };
    this.#before = Object.keys(now).map((name) => [name, input.getAttribute(name)]);
    for (const [name, value] of Object.entries(now)) input.setAttribute(name, value);
    // Top layer where the browser has one: a list inside a scrolling or clipped pane of the host is whole then.
    if ("popover" in popup) popup.popover = "manual";
    popup.hidden = true;
    // A long list could be scrolled by the keyboard alone: then Tab would go into it, and be lost with it.
    list.tabIndex = -1;
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
    // By the key one goes on to the next field, and means what was chosen before; by a click one goes elsewhere.
    for (const type of ["keydown", "keyup"]) {
      input.addEventListener(type, (event) => { this.#tabs = type === "keydown" && /** @type {KeyboardEvent} */ (event).key === "Tab"; }, { signal });
    }
    input.addEventListener("blur", () => {
      const { taking } = this.controller.state;
      this.hide(taking && this.#tabs);
      if (taking) this.voice.say(this.#tabs ? this.strings().moment : this.strings().nothing, LIST);
      this.#tabs = false;
    }, { signal });
    input.addEventListener("combobox-show", () => this.show(), { signal });
    input.addEventListener("combobox-hide", () => this.hide(), { signal });
    input.addEventListener("combobox-take", (event) => {
      // What is below a code, and the answers to a question, are whole as they stand.
      if (!this.#open || this.#path.length > 0 || this.#guide || (this.#rows.length === 0 && this.controller.isSettled)) return;
      event.preventDefault();
      // Where any text may stand, Enter means a code only where one was typed; a line is chosen by pointing at it.
      if (this.keepsText() && !mayBeCode(this.input.value)) this.hide();
      else this.#takeHit();
    }, { signal });
    input.addEventListener("combobox-cancel", (event) => {
      // With nothing to put away the key is the page's: a dialog around the field closes.
      if (!this.#open && this.input.value === "") return;
      event.preventDefault();
      if (this.#open) this.hide();
      else this.clearText();
    }, { signal });
    popup.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    list.addEventListener("combobox-active", (event) => {
      const option = /** @type {CustomEvent} */ (event).detail;
      if (option && option === list.children[this.#rows.length - 1] && this.#path.length === 0 && !this.#guide) this.controller.more();
    }, { signal });
    list.addEventListener("combobox-commit", (event) => {
      if (this.#answered(event.target)) return;
      const concept = this.#conceptOf(event.target);
      if (!concept) return;
      if (this.#path.length > 0 || this.#guide || this.controller.isSettled) this.#take(concept);
      else this.#takeHit(/** @type {import("./medcode.js").Hit} */ (concept));
    }, { signal });
    list.addEventListener("combobox-open", (event) => {
      if (this.#answered(event.target)) return event.preventDefault();
      const concept = this.#conceptOf(event.target);
      if (!concept || concept.billable) return;
      event.preventDefault();
      this.into(concept);
    }, { signal });
    list.addEventListener("combobox-close", (event) => {
      if (this.#path.length === 0 && !this.#guide) return;
      event.preventDefault();
      if (this.#guide) this.#takeBack();
      else this.out();
    }, { signal });
    globalThis.addEventListener("scroll", () => this.#place(), { signal, capture: true, passive: true });
    globalThis.addEventListener("resize", () => this.#place(), { signal });
    // A field that the page switches off while its list is open offers nothing any more.
    this.#switches.observe(input, { attributes: true, attributeFilter: ["readonly", "disabled"] });
    this.#unsubscribe = controller.subscribe(() => this.#draw());
  }

  #switches = new MutationObserver(() => {
    if (this.#isOff) this.hide();
  });

  /** Whether the input may not be changed, by itself or by what is around it. */
  get #isOff() {
    return this.input.matches(":read-only");
  }

  /** Whether the list is on show. */
  get isOpen() {
    return this.#open;
  }

  /** Searches for what stands in the box. */
  typed() {
    this.#waits = false;
    this.controller.drop();
    this.#instead = "";
    // What the arrow keys reached in the list of another text is not meant by this one.
    this.combobox.activate(-1);
    this.#path = [];
    this.#guide = undefined;
    this.#open = this.input.value.trim() !== "";
    this.controller.search(this.input.value);
  }

  /** Shows the list, if there is anything to show. */
  show() {
    if (this.#open || this.input.value.trim() === "" || this.#isOff) return;
    this.#open = true;
    this.#waits = false;
    if (this.controller.state.query === this.input.value) this.#draw();
    else this.typed();
  }

  /**
   * Puts the list away.
   *
   * @param {boolean} [stays] whether a choice that waits for the whole list stays; else it is taken back
   */
  hide(stays = false) {
    this.#open = false;
    this.#waits = stays;
    if (!stays) this.controller.drop();
    this.#instead = "";
    this.#path = [];
    this.#guide = undefined;
    this.#draw();
  }

  /** Empties the box. */
  clearText() {
    if (this.input.value === "") return;
    // As a person does, so that the browser can take it back.
    this.input.select();
    if (document.execCommand("delete")) return;
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
    this.voice.say(this.strings().below(concept.code, below.length), LIST);
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
   * Asks, in the place of the list, the few questions that tell the codes apart: those below a code, or those that the text finds.
   *
   * @param {Concept} [concept] the code; the text where it is left out
   */
  async ask(concept) {
    const source = /** @type {Browsing | undefined} */ (this.controller.source);
    if (!source) return;
    const { query } = this.controller.state;
    const { options } = this.controller;
    const guide = new Guide(source, concept ? { code: concept.code, system: concept.system, date: options.date ?? undefined } : { query, options });
    this.#about = concept?.code ?? this.strings().narrow;
    await this.#step(guide, guide.begin());
  }

  /** Takes everything back that was done to the nodes. */
  destroy() {
    this.voice.drop();
    clearTimeout(this.#pause);
    this.#unsubscribe();
    this.#switches.disconnect();
    this.#listeners.abort();
    this.combobox.destroy();
    this.input.removeAttribute("aria-activedescendant");
    for (const [name, value] of this.#before) {
      if (value === null) this.input.removeAttribute(name);
      else this.input.setAttribute(name, value);
    }
  }

  /**
   * From a code that needs more: to the codes below it where those are the last step, else to the questions.
   *
   * @param {Concept} concept
   */
  async #lead(concept) {
    const source = /** @type {Browsing | undefined} */ (this.controller.source);
    const below = (await source?.children?.(concept.code, { system: concept.system })) ?? [];
    if (!source?.refine || below.every(({ billable }) => billable)) return this.into(concept);
    return this.ask(concept);
  }

  /**
   * Shows the state that a guide comes to.
   *
   * @param {Guide} guide
   * @param {Promise<import("./guide.js").GuideState>} coming
   */
  async #step(guide, coming) {
    const before = this.#guide;
    const state = await coming;
    // Another text was typed, or the list put away, while the answer was on its way.
    if (!this.#open || before !== this.#guide) return;
    const { question, answers, total, codes } = state;
    // What tells codes apart that nothing else does has no name of its own.
    const asked = question ? `${question.axis === "detail" ? this.strings().detail : question.title}?` : "";
    if (answers.length > 0 && total === 1 && codes.length === 1 && codes[0].billable) return this.#choose(codes[0]);
    this.#guide = guide;
    this.path.replaceChildren(
      "‹ ",
      element("span", /^[A-Z]\d/.test(this.#about) ? { class: "code", dir: "ltr" } : {}, this.#about),
      answers.length > 0 ? ": " : " ",
      answers.map(({ value, label }) => partsOf({ value, label }).code ?? label).join(" › "),
      question ? element("strong", { part: "question" }, ` ${asked}`) : "",
    );
    this.path.hidden = false;
    this.note.hidden = true;
    if (question) {
      this.#rows = [];
      this.list.hidden = false;
      this.list.setAttribute("aria-label", asked);
      const options = question.values.map((value, at) => this.#answer(question.axis, value, at));
      this.combobox.replace(options, true);
    } else {
      this.#fillRows(codes);
    }
    this.#reveal(true);
    this.combobox.activate(0);
    this.voice.say(question ? `${asked} ${this.strings().answers(question.values.length)}` : this.strings().found(codes.length, total), LIST);
  }

  /**
   * An answer as an option of the list.
   *
   * @param {string} axis
   * @param {import("./pkg/medcode.js").FacetValue} value
   * @param {number} at
   */
  #answer(axis, { value, label, count: number }, at) {
    const { code, text } = partsOf({ value, label });
    return element(
      "li",
      { role: "option", id: `hit-${this.#number}-answer-${at}`, class: code ? "hit answer" : "hit answer plain", part: "option answer", "aria-selected": "false", "data-axis": axis, "data-value": value },
      element("span", { class: "code", part: "code", dir: "ltr" }, code ?? "›"),
      " ",
      element("span", { class: "what" }, element("span", { class: "title", part: "title" }, text)),
      " ",
      element("span", { class: "kind", part: "kind" }, count(number)),
    );
  }

  /**
   * Takes an option that is a question or an answer to one.
   *
   * @param {EventTarget | null} option
   * @returns {boolean} whether it is one
   */
  #answered(option) {
    if (!(option instanceof HTMLElement)) return false;
    if (option.dataset.narrow !== undefined) {
      this.ask();
      return true;
    }
    const { axis, value } = option.dataset;
    if (!this.#guide || axis === undefined || value === undefined) return false;
    this.#step(this.#guide, this.#guide.answer(axis, value));
    return true;
  }

  /** Takes the last answer back; before the first, the questions themselves. */
  #takeBack() {
    const guide = this.#guide;
    if (!guide) return;
    if (guide.state.answers.length > 0) {
      this.#step(guide, guide.back());
      return;
    }
    this.#guide = undefined;
    this.#draw();
    this.combobox.activate(0);
  }

  /** Offers the questions below the hits, once typing has paused and where there are any. */
  #offer() {
    clearTimeout(this.#pause);
    const source = /** @type {Browsing | undefined} */ (this.controller.source);
    const { state, options } = this.controller;
    const { query, total, complete, status } = state;
    this.list.querySelector("[data-narrow]")?.remove();
    if (!this.#open || !source?.facets || !complete || status !== "shown" || total < WORTH_NARROWING) return;
    this.#pause = /** @type {any} */ (setTimeout(async () => {
      const facets = (await source.facets?.(query, options)) ?? [];
      const titles = worthAsking(facets).map(({ title }) => title);
      const same = this.#open && !this.#guide && this.#path.length === 0 && this.controller.state.query === query;
      if (!same || titles.length === 0 || this.list.querySelector("[data-narrow]")) return;
      const words = this.strings();
      this.list.append(
        element(
          "li",
          { role: "option", id: `hit-${this.#number}-narrow`, class: "hit narrow", part: "option narrow", "aria-selected": "false", "data-narrow": "" },
          `${words.narrow}: ${titles.slice(0, 3).join(", ")}`,
        ),
      );
    }, PAUSE_MS));
  }

  /** Chooses a code, or goes on from one that may not be chosen. @param {Concept} concept */
  #take(concept) {
    if (concept.billable || this.allowHeaders()) this.#choose(concept);
    else this.#lead(concept);
  }

  /**
   * Chooses a hit once no better one can come, and says what came of it, also where the person has gone on to the next field.
   *
   * @param {import("./medcode.js").Hit} [hit] the first where it is left out
   */
  async #takeHit(hit) {
    this.#instead = "";
    const text = this.input.value;
    const choice = await this.controller.take(hit);
    // The page has put another text in the place of the one that was meant, and that nobody hears of.
    if (choice && this.input.value !== text) return this.hide();
    const strings = this.strings();
    if (choice && !hit && this.keepsText() && !isTyped(this.input.value, choice.hit)) return this.hide();
    if (choice?.sure && (this.#open || choice.hit.billable || this.allowHeaders())) return this.#take(choice.hit);
    if (choice && this.#open) {
      this.#instead = choice.hit.code;
      this.combobox.activate(this.#rows.findIndex(({ system, code }) => system === choice.hit.system && code === choice.hit.code));
      this.#draw();
    } else if (this.#waits) {
      // What was typed is no code, and must not stay so in silence.
      this.#waits = false;
      this.voice.say(this.input.value.trim() === "" ? "" : choice?.sure ? strings.needsMore(choice.hit.code) : strings.nothing, LIST);
    }
  }

  /** @param {Concept} concept */
  #choose(concept) {
    if (this.#isOff) return;
    this.hide();
    this.onCommit(concept);
  }

  /** @param {EventTarget | null} option */
  #conceptOf(option) {
    const at = option instanceof Element ? [...this.list.children].indexOf(option) : -1;
    return this.#rows[at];
  }

  #draw() {
    const { state } = this.controller;
    // A better answer to the text that comes while its questions are asked changes nothing in sight.
    if (this.#guide && this.#open) return;
    if (this.#path.length === 0) this.#fill(state.hits);
    // Whether these hits answer the text in the box and no better ones can come.
    this.list.dataset.complete = String(state.status !== "waiting" && state.complete);
    const strings = this.strings();
    const typed = state.query.trim() !== "";
    /** @type {string[]} */
    let notes = [];
    const trouble = this.trouble();
    const problem = state.error?.message ?? "";
    if (state.taking) notes = [strings.moment];
    else if (this.#instead) notes = [strings.instead(this.#instead)];
    else if (state.status === "failed") notes = [trouble || (!this.controller.source ? strings.failed(strings.reason(problem)) : isMisset(state.error) ? strings.misset : strings.refused(problem))];
    else if (state.status === "waiting" && state.hits.length === 0) notes = [strings.loading];
    else if (state.status === "shown" && state.total === 0) notes = state.complete ? [strings.none, this.#uncovered || strings.advice] : [strings.partial];
    else if (state.status === "shown" && !this.controller.isSettled) notes = [strings.partial];
    else if (state.correction) notes = [strings.correction(state.correction)];
    if (trouble && state.status === "shown") notes.push(trouble);
    this.note.replaceChildren(...notes.map((sentence) => element("p", {}, sentence)));
    this.note.hidden = notes.length === 0;
    this.#reveal(this.#open && typed);
    if (this.#path.length === 0) this.#offer();
    this.voice.drop();
    if (!this.#open || !typed) {
      // What was said of the text before is no longer true.
      if (!this.#waits) this.voice.hush(LIST);
      return;
    }
    // That the list still grows is to be known before a key is pressed; a count is only worth hearing when it stays.
    if (state.taking || this.#instead || notes[0] === strings.partial || !this.controller.source) {
      if (this.voice.text !== notes[0]) this.voice.say(notes[0], LIST);
      return;
    }
    const sentence = notes.length > 0 && (state.total === 0 || !state.complete) ? [...new Set([notes[0], trouble])].filter(Boolean).join(". ") : [...notes, strings.found(state.hits.length, state.total)].join(". ");
    this.voice.saySoon(sentence, LIST);
  }

  /** @param {ReadonlyArray<Concept>} rows */
  #fill(rows) {
    const path = this.#path.map(({ code }) => code).join(" › ");
    const deepest = this.#path.at(-1);
    this.path.replaceChildren(...(deepest ? [element("span", { class: "code", dir: "ltr" }, `‹ ${path}`), " ", deepest.display] : []));
    this.path.hidden = !deepest;
    this.#fillRows(rows);
  }

  /** @param {ReadonlyArray<Concept>} rows */
  #fillRows(rows) {
    this.list.querySelector("[data-narrow]")?.remove();
    // What was shown already and only grew keeps its nodes, and with them the active option.
    const kept = this.#rows.length > 0 && this.#rows.every((row, at) => row === rows[at]) ? this.#rows.length : 0;
    const options = rows.slice(kept).map((row, at) => renderHit(row, `${this.#number}-${kept + at}`, this.#titleOf(row)));
    this.#rows = rows;
    this.list.hidden = rows.length === 0;
    this.list.setAttribute("aria-label", this.strings().list);
    if (kept > 0) this.list.append(...options);
    else this.combobox.replace(options, this.#open && rows.length > 0);
  }

  /** That no release that is loaded covers the date, in a sentence; empty where one does, or none is asked for. */
  get #uncovered() {
    const { date, systems } = this.controller.options;
    if (!date) return "";
    this.#learn();
    const asked = [...this.#systems.values()].filter(({ system }) => !systems?.length || systems.includes(system));
    const covers = asked.some(({ release: { period } }) => (!period.start || period.start <= date) && (!period.end || date <= period.end));
    return covers || asked.length === 0 ? "" : this.strings().uncovered(date);
  }

  /** @param {Concept} concept */
  #titleOf({ system }) {
    // A pack that came later brings a title of its own.
    if (!this.#systems.has(system)) this.#learn();
    return this.#systems.get(system)?.title ?? system;
  }

  /** Takes down what the source says of its code systems. */
  #learn() {
    const systems = /** @type {Browsing | undefined} */ (this.controller.source)?.systems?.() ?? [];
    const take = (/** @type {import("./medcode.js").SystemInfo[]} */ all) => {
      this.#systems = new Map(all.map((info) => [info.system, info]));
    };
    if (Array.isArray(systems)) take(systems);
    else systems.then((all) => {
      const known = this.#systems.size;
      take(all);
      if (known !== all.length) this.#draw();
      for (const [at, row] of this.#rows.entries()) {
        const place = this.list.children[at]?.querySelector(".system");
        if (place) place.textContent = this.#systems.get(row.system)?.title ?? row.system;
      }
    }, () => undefined);
  }

  /** @param {boolean} shown */
  #reveal(shown) {
    this.combobox.extended(shown && this.list.childElementCount > 0);
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
    style.setProperty("--medcode-room", `${Math.max(LEAST, (up ? above : below) - 2 * GAP - 4)}px`);
  }
}
