// Marks the matched words of a text.

import { element } from "./dom.js";

/**
 * The text as nodes, the ranges inside `<mark>`.
 *
 * @param {string} text
 * @param {ReadonlyArray<{ start: number, end: number }>} ranges in UTF-16 units, in any order, overlaps allowed
 * @returns {(Node | string)[]}
 */
export function marked(text, ranges) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let at = 0;
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= at || start >= text.length) continue;
    const from = Math.max(start, at);
    if (from > at) nodes.push(text.slice(at, from));
    nodes.push(element("mark", {}, text.slice(from, end)));
    at = end;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}
