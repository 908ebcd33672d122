// What a classic `<script>` gives: everything under one global name, `Medcode`, and the element registered.

export { attachLookup } from "./attach.js";
export { MedcodeWorker } from "./client.js";
export { LookupController } from "./controller.js";
export { MedcodeLookup } from "./element.js";
export { codeableConceptOf, codingOf } from "./fhir.js";
export { load, Medcode } from "./medcode.js";
export { open } from "./open.js";
