// What `<medcode-lookup>` offers to a page, for the documentation and for `custom-elements.json`. The attributes stand in `lookup.js`.

/** The events, what each says, and when. */
export const EVENTS = /** @type {const} */ ([
  ["medcode-select", "SelectionDetail", "the choice changed: `value`, `values`, `concepts`, FHIR `codings` and `codeableConcepts`, what was `added` and `removed`"],
  ["medcode-clear", "SelectionDetail", "the field was emptied as a whole"],
  ["medcode-issue", "{ codes: string[], validations: Validation[], problem?: string }", "codes that were pasted or given cannot be used; each with why, and with fixes. Or some of the codes could not be loaded, or an attribute has a wrong value: `problem` says which"],
  ["change", "", "as of an input, after `medcode-select`"],
]);

export const SLOTS = /** @type {const} */ ([
  ["label", "the label above the box"],
  ["before", "before the text, inside the frame of the box"],
  ["after", "after the text, inside the frame of the box"],
  ["footer", "below the list"],
]);

export const PARTS = /** @type {const} */ ([
  "label", "box", "input", "clear", "chips", "chip", "chip-unknown", "chip-code", "chip-title", "chip-remove", "popup", "path", "list", "option", "option-header", "question", "answer", "narrow",
  "code", "title", "why", "match", "kind", "billable", "not-billable", "system", "note",
]);

export const CUSTOM_PROPERTIES = /** @type {const} */ ([
  ["--medcode-accent", "focus, the active option"],
  ["--medcode-surface", "the ground"],
  ["--medcode-text", "the text"],
  ["--medcode-muted", "what is said beside"],
  ["--medcode-line", "lines between options"],
  ["--medcode-control", "the frame of the box"],
  ["--medcode-chosen", "the ground of the active option and of what was chosen"],
  ["--medcode-mark", "the ground of matched words"],
  ["--medcode-mark-text", "matched words"],
  ["--medcode-yes", "billable"],
  ["--medcode-no", "not billable"],
  ["--medcode-bad", "the frame of a field that is not valid"],
  ["--medcode-font", "the font, all of it"],
  ["--medcode-mono", "the font of codes"],
  ["--medcode-radius", "the corners"],
]);

export const METHODS = /** @type {const} */ ([
  ["addCode(code)", "chooses a code as a person would, also a FHIR `Coding` with its system by name or URI; a promise of whether there is such a code, the list would offer it, and there was room for it"],
  ["removeCode(code, system?)", "takes a code out of those chosen"],
  ["clear()", "empties the field"],
  ["undo()", "takes the last choice or removal back"],
  ["redo()", "does again what was taken back"],
  ["search(text)", "types a text into the box and shows what matches"],
  ["show()", "shows the list"],
  ["hide()", "puts the list away"],
  ["checkValidity()", "as of an input"],
  ["reportValidity()", "as of an input"],
  ["setCustomValidity(sentence)", "as of an input"],
]);
