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

// Codes as the notes print them: `E08.-`, `Z79.4`, `F10-F19`, `C4A`; ICD-9-CM's `250.01` and `E850.0`.
// A number counts only with a dot or in parentheses, so that `1000 grams` is not one.
const PATTERNS = /** @type {Record<string, RegExp>} */ ({
  icd10cm: /\b[A-Z]\d[0-9AB](?:\.[0-9A-Z]{1,4}|(?![0-9A-Za-z]))/g,
  icd9cm_dx: /\b(?:[EV]\d{2,3}(?:\.\d{1,2})?|\d{3}\.\d{1,2})\b|(?<=[(,] ?|-)\d{3}(?=[),.-])/g,
  icd9cm_sg: /\b\d{2}\.\d{1,2}\b/g,
});

/**
 * A note's text, its code references as links where `exists` says that there is such a code.
 *
 * @param {string} text
 * @param {string} system
 * @param {(code: string) => boolean} exists
 * @returns {(Node | string)[]}
 */
export function withCodeLinks(text, system, exists) {
  const pattern = PATTERNS[system];
  if (!pattern) return [text];
  /** @type {(Node | string)[]} */
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const code = match[0];
    if (!exists(code)) continue;
    nodes.push(text.slice(at, match.index), element("a", { href: hashOf(system, code), class: "coderef" }, code));
    at = match.index + code.length;
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
 * @param {(code: string) => boolean} exists
 * @returns {HTMLElement[]}
 */
export function renderNotes(notes, place, system, exists) {
  return NOTE_KINDS.flatMap(([kind, heading]) => {
    /** @type {Map<string, string[]>} */
    const places = new Map();
    for (const note of notes.filter((each) => each.kind === kind)) {
      places.set(note.of, [...(places.get(note.of) ?? []), note.text]);
    }
    if (places.size === 0) return [];
    return [
      element(
        "section",
        { class: `notes ${kind}` },
        element("h3", {}, heading, MEANING[kind] && element("span", { class: "meaning" }, ` ${MEANING[kind]}`)),
        ...[...places].flatMap(([of, texts]) => [
          from(place(of)),
          element(
            "ul",
            {},
            ...nested(texts).map(({ text, below }) =>
              element("li", { class: below && "below" }, ...withCodeLinks(text, system, exists)),
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
 * @param {ReadonlyArray<string>} texts
 */
function nested(texts) {
  let below = false;
  return texts.map((text) => {
    if (/^(Use|Code) /.test(text)) below = false;
    const line = { text, below };
    if (text.endsWith(":")) below = true;
    return line;
  });
}
