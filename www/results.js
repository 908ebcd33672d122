// A search hit as an option of the result list.

import { element } from "./dom.js";
import { marked } from "./marks.js";

/** How a match outside title and code is named; of a code, how it follows from one with a mistake in it. */
const SOURCES = /** @type {Record<string, string>} */ ({
  code: "probably meant",
  inclusionTerm: "inclusion term",
  indexTerm: "index",
  shortTitle: "short title",
  vocabulary: "also said",
});

/**
 * One hit, or another concept: code, title with the matched words marked, what else matched, system, billable mark. Every piece is
 * a `part`, so that a page can style it inside the element.
 *
 * @param {import("./medcode.js").Concept & { matched?: ReadonlyArray<import("./medcode.js").Match> }} hit
 * @param {string | number} position what makes its id one of its own in the page
 * @param {string} systemTitle
 * @returns {HTMLElement}
 */
export function renderHit(hit, position, systemTitle) {
  const { matched = [] } = hit;
  const inTitle = matched.find(({ by, text }) => by === "title" && text === undefined);
  const elsewhere = matched.find(({ by, text }) => by in SOURCES && text !== undefined);
  return element(
    "li",
    {
      role: "option",
      id: `hit-${position}`,
      class: hit.billable ? "hit" : "hit header",
      part: hit.billable ? "option" : "option option-header",
      "aria-selected": "false",
      "data-system": hit.system,
      "data-code": hit.code,
    },
    // A code reads from left to right, whatever the text around it does.
    element("span", { class: "code", part: "code", dir: "ltr" }, hit.code),
    " ",
    element(
      "span",
      { class: "what" },
      element("span", { class: "title", part: "title" }, ...marked(hit.display, inTitle?.words ?? [])),
      elsewhere &&
        element(
          "span",
          { class: "why", part: "why" },
          ` ${SOURCES[elsewhere.by]}: `,
          ...marked(elsewhere.text ?? "", elsewhere.words),
        ),
    ),
    " ",
    element("span", { class: "kind", part: "kind" }, billableMark(hit.billable), " ", element("span", { class: "system", part: "system" }, systemTitle)),
  );
}

/**
 * Billable or not, by shape and by word as well as by colour.
 *
 * @param {boolean} billable
 */
export function billableMark(billable) {
  return billable
    ? element("span", { class: "mark yes", part: "billable" }, element("span", { "aria-hidden": "true" }, "✓ "), "billable")
    : element("span", { class: "mark no", part: "not-billable" }, element("span", { "aria-hidden": "true" }, "▸ "), "not billable");
}
