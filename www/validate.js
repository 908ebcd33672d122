// The check view: pasted codes, a verdict for each, and fixes that put the right code in its place.

import { copyText } from "./clipboard.js";
import { byId, count, element, plural } from "./dom.js";
import { hashOf } from "./hash.js";
import { systemsLike, titleOf } from "./packs.js";
import { say, saySoon } from "./status.js";

/** Codes are checked while they are typed; this keeps a long list from being checked at every key. */
const SETTLE_MS = 150;

/** How a status is shown: a shape, a word, a class. */
const NEEDS_MORE = ["▸", "needs more", "no"];
const NOT_THEN = ["✕", "wrong date", "bad"];
const INVALID = ["✕", "invalid", "bad"];
const UNKNOWN = ["?", "unknown", "no"];

/** Every status that a validation can have. @type {Record<import("./medcode.js").Validation["status"], string[]>} */
const STATUS = {
  billable: ["✓", "billable", "yes"],
  header: NEEDS_MORE,
  incomplete: NEEDS_MORE,
  "seventh-character-wrong": INVALID,
  "seventh-character-not-allowed": INVALID,
  "placeholder-missing": INVALID,
  "placeholder-extra": INVALID,
  "invalid-shape": INVALID,
  "not-in-release": INVALID,
  "not-yet-effective": NOT_THEN,
  terminated: NOT_THEN,
  "date-not-covered": ["?", "date not covered", "no"],
  "unknown-system": UNKNOWN,
  "unknown-no-pack": UNKNOWN,
};

/** How many codes are checked at once: as many are shown without the page standing still. */
const MOST = 5000;

/** How many fixes are offered at once. */
const FIXES_SHOWN = 8;

export class CheckView {
  #timer = 0;
  /** @type {string[]} */
  #usable = [];
  /** @type {import("./medcode.js").Concept[]} */
  #concepts = [];
  /** @type {Map<string, string>} */
  #titles = new Map();

  /**
   * @param {import("./medcode.js").Medcode} medcode
   * @param {() => string | undefined} date the date of service, if one is set
   * @param {(concept: import("./medcode.js").Concept) => void} onAdd
   * @param {import("./packs.js").Packs} packs
   */
  constructor(medcode, date, onAdd, packs) {
    this.medcode = medcode;
    this.packs = packs;
    this.date = date;
    this.input = byId("codes", HTMLTextAreaElement);
    this.system = byId("check-system", HTMLSelectElement);
    this.verdicts = byId("verdicts");
    this.copyButton = byId("copy-clean", HTMLButtonElement);
    this.claimButton = byId("to-claim", HTMLButtonElement);
    this.claimButton.addEventListener("click", () => {
      this.#settle();
      this.#concepts.forEach(onAdd);
    });
    this.showSystems();
    this.input.addEventListener("input", () => {
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#settle(), SETTLE_MS);
    });
    this.system.addEventListener("change", () => this.check());
    byId("check-clear").addEventListener("click", () => {
      this.input.value = "";
      this.check();
      this.input.focus();
    });
    this.copyButton.addEventListener("click", async () => {
      this.#settle();
      const copied = await copyText(this.#usable.join("\n"));
      say(copied ? `Copied ${plural(this.#usable.length, "code")}` : "The browser did not allow copying");
    });
  }

  /** Offers the code systems that are loaded. */
  showSystems() {
    const chosen = this.system.value;
    this.#titles = new Map(this.medcode.systems().map(({ system, title }) => [system, title]));
    this.system.replaceChildren(
      element("option", { value: "" }, "Decide by the code"),
      ...[...this.#titles].map(([system, title]) => element("option", { value: system }, title)),
      ...this.packs.missing.map((system) => element("option", { value: system }, titleOf(system))),
    );
    this.system.value = chosen;
  }

  /** Checks what was typed and is not checked yet. */
  #settle() {
    if (this.#timer !== 0) this.check();
  }

  /** Checks the whole list and shows the verdicts. */
  check() {
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    const all = tokensOf(this.input.value);
    const tokens = all.slice(0, MOST);
    // Also what a code may be in another system is said: the systems whose codes look like these must be there.
    const system = this.system.value;
    const coming = this.packs.need(system ? [system] : tokens.flatMap(({ text }) => systemsLike(text)));
    const absent = this.packs.missing.includes(system);
    // Of another text or another system than these, the verdicts must not stay to be used.
    const waits = coming !== undefined && absent;
    const answers = waits
      ? []
      : this.medcode.validateAll(
          tokens.map((token) => token.text),
          { system: absent ? undefined : /** @type {import("./pkg/medcode.js").CodeSystemName} */ (system) || undefined, date: this.date(), fixLimit: FIXES_SHOWN },
        );
    this.#concepts = answers.flatMap(({ status, concept }) => (status === "billable" && concept ? [concept] : []));
    this.#usable = this.#concepts.map(({ code }) => code);
    this.verdicts.replaceChildren(...answers.map((answer, position) => this.#verdict(answer, tokens[position])));
    this.copyButton.disabled = this.claimButton.disabled = this.#usable.length === 0;
    const cut = all.length > MOST ? `. Only the first ${count(MOST)} of ${count(all.length)} codes were checked` : "";
    const summary = waits ? `Loading ${titleOf(system)} …` : summaryOf(answers) + cut;
    byId("summary").textContent = summary;
    if (summary) saySoon(summary);
  }

  /**
   * @param {import("./medcode.js").Validation} answer
   * @param {{ text: string, start: number }} token
   */
  #verdict({ status, concept, message, rule, source, fixes, moreFixes, others = [] }, token) {
    const [shape, word, kind] = STATUS[status];
    return element(
      "li",
      { class: `verdict ${kind}` },
      concept
        ? element("a", { href: hashOf(concept.system, concept.code), class: "code" }, concept.code)
        : element("span", { class: "code" }, token.text),
      element("span", { class: `mark ${kind}` }, element("span", { "aria-hidden": "true" }, `${shape} `), word),
      element(
        "span",
        { class: "what" },
        element("span", { class: "sentence" }, message),
        rule && element("span", { class: "rule", title: source }, ` rule ${rule}`),
        // The same characters in another code system, such as J1100: an injection, and J11.00 an influenza.
        ...others.flatMap((other) =>
          other.concept
            ? [element("span", { class: "other" }, `${this.#titles.get(other.concept.system) ?? other.concept.system} has it, too: `, element("a", { href: hashOf(other.concept.system, other.concept.code), class: "code" }, other.concept.code), ` ${other.concept.display}`)]
            : [],
        ),
      ),
      fixes.length > 0 &&
        element(
          "span",
          { class: "fixes" },
          ...fixes.map(({ code, display, why }) =>
            element(
              "button",
              { type: "button", onclick: () => this.#replace(token, code), title: `${display}: ${why}` },
              `Use ${code}`,
            ),
          ),
          moreFixes && element("span", { class: "rule" }, `and ${moreFixes} more`),
        ),
    );
  }

  /**
   * @param {{ text: string, start: number }} token
   * @param {string} code
   */
  #replace(token, code) {
    const text = this.input.value;
    // The text may have changed since it was checked.
    if (!tokensOf(text).some((each) => each.start === token.start && each.text === token.text)) {
      this.check();
      return say("The codes have changed: choose again");
    }
    this.input.value = text.slice(0, token.start) + code + text.slice(token.start + token.text.length);
    this.check();
    say(`Replaced ${token.text} by ${code}`);
    this.input.focus();
  }
}

/**
 * The codes of a pasted text and where each starts.
 *
 * @param {string} text
 * @returns {{ text: string, start: number }[]}
 */
export function tokensOf(text) {
  return [...text.matchAll(/[^\s,;|]+/g)].map((match) => ({ text: match[0], start: match.index }));
}

/** @param {ReadonlyArray<import("./medcode.js").Validation>} answers */
function summaryOf(answers) {
  if (answers.length === 0) return "";
  /** @type {Map<string, number>} */
  const tally = new Map();
  for (const { status } of answers) {
    const word = STATUS[status][1];
    tally.set(word, (tally.get(word) ?? 0) + 1);
  }
  const first = "billable";
  const parts = [...tally].sort(([a], [b]) => Number(b === first) - Number(a === first));
  const said = (/** @type {string} */ word, /** @type {number} */ number) => (word === "needs more" && number !== 1 ? "need more" : word);
  return `${plural(answers.length, "code")}: ${parts.map(([word, number]) => `${number} ${said(word, number)}`).join(", ")}`;
}
