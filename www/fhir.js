// A chosen code as FHIR says it.

/** @typedef {import("./medcode.js").Concept} Concept */

/**
 * FHIR `Coding`, complete: system, version, code, display.
 *
 * @typedef {{ system: string, version: string, code: string, display: string, userSelected?: true }} Coding
 */

/**
 * @typedef {{ coding: Coding[], text?: string }} CodeableConcept
 */

/**
 * A concept as a FHIR R4 `Coding`.
 *
 * @param {Concept} concept
 * @param {boolean} [userSelected] whether a person chose it; where not, nothing is said of it
 * @returns {Coding}
 */
export function codingOf({ uri, release, code, display }, userSelected = true) {
  return { system: uri, version: release, code, display, ...(userSelected ? { userSelected: /** @type {const} */ (true) } : {}) };
}

/**
 * A concept as a FHIR R4 `CodeableConcept`.
 *
 * @param {Concept} concept
 * @param {string} [text] what the person typed; the title where it is left out
 * @param {boolean} [userSelected] as of `codingOf`
 * @returns {CodeableConcept}
 */
export function codeableConceptOf(concept, text = concept.display, userSelected = true) {
  return { coding: [codingOf(concept, userSelected)], text };
}
