// The package: everything without side effects. `element.js` registers the element.

export { attachLookup } from "./attach.js";
export { MedcodeWorker } from "./client.js";
export { LookupController } from "./controller.js";
export { Guide } from "./guide.js";
export { codeableConceptOf, codingOf } from "./fhir.js";
export { MedcodeLookup } from "./lookup.js";
export { load, Medcode, systemsBeside } from "./medcode.js";
export { open } from "./open.js";
