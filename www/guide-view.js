// Questions that lead from a code that needs more to the one that can be billed, in the details of the page.

import { count, element, plural } from "./dom.js";
import { Guide, partsOf } from "./guide.js";
import { hashOf } from "./hash.js";
import { billableMark } from "./results.js";
import { say } from "./status.js";
import { ENGLISH } from "./strings.js";

/** How long a code must be in sight before its questions are worked out. */
const SETTLE_MS = 80;

/** Answers beyond this have no digit of their own. */
const DIGITS = 9;

/**
 * The questions below a code.
 *
 * A digit gives the answer that bears it, Backspace takes the last answer back, the arrows go from answer to answer; all of them
 * while the focus is in `scope`.
 *
 * @param {import("./medcode.js").Medcode} medcode
 * @param {import("./medcode.js").Concept} concept
 * @param {{ date: string | undefined, scope: HTMLElement }} context
 * @returns {HTMLElement}
 */
export function renderGuide(medcode, { code, system }, { date, scope }) {
  const guide = new Guide(medcode, { code, system, date });
  const place = element("section", { class: "guide", "aria-label": `Questions that lead from ${code} to one code` });

  const show = (/** @type {import("./guide.js").GuideState} */ { question, others, answers, total, codes }) => {
    const taken = answers.map(({ title, value, label }) => {
      const { code: own, text } = partsOf({ value, label });
      return element("li", {}, !own && element("span", { class: "axis" }, `${title}: `), own ? element("span", { class: "code", title: text }, own) : text);
    });
    place.replaceChildren(
      element("h3", {}, question ? `Which one? ${plural(total, "billable code")} possible` : total === 1 ? "This one" : `${plural(total, "billable code")} possible`),
      ...(taken.length > 0
        ? [element("div", { class: "taken" }, element("ul", { "aria-label": "Answers so far" }, ...taken), element("button", { type: "button", class: "quiet", onclick: () => back() }, "Take back"))]
        : []),
      ...(question ? [asked(question, others)] : []),
      ...(total <= 10 || !question
        ? [element("ul", { class: "children", "aria-label": "Codes still possible" }, ...codes.map((each) => row(each)))]
        : []),
    );
  };

  const asked = (/** @type {import("./guide.js").Facet} */ { axis, title, values }, /** @type {import("./guide.js").Facet[]} */ others) =>
    element(
      "div",
      { class: "question", role: "group", "aria-label": title },
      element("h4", {}, axis === "detail" ? ENGLISH.detail : title),
      element(
        "div",
        { class: "answers" },
        ...values.map(({ value, label, count: number }, at) => {
          const { code: own, text } = partsOf({ value, label });
          return element(
            "button",
            { type: "button", class: "pick", "data-axis": axis, "data-value": value, onclick: () => answer(axis, value, label) },
            element("kbd", { "aria-hidden": "true" }, at < DIGITS ? String(at + 1) : "·"),
            element("span", {}, own && element("span", { class: "code" }, own), own && " ", text),
            element("span", { class: "number" }, count(number)),
          );
        }),
      ),
      others.length > 0 &&
        element(
          "p",
          { class: "instead" },
          "Ask first: ",
          ...others.map((other) =>
            element("button", { type: "button", class: "chip", "data-ask": other.axis, onclick: () => { show(guide.ask(other.axis)); focus(); } }, other.axis === "detail" ? "by code" : other.title),
          ),
        ),
    );

  const row = (/** @type {import("./medcode.js").Concept} */ each) =>
    element(
      "li",
      {},
      element("a", { href: hashOf(each.system, each.code) }, element("span", { class: "code" }, each.code), " ", element("span", { class: "title" }, each.display)),
      " ",
      billableMark(each.billable),
    );

  const focus = () => {
    const target = /** @type {HTMLElement | null} */ (place.querySelector(".answers button, .children a"));
    target?.focus();
  };

  const tell = (/** @type {string} */ before) => {
    const { question, total, codes } = guide.state;
    say([before, question ? `${plural(total, "code")} left. ${question.axis === "detail" ? ENGLISH.detail : question.title}?` : total === 1 ? `${codes[0].code} ${codes[0].display}` : `${plural(total, "code")} left`].join(". "));
  };

  const answer = async (/** @type {string} */ axis, /** @type {string} */ value, /** @type {string} */ label) => {
    show(await guide.answer(axis, value));
    focus();
    tell(label);
  };

  const back = async () => {
    show(await guide.back());
    focus();
    tell("Taken back");
  };

  const onKey = (/** @type {KeyboardEvent} */ event) => {
    // The pane may show another code by now.
    if (!place.isConnected) return scope.removeEventListener("keydown", onKey);
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target instanceof Element && event.target.matches("input, textarea, select"))) return;
    const buttons = /** @type {HTMLButtonElement[]} */ ([...place.querySelectorAll(".answers button")]);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (/^[1-9]$/.test(event.key) && buttons[Number(event.key) - 1]) buttons[Number(event.key) - 1].click();
    else if (event.key === "Backspace" && guide.state.answers.length > 0) back();
    else if (step && at >= 0) buttons[(at + step + buttons.length) % buttons.length].focus();
    else return;
    event.preventDefault();
  };
  scope.addEventListener("keydown", onKey);
  // Arrow keys that run through a list must not wait for the questions of every code on their way.
  setTimeout(() => {
    if (place.isConnected) guide.begin().then(show);
  }, SETTLE_MS);
  return place;
}
