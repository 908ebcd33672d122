// `<medcode-lookup>`: a form field that holds codes. This file only defines the class; `element.js` registers it.
//
// A page without a document (a server that renders, a test) can import it: nothing here touches the document before an
// element is made.

import { LookupController, Rest } from "./controller.js";
import { element } from "./dom.js";
import { codeableConceptOf, codingOf } from "./fhir.js";
import { lookupStyles } from "./lookup-style.js";
import { COMBOBOX, isMisset, Picker } from "./picker.js";
import { asGiven, conceptsOf, isGiven, once, plainOf, Selection } from "./selection.js";
import { ENGLISH, SYSTEM_TITLES } from "./strings.js";
import { watchLabels } from "./labels.js";
import { Voice } from "./voice.js";

/**
 * @typedef {import("./medcode.js").Concept} Concept
 * @typedef {import("./medcode.js").Validation} Validation
 * @typedef {import("./controller.js").Source} Source
 * @typedef {import("./fhir.js").Coding} Coding
 * @typedef {import("./selection.js").Chosen} Chosen
 * @typedef {import("./selection.js").GivenCode} GivenCode
 * @typedef {import("./selection.js").Wanted} Wanted
 *
 * What the element asks of its source besides searches: the module has it, and so has the client of a worker. Without
 * `validateAll` pasted lists stay text, without `lookup` initial values stay codes without title. `call` is the client's: by `search`
 * it answers only the latest, as is right for what is typed.
 * @typedef {Source & import("./picker.js").Browsing & {
 *   call?: (method: string, args: unknown[]) => Promise<any>,
 *   lookup?: (code: string, options?: any) => Concept | undefined | Promise<Concept | undefined>,
 *   validateAll?: (codes: readonly string[], options?: any) => Validation[] | Promise<Validation[]>,
 * }} LookupSource
 *
 * What `medcode-select` and `medcode-clear` carry as `detail`.
 * @typedef {{
 *   value: string,
 *   values: string[],
 *   concepts: ReadonlyArray<Concept>,
 *   codings: Coding[],
 *   codeableConcepts: import("./fhir.js").CodeableConcept[],
 *   added: ReadonlyArray<Concept>,
 *   removed: ReadonlyArray<Concept>,
 *   text: string,
 * }} SelectionDetail
 */

/** What the sentences of the element are about, beside those of its list. */
const CHOICE = "choice";

/** In node there is no such class; the element cannot be made there, but the file can be imported. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/** The attributes, what each is for, and the type of its property. `tools/reference.mjs` prints this table. */
export const ATTRIBUTES = /** @type {const} */ ([
  ["name", "string", "the name under which a form sends the value"],
  ["value", "string", "the code chosen at first, several separated by blanks or commas, or what the format `coding` gave; one that is not known, or that the list would not offer, is kept, and the field is not valid"],
  ["label", "string", "the text of the label, where the slot `label` and a `<label>` of the page give none"],
  ["placeholder", "string", "what the empty box says"],
  ["systems", "list", "the code systems to search, separated by blanks; all that are loaded where it is left out"],
  ["within", "string", "only codes at or below this code, section or chapter"],
  ["billable-only", "boolean", "only codes that are valid for submission are found and taken, whatever `allow-headers` says"],
  ["allow-headers", "boolean", "a code that needs more characters may be chosen; else choosing it shows the codes below it. Without effect beside `billable-only`"],
  ["date", "string", "the date of service, such as 2026-10-01: only codes that are valid then"],
  ["specialty", "string", "the specialty whose codes come first, where the source knows specialties"],
  ["limit", "number", "how many hits are shown at first, 20 where it is left out"],
  ["multiple", "boolean", "several codes may be chosen"],
  ["max", "number", "how many codes may be chosen at most"],
  ["format", "string", "what a form sends: `code` with its dot (as it is), `plain` without, `coding` for FHIR Coding as JSON"],
  ["free-text", "boolean", "text that is no code is a value, too; a text with a code in it is a text"],
  ["required", "boolean", "the form is not valid without a code"],
  ["disabled", "boolean", "the field cannot be used and is not sent"],
  ["readonly", "boolean", "the field cannot be changed"],
  ["loading", "string", "`lazy`: the codes are loaded when the box is first focused"],
]);

export class MedcodeLookup extends Base {
  static formAssociated = true;
  static observedAttributes = [...ATTRIBUTES.map(([name]) => name), "aria-label", "aria-labelledby", "aria-describedby"];

  /**
   * Gives the source of every element that has none of its own, for the code systems that it searches, all where none are named.
   * `element.js` sets it to what loads the module beside it. It tells what of them could not be loaded, and is called again then.
   *
   * @type {((systems: string[] | undefined, onProblem?: (problem: string) => void) => LookupSource | Promise<LookupSource>) | undefined}
   */
  static open;

  /** The sentences, which a host may replace. @type {import("./strings.js").Strings} */
  static strings = ENGLISH;

  /** How often packs could not be had, one time after the other, and until when they are left alone: by every element of the page. */
  static #rest = new Rest();

  #internals = this.attachInternals();
  #selection = new Selection();
  /** @type {LookupSource | Promise<LookupSource> | undefined} */
  #given;
  /** @type {LookupController | undefined} */
  #controller;
  /** @type {Picker | undefined} */
  #picker;
  /** A text that was given and may be codes: it stands in the box until the source can tell. */
  #text = "";
  /** What is to be objected to a code of the selection, where anything is. @type {WeakMap<Chosen, string>} */
  #objections = new WeakMap();
  /** The concepts of codes that the page gave, without saying that a person had chosen them. @type {WeakSet<Chosen>} */
  #ofPage = new WeakSet();
  /** Whether the page gave what is being looked up, and not the browser, which gives back what a person chose. */
  #isGivenByPage = false;
  /** Whether what was given waits for a source that failed. */
  #stranded = false;
  /** How often the field as a whole was set or emptied. */
  #turn = 0;
  /** The text that the page gave as value, as long as nobody has chosen anything since. */
  #lastText = "";
  /** How often the choice was looked at for what is to be objected. */
  #round = 0;
  /** The text, where it is the value, that the page knows of. */
  #toldText = "";
  /** Whether the choice is no longer the one that the attribute gave. */
  #dirty = false;
  /** Whether the person was told that the field is not valid. */
  #refused = false;
  /** What is being asked, or has answered, for which code systems. @type {{ systems: string, source: LookupSource | Promise<LookupSource>, problems: string[] } | undefined} */
  #opened;
  /** What of the codes could not be loaded, in a sentence. */
  #trouble = "";
  /** Ends the watch over what the page calls this field. @type {(() => void) | undefined} */
  #unwatch;
  /** Whether the form or the fieldset around switched the field off. */
  #switchedOff = false;

  #input = /** @type {HTMLInputElement} */ (
    element("input", { type: "text", id: "input", part: "input", autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false", enterkeyhint: "search", maxlength: "500", ...COMBOBOX, "aria-controls": "list" })
  );
  #labelNode = element("label", { part: "label", for: "input", class: "label" }, element("slot", { name: "label" }));
  #chips = element("ul", { part: "chips", class: "chips", "aria-label": MedcodeLookup.strings.chosen });
  #clearButton = element("button", { type: "button", part: "clear", class: "clear", "aria-label": MedcodeLookup.strings.clear, tabindex: "-1", hidden: true }, "×");
  #box = element("div", { part: "box", class: "box" }, element("slot", { name: "before" }), this.#chips, this.#input, this.#clearButton, element("slot", { name: "after" }));
  #pathNode = element("p", { part: "path", class: "path", hidden: true });
  #listNode = element("ul", { id: "list", part: "list", class: "list", role: "listbox", "aria-label": MedcodeLookup.strings.list });
  #note = element("div", { part: "note", class: "note", hidden: true });
  #popup = element("div", { part: "popup", class: "popup", hidden: true }, this.#pathNode, this.#listNode, this.#note, element("slot", { name: "footer" }));
  #helpNode = element("span", { id: "help", hidden: true });
  #statusNode = element("p", { class: "hidden", role: "status", "aria-live": "polite" });
  #voice = new Voice(this.#statusNode);

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [lookupStyles()];
    root.append(this.#labelNode, this.#box, this.#popup, this.#helpNode, this.#statusNode);

    this.#input.addEventListener("input", () => {
      // Where the text is the value, it is no longer the one that the attribute gave.
      if (this.freeText) this.#dirty = true;
      this.#typed();
      this.#again();
    });
    this.#input.addEventListener("change", () => {
      this.#typed();
      this.#tellText();
    });
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("paste", (event) => this.#onPaste(event));
    this.#input.addEventListener("focus", () => {
      this.#start();
      this.#again();
    });
    this.#input.addEventListener("blur", () => this.#report());
    this.addEventListener("invalid", () => {
      this.#refused = true;
      this.#report();
    });
    this.#clearButton.addEventListener("click", () => {
      this.clear();
      this.#input.focus();
    });
    this.#box.addEventListener("mousedown", (event) => {
      // A press beside the text, but inside the frame, belongs to the box.
      if (event.target === this.#box || event.target === this.#chips) {
        event.preventDefault();
        this.#input.focus();
      }
    });
    this.#chips.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      const { system = "", code = "" } = button?.dataset ?? {};
      if (!button) return;
      this.removeCode(code, system);
      this.#input.focus();
    });
  }

  connectedCallback() {
    // Properties that a framework set before the class was defined; the source first, lest another one is loaded for nothing.
    for (const name of Object.keys(this).sort((one, other) => Number(other === "source") - Number(one === "source"))) {
      if (!Object.getOwnPropertyDescriptor(MedcodeLookup.prototype, name)?.set) continue;
      const value = /** @type {any} */ (this)[name];
      Reflect.deleteProperty(this, name);
      /** @type {any} */ (this)[name] = value;
    }
    this.#unwatch = watchLabels(this, () => this.#label());
    this.#label();
    this.#reflect();
    // What a person or the host has changed stays as it is, also where it is empty and the field is moved.
    if (!this.#dirty && this.#selection.all.length === 0) this.#setCodes(this.getAttribute("value") ?? "");
    // The browser looks for what wants the focus before the class is there: the page, or a dialog, has it then.
    const { activeElement } = document;
    if (this.autofocus && (activeElement === document.body || (activeElement instanceof HTMLDialogElement && activeElement.contains(this)))) this.focus();
    if (this.getAttribute("loading") !== "lazy" || this.#text || this.#selection.given.length > 0) this.#start();
  }

  disconnectedCallback() {
    this.#unwatch?.();
    this.#close();
  }

  #close() {
    this.#picker?.destroy();
    this.#controller?.destroy();
    this.#picker = this.#controller = undefined;
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === "value") {
      // As of an input: the attribute is the value at first, and what a reset goes back to.
      if (this.isConnected && !this.#dirty) this.#setCodes(now ?? "");
    } else if (name === "label" || name.startsWith("aria-")) {
      this.#label();
    } else if (["systems", "within", "billable-only", "date", "specialty", "limit"].includes(name)) {
      // Habits that the page gave by the controller stay, unless the specialty that is gone had taken their place.
      this.#controller?.setOptions({ ...(name === "specialty" ? { habits: undefined } : {}), ...this.#options() });
      // Other code systems may lie in packs that nobody needed so far.
      if (name === "systems" && this.#controller && !this.#given) this.#wait();
    }
    // A framework may set the value before it says that any text is one.
    if (name === "free-text" && now !== null && this.#lastText && this.isConnected) this.#setCodes(this.#lastText);
    this.#reflect();
    this.#report();
    if (this.#controller) this.#tellMisset(wrongIn(name, now));
    // What was fit to be chosen may be so no longer.
    if (["billable-only", "allow-headers", "date", "within", "systems"].includes(name)) this.#check();
  }

  // The form.

  formResetCallback() {
    this.#dropTyped();
    this.#dirty = this.#refused = false;
    this.#setCodes(this.getAttribute("value") ?? "");
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#switchedOff = disabled;
    this.#reflect();
  }

  /** @param {string | File | FormData | null} state */
  formStateRestoreCallback(state) {
    if (typeof state !== "string") return;
    this.#dirty = true;
    this.#setCodes(keptIn(state));
  }

  formAssociatedCallback() {
    this.#label();
  }

  /** The form it belongs to. */
  get form() {
    return this.#internals.form;
  }

  /** What the form checks. */
  get validity() {
    return this.#internals.validity;
  }

  /** Why it is not valid, in a sentence. */
  get validationMessage() {
    return this.#internals.validationMessage;
  }

  /** Whether the form checks it. */
  get willValidate() {
    return this.#internals.willValidate;
  }

  /** The labels of the page. */
  get labels() {
    return this.#internals.labels;
  }

  /** As of an input. */
  get type() {
    return this.multiple ? "medcode-multiple" : "medcode";
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }

  /** @param {string} sentence why the field is not valid for the host; empty where it is */
  setCustomValidity(sentence) {
    this.#custom = sentence;
    this.#report();
  }
  #custom = "";

  // Properties that mirror attributes.

  get name() { return this.getAttribute("name") ?? ""; }
  set name(value) { this.#mirror("name", value); }
  get label() { return this.getAttribute("label") ?? ""; }
  set label(value) { this.#mirror("label", value); }
  get placeholder() { return this.getAttribute("placeholder") ?? ""; }
  set placeholder(value) { this.#mirror("placeholder", value); }
  /** The code systems to search; none named means all that are loaded. @returns {string[]} */
  get systems() { return (this.getAttribute("systems") ?? "").split(/[\s,]+/).filter(Boolean); }
  set systems(value) { this.#mirror("systems", [value].flat().join(" ")); }
  get within() { return this.getAttribute("within") ?? ""; }
  set within(value) { this.#mirror("within", value); }
  get date() { return this.getAttribute("date") ?? ""; }
  set date(value) { this.#mirror("date", value); }
  get specialty() { return this.getAttribute("specialty") ?? ""; }
  set specialty(value) { this.#mirror("specialty", value); }
  get format() { return this.getAttribute("format") ?? "code"; }
  set format(value) { this.#mirror("format", value); }
  get loading() { return this.getAttribute("loading") ?? ""; }
  set loading(value) { this.#mirror("loading", value); }
  get limit() { return countIn(this.getAttribute("limit")) ?? 20; }
  set limit(value) { this.#mirror("limit", /** @type {any} */ (value)); }
  get max() { return countIn(this.getAttribute("max")) ?? (this.multiple ? Infinity : 1); }
  set max(value) { this.#mirror("max", value === Infinity ? "" : /** @type {any} */ (value)); }
  get billableOnly() { return this.hasAttribute("billable-only"); }
  set billableOnly(value) { this.toggleAttribute("billable-only", Boolean(value)); }
  get allowHeaders() { return this.hasAttribute("allow-headers"); }
  set allowHeaders(value) { this.toggleAttribute("allow-headers", Boolean(value)); }
  get multiple() { return this.hasAttribute("multiple"); }
  set multiple(value) { this.toggleAttribute("multiple", Boolean(value)); }
  get freeText() { return this.hasAttribute("free-text"); }
  set freeText(value) { this.toggleAttribute("free-text", Boolean(value)); }
  get required() { return this.hasAttribute("required"); }
  set required(value) { this.toggleAttribute("required", Boolean(value)); }
  get disabled() { return this.hasAttribute("disabled"); }
  set disabled(value) { this.toggleAttribute("disabled", Boolean(value)); }
  get readOnly() { return this.hasAttribute("readonly"); }
  set readOnly(value) { this.toggleAttribute("readonly", Boolean(value)); }

  /** @param {string} name @param {string} value */
  #mirror(name, value) {
    if (value === "" || value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }

  // What was chosen.

  /** The code, or several separated by blanks; what was typed, where free text is allowed and no code was chosen. */
  get value() {
    return this.values.join(" ") || (this.freeText ? this.#input.value : "");
  }

  set value(codes) {
    this.#dirty = true;
    const given = codes ?? "";
    // A framework sets what it was told once more, perhaps with every key: nothing is new then. But a choice that waits for codes to be
    // loaded may have been meant for the record before.
    if (given === this.value) {
      this.#controller?.drop();
      return;
    }
    // What is half typed goes with the value it was typed beside.
    this.#dropTyped();
    this.#setCodes(given);
  }

  /** The codes, as `format` says. */
  get values() {
    return this.#selection.all.map((chosen) => {
      if (isGiven(chosen)) return this.format === "coding" && chosen.given === chosen.code ? JSON.stringify({ code: chosen.code }) : chosen.given;
      if (this.format === "plain") return chosen.plainCode;
      return this.format === "coding" ? JSON.stringify(codingOf(chosen, this.#isUsers(chosen))) : chosen.code;
    });
  }

  set values(codes) {
    this.value = (codes ?? []).join(" ");
  }

  /** What was chosen, whole. */
  get concepts() {
    return this.#selection.concepts;
  }

  /** What was chosen, as FHIR `Coding`. */
  get codings() {
    return this.#selection.concepts.map((concept) => codingOf(concept, this.#isUsers(concept)));
  }

  /** What was chosen, as FHIR `CodeableConcept`. */
  get codeableConcepts() {
    return this.#selection.concepts.map((concept) => codeableConceptOf(concept, concept.display, this.#isUsers(concept)));
  }

  /**
   * What answers: the module, the client of a worker, or any object with `search`.
   *
   * @returns {LookupSource | Promise<LookupSource> | undefined}
   */
  get source() {
    return this.#given;
  }

  set source(source) {
    this.#given = source;
    if (!this.isConnected) return;
    this.#close();
    this.#start();
  }

  // What a host may call.

  /**
   * Chooses a code, as a person would: it comes to those chosen where several may be, else takes the place of the one.
   *
   * @param {string | Concept | { code: string, system?: string }} code a FHIR `Coding`, too: its system by its name or URI
   * @returns {Promise<boolean>} whether there is such a code, the list would offer it, and there was room for it
   */
  async addCode(code) {
    const wanted = typeof code === "string" ? wantedAs(code) : wantedBy(code);
    if (!wanted) throw new TypeError(`expected a code, a Coding or a concept, found ${JSON.stringify(code)}`);
    const turn = this.#turn;
    const concept = typeof code === "object" && "plainCode" in code ? code : (await this.#find([asGiven(wanted)]))[0];
    const isFit = await this.#isFit(concept);
    // What the page has set or emptied meanwhile stays so.
    return isFit && turn === this.#turn && this.#choose(conceptsOf([concept]));
  }

  /**
   * Takes a code out of those chosen.
   *
   * @param {string} code
   * @param {string} [system] any where it is left out
   * @returns {boolean} whether it was among them
   */
  removeCode(code, system) {
    const { all } = this.#selection;
    // Before anything is loaded a code is as it was given: in small letters, without its dot.
    const isMeant = (/** @type {Chosen} */ chosen) => chosen.code === code || (isGiven(chosen) && chosen.plainCode === plainOf(code));
    const gone = all.filter((chosen) => isMeant(chosen) && (!system || (chosen.system || system) === system));
    if (gone.length === 0) return false;
    this.#change(all.filter((chosen) => !gone.includes(chosen)), [], gone);
    this.#tell(MedcodeLookup.strings.removed(code));
    return true;
  }

  /** Empties the field. */
  clear() {
    const gone = this.#selection.all;
    const text = this.#input.value;
    this.#dropTyped();
    this.#turn += 1;
    // What was half typed is no value; where any text may stand, it was one.
    if (gone.length === 0 && !(this.freeText && text)) return this.#typed();
    if (gone.length === 0) this.#selection.text = text;
    this.#change([], [], gone);
    this.#tell(MedcodeLookup.strings.cleared);
    this.dispatchEvent(new CustomEvent("medcode-clear", { bubbles: true, composed: true, detail: this.#detail([], gone) }));
  }

  /** Takes the last choice or removal back. */
  undo() {
    return this.#step(-1);
  }

  /** Does again what was taken back. */
  redo() {
    return this.#step(1);
  }

  /**
   * Types a text into the box and shows what matches.
   *
   * @param {string} query
   */
  search(query) {
    this.#start();
    this.#input.value = query;
    this.#input.focus();
    this.#picker?.typed();
    this.#typed();
  }

  /** Shows the list. */
  show() {
    this.#picker?.show();
  }

  /** Puts the list away. */
  hide() {
    this.#picker?.hide();
  }

  /** Has a sentence read out. @param {string} sentence */
  say(sentence) {
    this.#voice.say(sentence);
  }

  /** Empties the box, and puts its list away. */
  #dropTyped() {
    this.#input.value = "";
    this.#controller?.search("");
    this.#picker?.hide();
  }

  /** Has a sentence about the choice read out. @param {string} sentence */
  #tell(sentence) {
    this.#voice.say(sentence, CHOICE);
  }

  /** What the headless controller knows: query, hits, total. */
  get state() {
    return this.#controller?.state;
  }

  // Inside.

  #start() {
    if (this.#controller || !this.isConnected) return;
    const { open } = MedcodeLookup;
    if (!this.#given && !open) return;
    this.#controller = new LookupController(this.#given ?? (() => /** @type {LookupSource | Promise<LookupSource>} */ (this.#source())), this.#options());
    this.#picker = new Picker(
      { input: this.#input, popup: this.#popup, list: this.#listNode, path: this.#pathNode, note: this.#note, voice: this.#voice },
      this.#controller,
      {
        onCommit: (concept) => !this.#off && this.#choose([concept]),
        strings: () => MedcodeLookup.strings,
        allowHeaders: () => this.#takesHeaders,
        keepsText: () => this.freeText,
        trouble: () => this.#trouble,
        anchor: this.#box,
      },
    );
    this.#controller.subscribe(({ status, error, answer }) => {
      if (status === "failed" && isMisset(error)) this.#tellMisset(/** @type {Error} */ (error).message);
      if (answer?.withinUnknown) this.#tellMisset(`expected a code, section or chapter of the code systems searched in the attribute within, found '${this.within}'`);
    });
    this.#resolve();
    // The page may listen by then to what is wrong with how it has set the field.
    Promise.resolve(this.#source()).then(() => Object.keys(EXPECTED).forEach((name) => this.#tellMisset(wrongIn(name, this.getAttribute(name)))), () => undefined);
    if (this.#input.value && this.shadowRoot?.activeElement === this.#input) this.#picker.typed();
  }

  #options() {
    const { systems, within, date, specialty } = this;
    return {
      pageSize: this.limit,
      systems: systems.length > 0 ? systems : undefined,
      within: within || undefined,
      date: date || undefined,
      billableOnly: this.billableOnly || undefined,
      ...(specialty ? { habits: { profile: specialty } } : {}),
    };
  }

  /** What answers, loaded now if need be; nothing where the element has no source. */
  #source() {
    const { open } = MedcodeLookup;
    if (this.#given || !open) return this.#given;
    const { systems } = this;
    const named = systems.join(" ");
    if (this.#opened?.systems === named) return this.#opened.source;
    /** @type {string[]} */
    const problems = [];
    const source = open(systems.length > 0 ? systems : undefined, (problem) => problems.push(problem));
    const opened = { systems: named, source, problems };
    this.#opened = opened;
    // What failed is asked for again by whoever needs it next.
    if ("then" in source) source.then((there) => this.#told(there, opened), () => { if (this.#opened === opened) this.#opened = undefined; });
    return source;
  }

  /**
   * Notes what of the codes could not be loaded: of the code systems that are named, those that are not there; where none is named,
   * a pack that should be there.
   *
   * @param {LookupSource} source
   * @param {{ systems: string, problems: string[] }} opened
   */
  async #told(source, opened) {
    const { problems } = opened;
    const strings = MedcodeLookup.strings;
    const loaded = (await Promise.resolve(source.systems?.()).catch(() => undefined)) ?? [];
    const missing = systemsOf(this.systems).filter((name) => name in SYSTEM_TITLES && !loaded.some(({ system }) => system === name));
    // A folder without any pack is whole; one whose list of packs has one that cannot be had is not.
    const packs = problems.filter((problem) => !/packs\.json/.test(problem));
    let trouble = "";
    if (missing.length > 0) trouble = strings.missing(missing.map((name) => SYSTEM_TITLES[name]).join(", "), problems.length > 0 ? strings.reason(problems[0]) : strings.noPack);
    else if (this.systems.length === 0 && packs.length > 0) trouble = strings.missing(strings.some, strings.reason(packs[0]));
    if (this.#opened !== opened) return;
    const rest = MedcodeLookup.#rest;
    if (trouble) rest.failed();
    else rest.worked();
    const before = this.#trouble;
    this.#trouble = trouble;
    if (trouble && trouble !== before) this.#tellProblem(trouble);
    if (this.#stranded || (before && before !== trouble)) this.#resolve();
    if (before !== trouble) this.#controller?.setOptions(this.#options());
  }

  /** Asks again for packs that could not be had. */
  #again() {
    if (!this.#trouble || !this.#opened || MedcodeLookup.#rest.left > 0) return;
    this.#opened = undefined;
    this.#source();
  }

  /** Searches again once the packs of the systems are there. */
  async #wait() {
    try {
      await this.#source();
    } catch {
      // The search says why.
    }
    this.#controller?.setOptions(this.#options());
    this.#resolve();
  }

  /**
   * What is chosen, to be asked for again: a code that was given stays as it was given, every other one is of its system, since
   * several may have the same code.
   *
   * @returns {Wanted[]}
   */
  #kept() {
    return this.#selection.all.map((chosen) => (isGiven(chosen) ? { code: chosen.code, given: chosen.given, system: chosen.own } : { code: chosen.code, given: chosen.code, system: chosen.system }));
  }

  /**
   * Puts what the host, the form or the browser gives in the place of all. It is chosen and sent at once, as it was given; what is
   * known of it is shown once the source is there.
   *
   * @param {string | ReadonlyArray<Wanted>} given
   */
  #setCodes(given) {
    this.#turn += 1;
    this.#isGivenByPage = typeof given === "string";
    this.#lastText = typeof given === "string" ? given : "";
    const codings = typeof given === "string" ? codingsIn(given) : given;
    const text = this.freeText && typeof given === "string" && !codings ? given : "";
    const wanted = codings ?? tokensOf(/** @type {string} */ (given)).map(wantedAs);
    this.#selection.begin(text ? [] : wanted.map(asGiven));
    if (this.freeText) this.#input.value = this.#text = text;
    this.#toldText = text;
    // What was said of another choice is no longer true.
    this.#voice.hush(CHOICE);
    this.#render();
    if (this.#controller) this.#resolve();
    else if (wanted.length > 0) this.#start();
  }

  /** Looks up what was given, and puts what is known of it in its place. What was taken out or put in meanwhile stays so. */
  async #resolve() {
    const { given } = this.#selection;
    const text = this.#text;
    if (!this.isConnected || !(given.length > 0 || text.trim()) || !(this.#given || MedcodeLookup.open)) return;
    let found, ofText;
    try {
      [found, ofText] = await Promise.all([this.#find(given), this.#find(tokensOf(text).map(wantedAs).map(asGiven))]);
    } catch {
      // The list says why there is no source. Until there is one, the codes are sent as they were given.
      this.#stranded = true;
      return;
    }
    this.#stranded = false;
    this.#selection.replace(new Map(given.map((one, at) => [one, found[at]])));
    const ofPage = found.filter((_, at) => this.#isGivenByPage && !/"userSelected": *true/.test(given[at].given));
    for (const chosen of ofPage) this.#ofPage.add(chosen);
    this.#voice.hush(CHOICE);
    // A text with a word in it that is no code is a text, and so is more than the field can hold.
    if (text.trim() && text === this.#input.value && !ofText.some(isGiven) && ofText.length <= this.max) {
      this.#selection.begin(ofText);
      this.#input.value = this.#text = "";
    }
    this.#render();
    await this.#check();
  }

  /** Marks what is not known or not fit to be chosen, and tells what of it was not told before. */
  async #check() {
    const { all } = this.#selection;
    const round = (this.#round += 1);
    const objections = await Promise.all(all.map((chosen) => this.#objectionTo(chosen)));
    // Asked again meanwhile, perhaps about another date.
    if (round !== this.#round) return;
    const fresh = all.filter((chosen, at) => objections[at] && this.#objections.get(chosen) !== objections[at]);
    for (const [at, chosen] of all.entries()) this.#objections.set(chosen, objections[at]);
    this.#render();
    const now = fresh.filter((chosen) => this.#selection.all.includes(chosen));
    if (now.length > 0) this.#issue(now.map(({ code }) => code));
  }

  /**
   * Why a person could not choose a code by this field, in a sentence; empty where one could, or nobody can tell.
   *
   * @param {Chosen} chosen
   * @returns {Promise<string>}
   */
  async #objectionTo(chosen) {
    const { strings } = MedcodeLookup;
    if (isGiven(chosen)) return chosen.unknown ? strings.notKnown(chosen.code) : "";
    const { code, system, billable } = chosen;
    if (!billable && !this.#takesHeaders) return strings.needsMore(code);
    const { within, date } = this;
    const systems = systemsOf(this.systems);
    const isNamed = systems.length === 0 || systems.includes(system);
    if (isNamed && !within && !date) return "";
    try {
      const source = await this.#source();
      // Systems have several names: which is meant, the source knows.
      const others = isNamed || !source?.lookup ? [] : await Promise.all(systems.map(async (name) => source.lookup?.(code, { system: name })).map((asked) => asked.catch(() => undefined)));
      if (others.length > 0 && !others.some((other) => other?.system === system)) return strings.notSearched(code, SYSTEM_TITLES[system] ?? system);
      const [answer] = (date && (await source?.validateAll?.([code], { system, date, fixLimit: 0 }))) || [];
      // That a release ends before the date says nothing against a code.
      if (answer && /^(terminated|not-yet-effective)$/.test(answer.status)) return answer.message;
      const question = /** @type {const} */ ([code, { systems: [system], within }]);
      const inside = within ? await (source?.call?.("search", [...question]) ?? source?.search(...question)) : undefined;
      return inside && !inside.hits.some((/** @type {Concept} */ hit) => hit.system === system && hit.code === code) ? strings.outside(code, within) : "";
    } catch (problem) {
      if (isMisset(problem)) this.#tellMisset(/** @type {Error} */ (problem).message);
      return "";
    }
  }

  /** Whether the list would offer a code. @param {Chosen} chosen */
  async #isFit(chosen) {
    return !isGiven(chosen) && (await this.#objectionTo(chosen)) === "";
  }

  /** Whether a person chose a code, as far as anybody knows. @param {Chosen} chosen */
  #isUsers(chosen) {
    return !this.#ofPage.has(chosen);
  }

  /** Whether a code that is not valid for submission may be chosen. */
  get #takesHeaders() {
    return this.allowHeaders && !this.billableOnly;
  }

  /**
   * The concepts of codes, each in the first of the systems searched that has it.
   *
   * @param {ReadonlyArray<GivenCode>} codes
   * @returns {Promise<Chosen[]>}
   */
  async #find(codes) {
    if (codes.length === 0) return [];
    const source = await this.#source();
    const systems = systemsOf(this.systems);
    return Promise.all(
      codes.map(async (given) => {
        const { code, own } = given;
        const scopes = own ? [{ system: own }] : systems.length > 0 ? systems.map((system) => ({ system })) : [undefined];
        // Only a source that was asked and has answered can say that there is no such code; one without all its packs cannot.
        const whole = scopes[0] !== undefined || !this.#opened?.problems.length;
        let unknown = source?.lookup !== undefined && whole;
        for (const scope of scopes) {
          try {
            const concept = await source?.lookup?.(code, scope);
            if (concept) return concept;
          } catch {
            // The codes of this system are not there, for now.
            if (this.#trouble || this.#opened?.problems.length) unknown = false;
          }
        }
        return { ...given, unknown };
      }),
    );
  }

  /** @param {readonly string[]} codes */
  async #issue(codes) {
    /** @type {Validation[]} */
    let validations = [];
    try {
      const source = await this.#source();
      validations = (await source?.validateAll?.(codes, { date: this.date || undefined, fixLimit: 5 })) ?? [];
    } catch {
      // Without a source, or with a date that is none, the codes are told by themselves.
    }
    this.dispatchEvent(new CustomEvent("medcode-issue", { bubbles: true, composed: true, detail: { codes, validations } }));
  }

  /** What was told of the attributes. @type {Set<string>} */
  #misset = new Set();

  /** Tells the page, once, of an attribute with a wrong value. @param {string} problem */
  #tellMisset(problem) {
    if (problem === "" || this.#misset.has(problem)) return;
    this.#misset.add(problem);
    this.#tellProblem(problem);
  }

  /** @param {string} problem */
  #tellProblem(problem) {
    this.dispatchEvent(new CustomEvent("medcode-issue", { bubbles: true, composed: true, detail: { codes: [], validations: [], problem } }));
  }

  /**
   * @param {ReadonlyArray<Concept>} concepts
   * @returns {boolean} whether they are chosen now
   */
  #choose(concepts) {
    const before = this.#selection.all;
    const fresh = once(concepts).filter(({ system, code }) => !this.#selection.has(system, code));
    const strings = MedcodeLookup.strings;
    // A text that was the value comes back when the choice is taken back.
    if (this.#textAsValue) this.#selection.text = this.#textAsValue;
    this.#dropTyped();
    if (!this.multiple) {
      this.#change(concepts.slice(0, 1), fresh.slice(0, 1), before.filter((chosen) => isGiven(chosen) || !concepts.includes(chosen)));
      this.#tell(strings.added(concepts[0].code));
      return true;
    }
    const room = Math.max(0, this.max - before.length);
    const taken = fresh.slice(0, room);
    this.#change([...before, ...taken], taken, []);
    if (taken.length < fresh.length) this.#tell(strings.full(this.max));
    else this.#tell(taken.length > 1 ? strings.pasted(taken.length) : strings.added(concepts[0].code));
    return concepts.some(({ system, code }) => this.#selection.has(system, code));
  }

  get #off() {
    return this.disabled || this.#switchedOff || this.readOnly;
  }

  /**
   * @param {ReadonlyArray<Chosen>} chosen
   * @param {ReadonlyArray<Chosen>} added
   * @param {ReadonlyArray<Chosen>} removed
   */
  #change(chosen, added, removed) {
    this.#dirty = true;
    this.#text = this.#lastText = "";
    this.#selection.set(chosen);
    this.#changed(added, removed);
  }

  /**
   * Goes a step back or forth. The box goes with it where nothing was typed since.
   *
   * @param {-1 | 1} way
   */
  #step(way) {
    const { all: before, text } = this.#selection;
    if (!this.#selection.step(way)) return false;
    const { all } = this.#selection;
    this.#dirty = true;
    if (this.#input.value === text) this.#input.value = this.#selection.text;
    const [back, gone] = [all.filter((each) => !before.includes(each)), before.filter((each) => !all.includes(each))];
    this.#changed(back, gone);
    const { restored, removed } = MedcodeLookup.strings;
    this.#tell([...back.map(({ code }) => restored(code)), ...gone.map(({ code }) => removed(code))].join(", "));
    return true;
  }

  /**
   * @param {ReadonlyArray<Chosen>} added
   * @param {ReadonlyArray<Chosen>} removed
   */
  #changed(added, removed) {
    this.#toldText = this.#textAsValue;
    this.#render();
    this.#report();
    const detail = this.#detail(added, removed);
    this.dispatchEvent(new CustomEvent("medcode-select", { bubbles: true, composed: true, detail }));
    this.dispatchEvent(new Event("change", { bubbles: true }));
    // What comes back, or was on show before the page changed what may be chosen, may be fit no longer.
    this.#check();
  }

  /** Tells of a text that is the value, as of an input: once the person leaves it or sends it, not with every letter. */
  #tellText() {
    if (this.freeText && this.#textAsValue !== this.#toldText) this.#changed([], []);
  }

  /** The text where it is the value, else nothing. */
  get #textAsValue() {
    return this.freeText && this.#selection.all.length === 0 ? this.#input.value : "";
  }

  /**
   * @param {ReadonlyArray<Chosen>} added
   * @param {ReadonlyArray<Chosen>} removed
   * @returns {SelectionDetail}
   */
  #detail(added, removed) {
    const { value, values, concepts, codings, codeableConcepts } = this;
    return { value, values, concepts, codings, codeableConcepts, added: conceptsOf(added), removed: conceptsOf(removed), text: this.#input.value };
  }

  #render() {
    const strings = MedcodeLookup.strings;
    const { all } = this.#selection;
    this.#chips.replaceChildren(
      ...all.map((chosen) => {
        const { system, code, display } = chosen;
        const objection = this.#objections.get(chosen);
        const isUnknown = isGiven(chosen) && chosen.unknown;
        const text = isUnknown ? strings.notFound : objection ? `${strings.notUsable}: ${display}` : display;
        return element(
          "li",
          { part: objection ? "chip chip-unknown" : "chip", class: objection ? "chip unknown" : "chip", title: isUnknown || !objection ? `${code} ${text}`.trim() : objection },
          element("span", { class: "code", part: "chip-code", dir: "ltr" }, code),
          " ",
          // What is cut off where there is no room is the end of a title: it runs its own way, whatever the page does.
          element("span", { class: "title", part: "chip-title", dir: "auto" }, objection && element("span", { "aria-hidden": "true" }, isUnknown ? "? " : "! "), text),
          this.multiple && !this.#off && element("button", { type: "button", part: "chip-remove", "data-system": system, "data-code": code, "aria-label": strings.remove(code) }, "×"),
        );
      }),
    );
    this.#chips.hidden = all.length === 0;
    this.#describe();
    this.#typed();
  }

  #typed() {
    this.#clearButton.hidden = this.#off || (this.#input.value === "" && this.#selection.all.length === 0);
    this.#input.placeholder = this.#selection.all.length > 0 && !this.multiple ? "" : this.placeholder || MedcodeLookup.strings.placeholder;
    this.#report();
  }

  #reflect() {
    const off = this.disabled || this.#switchedOff;
    this.#input.disabled = off;
    this.#input.readOnly = this.readOnly;
    this.#input.required = false;
    if (this.required) this.#input.setAttribute("aria-required", "true");
    else this.#input.removeAttribute("aria-required");
    this.#render();
  }

  /** What is heard after the name of the box: the codes that stand beside the text, and what the page says of the field. */
  #describe() {
    const chosen = this.#selection.all.map(({ code, display }) => `${code} ${display}`.trim()).join(", ");
    this.#helpNode.textContent = [chosen, textsOf(this, "aria-describedby")].filter(Boolean).join(". ");
    if (this.#helpNode.textContent) this.#input.setAttribute("aria-describedby", "help");
    else this.#input.removeAttribute("aria-describedby");
  }

  #label() {
    const slotted = this.querySelector(':scope > [slot="label"]');
    const ofPage = [...this.#internals.labels].map((label) => label.textContent?.trim()).filter(Boolean).join(" ");
    const text = this.getAttribute("label") ?? "";
    // The id of a label in the page does not reach into the shadow root: its text does. The order is that of the accessible name.
    const named = textsOf(this, "aria-labelledby") || this.getAttribute("aria-label");
    if (slotted && !named) this.#input.removeAttribute("aria-label");
    else this.#input.setAttribute("aria-label", named || text || ofPage || MedcodeLookup.strings.label);
    this.#describe();
    this.#labelNode.hidden = !slotted && text === "";
    const slot = this.#labelNode.querySelector("slot");
    if (slot) slot.textContent = text;
  }

  /** Tells the form the value and whether it is valid. */
  #report() {
    const strings = MedcodeLookup.strings;
    const typed = this.#input.value.trim();
    const { name } = this;
    const { values } = this;
    // For the browser to restore.
    const state = JSON.stringify(this.#kept());
    const unknown = this.#selection.given.filter((given) => given.unknown).map(({ code }) => code);
    const objection = this.#selection.concepts.map((concept) => this.#objections.get(concept)).find(Boolean);
    if (values.length === 0) this.#internals.setFormValue(this.freeText && typed ? typed : null, JSON.stringify(this.freeText ? typed : ""));
    else if (values.length === 1 || name === "") this.#internals.setFormValue(values.join(" "), state);
    else {
      const data = new FormData();
      for (const value of values) data.append(name, value);
      this.#internals.setFormValue(data, state);
    }
    const focused = this.shadowRoot?.activeElement === this.#input;
    if (this.#custom) this.#internals.setValidity({ customError: true }, this.#custom, this.#input);
    else if (this.required && values.length === 0 && !(this.freeText && typed)) this.#internals.setValidity({ valueMissing: true }, strings.required, this.#input);
    else if (unknown.length > 0) this.#internals.setValidity({ badInput: true }, strings.notKnown(unknown.join(", ")), this.#input);
    else if (objection) this.#internals.setValidity({ badInput: true }, strings.another(objection), this.#input);
    else if (values.length > this.max) this.#internals.setValidity({ badInput: true }, strings.full(this.max), this.#input);
    else if (typed && !(this.freeText && values.length === 0)) {
      const full = this.multiple && values.length >= this.max;
      this.#internals.setValidity({ badInput: true }, full ? strings.full(this.max) : strings.notChosen, this.#input);
    } else this.#internals.setValidity({});
    const { valid, badInput } = this.#internals.validity;
    if (valid) this.#refused = false;
    // Not while a person types: what is half typed is not wrong. What the form has refused is, until it is mended.
    const invalid = this.#refused || (badInput && !focused);
    if (invalid) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
    try {
      this.#internals.states[invalid ? "add" : "delete"]("invalid");
    } catch {
      // A browser from before the states had their names: the frame of the box stays as it is.
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing || this.#off) return;
    const empty = this.#input.value === "";
    const last = this.#selection.all.at(-1);
    const key = event.key.toLowerCase();
    // What was typed is the browser's to take back; where nothing was typed since the last choice, that choice is.
    const steps = (event.ctrlKey || event.metaKey) && (key === "z" || key === "y") && this.#input.value === this.#selection.text;
    if (event.key === "Backspace" && empty && last) {
      event.preventDefault();
      this.removeCode(last.code, last.system);
    } else if (steps) {
      if (this.#step(key === "y" || event.shiftKey ? 1 : -1)) event.preventDefault();
    } else if (event.key === "Enter" && (empty || (this.freeText && !this.#picker?.isOpen)) && this.form && !event.repeat && !event.defaultPrevented) {
      this.#tellText();
      submitImplicitly(this.form);
    }
  }

  /**
   * Several codes at once become several choices; what is not usable stays in the box and is told.
   *
   * @param {ClipboardEvent} event
   */
  async #onPaste(event) {
    const tokens = codesPasted(event.clipboardData?.getData("text/plain") ?? "");
    if (!this.multiple || this.#off || tokens.length === 0) return;
    event.preventDefault();
    const input = this.#input;
    const pasted = tokens.join(" ");
    // Until somebody can tell what they are, they stand where the person put them.
    input.setRangeText(pasted, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
    this.#typed();
    /** @type {Chosen[]} */
    let found;
    /** @type {boolean[]} */
    let fit;
    try {
      found = await this.#find(tokens.map((code) => asGiven({ code, given: code })));
      fit = await Promise.all(found.map((chosen) => this.#isFit(chosen)));
    } catch {
      return;
    }
    const box = input.value;
    const at = box.indexOf(pasted);
    // What the person has changed meanwhile stays as it is, and so does a field that the page has closed.
    if (at < 0 || this.#off) return;
    const strings = MedcodeLookup.strings;
    const usable = conceptsOf(found.filter((_, at) => fit[at]));
    const isChosen = usable.length > 0 && this.#choose(usable);
    const rest = tokens.filter((_, at) => !fit[at]);
    // What there was no room for stays in the box, like what cannot be used, for the person to see; and what was typed before and after.
    const left = tokens.filter((_, at) => !fit[at] || !this.#selection.has(found[at].system, found[at].code));
    const typed = [box.slice(0, at), box.slice(at + pasted.length)].map((text) => text.trim());
    input.value = [typed[0], ...left, typed[1]].filter(Boolean).join(" ");
    if (isChosen) this.#selection.text = input.value;
    this.#typed();
    if (typed.some(Boolean)) this.#picker?.typed();
    if (left.length === 0) return;
    this.#tell([left.length > rest.length && strings.full(this.max), rest.length > 0 && strings.unknown(rest.join(", "))].filter(Boolean).join(". "));
    if (rest.length > 0) this.#issue(rest);
  }
}

/**
 * The codes of a text.
 *
 * @param {string} text
 */
function tokensOf(text) {
  return text.split(/[\s,;|]+/).filter(Boolean);
}

/**
 * The codes of a text that was pasted, and what stands among them and is none; nothing where words are more than codes.
 *
 * @param {string} text
 */
function codesPasted(text) {
  const isLikeCode = (/** @type {string} */ token) => /^(?=.*\d)[A-Z0-9.]{3,8}$/i.test(token);
  const isModifier = (/** @type {string} */ token) => /^[A-Z0-9]{2}$/.test(token);
  // Quotes, brackets and slashes stand around codes, numbers and letters of a list before them.
  const plain = text.replace(/["'“”‘’()[\]/]/g, " ").replace(/(^|\s)(\d{1,2}|[A-L])[.:](?=\s)/g, "$1");
  const rows = plain.split(/[\r\n]+/).map(tokensOf).filter((row) => row.length > 0);
  const areCodes = (/** @type {string[]} */ tokens) => tokens.filter((token) => !isModifier(token)).length < 2 * tokens.filter(isLikeCode).length;
  // The rows of a table: the code first, then its title.
  const isTable = rows.length > 1 && rows.every(([first]) => isLikeCode(first));
  const tokens = isTable ? rows.flatMap((row) => (areCodes(row) ? row : row.slice(0, 1))) : rows.flat();
  return tokens.filter(isLikeCode).length > 1 && areCodes(tokens) ? tokens : [];
}

/** A code by itself, to be looked up. @param {string} code @returns {Wanted} */
function wantedAs(code) {
  return { code, given: code };
}

/** A FHIR Coding, to be looked up, if it is one. @param {any} coding @returns {Wanted | undefined} */
function wantedBy(coding) {
  if (typeof coding?.code !== "string") return undefined;
  return { code: coding.code, given: JSON.stringify(coding), ...(typeof coding.system === "string" ? { system: coding.system } : {}) };
}

/**
 * The codes of FHIR Codings as JSON, as `format="coding"` gives them, if a text is such.
 *
 * @param {string} text
 * @returns {Wanted[] | undefined}
 */
function codingsIn(text) {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    // One after the other, as several values are: a brace inside a text ends none, because it is not followed by another Coding.
    const list = [JSON.parse(`[${text.trim().replace(/\}\s+(?=\{")/g, "},")}]`)].flat(2);
    const wanted = list.flatMap((coding) => wantedBy(coding) ?? []);
    return wanted.length === list.length ? wanted : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a browser restores: codes, or a text.
 *
 * @param {string} state
 * @returns {Wanted[] | string}
 */
function keptIn(state) {
  try {
    const kept = JSON.parse(state);
    if (Array.isArray(kept) || typeof kept === "string") return kept;
  } catch {
    // From a page of an earlier release, which kept the text itself.
  }
  return state;
}

/** The code systems that names mean. @param {string[]} names */
function systemsOf(names) {
  return names.flatMap((name) => (name === "icd9" ? ["icd9cm_dx", "icd9cm_sg"] : [name]));
}

/**
 * The texts of the elements that an attribute names by their ids.
 *
 * @param {Element} node
 * @param {string} attribute
 */
function textsOf(node, attribute) {
  const root = /** @type {Document | ShadowRoot} */ (node.getRootNode());
  const ids = (node.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean);
  return ids.map((id) => root.getElementById?.(id)?.textContent?.trim()).filter(Boolean).join(" ");
}

/** What keeps a form without a button from being sent by Enter, where there is more than one of them. */
const BLOCKING = /^(text|search|tel|url|email|password|date|month|week|time|datetime-local|number)$/;

/**
 * Sends a form as Enter in an input does: by a click on its first button that sends it; by itself where it has none and no other
 * field to type into.
 *
 * @param {HTMLFormElement} form
 */
function submitImplicitly(form) {
  const root = /** @type {Document | ShadowRoot} */ (form.getRootNode());
  const buttons = /** @type {(HTMLButtonElement | HTMLInputElement)[]} */ ([...root.querySelectorAll("button, input")]);
  const button = buttons.find((each) => each.form === form && /^(submit|image)$/.test(each.type));
  if (button) button.click();
  else if (![...form.elements].some((each) => each instanceof HTMLInputElement && BLOCKING.test(each.type))) form.requestSubmit();
}

/** A number of things, one at least. @param {string | null} text */
function countIn(text) {
  return text !== null && /^0*[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

/** What the attributes may say that do not take any text. @type {Record<string, [RegExp, string]>} */
const EXPECTED = {
  limit: [/^0*[1-9]\d*$/, "a number from 1"],
  max: [/^0*[1-9]\d*$/, "a number from 1"],
  format: [/^(code|plain|coding)$/, "code, plain or coding"],
  loading: [/^lazy$/, "lazy"],
};

/**
 * What is wrong with the value of an attribute, in a sentence; empty where nothing is.
 *
 * @param {string} name
 * @param {string | null} value
 */
function wrongIn(name, value) {
  const [pattern, wanted] = EXPECTED[name] ?? [];
  return !value || !pattern || pattern.test(value) ? "" : `expected ${wanted} in the attribute ${name}, found '${value}'`;
}

/**
 * The property of an attribute: `billable-only` is `billableOnly`.
 *
 * @param {string} attribute
 */
export function propertyOf(attribute) {
  return attribute === "readonly" ? "readOnly" : attribute.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}
