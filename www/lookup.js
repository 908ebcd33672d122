// `<medcode-lookup>`: a form field that holds codes. This file only defines the class; `element.js` registers it.
//
// A page without a document (a server that renders, a test) can import it: nothing here touches the document before an
// element is made.

import { LookupController } from "./controller.js";
import { element } from "./dom.js";
import { codeableConceptOf, codingOf } from "./fhir.js";
import { lookupStyles } from "./lookup-style.js";
import { Picker } from "./picker.js";
import { Selection } from "./selection.js";
import { ENGLISH } from "./strings.js";

/**
 * @typedef {import("./medcode.js").Concept} Concept
 * @typedef {import("./medcode.js").Validation} Validation
 * @typedef {import("./controller.js").Source} Source
 * @typedef {import("./fhir.js").Coding} Coding
 *
 * What the element asks of its source besides searches: the module has it, and so has the client of a worker. Without
 * `validateAll` pasted lists stay text, without `lookup` initial values stay codes without title.
 * @typedef {Source & import("./picker.js").Browsing & {
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

/** In node there is no such class; the element cannot be made there, but the file can be imported. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/** The attributes, what each is for, and the type of its property. `tools/reference.mjs` prints this table. */
export const ATTRIBUTES = /** @type {const} */ ([
  ["name", "string", "the name under which a form sends the value"],
  ["value", "string", "the code chosen at first, several separated by blanks or commas"],
  ["label", "string", "the text of the label, where the slot `label` and a `<label>` of the page give none"],
  ["placeholder", "string", "what the empty box says"],
  ["systems", "list", "the code systems to search, separated by blanks; all that are loaded where it is left out"],
  ["within", "string", "only codes at or below this code, section or chapter"],
  ["billable-only", "boolean", "only codes that are valid for submission are found"],
  ["allow-headers", "boolean", "a code that needs more characters may be chosen; else choosing it shows the codes below it"],
  ["date", "string", "the date of service, such as 2026-10-01: only codes that are valid then"],
  ["specialty", "string", "the specialty whose codes come first, where the source knows specialties"],
  ["limit", "number", "how many hits are shown at first, 20 where it is left out"],
  ["multiple", "boolean", "several codes may be chosen"],
  ["max", "number", "how many codes may be chosen at most"],
  ["format", "string", "what a form sends: `code` with its dot (as it is), `plain` without, `coding` for FHIR Coding as JSON"],
  ["free-text", "boolean", "text that is no code is a value, too"],
  ["required", "boolean", "the form is not valid without a code"],
  ["disabled", "boolean", "the field cannot be used and is not sent"],
  ["readonly", "boolean", "the field cannot be changed"],
  ["loading", "string", "`lazy`: the codes are loaded when the box is first focused"],
]);

export class MedcodeLookup extends Base {
  static formAssociated = true;
  static observedAttributes = ATTRIBUTES.map(([name]) => name);

  /**
   * Gives the source of every element that has none of its own, for the code systems that it searches, all where none are named.
   * `element.js` sets it to what loads the module beside it.
   *
   * @type {((systems: string[] | undefined) => LookupSource | Promise<LookupSource>) | undefined}
   */
  static open;

  /** The sentences, which a host may replace. @type {import("./strings.js").Strings} */
  static strings = ENGLISH;

  #internals = this.attachInternals();
  #selection = new Selection();
  /** @type {LookupSource | Promise<LookupSource> | undefined} */
  #given;
  /** @type {LookupController | undefined} */
  #controller;
  /** @type {Picker | undefined} */
  #picker;
  /** Codes that were set before the source was there. @type {string | undefined} */
  #awaited;
  /** Whether the form or the fieldset around switched the field off. */
  #switchedOff = false;

  #input = /** @type {HTMLInputElement} */ (
    element("input", { type: "text", id: "input", part: "input", autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false", enterkeyhint: "search", maxlength: "500" })
  );
  #labelNode = element("label", { part: "label", for: "input", class: "label" }, element("slot", { name: "label" }));
  #chips = element("ul", { part: "chips", class: "chips", "aria-label": MedcodeLookup.strings.chosen });
  #clearButton = element("button", { type: "button", part: "clear", class: "clear", "aria-label": MedcodeLookup.strings.clear, tabindex: "-1", hidden: true }, "×");
  #box = element("div", { part: "box", class: "box" }, element("slot", { name: "before" }), this.#chips, this.#input, this.#clearButton, element("slot", { name: "after" }));
  #pathNode = element("p", { part: "path", class: "path", hidden: true });
  #listNode = element("ul", { part: "list", class: "list", role: "listbox", "aria-label": MedcodeLookup.strings.list });
  #note = element("div", { part: "note", class: "note", hidden: true });
  #popup = element("div", { part: "popup", class: "popup", hidden: true }, this.#pathNode, this.#listNode, this.#note, element("slot", { name: "footer" }));
  #statusNode = element("p", { class: "hidden", role: "status", "aria-live": "polite" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [lookupStyles()];
    root.append(this.#labelNode, this.#box, this.#popup, this.#statusNode);

    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("change", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("paste", (event) => this.#onPaste(event));
    this.#input.addEventListener("focus", () => this.#start());
    this.#clearButton.addEventListener("click", () => this.clear());
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
      if (button) this.removeCode(code, system);
    });
  }

  connectedCallback() {
    // Properties that a framework set before the class was defined.
    for (const name of ["value", "source", ...ATTRIBUTES.map(([attribute]) => propertyOf(attribute))]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = /** @type {any} */ (this)[name];
      Reflect.deleteProperty(this, name);
      /** @type {any} */ (this)[name] = value;
    }
    this.#label();
    this.#reflect();
    if (this.#awaited === undefined && this.#selection.concepts.length === 0) this.#awaited = this.getAttribute("value") ?? undefined;
    if (this.getAttribute("loading") !== "lazy" || this.#awaited) this.#start();
    this.#report();
  }

  disconnectedCallback() {
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
      if (this.isConnected && this.#selection.concepts.length === 0) this.#setCodes(now ?? "");
    } else if (name === "label") {
      this.#label();
    } else if (["systems", "within", "billable-only", "date", "specialty", "limit"].includes(name)) {
      this.#controller?.setOptions(this.#options());
      // Other code systems may lie in packs that nobody needed so far.
      if (name === "systems" && this.#controller && !this.#given) this.#wait();
    }
    this.#reflect();
    this.#report();
  }

  // The form.

  formResetCallback() {
    this.#input.value = "";
    this.#setCodes(this.getAttribute("value") ?? "");
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#switchedOff = disabled;
    this.#reflect();
  }

  /** @param {string | File | FormData | null} state */
  formStateRestoreCallback(state) {
    if (typeof state === "string") this.#setCodes(state);
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
  get limit() { return wholeNumber(this.getAttribute("limit")) ?? 20; }
  set limit(value) { this.#mirror("limit", String(value)); }
  get max() { return wholeNumber(this.getAttribute("max")) ?? (this.multiple ? Infinity : 1); }
  set max(value) { this.#mirror("max", Number.isFinite(value) ? String(value) : ""); }
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
    return this.#awaited ?? (this.values.join(" ") || (this.freeText ? this.#input.value : ""));
  }

  set value(codes) {
    this.#setCodes(codes ?? "");
  }

  /** The codes, as `format` says. */
  get values() {
    return this.#selection.concepts.map((concept) => {
      if (this.format === "plain") return concept.plainCode;
      return this.format === "coding" ? JSON.stringify(codingOf(concept)) : concept.code;
    });
  }

  set values(codes) {
    this.#setCodes(codes.join(" "));
  }

  /** What was chosen, whole. */
  get concepts() {
    return this.#selection.concepts;
  }

  /** What was chosen, as FHIR `Coding`. */
  get codings() {
    return this.#selection.concepts.map(codingOf);
  }

  /** What was chosen, as FHIR `CodeableConcept`. */
  get codeableConcepts() {
    return this.#selection.concepts.map((concept) => codeableConceptOf(concept));
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
    this.disconnectedCallback();
    this.#start();
  }

  // What a host may call.

  /**
   * Chooses a code, as a person would: it comes to those chosen where several may be, else takes the place of the one.
   *
   * @param {string | Concept} code
   * @returns {Promise<boolean>} whether there is such a code and room for it
   */
  async addCode(code) {
    const concept = typeof code === "string" ? (await this.#find([code]))[0] : code;
    return concept !== undefined && this.#choose([concept]);
  }

  /**
   * Takes a code out of those chosen.
   *
   * @param {string} code
   * @param {string} [system] any where it is left out
   * @returns {boolean} whether it was among them
   */
  removeCode(code, system) {
    const { concepts } = this.#selection;
    const gone = concepts.filter((concept) => concept.code === code && (!system || concept.system === system));
    if (gone.length === 0) return false;
    this.#change(concepts.filter((concept) => !gone.includes(concept)), [], gone);
    this.say(MedcodeLookup.strings.removed(code));
    this.#input.focus();
    return true;
  }

  /** Empties the field. */
  clear() {
    const gone = this.#selection.concepts;
    this.#input.value = "";
    this.#controller?.search("");
    this.#change([], [], gone);
    this.dispatchEvent(new CustomEvent("medcode-clear", { bubbles: true, composed: true, detail: this.#detail([], gone) }));
    this.#input.focus();
  }

  /** Takes the last choice or removal back. */
  undo() {
    const now = this.#selection.concepts;
    if (!this.#selection.undo()) return false;
    const back = this.#selection.concepts;
    this.#changed(back.filter((concept) => !now.includes(concept)), now.filter((concept) => !back.includes(concept)));
    return true;
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
    if (this.#picker) this.#picker.say(sentence);
    else this.#statusNode.textContent = sentence;
  }

  /** What the headless controller knows: query, hits, total. */
  get state() {
    return this.#controller?.state;
  }

  // Inside.

  #start() {
    if (this.#controller || !this.isConnected) return;
    const source = this.#source();
    if (!source) return;
    this.#controller = new LookupController(source, this.#options());
    this.#picker = new Picker(
      { input: this.#input, popup: this.#popup, list: this.#listNode, path: this.#pathNode, note: this.#note, status: this.#statusNode },
      this.#controller,
      {
        onCommit: (concept) => this.#choose([concept]),
        strings: () => MedcodeLookup.strings,
        allowHeaders: () => this.allowHeaders,
        anchor: this.#box,
      },
    );
    if (this.#awaited !== undefined) this.#setCodes(this.#awaited);
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
    const { systems } = this;
    return this.#given ?? MedcodeLookup.open?.(systems.length > 0 ? systems : undefined);
  }

  /** Searches again once the packs of the systems are there. */
  async #wait() {
    try {
      await this.#source();
    } catch {
      // The search says why.
    }
    this.#controller?.setOptions(this.#options());
  }

  /** @param {string} codes */
  async #setCodes(codes) {
    const wanted = tokensOf(codes);
    this.#awaited = codes;
    this.#report();
    if (!this.isConnected || (wanted.length > 0 && !this.#source())) return;
    this.#start();
    const found = await this.#find(wanted);
    if (this.#awaited !== codes) return;
    this.#awaited = undefined;
    const known = found.filter((concept) => concept !== undefined);
    this.#selection.set(known.slice(0, this.max));
    if (this.freeText && known.length === 0) this.#input.value = codes;
    this.#render();
    const unknown = wanted.filter((_, at) => !found[at]);
    if (unknown.length > 0 && !this.freeText) this.#issue(unknown);
  }

  /**
   * The concepts of codes, each in the first of the systems searched that has it.
   *
   * @param {readonly string[]} codes
   * @returns {Promise<(Concept | undefined)[]>}
   */
  async #find(codes) {
    if (codes.length === 0) return [];
    const source = await this.#source();
    const systems = this.systems.flatMap((name) => (name === "icd9" ? ["icd9cm_dx", "icd9cm_sg"] : [name]));
    const scopes = systems.length > 0 ? systems.map((system) => ({ system })) : [undefined];
    return Promise.all(
      codes.map(async (code) => {
        for (const scope of scopes) {
          const concept = await source?.lookup?.(code, scope);
          if (concept) return concept;
        }
        return undefined;
      }),
    );
  }

  /** @param {readonly string[]} codes */
  async #issue(codes) {
    const source = await this.#source();
    const validations = (await source?.validateAll?.(codes, { date: this.date || undefined, fixLimit: 5 })) ?? [];
    this.dispatchEvent(new CustomEvent("medcode-issue", { bubbles: true, composed: true, detail: { codes, validations } }));
  }

  /**
   * @param {ReadonlyArray<Concept>} concepts
   * @returns {boolean} whether there was room for all of them
   */
  #choose(concepts) {
    if (this.#off) return false;
    const before = this.#selection.concepts;
    const fresh = concepts.filter(({ system, code }) => !this.#selection.has(system, code));
    const strings = MedcodeLookup.strings;
    this.#input.value = "";
    this.#controller?.search("");
    if (!this.multiple) {
      this.#change(concepts.slice(0, 1), fresh.slice(0, 1), before.filter((concept) => !concepts.includes(concept)));
      this.say(strings.added(concepts[0].code));
      return true;
    }
    const room = Math.max(0, this.max - before.length);
    const taken = fresh.slice(0, room);
    this.#change([...before, ...taken], taken, []);
    if (taken.length < fresh.length) this.say(strings.full(this.max));
    else this.say(taken.length > 1 ? strings.pasted(taken.length) : strings.added(concepts[0].code));
    return taken.length === fresh.length;
  }

  get #off() {
    return this.disabled || this.#switchedOff || this.readOnly;
  }

  /**
   * @param {ReadonlyArray<Concept>} concepts
   * @param {ReadonlyArray<Concept>} added
   * @param {ReadonlyArray<Concept>} removed
   */
  #change(concepts, added, removed) {
    this.#selection.set(concepts);
    this.#changed(added, removed);
  }

  /**
   * @param {ReadonlyArray<Concept>} added
   * @param {ReadonlyArray<Concept>} removed
   */
  #changed(added, removed) {
    this.#render();
    this.#report();
    const detail = this.#detail(added, removed);
    this.dispatchEvent(new CustomEvent("medcode-select", { bubbles: true, composed: true, detail }));
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /**
   * @param {ReadonlyArray<Concept>} added
   * @param {ReadonlyArray<Concept>} removed
   * @returns {SelectionDetail}
   */
  #detail(added, removed) {
    const { value, values, concepts, codings, codeableConcepts } = this;
    return { value, values, concepts, codings, codeableConcepts, added, removed, text: this.#input.value };
  }

  #render() {
    const strings = MedcodeLookup.strings;
    const { concepts } = this.#selection;
    this.#chips.replaceChildren(
      ...concepts.map(({ system, code, display }) =>
        element(
          "li",
          { part: "chip", class: "chip", title: `${code} ${display}` },
          element("span", { class: "code", part: "chip-code", dir: "ltr" }, code),
          " ",
          element("span", { class: "title", part: "chip-title" }, display),
          this.multiple && !this.#off && element("button", { type: "button", part: "chip-remove", "data-system": system, "data-code": code, "aria-label": strings.remove(code) }, "×"),
        ),
      ),
    );
    this.#chips.hidden = concepts.length === 0;
    this.#typed();
  }

  #typed() {
    this.#clearButton.hidden = this.#off || (this.#input.value === "" && this.#selection.concepts.length === 0);
    this.#input.placeholder = this.#selection.concepts.length > 0 && !this.multiple ? "" : this.placeholder || MedcodeLookup.strings.placeholder;
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

  #label() {
    const slotted = this.querySelector(':scope > [slot="label"]');
    const ofPage = [...this.#internals.labels].map((label) => label.textContent?.trim()).filter(Boolean).join(" ");
    const text = this.getAttribute("label") ?? "";
    // The id of a label in the page does not reach into the shadow root: its text does.
    if (slotted) this.#input.removeAttribute("aria-label");
    else this.#input.setAttribute("aria-label", this.getAttribute("aria-label") || text || ofPage || MedcodeLookup.strings.label);
    this.#labelNode.hidden = !slotted && text === "";
    const slot = this.#labelNode.querySelector("slot");
    if (slot) slot.textContent = text;
  }

  /** Tells the form the value and whether it is valid. */
  #report() {
    const strings = MedcodeLookup.strings;
    const { concepts } = this.#selection;
    const typed = this.#input.value.trim();
    const { name } = this;
    // Codes whose source is still to come are sent as they were given.
    const values = this.#awaited === undefined ? this.values : tokensOf(this.#awaited);
    const codes = this.#awaited ?? concepts.map(({ code }) => code).join(" ");
    if (values.length === 0) this.#internals.setFormValue(this.freeText && typed ? typed : null, this.freeText ? typed : "");
    else if (values.length === 1 || name === "") this.#internals.setFormValue(values.join(" "), codes);
    else {
      const data = new FormData();
      for (const value of values) data.append(name, value);
      this.#internals.setFormValue(data, codes);
    }
    const focused = this.shadowRoot?.activeElement === this.#input;
    if (this.#custom) this.#internals.setValidity({ customError: true }, this.#custom, this.#input);
    else if (this.required && values.length === 0 && !(this.freeText && typed)) this.#internals.setValidity({ valueMissing: true }, strings.required, this.#input);
    else if (typed && !this.freeText) this.#internals.setValidity({ badInput: true }, strings.notChosen, this.#input);
    else this.#internals.setValidity({});
    // Not while a person types: what is half typed is not wrong.
    const invalid = !focused && this.#internals.validity.badInput;
    if (invalid) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing || this.#off) return;
    const empty = this.#input.value === "";
    const last = this.#selection.concepts.at(-1);
    if (event.key === "Backspace" && empty && last) {
      event.preventDefault();
      this.removeCode(last.code, last.system);
    } else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && empty) {
      if (this.undo()) event.preventDefault();
    } else if (event.key === "Enter" && empty && this.form && !event.defaultPrevented) {
      this.form.requestSubmit();
    }
  }

  /**
   * Several codes at once become several choices; what is not usable stays in the box and is told.
   *
   * @param {ClipboardEvent} event
   */
  async #onPaste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const tokens = tokensOf(text);
    if (!this.multiple || this.#off || tokens.length < 2 || !tokens.every((token) => /\d/.test(token))) return;
    event.preventDefault();
    const found = await this.#find(tokens);
    const usable = found.filter((concept) => concept !== undefined).filter((concept) => concept.billable || this.allowHeaders);
    const rest = tokens.filter((_, at) => !found[at] || !(found[at].billable || this.allowHeaders));
    if (usable.length > 0) this.#choose(usable);
    if (rest.length === 0) return;
    this.#input.value = rest.join(" ");
    this.#typed();
    this.say(MedcodeLookup.strings.unknown(rest.join(", ")));
    this.#issue(rest);
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

/** @param {string | null} text */
function wholeNumber(text) {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * The property of an attribute: `billable-only` is `billableOnly`.
 *
 * @param {string} attribute
 */
export function propertyOf(attribute) {
  return attribute === "readonly" ? "readOnly" : attribute.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}
