// Tells screen readers, politely, what changed.

import { byId } from "./dom.js";

/** Long enough that a person who is still typing hears the last count only. */
const SETTLE_MS = 900;

let timer = 0;

/**
 * Says a sentence now.
 *
 * @param {string} sentence
 */
export function say(sentence) {
  window.clearTimeout(timer);
  byId("status").textContent = sentence;
}

/**
 * Says a sentence once no other one has come for a while.
 *
 * @param {string} sentence
 */
export function saySoon(sentence) {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => say(sentence), SETTLE_MS);
}
