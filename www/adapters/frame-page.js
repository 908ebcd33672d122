// Inside the frame: waits for a page that is allowed, takes its options, tells it what is chosen.

import "../element.js";
import { ATTRIBUTES, propertyOf } from "../lookup.js";
import { isAllowed } from "./origins.js";

/** What a host may set: the properties of the element, which are data, and nothing else of it. */
const OPTIONS = ATTRIBUTES.map(([name]) => propertyOf(name)).filter((name) => name !== "loading" && name !== "name");

const lookup = /** @type {import("../lookup.js").MedcodeLookup} */ (document.getElementById("lookup"));
/** The host that was allowed. */
let host = "";

window.addEventListener("message", ({ origin, source, data }) => {
  if (source !== window.parent || typeof data !== "object" || data?.medcode !== 1) return;
  const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));
  if (!isAllowed(origin)) {
    answer.textContent = `${origin} may not use this frame: its server is not named in medcode-origins`;
    // What is chosen here would go nowhere. The page hears that much and nothing else.
    lookup.disabled = true;
    window.parent.postMessage({ medcode: 1, type: "refused" }, origin);
    return;
  }
  host = origin;
  if (data.type === "hello") {
    for (const [name, value] of Object.entries(data.options ?? {})) {
      if (OPTIONS.includes(name)) /** @type {any} */ (lookup)[name] = value;
    }
    const foreign = Object.keys(data.options ?? {}).filter((name) => !OPTIONS.includes(name));
    answer.textContent = foreign.length > 0 ? `Not an option of the frame: ${foreign.join(", ")}` : "";
    tell("ready", {});
    measure();
    lookup.focus();
  }
  if (data.type === "clear") lookup.clear();
});

lookup.addEventListener("medcode-select", () => {
  // Opened by itself, or by a page that has not spoken: the choice must not seem to have gone anywhere.
  if (!host) /** @type {HTMLElement} */ (document.getElementById("answer")).textContent = "No page takes this code: this is the part of another page, which has not spoken to it";
});

for (const name of ["medcode-select", "medcode-clear", "medcode-issue"]) {
  lookup.addEventListener(name, (event) => {
    // A plain copy: what is posted must hold nothing but data.
    tell(name.slice("medcode-".length), JSON.parse(JSON.stringify(/** @type {CustomEvent} */ (event).detail)));
  });
}

// The page is high enough for the list, always: a frame that grew with the list would push the host's page about.
let height = 0;
const measure = () => {
  const now = Math.ceil(document.body.getBoundingClientRect().bottom + scrollY);
  if (host && now !== height) tell("height", (height = now));
};
new ResizeObserver(measure).observe(document.body);

/**
 * Tells the host something, and nobody else.
 *
 * @param {string} type
 * @param {unknown} detail
 */
function tell(type, detail) {
  if (host) window.parent.postMessage({ medcode: 1, type, detail }, host);
}
