// Registers `<medcode-lookup>`. The codes are loaded once, however many elements a page has.

import { MedcodeLookup } from "./lookup.js";
import { open } from "./open.js";

/** @type {Promise<import("./lookup.js").LookupSource> | undefined} */
let opened;

MedcodeLookup.open ??= () => {
  opened ??= open().catch((problem) => {
    // The next element, or the next attempt of this one, tries again.
    opened = undefined;
    throw problem;
  });
  return opened;
};

// Two copies on one page, or a page that is rendered without a document: the first one that registers stays.
const registry = globalThis.customElements;
if (registry && !registry.get("medcode-lookup")) registry.define("medcode-lookup", MedcodeLookup);

export { MedcodeLookup };
