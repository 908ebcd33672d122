// A chosen code as FHIR says it.

/** @typedef {import("./medcode.js").Concept} Concept */

/**
 * FHIR `Coding`, complete: system, version, code, display.
 *
 * @typedef {{ system: string, version: string, code: string, display: string, userSelected: true }} Coding
 */

/**
 * @typedef {{ coding: Coding[], text?: string }} CodeableConcept
 */

/**
 * A concept as a FHIR R4 `Coding`. `userSelected` is true: a person chose it.
 *
 * @param {Concept} concept
 * @returns {Coding}
 */
export function codingOf({ uri, release, code, display }) {
  return { system: uri, version: release, code, display, userSelected: true };
}

/**
 * A concept as a FHIR R4 `CodeableConcept`.
 *
 * @param {Concept} concept
 * @param {string} [text] what the person typed; the title where it is left out
 * @returns {CodeableConcept}
 */
export function codeableConceptOf(concept, text = concept.display) {
  return { coding: [codingOf(concept)], text };
}
