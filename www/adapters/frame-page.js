// Inside the frame: waits for a page that is allowed, takes its options, tells it what is chosen.

import "../element.js";
import { isAllowed } from "./origins.js";

/** What a host may set. */
const OPTIONS = ["systems", "within", "billableOnly", "allowHeaders", "date", "limit", "placeholder", "label", "multiple", "value"];

const lookup = /** @type {import("../lookup.js").MedcodeLookup} */ (document.getElementById("lookup"));
/** The host that was allowed. */
let host = "";

window.addEventListener("message", ({ origin, source, data }) => {
  if (source !== window.parent || typeof data !== "object" || data?.medcode !== 1) return;
  if (!isAllowed(origin)) {
    const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));
    answer.textContent = `${origin} may not use this frame: its server is not named in medcode-origins`;
    return;
  }
  host = origin;
  if (data.type === "hello") {
    for (const [name, value] of Object.entries(data.options ?? {})) {
      if (OPTIONS.includes(name)) /** @type {any} */ (lookup)[name] = value;
    }
    tell("ready", {});
    lookup.focus();
  }
  if (data.type === "clear") lookup.clear();
});

for (const name of ["medcode-select", "medcode-clear", "medcode-issue"]) {
  lookup.addEventListener(name, (event) => {
    // A plain copy: what is posted must hold nothing but data.
    tell(name.slice("medcode-".length), JSON.parse(JSON.stringify(/** @type {CustomEvent} */ (event).detail)));
  });
}

/**
 * Tells the host something, and nobody else.
 *
 * @param {string} type
 * @param {unknown} detail
 */
function tell(type, detail) {
  if (host) window.parent.postMessage({ medcode: 1, type, detail }, host);
}
