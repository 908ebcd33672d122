// A search hit as an option of the result list.

import { element } from "./dom.js";
import { marked } from "./marks.js";

/** How a match outside title and code is named. */
const FIELD_NAMES = /** @type {Record<string, string>} */ ({
  shortTitle: "short title",
  inclusionTerm: "inclusion term",
  includes: "includes",
  index: "index",
  externalCauseIndex: "external cause index",
  neoplasmTable: "neoplasm table",
  drugTable: "drug table",
  synonym: "synonym",
  abbreviation: "abbreviation",
  parent: "category",
});

/**
 * One hit: code, title with the matched words marked, what else matched, system, billable mark.
 *
 * @param {import("./medcode.js").Hit} hit
 * @param {number} position
 * @param {string} systemTitle
 */
export function renderHit(hit, position, systemTitle) {
  const elsewhere = hit.matched && FIELD_NAMES[hit.matched.field];
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
      element("span", { class: "title" }, ...marked(hit.display, hit.highlights)),
      elsewhere &&
        element("span", { class: "why" }, ` ${elsewhere}: `, ...marked(hit.matched.text, hit.matched.highlights)),
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
