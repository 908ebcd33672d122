// The notes of the tabular list, grouped as the book prints them, with the codes they name as links.

import { element } from "./dom.js";
import { hashOf } from "./hash.js";

/** The kinds of notes, in the order of the book, and how the book heads them. */
export const NOTE_KINDS = /** @type {const} */ ([
  ["inclusionTerm", "Inclusion terms"],
  ["includes", "Includes"],
  ["note", "Note"],
  ["codeFirst", "Code first"],
  ["codeAlso", "Code also"],
  ["useAdditionalCode", "Use additional code"],
  ["excludes1", "Excludes1"],
  ["excludes2", "Excludes2"],
  ["excludes", "Excludes"],
  ["seventhCharacterNote", "Seventh character"],
]);

/** What the two kinds of exclusion mean, for those who do not look at the guidelines every day. */
const MEANING = /** @type {Record<string, string>} */ ({
  excludes1: "not coded here",
  excludes2: "not included here; may be coded as well",
});

/**
 * A note's text, the codes that it names as links. Of a range the link leads to its first code.
 *
 * @param {string} text
 * @param {ReadonlyArray<import("./pkg/medcode.js").NoteLink>} links
 * @param {string} system
 * @returns {(Node | string)[]}
 */
export function withCodeLinks(text, links, system) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let at = 0;
  for (const { start, end, first } of links) {
    if (start < at) continue;
    nodes.push(text.slice(at, start), element("a", { href: hashOf(system, first), class: "coderef" }, text.slice(start, end)));
    at = end;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== "");
}

/**
 * All notes that hold at a code, one block per kind: its own first, then those it has from above.
 *
 * @param {ReadonlyArray<import("./medcode.js").Note>} notes
 * @param {(of: string) => HTMLElement | null} place a link to where a note stands; null for what is shown itself
 * @param {string} system
 * @returns {HTMLElement[]}
 */
export function renderNotes(notes, place, system) {
  return NOTE_KINDS.flatMap(([kind, heading]) => {
    /** @type {Map<string, import("./medcode.js").Note[]>} */
    const places = new Map();
    for (const note of notes.filter((each) => each.kind === kind)) {
      places.set(note.of, [...(places.get(note.of) ?? []), note]);
    }
    if (places.size === 0) return [];
    return [
      element(
        "section",
        { class: `notes ${kind}` },
        element("h3", {}, heading, MEANING[kind] && element("span", { class: "meaning" }, ` ${MEANING[kind]}`)),
        ...[...places].flatMap(([of, own]) => [
          from(place(of)),
          element(
            "ul",
            {},
            ...nested(own).map(({ note: { text, links = [] }, below }) =>
              element("li", { class: below && "below" }, ...withCodeLinks(text, links, system)),
            ),
          ),
        ]),
      ),
    ];
  });
}

/** @param {HTMLElement | null} link */
function from(link) {
  return link && element("h4", {}, "from ", link);
}

/**
 * Which lines stand below one that ends with a colon: the book indents them, its files do not.
 *
 * @param {ReadonlyArray<import("./medcode.js").Note>} notes
 */
function nested(notes) {
  let below = false;
  return notes.map((note) => {
    if (/^(Use|Code) /.test(note.text)) below = false;
    const line = { note, below };
    if (note.text.endsWith(":")) below = true;
    return line;
  });
}
