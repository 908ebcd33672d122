// Tells screen readers, politely, what changed in the page.

import { byId } from "./dom.js";
import { Voice } from "./voice.js";

/** @type {Voice | undefined} */
let voice;

function voiceOfPage() {
  voice ??= new Voice(byId("status"));
  return voice;
}

/**
 * Says a sentence now.
 *
 * @param {string} sentence
 */
export function say(sentence) {
  voiceOfPage().say(sentence);
}

/**
 * Says a sentence once no other one has come for a while.
 *
 * @param {string} sentence
 */
export function saySoon(sentence) {
  voiceOfPage().saySoon(sentence);
}
