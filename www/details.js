// The details of one code: what it is, whether it may be billed, where it stands, what the book says about it.

import { copyText } from "./clipboard.js";
import { element, plural } from "./dom.js";
import { hashOf } from "./hash.js";
import { renderNotes } from "./notes.js";
import { billableMark } from "./results.js";
import { say } from "./status.js";

/** More children than this are folded away behind a button. */
const CHILDREN_SHOWN = 60;

/**
 * Fills the pane with one concept.
 *
 * @param {HTMLElement} pane
 * @param {import("./medcode.js").Medcode} medcode
 * @param {import("./medcode.js").Concept} concept
 * @param {{ onCheck: (concept: import("./medcode.js").Concept) => void }} actions
 */
export function renderDetails(pane, medcode, concept, { onCheck }) {
  const scope = { system: concept.system };
  const ancestors = medcode.ancestors(concept.code, scope);
  const children = medcode.children(concept.code, scope);
  const exists = (/** @type {string} */ code) => code !== concept.dotted && medcode.lookup(code, scope) !== undefined;
  const noteSources = [
    { from: null, notes: medcode.notes(concept.code, scope) },
    ...[...ancestors].reverse().map((ancestor) => ({
      from: nameOf(ancestor),
      notes: medcode.notes(ancestor.code, scope),
    })),
  ];

  pane.replaceChildren(
    element("a", { class: "back", href: "#/" }, "‹ Back to the list"),
    breadcrumb(ancestors, concept),
    element(
      "header",
      { class: "concept" },
      element(
        "h2",
        { id: "concept-title", tabindex: "-1" },
        element("span", { class: "code" }, concept.dotted),
        " ",
        element("span", { class: "title" }, concept.display),
      ),
      concept.short && concept.short !== concept.display && element("p", { class: "short" }, concept.short),
      element(
        "p",
        { class: "state" },
        element("span", { class: "system" }, concept.systemTitle),
        " ",
        concept.kind === "code" ? billableMark(concept.billable) : element("span", { class: "mark no" }, concept.kind),
        concept.modifier && element("span", { class: "mark" }, "modifier"),
      ),
      concept.kind === "code" && copyButtons(concept, onCheck),
    ),
    ...needsMore(concept, children),
    element("div", { class: "book" }, ...renderNotes(noteSources, concept.system, exists)),
    ...childList(concept, children),
    facts(concept),
  );
  pane.setAttribute("aria-label", `Details of ${concept.dotted}`);
}

/**
 * Fills the pane for an address that names no code.
 *
 * @param {HTMLElement} pane
 * @param {string} system
 * @param {string} code
 */
export function renderMissing(pane, system, code) {
  pane.replaceChildren(
    element("a", { class: "back", href: "#/" }, "‹ Back to the list"),
    element("h2", { id: "concept-title", tabindex: "-1" }, code),
    element("p", {}, `There is no code ${code} in the loaded release of ${system}.`),
  );
  pane.setAttribute("aria-label", `Details of ${code}`);
}

/** @param {import("./medcode.js").Concept} concept */
function nameOf(concept) {
  return `${concept.kind === "code" ? "" : `${concept.kind} `}${concept.dotted} ${concept.display}`;
}

/**
 * @param {ReadonlyArray<import("./medcode.js").Concept>} ancestors
 * @param {import("./medcode.js").Concept} concept
 */
function breadcrumb(ancestors, concept) {
  return element(
    "nav",
    { class: "crumbs", "aria-label": "Hierarchy" },
    element(
      "ol",
      {},
      ...ancestors.map((ancestor) =>
        element(
          "li",
          {},
          element(
            "a",
            { href: hashOf(ancestor.system, ancestor.dotted), title: ancestor.display },
            element("span", { class: "code" }, ancestor.dotted),
            " ",
            element("span", { class: "title" }, ancestor.display),
          ),
        ),
      ),
      element("li", { "aria-current": "page" }, element("span", { class: "code" }, concept.dotted)),
    ),
  );
}

/**
 * @param {import("./medcode.js").Concept} concept
 * @param {(concept: import("./medcode.js").Concept) => void} onCheck
 */
function copyButtons(concept, onCheck) {
  const withoutDot = concept.code;
  return element(
    "div",
    { class: "actions" },
    copyButton("Copy code", concept.dotted, "primary"),
    withoutDot !== concept.dotted && copyButton("Without dot", withoutDot),
    copyButton("Code and title", `${concept.dotted} ${concept.display}`),
    element("button", { type: "button", onclick: () => onCheck(concept) }, "Add to check"),
  );
}

/**
 * @param {string} label
 * @param {string} text
 * @param {string} [kind]
 */
function copyButton(label, text, kind = "") {
  const button = element(
    "button",
    {
      type: "button",
      class: kind,
      onclick: async () => {
        const copied = await copyText(text);
        say(copied ? `Copied ${text}` : "The browser did not allow copying");
        button.textContent = copied ? "Copied" : "Not allowed";
        window.setTimeout(() => { button.textContent = label; }, 1200);
      },
    },
    label,
  );
  return button;
}

/**
 * What a person must choose before a code can be billed.
 *
 * @param {import("./medcode.js").Concept} concept
 * @param {ReadonlyArray<import("./medcode.js").Concept>} children
 */
function needsMore(concept, children) {
  if (concept.billable || concept.kind !== "code" || children.length === 0) return [];
  const seventh = children.every((child) => child.code.length === 7) && concept.system === "icd10cm";
  if (!seventh) {
    return [element("p", { class: "needs" }, `Needs more characters: choose one of the ${plural(children.length, "code")} below.`)];
  }
  return [
    element("h3", {}, "Choose the seventh character"),
    element(
      "ul",
      { class: "seventh" },
      ...children.map((child) =>
        element(
          "li",
          {},
          element(
            "a",
            { href: hashOf(child.system, child.dotted), class: "pick" },
            element("span", { class: "code" }, child.code.slice(-1)),
            " ",
            element("span", {}, remainder(child.display, concept.display)),
          ),
        ),
      ),
    ),
  ];
}

/**
 * What a title says beyond its parent's: `initial encounter`.
 *
 * @param {string} title
 * @param {string} parentTitle
 */
function remainder(title, parentTitle) {
  return title.startsWith(`${parentTitle}, `) ? title.slice(parentTitle.length + 2) : title;
}

/**
 * @param {import("./medcode.js").Concept} concept
 * @param {ReadonlyArray<import("./medcode.js").Concept>} children
 */
function childList(concept, children) {
  if (children.length === 0) return [];
  const row = (/** @type {import("./medcode.js").Concept} */ child) =>
    element(
      "li",
      {},
      element(
        "a",
        { href: hashOf(child.system, child.dotted) },
        element("span", { class: "code" }, child.dotted),
        " ",
        element("span", { class: "title" }, child.display),
      ),
      " ",
      child.kind === "code" && billableMark(child.billable),
    );
  const list = element("ul", { class: "children" }, ...children.slice(0, CHILDREN_SHOWN).map(row));
  const rest = children.length - CHILDREN_SHOWN;
  const more =
    rest > 0 &&
    element(
      "button",
      {
        type: "button",
        class: "more",
        onclick: (/** @type {Event} */ event) => {
          const added = children.slice(CHILDREN_SHOWN).map(row);
          list.append(...added);
          added[0].querySelector("a")?.focus();
          if (event.currentTarget instanceof HTMLElement) event.currentTarget.remove();
        },
      },
      `Show the other ${plural(rest, "code")}`,
    );
  return [element("h3", {}, `Below ${concept.dotted} (${children.length})`), list, more || ""];
}

/** @param {import("./medcode.js").Concept} concept */
function facts(concept) {
  const { start, end } = concept.period;
  const rows = [
    ["Release", concept.release],
    ["Valid", start || end ? `${start ? `from ${start}` : ""}${start && end ? " " : ""}${end ? `to ${end}` : ""}` : ""],
    ["Code system", concept.uri],
  ];
  return element(
    "dl",
    { class: "facts" },
    ...rows.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
}
