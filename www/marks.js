// Marks the matched words of a text.

import { element } from "./dom.js";

/**
 * The text as nodes, the words inside `<mark>`, each where it stands as a whole word.
 *
 * @param {string} text
 * @param {ReadonlyArray<string>} words as they stand in the text
 * @returns {(Node | string)[]}
 */
export function marked(text, words) {
  if (words.length === 0) return [text];
  // The longer word first, so that `non-displaced` is not marked in pieces.
  const alternatives = [...new Set(words)].sort((a, b) => b.length - a.length).map(quoted).join("|");
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives})(?![\\p{L}\\p{N}])`, "gu");
  /** @type {(Node | string)[]} */
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(text.slice(at, match.index), element("mark", { part: "match" }, match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== "");
}

/**
 * A word as a pattern that matches nothing but it.
 *
 * @param {string} word
 */
function quoted(word) {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
