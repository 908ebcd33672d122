// Gives an input that is already in a page the list of codes, where replacing it by an element is not wanted.
//
// The list stands beside the input in the same root, so that the ids of ARIA reach it. What the page styles stays as it is.

import { LookupController } from "./controller.js";
import { element } from "./dom.js";
import { codeableConceptOf, codingOf } from "./fhir.js";
import { lookupStyles } from "./lookup-style.js";
import { Picker } from "./picker.js";
import { ENGLISH } from "./strings.js";
import { Voice } from "./voice.js";

/**
 * @typedef {import("./medcode.js").Concept} Concept
 * @typedef {import("./lookup.js").LookupSource} LookupSource
 */

/**
 * Attaches the lookup to an input.
 *
 * When a code is chosen, its text goes into the input and the input fires `input` and `change` as if it had been typed, so
 * that whatever listens there (a framework, jQuery) notices; then `medcode-select` with the concept, its FHIR Coding and
 * CodeableConcept.
 *
 * @param {HTMLInputElement} input
 * @param {LookupSource | Promise<LookupSource> | (() => LookupSource | Promise<LookupSource>)} source a function is called again where
 *   what it promised has failed
 * @param {import("./medcode.js").SearchOptions & {
 *   pageSize?: number,
 *   allowHeaders?: boolean,
 *   freeText?: boolean,
 *   text?: (concept: Concept) => string,
 *   strings?: import("./strings.js").Strings,
 * }} [options] `text` is what goes into the input, the code where it is left out; with
 *   `freeText: false` Enter takes the first line of the list, which is right where the input holds nothing but codes; as it is, an
 *   input may hold any text, and Enter takes a line only where one was pointed at, or its code typed; `allowHeaders` lets a code be
 *   chosen that needs more characters, but for `billableOnly`, which wins
 * @returns {{ controller: LookupController, destroy: () => void }} `destroy` leaves the input as it was
 */
export function attachLookup(input, source, { allowHeaders = false, freeText = true, text = ({ code }) => code, strings = ENGLISH, ...options } = {}) {
  const root = input.getRootNode();
  const before = input.getAttribute("autocomplete");
  const path = element("p", { class: "path", hidden: true });
  const list = element("ul", { class: "list", role: "listbox", "aria-label": strings.list });
  const note = element("div", { class: "note", hidden: true });
  const popup = element("div", { class: "popup", hidden: true }, path, list, note);
  const status = element("p", { class: "hidden", role: "status", "aria-live": "polite" });
  const frame = element("medcode-list", { class: "medcode-attached" }, popup, status);
  const sheet = attachedStyles();
  const sheets = root instanceof Document || root instanceof ShadowRoot ? root : document;
  if (!sheets.adoptedStyleSheets.includes(sheet)) sheets.adoptedStyleSheets = [...sheets.adoptedStyleSheets, sheet];
  // Beside the label, where that is around the input: a click on a line is none on the label, and no line is part of the name.
  (input.closest("label") ?? input).after(frame);

  const controller = new LookupController(source, { pageSize: 20, ...options });
  const listeners = new AbortController();
  const { signal } = listeners;
  // Off while the person is in it: what the browser is to complete nothing in, it does not restore either.
  const complete = (/** @type {string | null} */ value) => (value === null ? input.removeAttribute("autocomplete") : input.setAttribute("autocomplete", value));
  input.addEventListener("focus", () => complete("off"), { signal });
  input.addEventListener("blur", () => complete(before), { signal });
  globalThis.addEventListener("pagehide", () => complete(before), { signal });
  if (root instanceof Document || root instanceof ShadowRoot) complete(root.activeElement === input ? "off" : before);
  /** The text of the last choice, while it stands in the input. @type {string | undefined} */
  let told;
  // The browser tells a change, too, when the person leaves or sends: of what was typed before the choice, which was told already.
  // Heard at the window, because a framework may listen above the input.
  const echo = (/** @type {Event} */ event) => {
    if (event.target === input && event.isTrusted && input.value === told) event.stopImmediatePropagation();
  };
  // Neither leaves the shadow root that the input may be in.
  for (const place of [globalThis, root]) {
    place.addEventListener("change", echo, { capture: true, signal });
    place.addEventListener("reset", ({ target }) => { if (target === input.form) picker.hide(); }, { capture: true, signal });
  }
  input.addEventListener("input", () => { told = undefined; }, { signal });

  const picker = new Picker({ input, popup, list, path, note, voice: new Voice(status) }, controller, {
    strings: () => strings,
    allowHeaders: () => allowHeaders && !options.billableOnly,
    keepsText: () => freeText,
    onCommit: (concept) => {
      setText(input, text(concept));
      told = input.value;
      picker.hide();
      const detail = { concept, coding: codingOf(concept), codeableConcept: codeableConceptOf(concept) };
      input.dispatchEvent(new CustomEvent("medcode-select", { bubbles: true, composed: true, detail }));
    },
  });
  return {
    controller,
    destroy: () => {
      listeners.abort();
      picker.destroy();
      controller.destroy();
      frame.remove();
      complete(before);
    },
  };
}

/**
 * Sets an input's text as typing would. A framework that watches the property has put its own setter on the input; the
 * prototype's goes past it, so that the event that follows is not taken for an echo.
 *
 * @param {HTMLInputElement} input
 * @param {string} text
 */
export function setText(input, text) {
  // As typed, where the person is in the input: then the browser can take it back. It would cut off what is too long, though.
  const root = /** @type {Document | ShadowRoot} */ (input.getRootNode());
  if (root.activeElement === input && (input.maxLength < 0 || text.length <= input.maxLength)) {
    input.select();
    if (document.execCommand("insertText", false, text)) {
      input.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
  }
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), "value")?.set;
  if (setter) setter.call(input, text);
  else input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType: "insertReplacementText", data: text }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** The element's rules, each kept to what stands inside `medcode-list`. */
function attachedStyles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    const rules = [...lookupStyles().cssRules].map(({ cssText }) => cssText).join("\n");
    sheet.replaceSync(`@scope (medcode-list) {\n${rules.replaceAll(":host", ":scope")}\n}`);
  }
  return sheet;
}
