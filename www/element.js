// Registers `<medcode-lookup>`. The codes are loaded once, however many elements a page has.

import { MedcodeLookup } from "./lookup.js";
import { load } from "./medcode.js";
import { open } from "./open.js";

/** @type {Promise<import("./medcode.js").Medcode | import("./client.js").MedcodeClient> | undefined} */
let opened;

MedcodeLookup.open ??= async (systems, onProblem = () => undefined) => {
  if (!opened) {
    opened = open({ systems, onProblem });
    // The next element, or the next attempt of this one, tries again.
    opened.catch(() => { opened = undefined; });
    return opened;
  }
  const source = await opened;
  // What the one that opened did not need, this one may.
  if ("need" in source) for (const problem of await source.need(systems)) onProblem(problem);
  else await load({ systems, onProblem });
  return source;
};

// Two copies on one page, or a page that is rendered without a document: the first one that registers stays.
const registry = globalThis.customElements;
if (registry && !registry.get("medcode-lookup")) registry.define("medcode-lookup", MedcodeLookup);

export { MedcodeLookup };
