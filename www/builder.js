// Builds an ICD-10-PCS code character by character: what each one tells, which values the tables allow after those before, and what
// the book says of them. Every step is an address of its own, so that the browser's way back takes a character back.

import { Combobox } from "./combobox.js";
import { element, plural } from "./dom.js";
import { hashOf, hashOfBuilding } from "./hash.js";
import { say } from "./status.js";

const SYSTEM = "icd10pcs";
const LENGTH = 7;

/**
 * @typedef {import("./medcode.js").Medcode} Medcode
 * @typedef {import("./pkg/medcode.js").Next} Next
 */

/**
 * The characters there are so far, with what each tells; nothing where no code begins so.
 *
 * @param {Medcode} medcode
 * @param {string} beginning
 * @returns {{ character: string, axis: string, label: string }[] | undefined}
 */
function told(medcode, beginning) {
  const steps = [];
  for (let at = 0; at < beginning.length; at += 1) {
    const ways = medcode.next(beginning.slice(0, at), { system: SYSTEM }).filter(({ character }) => character === beginning[at]);
    if (ways.length === 0) return undefined;
    // A character may mean one thing in some rows and another in others, until the next one decides.
    steps.push({ character: beginning[at], axis: axisOf(ways, at), label: [...new Set(ways.flatMap(({ label }) => label ?? []))].join(" / ") });
  }
  return steps;
}

/**
 * What a character tells; its number where the index has no tables, as one from the public registries alone.
 *
 * @param {Next[]} choices
 * @param {number} at
 */
function axisOf(choices, at) {
  return choices[0]?.axis ?? `Character ${at + 1}`;
}

/**
 * What can be built on what is typed in a search box.
 *
 * @param {Medcode} medcode
 * @param {string} typed
 * @returns {{ beginning: string, axis: string, choices: number } | undefined} nothing where it is no beginning of a code, or a whole one
 */
export function buildingOn(medcode, typed) {
  const beginning = typed.trim().toUpperCase();
  if (!/^[0-9A-HJ-NP-Z]{2,6}$/.test(beginning)) return undefined;
  const next = medcode.next(beginning, { system: SYSTEM });
  return next.length > 0 ? { beginning, axis: axisOf(next, beginning.length), choices: next.length } : undefined;
}

/**
 * The builder, for the details of the page.
 *
 * @param {Medcode} medcode
 * @param {string} beginning the characters chosen so far
 * @param {{ onGo: (hash: string) => void }} actions
 * @returns {HTMLElement[] | undefined} nothing where no code begins so
 */
export function renderBuilder(medcode, beginning, { onGo }) {
  const steps = told(medcode, beginning);
  const choices = medcode.next(beginning, { system: SYSTEM });
  if (!steps || (choices.length === 0 && beginning.length < LENGTH)) return undefined;
  const axis = axisOf(choices, beginning.length);

  const input = /** @type {HTMLInputElement} */ (
    element("input", {
      id: "builder-input", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "builder-list", "aria-autocomplete": "list", autocomplete: "off",
      autocapitalize: "none", autocorrect: "off", spellcheck: "false", enterkeyhint: "next", maxlength: "60", placeholder: "A character or words", "aria-describedby": "builder-keys",
    })
  );
  const list = element("ul", { id: "builder-list", class: "values", role: "listbox", "aria-label": axis });
  const combobox = new Combobox(input, list);

  /** What fits what is typed, the value with that very character first. @returns {Next[]} */
  const fitting = () => {
    const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return choices;
    const exact = (/** @type {Next} */ { character }) => Number(words.length === 1 && character.toLowerCase() === words[0]);
    const text = (/** @type {Next} */ { label = "", definition }) => [label, definition?.definition, ...(definition?.includes ?? [])].join(" ").toLowerCase();
    return choices.filter((choice) => exact(choice) || words.every((word) => text(choice).includes(word))).sort((one, other) => exact(other) - exact(one));
  };

  const fill = () => {
    const shown = fitting();
    combobox.replace(shown.map((choice, at) => option(choice, at, medcode)));
    note.textContent = shown.length === 0 ? "No value of the tables fits: Backspace takes characters back." : "";
    if (shown.length === 1) combobox.activate(0);
  };
  const note = element("p", { class: "hint" });
  input.addEventListener("input", fill);

  const go = (/** @type {string} */ code) => onGo(code.length === LENGTH ? hashOf(SYSTEM, code) : hashOfBuilding(code));
  const back = () => {
    if (beginning === "") return;
    onGo(hashOfBuilding(beginning.slice(0, -1)));
    say(`Took back ${beginning.at(-1)}`);
  };
  list.addEventListener("combobox-commit", (event) => go(/** @type {HTMLElement} */ (event.target).dataset.code ?? beginning));
  list.addEventListener("combobox-open", (event) => {
    event.preventDefault();
    go(/** @type {HTMLElement} */ (event.target).dataset.code ?? beginning);
  });
  list.addEventListener("combobox-close", (event) => {
    event.preventDefault();
    back();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Backspace" && input.value === "") {
      event.preventDefault();
      back();
    } else if (event.key === "Escape" && input.value !== "") {
      // The first Escape empties the box; the page takes the next one.
      event.stopPropagation();
      input.value = "";
      fill();
    }
  });
  fill();

  const slots = Array.from({ length: LENGTH }, (_, at) => {
    const step = steps[at];
    const is = at === beginning.length;
    const what = step
      ? element("a", { href: hashOfBuilding(beginning.slice(0, at)), title: `Choose ${step.axis} anew` }, element("span", { class: "code" }, step.character), " ", element("span", { class: "axis" }, step.axis), " ", element("span", { class: "meaning" }, step.label))
      : element("span", {}, element("span", { class: "code" }, is ? "?" : "·"), " ", is && element("span", { class: "axis" }, axis));
    return element("li", { class: step ? "slot set" : is ? "slot now" : "slot", "aria-current": is ? "step" : undefined }, what);
  });
  const possible = choices.reduce((sum, { codes }) => sum + codes, 0);
  return [
    element(
      "header",
      { class: "concept" },
      element("h2", { id: "concept-title", tabindex: "-1" }, element("span", { class: "code" }, beginning || "ICD-10-PCS"), " ", element("span", { class: "title" }, "Build a code")),
      element("p", { class: "state" }, element("span", { class: "system" }, "ICD-10-PCS"), element("span", { class: "mark" }, `character ${beginning.length + 1} of ${LENGTH}`), element("span", { class: "mark" }, `${plural(possible, "code")} possible`)),
    ),
    element("ol", { class: "slots", "aria-label": "Characters of the code" }, ...slots),
    element(
      "div",
      { class: "choosing" },
      element("label", { for: "builder-input" }, element("strong", {}, axis), `, ${plural(choices.length, "value")}`),
      input,
      beginning !== "" && element("button", { type: "button", onclick: back }, "Back"),
    ),
    element("p", { class: "keys", id: "builder-keys" }, element("kbd", {}, "↓"), " ", element("kbd", {}, "↑"), " choose ", element("kbd", {}, "Enter"), " take ", element("kbd", {}, "Backspace"), " in the empty box takes a character back"),
    list,
    note,
  ];
}

/**
 * The first code that begins so. Where the index has no tables it has no categories either: only what may follow leads there.
 *
 * @param {Medcode} medcode
 * @param {string} beginning
 */
function exampleOf(medcode, beginning) {
  let code = beginning;
  while (code.length < LENGTH) {
    const [first] = medcode.next(code, { system: SYSTEM });
    if (!first) return undefined;
    code = first.code;
  }
  return medcode.lookup(code, { system: SYSTEM });
}

/**
 * @param {Next} choice
 * @param {number} at
 * @param {Medcode} medcode
 */
function option({ character, code, label, definition, codes, billable }, at, medcode) {
  const title = billable ? medcode.lookup(code, { system: SYSTEM })?.display : undefined;
  // Without the tables a value has no name: one of its codes shows what it stands for.
  const example = label === undefined ? exampleOf(medcode, code) : undefined;
  const said = [definition?.definition, definition?.explanation].filter(Boolean);
  return element(
    "li",
    { role: "option", id: `value-${at}`, class: "value", "aria-selected": "false", "data-code": code },
    element("span", { class: "code" }, character),
    " ",
    element(
      "span",
      { class: "what" },
      element("span", { class: "title" }, label ?? (example ? `such as ${example.display}` : code)),
      title && title !== label && element("span", { class: "why" }, `${code} ${title}`),
      ...said.map((sentence) => element("span", { class: "why" }, /** @type {string} */ (sentence))),
      definition && definition.includes.length > 0 && element("span", { class: "why" }, `includes ${definition.includes.join(", ")}`),
    ),
    " ",
    element("span", { class: "number" }, billable ? "complete" : plural(codes, "code")),
  );
}
