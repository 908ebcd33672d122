// A search hit as an option of the result list.

import { element } from "./dom.js";
import { marked } from "./marks.js";

/** How a match outside title and code is named. */
const SOURCES = /** @type {Record<string, string>} */ ({
  inclusionTerm: "inclusion term",
  indexTerm: "index",
  vocabulary: "also said",
});

/**
 * One hit: code, title with the matched words marked, what else matched, system, billable mark.
 *
 * @param {import("./medcode.js").Hit} hit
 * @param {number} position
 * @param {string} systemTitle
 */
export function renderHit(hit, position, systemTitle) {
  const inTitle = hit.matched.find(({ by, text }) => by === "title" && text === undefined);
  const elsewhere = hit.matched.find(({ by, text }) => by in SOURCES && text !== undefined);
  return element(
    "li",
    {
      role: "option",
      id: `hit-${position}`,
      class: hit.billable ? "hit" : "hit header",
      "aria-selected": "false",
      "data-system": hit.system,
      "data-code": hit.code,
    },
    element("span", { class: "code" }, hit.code),
    " ",
    element(
      "span",
      { class: "what" },
      element("span", { class: "title" }, ...marked(hit.display, inTitle?.words ?? [])),
      elsewhere &&
        element(
          "span",
          { class: "why" },
          ` ${SOURCES[elsewhere.by]}: `,
          ...marked(elsewhere.text ?? "", elsewhere.words),
        ),
    ),
    " ",
    element("span", { class: "kind" }, billableMark(hit.billable), " ", element("span", { class: "system" }, systemTitle)),
  );
}

/**
 * Billable or not, by shape and by word as well as by colour.
 *
 * @param {boolean} billable
 */
export function billableMark(billable) {
  return billable
    ? element("span", { class: "mark yes" }, element("span", { "aria-hidden": "true" }, "✓ "), "billable")
    : element("span", { class: "mark no" }, element("span", { "aria-hidden": "true" }, "▸ "), "not billable");
}
