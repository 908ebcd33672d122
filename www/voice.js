// A line that is read out, politely. What is no longer true is taken back, unless something else was said since.

/** Long enough that a person who is still typing hears the last count only. */
const SETTLE_MS = 900;

export class Voice {
  #line;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What was said last of each thing. @type {Map<string, string>} */
  #said = new Map();

  /** @param {HTMLElement} line what has the role `status` */
  constructor(line) {
    this.#line = line;
  }

  /** What was said last. */
  get text() {
    return this.#line.textContent ?? "";
  }

  /**
   * Says a sentence now.
   *
   * @param {string} sentence
   * @param {string} [about] what it is about, for `hush`
   */
  say(sentence, about = "") {
    this.drop();
    this.#said.set(about, sentence);
    this.#line.textContent = sentence;
  }

  /**
   * Says a sentence once no other one has come for a while.
   *
   * @param {string} sentence
   * @param {string} [about]
   */
  saySoon(sentence, about = "") {
    this.drop();
    this.#timer = setTimeout(() => this.say(sentence, about), SETTLE_MS);
  }

  /** Drops what was to be said soon. */
  drop() {
    clearTimeout(this.#timer);
  }

  /** Takes back what was said last about something, if it still stands. @param {string} about */
  hush(about) {
    if (this.#said.get(about) === this.text) this.#line.textContent = "";
  }
}
