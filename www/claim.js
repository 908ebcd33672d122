// The claim view: the codes of one claim, checked together whenever one is added, moved or removed. It lives in memory only: nothing
// of it is kept when the page goes.

import { copyText } from "./clipboard.js";
import { byId, element, plural } from "./dom.js";
import { hashOf } from "./hash.js";
import { systemsLike, titleOf } from "./packs.js";
import { say, saySoon } from "./status.js";

/**
 * @typedef {import("./medcode.js").Medcode} Medcode
 * @typedef {import("./medcode.js").Concept} Concept
 * @typedef {import("./pkg/medcode.js").Claim} Claim
 * @typedef {import("./pkg/medcode.js").ClaimFix} ClaimFix
 * @typedef {import("./pkg/medcode.js").ClaimInput} ClaimInput
 * @typedef {import("./pkg/medcode.js").ClaimLineInput} ClaimLine
 * @typedef {import("./pkg/medcode.js").Issue} Issue
 * @typedef {import("./pkg/medcode.js").ClaimItem} ClaimItem
 * @typedef {{ diagnoses: { code: string, poa?: string | null }[], procedures: string[], lines: ClaimLine[] }} Parts
 * @typedef {"diagnosis" | "procedure" | "line" | "modifier"} Part
 */

/** The last day of ICD-9-CM: claims of earlier services are coded with it. */
const LAST_OF_ICD_9 = "2015-09-30";

/** What may be said of a diagnosis at admission. */
const PRESENT_ON_ADMISSION = ["", "Y", "N", "U", "W", "1"];

/** The worse first; what is as bad keeps the order of the rules. @type {Issue["severity"][]} */
const ORDER = ["error", "warning", "information"];

/** Shape, word and class of a severity. */
const SEVERITY = /** @type {Record<Issue["severity"], [string, string, string]>} */ ({
  error: ["✕", "error", "bad"],
  warning: ["▲", "warning", "no"],
  information: ["i", "note", ""],
});

/** How many steps can be taken back. */
const STEPS = 50;

/** How many fixes of an issue are offered at once. */
const FIXES_SHOWN = 6;

/** How many of the codes in the box are taken at once: more than any claim has, and the page does not stand still. */
const TAKEN_AT_ONCE = 100;

export class ClaimView {
  /** @type {Parts} */
  #parts = { diagnoses: [], procedures: [], lines: [] };
  /** What can be taken back; where the fields were emptied, what stood in them. @type {{ parts: Parts, fields?: string[] }[]} */
  #before = [];
  /** The codes from the box, one Enter after the other: some wait for a pack. @type {Promise<unknown>} */
  #adding = Promise.resolve();
  /** The codes that wait. @type {ReadonlyArray<string>[]} */
  #waiting = [];
  /** What is said of the codes in the box. */
  #ofBox = "";

  /**
   * @param {Medcode} medcode
   * @param {() => string | undefined} date the date of service, if one is set
   * @param {import("./packs.js").Packs} packs
   */
  constructor(medcode, date, packs) {
    this.medcode = medcode;
    this.packs = packs;
    this.date = date;
    this.setting = byId("setting", HTMLSelectElement);
    this.age = byId("age", HTMLInputElement);
    this.sex = byId("sex", HTMLSelectElement);
    this.input = byId("claim-add", HTMLInputElement);
    this.discharge = byId("discharge", HTMLInputElement);
    this.admitting = byId("admitting", HTMLInputElement);
    this.reasons = byId("reasons", HTMLInputElement);
    this.fields = [this.setting, this.age, this.sex, this.discharge, this.admitting, this.reasons];
    for (const field of this.fields) field.addEventListener("change", () => this.check());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) this.#addTyped();
    });
    this.input.addEventListener("input", () => {
      if (this.#waiting.length > 0) return;
      this.#ofBox = "";
      this.#showNote();
    });
    byId("claim-undo").addEventListener("click", () => this.undo());
    byId("claim-print").addEventListener("click", () => window.print());
    byId("claim-clear").addEventListener("click", () => {
      // The next patient is another one; codes that still wait are of this one.
      const values = this.fields.map(({ value }) => value);
      for (const field of this.fields) if (field !== this.setting) field.value = "";
      this.#waiting = [];
      this.#ofBox = "";
      this.#set({ diagnoses: [], procedures: [], lines: [] }, values);
      this.input.focus();
    });
    byId("claim-copy").addEventListener("click", async () => {
      const copied = await copyText(this.#asText());
      say(copied ? "Copied the codes of the claim" : "The browser did not allow copying");
    });
    const panel = byId("panel-claim");
    panel.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button[data-act], button[data-fix]") : null;
      if (!(button instanceof HTMLElement)) return;
      if (button.dataset.act) return this.#act(button.dataset);
      this.#apply(JSON.parse(button.dataset.fix ?? ""));
      this.input.focus();
    });
    panel.addEventListener("change", (event) => {
      const field = event.target;
      if (field instanceof HTMLInputElement && field.dataset.line) this.#edit(Number(field.dataset.line), field);
      if (field instanceof HTMLSelectElement && field.dataset.diagnosis) this.#present(Number(field.dataset.diagnosis), field.value);
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.altKey || event.isComposing) return;
      event.preventDefault();
      this.#mend();
    });
  }

  /** How many codes the claim has. */
  get size() {
    const { diagnoses, procedures, lines } = this.#parts;
    return diagnoses.length + procedures.length + lines.length;
  }

  /**
   * Puts a code where it belongs: a diagnosis, a procedure, a line; a modifier goes to the last line.
   *
   * @param {Concept} concept
   */
  add({ system, code, modifier }) {
    const { diagnoses, procedures, lines } = this.#parts;
    if (system === "icd10pcs" || system === "icd9cm_sg") this.#set({ ...this.#parts, procedures: [...procedures, code] });
    else if (modifier && lines.length > 0) {
      const last = lines[lines.length - 1];
      this.#set({ ...this.#parts, lines: [...lines.slice(0, -1), { ...last, modifiers: [...(last.modifiers ?? []), code] }] });
    } else if (system === "hcpcs" || system === "cpt") {
      this.#addLine(code);
    } else this.#set({ ...this.#parts, diagnoses: [...diagnoses, { code }] });
    say(`Added ${code} to the claim`);
  }

  /** Takes the last change back. */
  undo() {
    const before = this.#before.pop();
    if (!before) return;
    this.#parts = before.parts;
    before.fields?.forEach((value, at) => { this.fields[at].value = value; });
    this.check();
    say("Took the last change back");
  }

  /** Checks the claim and shows it. */
  check() {
    const inpatient = this.setting.value === "inpatient-facility";
    for (const { value, parentElement } of this.fields) parentElement?.classList.toggle("blank", value === "");
    byId("of-inpatient").hidden = !inpatient;
    byId("of-outpatient").hidden = this.setting.value !== "outpatient-facility";
    if (this.#before2015) this.packs.need(["icd9cm_dx", "icd9cm_sg"]);
    const claim = this.#claim();
    const issues = this.size > 0 ? this.medcode.validateClaim(claim).sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity)) : [];
    this.#issues = issues;
    this.#showParts(issues);
    keepSame(byId("issues"), issues.map((issue) => this.#issue(issue)));
    byId("claim-undo", HTMLButtonElement).disabled = this.#before.length === 0;
    byId("claim-copy", HTMLButtonElement).disabled = this.size === 0;
    byId("claim-empty").hidden = this.size > 0;
    byId("claim-parts").hidden = this.size === 0;
    byId("issues-title").hidden = issues.length === 0;
    byId("tab-claim").textContent = this.size > 0 ? `Claim (${this.size})` : "Claim";
    const counts = /** @type {const} */ (["error", "warning", "information"]).map((severity) => {
      const number = issues.filter((issue) => issue.severity === severity).length;
      return number > 0 && plural(number, SEVERITY[severity][1]);
    });
    const found = counts.filter(Boolean).join(", ");
    const summary = this.size === 0 ? "" : `${plural(this.size, "code")}: ${found || "none of the rules objects"}`;
    byId("claim-summary").textContent = summary;
    const refused = this.#showNote();
    if (summary || refused) saySoon([refused, summary].filter(Boolean).join(". "));
  }

  /** Says what was not taken as it was typed: a claim that differs from what stands in its fields must not look like one that does not. */
  #showNote() {
    const { badInput, valid } = this.age.validity;
    if (valid) delete this.age.dataset.refused;
    else this.age.dataset.refused = `Age not taken: expected a whole number from 0 to ${this.age.max}, found ${badInput ? "another text" : this.age.value}`;
    this.age.ariaInvalid = valid ? null : "true";
    const fields = /** @type {HTMLElement[]} */ ([...byId("panel-claim").querySelectorAll("[data-refused]")]);
    const refused = fields.map(({ dataset }) => dataset.refused).join(". ");
    byId("claim-note").textContent = [this.#ofBox, refused].filter(Boolean).join(". ");
    return refused;
  }

  /** What the check found last. @type {ReadonlyArray<Issue>} */
  #issues = [];

  /** Whether the service was in the days of ICD-9-CM. */
  get #before2015() {
    const date = this.date();
    return date !== undefined && date <= LAST_OF_ICD_9;
  }

  /** @returns {ClaimInput} */
  #claim() {
    const { diagnoses, procedures, lines } = this.#parts;
    const setting = /** @type {import("./pkg/medcode.js").Setting} */ (this.setting.value);
    const date = this.date();
    return {
      diagnoses,
      procedures,
      lines,
      setting,
      age: this.age.value === "" || !this.age.validity.valid ? undefined : Number(this.age.value),
      sex: this.sex.value === "female" || this.sex.value === "male" ? this.sex.value : undefined,
      date,
      discharge: setting === "inpatient-facility" ? this.discharge.value || date : undefined,
      admitting: setting === "inpatient-facility" ? this.admitting.value.trim() || undefined : undefined,
      reasons: setting === "outpatient-facility" ? this.reasons.value.split(/[\s,;]+/).filter(Boolean) : undefined,
    };
  }

  /**
   * @param {Parts} parts
   * @param {string[]} [fields] what stood in the fields, where they change with it
   */
  #set(parts, fields) {
    this.#before = [...this.#before.slice(1 - STEPS), { parts: this.#parts, fields }];
    this.#parts = parts;
    this.check();
  }

  /** Takes the codes out of the box at once; those that wait for a pack are added when it is there, in the order they were typed. */
  #addTyped() {
    const codes = this.input.value.split(/[\s,;|]+/).filter(Boolean);
    if (codes.length === 0) return;
    const now = codes.slice(0, TAKEN_AT_ONCE);
    this.input.value = codes.slice(TAKEN_AT_ONCE).join(" ");
    this.#ofBox = codes.length > now.length ? `The first ${plural(now.length, "code")} of ${codes.length} taken: Enter takes what stands in the box` : "";
    // A diagnosis of a claim is of ICD-10-CM: only what that does not have may need another pack.
    const needed = now.filter((code) => !this.medcode.lookup(code)).flatMap(systemsLike);
    const coming = this.packs.need(needed);
    this.#waiting.push(now);
    this.input.setAttribute("aria-busy", "true");
    if (coming) {
      this.#ofBox = `Loading ${[...new Set(needed)].filter((system) => this.packs.missing.includes(system)).map(titleOf).join(", ")} for ${now.join(" ")}`;
      say(this.#ofBox);
    }
    this.#showNote();
    this.#adding = Promise.all([this.#adding, coming]).then(() => this.#addWaiting(now));
  }

  /** @param {ReadonlyArray<string>} codes those of one Enter, unless the claim was cleared meanwhile */
  #addWaiting(codes) {
    if (this.#waiting.includes(codes)) {
      this.#waiting = this.#waiting.filter((each) => each !== codes);
      const left = codes.filter((code) => !this.#addCode(code));
      if (left.length > 0) this.#ofBox = `Not taken: ${left.join(", ")}. A modifier stands behind the code of its line`;
      else if (this.#ofBox.startsWith("Loading")) this.#ofBox = "";
      if (left.length > 0) say(this.#ofBox);
      this.input.value = [...left, this.input.value].filter(Boolean).join(" ");
      this.#showNote();
    }
    if (this.#waiting.length === 0) this.input.removeAttribute("aria-busy");
  }

  /**
   * Puts a code into the claim as it was typed. Also one that does not exist: the check says what is wrong with it, and what was meant.
   *
   * @param {string} text
   * @returns {boolean} whether there is a place for it
   */
  #addCode(text) {
    const code = text.toUpperCase();
    const { lines } = this.#parts;
    // Every code has a digit, but for modifiers of two letters: what has none is no code at all.
    if (!/\d|^[A-Z]{2}$/.test(code)) return false;
    if (/^[A-Z0-9]{2}$/.test(code) && (lines.length > 0 || !this.#before2015)) {
      // Behind a line two characters are a modifier, also where two digits are a category of ICD-9-CM procedures.
      const last = lines.at(-1);
      if (!last) return false;
      this.#set({ ...this.#parts, lines: [...lines.slice(0, -1), { ...last, modifiers: [...(last.modifiers ?? []), code] }] });
      return true;
    }
    const concept = this.#lookup(code);
    if (concept) this.add(concept);
    else if (/^(\d{4}[\dFTU]|[A-V]\d{4})$/.test(code)) this.#addLine(code);
    else if (/^[0-9B-DF-HX][0-9A-HJ-NP-Z]{6}$/.test(code) && /\d/.test(code)) this.#set({ ...this.#parts, procedures: [...this.#parts.procedures, code] });
    else this.#set({ ...this.#parts, diagnoses: [...this.#parts.diagnoses, { code }] });
    return true;
  }

  /** A line is for the first-listed diagnosis until somebody says otherwise. @param {string} code */
  #addLine(code) {
    const { diagnoses, lines } = this.#parts;
    this.#set({ ...this.#parts, lines: [...lines, { code, modifiers: [], pointers: diagnoses.length > 0 ? [1] : [], units: 1 }] });
  }

  /**
   * The concept that a code names on this claim: before October 2015 the one of ICD-9-CM, since then any other first.
   *
   * @param {string} code
   */
  #lookup(code) {
    const loaded = this.medcode.systems().map(({ system }) => system);
    const old = /** @type {const} */ (["icd9cm_dx", "icd9cm_sg"]).filter((system) => loaded.includes(system));
    for (const system of this.#before2015 ? old : []) {
      const concept = this.medcode.lookup(code, { system });
      if (concept) return concept;
    }
    return this.medcode.lookup(code);
  }

  /** Applies the fix of the first issue that has just one; where each has several, the first of them gets the focus. */
  #mend() {
    const issue = this.#issues.find(({ fixes, moreFixes }) => fixes.length === 1 && !moreFixes);
    if (issue) {
      const sentence = this.#sentence(issue.fixes[0]);
      this.#apply(issue.fixes[0]);
      this.input.focus();
      say(`${sentence}: done. ${byId("claim-summary").textContent}`);
      return;
    }
    const choice = /** @type {HTMLElement | null} */ (byId("issues").querySelector(".fixes button"));
    if (choice) {
      choice.focus();
      say("Choose a fix");
    } else say("Nothing that a key could mend");
  }

  /** @param {number} at @param {string} poa */
  #present(at, poa) {
    this.#set({ ...this.#parts, diagnoses: this.#parts.diagnoses.map((each, place) => (place === at ? { code: each.code, ...(poa ? { poa } : {}) } : each)) });
    /** @type {HTMLElement | null} */ (byId("diagnoses").querySelector(`[data-diagnosis="${at}"]`))?.focus();
  }

  /** @param {DOMStringMap} data */
  #act({ act, part, at: text }) {
    const at = Number(text);
    const parts = this.#parts;
    if (act === "remove" && part === "diagnosis") {
      // Pointers name diagnoses by their place: the module knows what follows from taking one out.
      this.#apply({ change: "remove", item: { part: "diagnosis", at } });
    } else if (act === "remove" && part === "line") this.#set({ ...parts, lines: parts.lines.filter((_, place) => place !== at) });
    else if (act === "remove") this.#set({ ...parts, procedures: parts.procedures.filter((_, place) => place !== at) });
    else if (act === "up") this.#apply({ change: "move", from: at, to: at - 1 });
    else if (act === "down") this.#apply({ change: "move", from: at, to: at + 1 });
    // The focus goes with the diagnosis that moves, else to what has come into the place of what is gone.
    const place = act === "up" ? at - 1 : act === "down" ? at + 1 : at;
    const items = [...byId(part === "line" ? "lines" : part === "procedure" ? "procedures" : "diagnoses").children];
    const item = items[Math.min(place, items.length - 1)];
    /** @type {HTMLElement} */ (item?.querySelector(`[data-act="${act}"]:enabled`) ?? item?.querySelector("[data-act]:enabled") ?? this.input).focus();
  }

  /** @param {number} at @param {HTMLInputElement} field */
  #edit(at, field) {
    const { name, value } = field;
    // It is typed, and no longer being typed.
    field.defaultValue = value;
    const words = value.split(/[\s,;]+/).filter(Boolean);
    /** @type {Partial<ClaimLine>} */
    let change = {};
    let expected = "";
    if (name === "modifiers") change = { modifiers: words.map((word) => word.toUpperCase()) };
    if (name === "description") change = { description: value.trim() || undefined };
    if (name === "units") {
      if (!/^\d{1,9}$/.test(value.trim())) expected = "a whole number of units, such as 1";
      change = { units: Number(value) };
    }
    if (name === "pointers") {
      // Pointers are written as letters, as on the form, or as numbers.
      if (!words.every((word) => /^([A-Z]|\d{1,3}(?!\d))+$/i.test(word))) expected = "the diagnoses as A B or 1 2";
      change = { pointers: words.flatMap((word) => [...word.toUpperCase().matchAll(/[A-Z]|\d+/g)].map(([one]) => (/\d/.test(one) ? Number(one) : one.charCodeAt(0) - 64))) };
    }
    const code = this.#parts.lines[at].code;
    // What is not taken stays in its field, as it was typed, until it is right.
    field.ariaInvalid = expected ? "true" : null;
    if (expected) field.dataset.refused = `Line ${at + 1}, ${code}: not taken: expected ${expected}, found ${value.trim() || "nothing"}`;
    else delete field.dataset.refused;
    if (expected) say(this.#showNote());
    else this.#set({ ...this.#parts, lines: this.#parts.lines.map((line, place) => (place === at ? { ...line, ...change } : line)) });
  }

  /** @param {ClaimFix} fix */
  #apply(fix) {
    const { diagnoses, procedures, lines } = this.medcode.applyFix(this.#claim(), fix);
    this.#set({ diagnoses, procedures, lines });
  }

  /** @param {ReadonlyArray<Issue>} issues */
  #showParts(issues) {
    const { diagnoses, procedures, lines } = this.#parts;
    const worst = (/** @type {ClaimItem["part"]} */ part, /** @type {number} */ at) => {
      const here = issues.filter(({ items }) => items.some((item) => (item.part === part && item.at === at) || (part === "line" && item.line === at)));
      const [severity] = /** @type {const} */ (["error", "warning"]).filter((each) => here.some((issue) => issue.severity === each));
      if (severity) return SEVERITY[severity][2];
      // What only a licensed file could confirm is neither right nor wrong.
      return here.some(({ rule }) => rule === "CPT-1") ? "" : "yes";
    };
    const button = (/** @type {string} */ act, /** @type {string} */ part, /** @type {number} */ at, /** @type {string} */ label, /** @type {string} */ sign, off = false) =>
      element("button", { type: "button", class: "small", "data-act": act, "data-part": part, "data-at": at, "aria-label": label, disabled: off }, sign);
    const inpatient = this.setting.value === "inpatient-facility";
    keepPlaces(
      byId("diagnoses"),
      diagnoses.map(({ code, poa }, at) =>
        element(
          "li",
          { class: `item ${worst("diagnosis", at)}` },
          element("span", { class: "letter" }, String.fromCharCode(65 + (at % 26))),
          ...this.#named(code, "icd10cm"),
          element(
            "span",
            { class: "buttons" },
            inpatient &&
              element(
                "select",
                { class: poa ? "poa" : "poa blank", "data-diagnosis": at, "aria-label": `${code} present on admission`, title: "Present on admission" },
                ...PRESENT_ON_ADMISSION.map((letter) => element("option", { value: letter, selected: letter === (poa ?? "") }, letter || "POA")),
              ),
            button("up", "diagnosis", at, `Move ${code} up`, "↑", at === 0),
            button("down", "diagnosis", at, `Move ${code} down`, "↓", at === diagnoses.length - 1),
            button("remove", "diagnosis", at, `Remove ${code}`, "×"),
          ),
        ),
      ),
    );
    keepPlaces(
      byId("procedures"),
      procedures.map((code, at) =>
        element("li", { class: `item ${worst("procedure", at)}` }, element("span", { class: "letter" }, String(at + 1)), ...this.#named(code, "icd10pcs"), element("span", { class: "buttons" }, button("remove", "procedure", at, `Remove ${code}`, "×"))),
      ),
    );
    const field = (/** @type {number} */ at, /** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ value, /** @type {number} */ size) =>
      element("label", { class: value ? "field" : "field blank" }, `${label} `, element("input", { name, value, size, "data-line": at, autocomplete: "off", inputmode: name === "units" ? "numeric" : "text" }));
    keepPlaces(
      byId("lines"),
      lines.map(({ code, modifiers, pointers, units, description }, at) =>
        element(
          "li",
          { class: `item ${worst("line", at)}`, "data-code": code },
          element("span", { class: "letter" }, String(at + 1)),
          ...this.#named(code, "hcpcs"),
          element("span", { class: "buttons" }, button("remove", "line", at, `Remove ${code}`, "×")),
          element(
            "span",
            { class: "fields" },
            field(at, "modifiers", "Modifiers", (modifiers ?? []).join(" "), 8),
            field(at, "pointers", "Diagnoses", (pointers ?? []).map(letterOf).join(" "), 6),
            field(at, "units", "Units", String(units ?? 1), 3),
            field(at, "description", "Description", description ?? "", 14),
          ),
        ),
      ),
    );
    for (const name of ["diagnoses", "procedures", "lines"]) byId(`${name}-block`).hidden = byId(name).childElementCount === 0;
  }

  /** @param {string} code @param {string} system */
  #named(code, system) {
    const wanted = this.#before2015 && system === "icd10cm" ? "icd9cm_dx" : this.#before2015 && system === "icd10pcs" ? "icd9cm_sg" : system;
    const loaded = this.medcode.systems().some((each) => each.system === wanted);
    const concept = (loaded && this.medcode.lookup(code, { system: /** @type {import("./pkg/medcode.js").CodeSystemName} */ (wanted) })) || this.medcode.lookup(code);
    return [
      concept ? element("a", { class: "code", href: hashOf(concept.system, concept.code) }, code) : element("span", { class: "code" }, code),
      element("span", { class: "what" }, concept?.display ?? (loaded && !/^\d{4}[\dFTU]$/.test(code) ? "no such code" : "not in the loaded code systems")),
    ];
  }

  /** @param {Issue} issue */
  #issue(issue) {
    const { severity, rule, message, source, fixes, moreFixes } = issue;
    const [shape, word, kind] = SEVERITY[severity];
    const shown = fixes.slice(0, FIXES_SHOWN);
    const more = fixes.length - shown.length + (moreFixes ?? 0);
    return element(
      "li",
      { class: `verdict ${kind}`, "data-rule": rule },
      element("span", { class: `mark ${kind}` }, element("span", { "aria-hidden": "true" }, `${shape} `), word),
      element("span", { class: "what" }, element("span", { class: "sentence" }, message), element("span", { class: "rule", title: source }, ` rule ${rule}`)),
      shown.length > 0 &&
        element(
          "span",
          { class: "fixes" },
          ...shown.map((fix) => element("button", { type: "button", "data-fix": JSON.stringify(fix), title: "display" in fix ? fix.display : undefined }, this.#sentence(fix))),
          more > 0 && element("span", { class: "rule" }, `and ${more} more`),
        ),
    );
  }

  /** What a fix does, in a few words. @param {ClaimFix} fix */
  #sentence(fix) {
    if (fix.change === "replace") return `Use ${fix.code}`;
    if (fix.change === "merge") return `Use ${fix.code} for both`;
    if (fix.change === "move") return fix.to === 0 ? `Put ${this.#parts.diagnoses[fix.from]?.code} first` : `Move ${this.#parts.diagnoses[fix.from]?.code} to ${String.fromCharCode(65 + fix.to)}`;
    return `Remove ${this.#textOf(fix.item)}`;
  }

  /** @param {ClaimItem} item */
  #textOf({ part, at, line }) {
    const { diagnoses, procedures, lines } = this.#parts;
    if (part === "diagnosis") return diagnoses[at]?.code ?? part;
    if (part === "procedure") return procedures[at] ?? part;
    if (part === "line") return lines[at]?.code ?? part;
    if (part === "modifier" && line !== undefined) return lines[line]?.modifiers?.[at] ?? part;
    if (part === "pointer" && line !== undefined) return `the pointer ${letterOf(lines[line]?.pointers?.[at] ?? 0)}`;
    return `the ${part}`;
  }

  /** The codes as a person puts them into a claim form. */
  #asText() {
    const { diagnoses, procedures, lines } = this.#parts;
    return [
      ...diagnoses.map(({ code, poa }, at) => [String.fromCharCode(65 + at), code, poa].filter(Boolean).join(" ")),
      ...procedures,
      ...lines.map(({ code, modifiers, pointers, units, description }) => [code, ...(modifiers ?? []), (pointers ?? []).map(letterOf).join(""), `x${units ?? 1}`, description].filter((part) => part).join(" ")),
    ].join("\n");
  }
}

/** How a pointer is written: the letter of a diagnosis, and a number where no letter is as high. @param {number} pointer */
function letterOf(pointer) {
  return pointer >= 1 && pointer <= 26 ? String.fromCharCode(64 + pointer) : String(pointer);
}

/**
 * Shows lines in a list. One that says what an old one said is the old one: a button under a finger that goes down stays until the finger
 * is up, and what has the focus keeps it.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} lines
 */
function keepSame(list, lines) {
  const old = [...list.children];
  const kept = lines.map((line) => {
    const at = old.findIndex((each) => each.isEqualNode(line));
    return at < 0 ? line : old.splice(at, 1)[0];
  });
  for (const line of old) line.remove();
  kept.forEach((line, at) => {
    if (list.children[at] !== line) list.insertBefore(line, list.children[at] ?? null);
  });
}

/**
 * Shows lines in the nodes that are there, for the same reason.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} lines
 */
function keepPlaces(list, lines) {
  lines.forEach((line, at) => {
    if (list.children[at]) become(list.children[at], line);
    else list.append(line);
  });
  while (list.childElementCount > lines.length) list.lastElementChild?.remove();
}

/**
 * Makes a node what another one is, as far as it can without being another node. What was typed and not taken, or is being typed, stays as it is.
 *
 * @param {Element} old
 * @param {Element} wanted
 */
function become(old, wanted) {
  if (old.tagName !== wanted.tagName || old.childElementCount !== wanted.childElementCount || old.getAttribute("data-code") !== wanted.getAttribute("data-code")) {
    old.replaceWith(wanted);
    return;
  }
  if (old instanceof HTMLInputElement && (old.dataset.refused || (old === document.activeElement && old.value !== old.defaultValue))) return;
  for (const name of old.getAttributeNames()) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.childElementCount === 0 && old.textContent !== wanted.textContent) old.textContent = wanted.textContent;
  [...wanted.children].forEach((child, at) => become(old.children[at], child));
  if ((old instanceof HTMLInputElement || old instanceof HTMLSelectElement) && (wanted instanceof HTMLInputElement || wanted instanceof HTMLSelectElement)) old.value = wanted.value;
}
