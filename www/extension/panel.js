// The panel of the extension: the lookup, in a page of the extension's own, so that the page below never sees what is typed.

import "../element.js";

const { chrome } = /** @type {any} */ (globalThis);
const token = location.hash.slice(1);
const lookup = /** @type {import("../lookup.js").MedcodeLookup} */ (document.getElementById("lookup"));

lookup.addEventListener("medcode-select", (event) => {
  const [concept] = /** @type {CustomEvent<import("../lookup.js").SelectionDetail>} */ (event).detail.added;
  if (concept) chrome.runtime.sendMessage({ medcode: "code", token, code: concept.code, display: concept.display });
});

document.addEventListener("keydown", (event) => {
  // The first Escape puts the list away, the second one the panel.
  if (event.key === "Escape" && !event.defaultPrevented && lookup.state?.query === "") chrome.runtime.sendMessage({ medcode: "close", token });
}, { capture: true });

lookup.focus();
