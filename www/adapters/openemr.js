// The code window of OpenEMR. It is opened like OpenEMR's own (`interface/patient_file/encounter/find_code_dynamic.php`), with the
// same parameters, and hands the code back in the same way: by `opener.set_related(…)` or `opener.set_related_target(…)`.
//
//   openemr.html?codetype=ICD10,HCPCS       the code types to offer; all where it is left out
//               &target_element=form_dx     which element of the form is meant, where it has several
//               &limit=1                    how many codes that element takes
//               &keep=1                     stay open for further codes
//
// OpenEMR opens it as a window of its own, or as a frame in a dialog (`dlgopen`), where the page around knows the opener.

import "../element.js";

/** OpenEMR's code types and our code systems. @type {Record<string, string>} */
const TYPES = {
  ICD10: "icd10cm",
  "ICD10-PCS": "icd10pcs",
  ICD9: "icd9cm_dx",
  "ICD9-SG": "icd9cm_sg",
  HCPCS: "hcpcs",
  CPT4: "cpt",
};

const parameters = new URLSearchParams(location.search);
const lookup = /** @type {import("../lookup.js").MedcodeLookup} */ (document.getElementById("lookup"));
const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));

const wanted = (parameters.get("codetype") ?? "").split(",").filter(Boolean);
const unknown = wanted.filter((type) => !(type in TYPES));
if (unknown.length > 0) answer.textContent = `Not searched here: ${unknown.join(", ")}`;
// A code system that is not on this server, such as CPT without a pack made from a licensed file.
lookup.addEventListener("medcode-issue", (event) => {
  const { problem } = /** @type {CustomEvent} */ (event).detail;
  if (problem) answer.textContent = [answer.textContent, problem].filter(Boolean).join(". ");
});
const systems = wanted.flatMap((type) => TYPES[type] ?? []);
if (systems.length > 0) lookup.systems = systems;
// Of the types that were asked for none is known: no code of another type may be handed over.
if (wanted.length > 0 && systems.length === 0) lookup.disabled = true;
else lookup.focus();

lookup.addEventListener("medcode-select", (event) => {
  const [concept] = /** @type {CustomEvent<import("../lookup.js").SelectionDetail>} */ (event).detail.added;
  if (!concept) return;
  const problem = handBack(concept);
  answer.textContent = problem ?? `${concept.code} handed over`;
  lookup.value = "";
  if (problem === undefined && parameters.get("keep") !== "1") close();
});

/** What the page around this frame gives, where it is of the same server. @param {(top: any) => unknown} asked @returns {any} */
function around(asked) {
  try {
    return window.top === window ? undefined : asked(window.top);
  } catch {
    // A page of another server shows nothing of itself.
    return undefined;
  }
}

/** The form that wants the code: what opened this window, or for what the dialog was opened. */
function openerOf() {
  return /** @type {any} */ (window.opener) ?? around((top) => top.get_opener?.(window.name));
}

/** Closes the window, or the dialog that this frame is in. */
function close() {
  const closed = around((top) => {
    // The dialog has the name of its frame as id; OpenEMR's own pages hide it in this way.
    const dialog = window.name ? top.$?.(`div#${CSS.escape(window.name)}`) : undefined;
    if (dialog?.length > 0) dialog.modal("hide");
    else top.dlgclose?.();
    return dialog?.length > 0 || typeof top.dlgclose === "function";
  });
  if (!closed) window.close();
}

/**
 * Gives a code to the form that opened this window.
 *
 * @param {import("../medcode.js").Concept} concept
 * @returns {string | undefined} why it could not, or what the form objects
 */
function handBack({ system, code, display, modifier }) {
  const type = Object.keys(TYPES).find((each) => TYPES[each] === system) ?? system;
  const opener = openerOf();
  if (!opener || opener.closed) return "The form that opened this window was closed";
  try {
    const element = parameters.get("target_element");
    if (element) {
      if (typeof opener.set_related_target !== "function") return "The form that opened this window takes no codes for one element";
      return opener.set_related_target(type, code, "", display, element, Number(parameters.get("limit")) || 0) || undefined;
    }
    if (typeof opener.set_related !== "function") return "The form that opened this window takes no codes";
    return opener.set_related(type, code, "", display, modifier ? code : "") || undefined;
  } catch {
    return "The form that opened this window is of another server: serve this folder from the same one";
  }
}
