// Addresses in `location.hash`: a code is `#/icd10cm/E11.9`, a chapter or section `#/icd10cm/section/E08-E13`, a code
// system `#/icd10cm`, two codes side by side `#/compare/icd10cm/E11.9/icd10cm/E11.65`, a code of ICD-10-PCS that is being
// built `#/icd10pcs/build/0DTJ`.
// What people type never goes there.

import { SYSTEM_TITLES } from "./strings.js";

/**
 * @typedef {{ kind: "check" }
 *   | { kind: "compare", system: string, codes: { system: string, code: string }[] }
 *   | { kind: "system", system: string }
 *   | { kind: "build", system: string, beginning: string }
 *   | { kind: "code", system: string, code: string }
 *   | { kind: "chapter" | "section", system: string, label: string }} Place
 */

/**
 * The address of a code.
 *
 * @param {string} system
 * @param {string} code
 */
export function hashOf(system, code) {
  return `#/${encodeURIComponent(system)}/${encodeURIComponent(code)}`;
}

/**
 * The address of a chapter or section.
 *
 * @param {string} system
 * @param {{ kind: string, label: string }} group
 */
export function hashOfGroup(system, { kind, label }) {
  return `#/${encodeURIComponent(system)}/${kind}/${encodeURIComponent(label)}`;
}

/**
 * The address of the builder at the characters chosen so far.
 *
 * @param {string} beginning
 */
export function hashOfBuilding(beginning) {
  return beginning === "" ? "#/icd10pcs/build" : `#/icd10pcs/build/${encodeURIComponent(beginning)}`;
}

/**
 * The address of two codes side by side.
 *
 * @param {{ system: string, code: string }} one
 * @param {{ system: string, code: string }} other
 */
export function hashOfComparison(one, other) {
  return `#/compare/${[one.system, one.code, other.system, other.code].map(encodeURIComponent).join("/")}`;
}

/**
 * The system that a name in an address means: ours where it differs only in letters' case and marks.
 *
 * @param {string} name
 */
function systemOf(name) {
  const plain = (/** @type {string} */ text) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  return Object.keys(SYSTEM_TITLES).find((system) => plain(system) === plain(name)) ?? name;
}

/**
 * What an address names, if anything.
 *
 * @param {string} hash
 * @returns {Place | null}
 */
export function parseHash(hash) {
  let parts;
  try {
    parts = hash.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return null; // a malformed percent sequence names nothing
  }
  // Systems as people write them: `ICD10CM`, `icd-10-cm`. A code is found in any spelling.
  for (const at of parts[0] === "compare" ? [1, 3] : [0]) if (parts[at]) parts[at] = systemOf(parts[at]);
  const [first, second, third] = parts;
  if (!hash.startsWith("#/") || parts.some((part) => part === "")) return null;
  if (parts.length === 1) return first === "check" ? { kind: "check" } : { kind: "system", system: first };
  if (first === "icd10pcs" && second === "build" && parts.length <= 3) return { kind: "build", system: first, beginning: (third ?? "").toUpperCase() };
  if (parts.length === 2) return { kind: "code", system: first, code: second };
  if (parts.length === 5 && first === "compare") {
    const codes = [{ system: second, code: third }, { system: parts[3], code: parts[4] }];
    return { kind: "compare", system: second, codes };
  }
  if (parts.length === 3 && (second === "chapter" || second === "section")) {
    return { kind: second, system: first, label: third };
  }
  return null;
}
