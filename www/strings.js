// The sentences of the element. A host gives others by `MedcodeLookup.strings = { ...MedcodeLookup.strings, … }`.

import { count, plural } from "./dom.js";

/** What the code systems are called before they are loaded and say it themselves. @type {Record<string, string>} */
export const SYSTEM_TITLES = {
  icd10cm: "ICD-10-CM",
  icd10pcs: "ICD-10-PCS",
  icd9cm_dx: "ICD-9-CM diagnoses",
  icd9cm_sg: "ICD-9-CM procedures",
  hcpcs: "HCPCS Level II",
  cpt: "CPT",
};

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
  uncovered: (/** @type {string} */ date) => `The codes that are loaded are of releases that do not cover ${date}.`,
  advice: "Fewer or shorter words find more; every word must match.",
  partial: "More of the index is being opened",
  moment: "One moment: more of the index is being opened",
  instead: (/** @type {string} */ code) => `The list has changed: Enter takes ${code}`,
  nothing: "Nothing was chosen: choose a code from the list",
  required: "Choose a code.",
  notChosen: "Choose a code from the list.",
  detail: "More exactly",
  notFound: "not known here",
  notKnown: (/** @type {string} */ codes) => `Not known here: ${codes}. Choose another code in its place.`,
  notUsable: "not usable here",
  needsMore: (/** @type {string} */ code) => `${code} needs more characters.`,
  notSearched: (/** @type {string} */ code, /** @type {string} */ system) => `${code} is a code of ${system}, which this field does not take.`,
  outside: (/** @type {string} */ code, /** @type {string} */ within) => `${code} is not among the codes of ${within}.`,
  another: (/** @type {string} */ objection) => `${objection} Choose another code in its place.`,
  remove: (/** @type {string} */ code) => `Remove ${code}`,
  added: (/** @type {string} */ code) => `${code} chosen`,
  cleared: "Emptied",
  removed: (/** @type {string} */ code) => `${code} removed`,
  restored: (/** @type {string} */ code) => `${code} restored`,
  full: (/** @type {number} */ max) => `No more than ${plural(max, "code")}`,
  failed: (/** @type {string} */ reason) => `The codes could not be loaded: ${reason}`,
  missing: (/** @type {string} */ systems, /** @type {string} */ reason) => `${systems} could not be loaded: ${reason}`,
  refused: (/** @type {string} */ reason) => `This cannot be searched for: ${reason}`,
  misset: "This field is not set up rightly and cannot search: tell whoever looks after this page",
  some: "Some of the codes",
  noPack: "they are not on this server",
  reason,
  correction: (/** @type {string} */ query) => `Showing results for ${query.length > 80 ? `${query.slice(0, 80)} …` : query}`,
  found: (/** @type {number} */ shown, /** @type {number} */ total) =>
    total > shown ? `The best ${shown === 1 ? "code" : plural(shown, "code")}; more match` : plural(total, "code"),
  answers: (/** @type {number} */ number) => plural(number, "answer"),
  below: (/** @type {string} */ code, /** @type {number} */ number) => `${plural(number, "code")} below ${code}`,
  pasted: (/** @type {number} */ number) => `${plural(number, "code")} chosen`,
  unknown: (/** @type {string} */ codes) => `Not usable: ${codes}`,
});

/** @typedef {typeof ENGLISH} Strings */

/**
 * Why something could not be loaded, for the person who waits for it: what our files say of it is for whoever looks after the server.
 *
 * @param {string} problem
 */
function reason(problem) {
  const status = /HTTP status (\d+)/.exec(problem)?.[1];
  if (status) return `the server answered with error ${status}`;
  if (/cannot be reached|failed to fetch|networkerror|load failed/i.test(problem)) return "the server cannot be reached";
  if (/found a page$/.test(problem)) return "the server sent a page in their place, perhaps one to sign in";
  if (/content security policy|unsafe-eval/i.test(problem)) return "the policy of this page forbids it; diagnosis.html says what to change";
  return problem;
}
