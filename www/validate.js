// The check view: pasted codes, a verdict for each, and fixes that put the right code in its place.

import { copyText } from "./clipboard.js";
import { byId, element, plural } from "./dom.js";
import { hashOf } from "./hash.js";
import { say, saySoon } from "./status.js";

/** Codes are checked while they are typed; this keeps a long list from being checked at every key. */
const SETTLE_MS = 150;

/** How each status is shown: its shape, its word, its class. */
const STATUS = /** @type {Record<string, [string, string, string]>} */ ({
  valid: ["✓", "billable", "yes"],
  validNotBillable: ["▸", "needs more", "no"],
  invalid: ["✕", "invalid", "bad"],
  unknown: ["?", "unknown", "no"],
});

export class CheckView {
  #timer = 0;
  /** @type {string[]} */
  #usable = [];

  /**
   * @param {import("./medcode.js").Medcode} medcode
   * @param {() => string | undefined} date the date of service, if one is set
   */
  constructor(medcode, date) {
    this.medcode = medcode;
    this.date = date;
    this.input = byId("codes", HTMLTextAreaElement);
    this.system = byId("check-system", HTMLSelectElement);
    this.verdicts = byId("verdicts");
    this.copyButton = byId("copy-clean", HTMLButtonElement);
    for (const { system, title } of medcode.systems()) {
      this.system.append(element("option", { value: system }, title));
    }
    this.input.addEventListener("input", () => {
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.check(), SETTLE_MS);
    });
    this.system.addEventListener("change", () => this.check());
    byId("check-clear").addEventListener("click", () => {
      this.input.value = "";
      this.check();
      this.input.focus();
    });
    this.copyButton.addEventListener("click", async () => {
      const copied = await copyText(this.#usable.join("\n"));
      say(copied ? `Copied ${plural(this.#usable.length, "code")}` : "The browser did not allow copying");
    });
  }

  /**
   * Puts a code at the end of the list.
   *
   * @param {string} code
   */
  add(code) {
    const text = this.input.value.trimEnd();
    this.input.value = text ? `${text}\n${code}` : code;
    this.check();
  }

  /** Checks the whole list and shows the verdicts. */
  check() {
    window.clearTimeout(this.#timer);
    const tokens = tokensOf(this.input.value);
    const answers = this.medcode.validateAll(
      tokens.map((token) => token.text),
      { system: this.system.value || undefined, date: this.date() },
    );
    this.#usable = answers.filter((answer) => answer.status === "valid").map((answer) => answer.dotted);
    this.verdicts.replaceChildren(...answers.map((answer, position) => this.#verdict(answer, tokens[position])));
    this.copyButton.disabled = this.#usable.length === 0;
    const summary = summaryOf(answers);
    byId("summary").textContent = summary;
    if (summary) saySoon(summary);
  }

  /**
   * @param {import("./medcode.js").Validity} answer
   * @param {{ text: string, start: number }} token
   */
  #verdict(answer, token) {
    const [shape, word, kind] = STATUS[answer.status] ?? STATUS.invalid;
    const shown = answer.dotted ?? token.text;
    return element(
      "li",
      { class: `verdict ${kind}` },
      answer.system && answer.found
        ? element("a", { href: hashOf(answer.system, shown), class: "code" }, shown)
        : element("span", { class: "code" }, shown),
      element("span", { class: `mark ${kind}` }, element("span", { "aria-hidden": "true" }, `${shape} `), word),
      element(
        "span",
        { class: "what" },
        element("span", { class: "sentence" }, answer.message),
        answer.rule && element("span", { class: "rule" }, ` rule ${answer.rule}`),
      ),
      answer.fixes.length > 0 &&
        element(
          "span",
          { class: "fixes" },
          ...answer.fixes.map((fix) =>
            element(
              "button",
              { type: "button", onclick: () => this.#replace(token, fix.dotted), title: fix.display },
              `Use ${fix.dotted}`,
            ),
          ),
        ),
    );
  }

  /**
   * @param {{ text: string, start: number }} token
   * @param {string} code
   */
  #replace(token, code) {
    const text = this.input.value;
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

/** @param {ReadonlyArray<import("./medcode.js").Validity>} answers */
function summaryOf(answers) {
  if (answers.length === 0) return "";
  const parts = Object.entries(STATUS)
    .map(([status, [, word]]) => [answers.filter((answer) => answer.status === status).length, word])
    .filter(([number]) => number);
  return `${plural(answers.length, "code")}: ${parts.map(([number, word]) => `${number} ${word}`).join(", ")}`;
}
