// Two codes side by side: what each says, and which notes hold for one, for the other, for both.

import { element } from "./dom.js";
import { hashOf } from "./hash.js";
import { NOTE_KINDS } from "./notes.js";
import { billableMark } from "./results.js";

/**
 * @typedef {import("./medcode.js").Medcode} Medcode
 * @typedef {import("./medcode.js").Concept} Concept
 */

/**
 * The comparison as a table.
 *
 * @param {Medcode} medcode
 * @param {readonly [Concept, Concept]} concepts
 * @returns {HTMLElement[]}
 */
export function renderComparison(medcode, concepts) {
  const notes = concepts.map(({ code, system }) => medcode.notes(code, { system }));
  const same = (/** @type {number} */ side, /** @type {import("./medcode.js").Note} */ note) =>
    notes[1 - side].some(({ kind, text }) => kind === note.kind && text === note.text);
  const row = (/** @type {string} */ name, /** @type {(Node | string)[][]} */ cells) => {
    const [left, right] = cells.map((cell) => cell.map((part) => (typeof part === "string" ? part : part.textContent)).join());
    return element("tr", { class: left === right ? "" : "differs" }, element("th", { scope: "row" }, name), ...cells.map((cell) => element("td", {}, ...cell)));
  };
  const both = (/** @type {(concept: Concept) => (Node | string)[]} */ of) => concepts.map(of);
  const rows = [
    row("Title", both(({ display }) => [display])),
    row("Billable", both(({ billable }) => [billableMark(billable)])),
    row("Stands in", both(({ code, system }) => [
      [...medcode.groupsOf(code, { system }).map(({ label, title }) => `${label} ${title}`), ...medcode.ancestors(code, { system }).reverse().map((above) => `${above.code} ${above.display}`)].join(" › "),
    ])),
    row("Valid", both(({ period: { start, end } }) => [[start && `from ${start}`, end && `to ${end}`].filter(Boolean).join(" ")])),
    row("Codes below", both(({ code, system }) => [String(medcode.children(code, { system }).length)])),
    ...NOTE_KINDS.flatMap(([kind, heading]) => {
      const cells = notes.map((own, side) =>
        own.filter((note) => note.kind === kind).map((note) => element("p", { class: same(side, note) ? "shared" : "own" }, note.text)),
      );
      return cells.some((cell) => cell.length > 0) ? [row(heading, cells)] : [];
    }),
  ];
  return [
    element(
      "table",
      { class: "comparison" },
      element("caption", { class: "hidden" }, `${concepts[0].code} beside ${concepts[1].code}`),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("td", {}),
          ...concepts.map(({ system, code }) => element("th", { scope: "col" }, element("a", { class: "code", href: hashOf(system, code) }, code))),
        ),
      ),
      element("tbody", {}, ...rows),
    ),
    element("p", { class: "hint" }, "What both have alike is set in a paler colour."),
  ];
}
