// The sentences of the element. A host gives others by `MedcodeLookup.strings = { ...MedcodeLookup.strings, … }`.

import { count, plural } from "./dom.js";

/** The sentences in English. */
export const ENGLISH = Object.freeze({
  label: "Medical code",
  placeholder: "Words or a code",
  list: "Matching codes",
  chosen: "Chosen codes",
  narrow: "Narrow down",
  clear: "Clear",
  loading: "Loading the codes",
  none: "No code found",
  advice: "Fewer or shorter words find more; every word must match.",
  partial: "More of the index is being opened",
  required: "Choose a code.",
  notChosen: "Choose a code from the list.",
  remove: (/** @type {string} */ code) => `Remove ${code}`,
  added: (/** @type {string} */ code) => `${code} chosen`,
  removed: (/** @type {string} */ code) => `${code} removed`,
  restored: (/** @type {string} */ code) => `${code} restored`,
  full: (/** @type {number} */ max) => `No more than ${plural(max, "code")}`,
  failed: (/** @type {string} */ reason) => `The codes could not be loaded: ${reason}`,
  correction: (/** @type {string} */ query) => `Showing results for ${query}`,
  found: (/** @type {number} */ shown, /** @type {number} */ total) =>
    total > shown ? `The best ${count(shown)} codes; more match` : plural(total, "code"),
  below: (/** @type {string} */ code, /** @type {number} */ number) => `${plural(number, "code")} below ${code}`,
  pasted: (/** @type {number} */ number) => `${plural(number, "code")} chosen`,
  unknown: (/** @type {string} */ codes) => `Not usable: ${codes}`,
});

/** @typedef {typeof ENGLISH} Strings */
