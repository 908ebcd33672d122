// The details of one code, of a chapter or section, or of a code system: what it is, whether it may be billed, where it stands, what the
// book says about it, what stands below.

import { renderBuilder } from "./builder.js";
import { copyText } from "./clipboard.js";
import { element, plural } from "./dom.js";
import { renderComparison } from "./compare.js";
import { renderGuide } from "./guide-view.js";
import { hashOf, hashOfBuilding, hashOfComparison, hashOfGroup } from "./hash.js";
import { renderNotes } from "./notes.js";
import { titleOf } from "./packs.js";
import { endedBefore, endOf } from "./releases.js";
import { billableMark } from "./results.js";
import { say } from "./status.js";
import { SYSTEM_TITLES } from "./strings.js";

/**
 * @typedef {import("./medcode.js").Medcode} Medcode
 * @typedef {import("./medcode.js").Concept} Concept
 * @typedef {import("./medcode.js").Group} Group
 * @typedef {{ href: string, code: string, title: string }} Step
 */

/** How many favourites stand on the first page. */
const WELCOMED = 12;

/** More rows than this are folded away behind a button. */
const ROWS_SHOWN = 60;

/**
 * Fills the pane with one concept.
 *
 * @param {HTMLElement} pane
 * @param {Medcode} medcode
 * @param {Concept} concept
 * @param {{
 *   systemTitle: string,
 *   date: string | undefined,
 *   onAdd: (concept: Concept) => void,
 *   kept: import("./kept.js").Kept,
 *   packs: import("./packs.js").Packs,
 *   pinned: Concept | undefined,
 *   onPin: (concept: Concept | undefined) => void,
 * }} context `pinned` is the code that another is to be compared with
 */
export function renderConcept(pane, medcode, concept, { systemTitle, date, onAdd, kept, packs, pinned, onPin }) {
  const scope = { system: concept.system };
  const children = medcode.children(concept.code, scope);
  const steps = [
    stepOfSystem(concept.system, systemTitle),
    ...medcode.groupsOf(concept.code, scope).map((group) => stepOfGroup(concept.system, group)),
    ...medcode.ancestors(concept.code, scope).reverse().map(stepOfConcept),
  ];
  fill(
    pane,
    concept.code,
    breadcrumb(steps, concept.code),
    element(
      "header",
      { class: "concept" },
      heading(concept.code, concept.display),
      concept.short && concept.short !== concept.display && element("p", { class: "short" }, concept.short),
      element(
        "p",
        { class: "state" },
        element("span", { class: "system" }, systemTitle),
        billableMark(concept.billable),
        ...dateMark(medcode, concept, date),
        concept.modifier && element("span", { class: "mark" }, "modifier"),
        concept.notOtherwiseClassified && element("span", { class: "mark" }, "not otherwise classified: describe the item"),
      ),
      element(
        "div",
        { class: "actions" },
        copyButton("Copy code", concept.code, "primary"),
        concept.plainCode !== concept.code && copyButton("Without dot", concept.plainCode),
        copyButton("Code and title", `${concept.code} ${concept.display}`),
        element("button", { type: "button", onclick: () => onAdd(concept) }, "Add to claim"),
        favouriteButton(concept, kept),
        ...compareButtons(concept, pinned, onPin),
      ),
    ),
    ...needsMore(medcode, concept, children, { date, scope: pane }),
    book(medcode, concept.system, medcode.notes(concept.code, scope), concept.code, steps),
    ...rows(`Below ${concept.code}`, children.map(rowOfConcept)),
    ...translations(medcode, concept, packs),
    facts([
      ["Release", concept.release],
      ["Valid", days(concept.period)],
      ["Code system", concept.uri],
    ]),
  );
}

/**
 * Fills the pane with a chapter or section.
 *
 * @param {HTMLElement} pane
 * @param {Medcode} medcode
 * @param {import("./medcode.js").GroupContents} contents
 * @param {{ system: string, systemTitle: string }} context
 */
export function renderGroup(pane, medcode, { group, above, inside, codes, notes }, { system, systemTitle }) {
  const name = nameOf(group);
  const steps = [stepOfSystem(system, systemTitle), ...above.map((wider) => stepOfGroup(system, wider))];
  fill(
    pane,
    name,
    breadcrumb(steps, name),
    element(
      "header",
      { class: "concept" },
      heading(group.kind === "chapter" ? name : group.label, group.title),
      element("p", { class: "state" }, element("span", { class: "system" }, systemTitle), element("span", { class: "mark" }, group.kind)),
    ),
    ...rows("Sections", inside.map((narrower) => rowOf(stepOfGroup(system, narrower)))),
    ...rows("Codes", codes.map(rowOfConcept)),
    book(medcode, system, notes, name, steps),
  );
}

/**
 * Fills the pane with the chapters of a code system.
 *
 * @param {HTMLElement} pane
 * @param {Medcode} medcode
 * @param {import("./medcode.js").SystemInfo} info
 */
export function renderSystem(pane, medcode, { system, title, uri, release }) {
  fill(
    pane,
    title,
    element("header", { class: "concept" }, heading(title, "")),
    ...(system === "icd10pcs" ? [element("p", {}, element("a", { class: "button", href: hashOfBuilding("") }, "Build a code, character by character"))] : []),
    ...rows("Chapters", medcode.chapters(system).map((chapter) => rowOf(stepOfGroup(system, chapter)))),
    facts([
      ["Release", release.version],
      ["Valid", days(release.period)],
      ["Code system", uri],
      ["Read from", release.files.map(({ name }) => name).join(", ")],
    ]),
  );
}

/**
 * Fills the pane before anything was chosen: where to begin browsing.
 *
 * @param {HTMLElement} pane
 * @param {ReadonlyArray<{ system: string, title: string }>} systems
 * @param {ReadonlyArray<Concept>} favourites
 */
export function renderWelcome(pane, systems, favourites) {
  pane.replaceChildren(
    element("p", { class: "hint" }, "Choose a code to see where it stands, its notes and what it needs."),
    ...(favourites.length > 0
      ? [element("h2", { class: "plain" }, "Favourites"), element("ul", { class: "children" }, ...favourites.slice(0, WELCOMED).map(rowOfConcept))]
      : []),
    element("h2", { class: "plain" }, "Browse"),
    element("ul", { class: "children" }, ...systems.map(({ system, title }) => rowOf(stepOfSystem(system, title)))),
    ...(systems.some(({ system }) => system === "icd10pcs") ? [element("p", {}, element("a", { class: "button", href: hashOfBuilding("") }, "Build an ICD-10-PCS code"))] : []),
  );
  pane.setAttribute("aria-label", "Code details");
}

/**
 * Fills the pane with two codes side by side.
 *
 * @param {HTMLElement} pane
 * @param {Medcode} medcode
 * @param {readonly [Concept, Concept]} concepts
 */
export function renderCompared(pane, medcode, concepts) {
  const [one, other] = concepts.map(({ code }) => code);
  fill(pane, `${one} and ${other}`, element("header", { class: "concept" }, heading(`${one} · ${other}`, "compared")), ...renderComparison(medcode, concepts));
}

/**
 * Fills the pane with the builder of ICD-10-PCS codes.
 *
 * @param {HTMLElement} pane
 * @param {Medcode} medcode
 * @param {string} beginning
 * @param {{ systemTitle: string, onGo: (hash: string) => void }} context
 */
export function renderBuilding(pane, medcode, beginning, { systemTitle, onGo }) {
  const parts = renderBuilder(medcode, beginning, { onGo });
  if (parts) fill(pane, `a code that begins with ${beginning || "nothing yet"}`, breadcrumb([stepOfSystem("icd10pcs", systemTitle)], beginning || "Build a code"), ...parts);
  else renderMissing(pane, systemTitle, beginning);
}

/**
 * Fills the pane while a pack is on its way.
 *
 * @param {HTMLElement} pane
 * @param {string} system
 */
export function renderComing(pane, system) {
  fill(pane, system, element("p", { class: "hint" }, `Loading ${system} …`));
}

/**
 * Fills the pane for an address that names nothing.
 *
 * @param {HTMLElement} pane
 * @param {string} system
 * @param {string} name
 * @param {boolean} [isLoaded] whether the code system is
 */
export function renderMissing(pane, system, name, isLoaded = true) {
  const titles = Object.values(SYSTEM_TITLES);
  let why = `There is no code ${name} in the loaded release of ${system}.`;
  if (!titles.includes(system)) why = `There is no code system ${system} here. There are ${titles.join(", ")}.`;
  else if (!isLoaded) why = `${system} is not loaded here.`;
  fill(pane, name, heading(name, ""), element("p", {}, why));
}

/**
 * @param {HTMLElement} pane
 * @param {string} name
 * @param {...(Node | string)} parts
 */
function fill(pane, name, ...parts) {
  pane.replaceChildren(element("a", { class: "back", href: "#/" }, "‹ Back to the list"), ...parts);
  pane.setAttribute("aria-label", `Details of ${name}`);
}

/**
 * @param {string} code
 * @param {string} title
 */
function heading(code, title) {
  return element(
    "h2",
    { id: "concept-title", tabindex: "-1" },
    element("span", { class: "code" }, code),
    " ",
    element("span", { class: "title" }, title),
  );
}

/**
 * The notes, each group of them with a link to where it stands.
 *
 * @param {Medcode} medcode
 * @param {string} system
 * @param {ReadonlyArray<import("./medcode.js").Note>} notes
 * @param {string} self the name of what is shown
 * @param {ReadonlyArray<Step>} steps what stands above it
 */
function book(medcode, system, notes, self, steps) {
  const same = (/** @type {string} */ of, /** @type {string} */ name) => of.toLowerCase() === name.toLowerCase();
  /** @type {(of: string) => HTMLElement | null} */
  const place = (of) => {
    if (same(of, self)) return null;
    const step = steps.find(({ code }) => same(of, code));
    return step ? link(step) : element("span", {}, of);
  };
  return element("div", { class: "book" }, ...renderNotes(notes, place, system));
}

/**
 * What the date of service makes of a code, where that is not its day. After the last day of a release nobody knows.
 *
 * @param {Medcode} medcode
 * @param {Concept} concept
 * @param {string | undefined} date
 */
function dateMark(medcode, { system, period }, date) {
  if (!date || isWithin(period, date)) return [];
  const [ended] = endedBefore(medcode.systems().filter((each) => each.system === system), date);
  const unknown = ended && period.end === ended.release.period.end;
  return [unknown ? element("span", { class: "mark no" }, `? ${date} is not covered: ${endOf(ended)}`) : element("span", { class: "mark bad" }, `✕ not valid on ${date}`)];
}

/**
 * @param {{ start?: string, end?: string }} period
 * @param {string} date
 */
function isWithin({ start, end }, date) {
  return (start === undefined || start <= date) && (end === undefined || date <= end);
}

/**
 * @param {string} system
 * @param {string} title
 * @returns {Step}
 */
function stepOfSystem(system, title) {
  return { href: `#/${encodeURIComponent(system)}`, code: title, title: "" };
}

/** @param {Group} group */
function nameOf({ kind, label }) {
  return kind === "chapter" ? `Chapter ${label}` : label;
}

/**
 * @param {string} system
 * @param {Group} group
 * @returns {Step}
 */
function stepOfGroup(system, group) {
  return { href: hashOfGroup(system, group), code: nameOf(group), title: group.title };
}

/**
 * @param {Concept} concept
 * @returns {Step}
 */
function stepOfConcept({ system, code, display }) {
  return { href: hashOf(system, code), code, title: display };
}

/**
 * @param {ReadonlyArray<Step>} steps
 * @param {string} name
 */
function breadcrumb(steps, name) {
  return element(
    "nav",
    { class: "crumbs", "aria-label": "Hierarchy" },
    element(
      "ol",
      {},
      ...steps.map((step) => element("li", {}, link(step))),
      element("li", { "aria-current": "page" }, element("span", { class: "code" }, name)),
    ),
  );
}

/** @param {Step} step */
function link({ href, code, title }) {
  return element("a", { href }, element("span", { class: "code" }, code), " ", element("span", { class: "title" }, title));
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
 * @param {Concept} concept
 * @param {import("./kept.js").Kept} kept
 */
function favouriteButton({ system, code }, kept) {
  const button = element("button", { type: "button" });
  const show = () => {
    const is = kept.isFavourite({ system, code });
    button.setAttribute("aria-pressed", String(is));
    button.textContent = is ? "★ Favourite" : "☆ Favourite";
  };
  button.addEventListener("click", () => {
    const is = kept.toggle({ system, code });
    const gone = is && kept.refused;
    say(gone ? `${code} is a favourite until this page goes: this browser refuses to keep it` : `${code} is ${is ? "a favourite" : "no favourite any more"}`);
    show();
    if (gone) button.textContent += " (until this page goes)";
  });
  show();
  return button;
}

/**
 * @param {Concept} concept
 * @param {Concept | undefined} pinned
 * @param {(concept: Concept | undefined) => void} onPin
 */
function compareButtons(concept, pinned, onPin) {
  if (pinned && (pinned.system !== concept.system || pinned.code !== concept.code)) {
    return [
      element("a", { class: "button", href: hashOfComparison(pinned, concept) }, `Compare with ${pinned.code}`),
      element("button", { type: "button", class: "quiet", onclick: () => onPin(undefined) }, `Let go of ${pinned.code}`),
    ];
  }
  const button = element("button", { type: "button", "aria-pressed": String(pinned !== undefined) }, pinned ? "Comparing: open another" : "Compare");
  button.addEventListener("click", () => onPin(pinned ? undefined : concept));
  return [button];
}

/**
 * What a code is in the other revision, by the general equivalence maps.
 *
 * @param {Medcode} medcode
 * @param {Concept} concept
 * @param {import("./packs.js").Packs} packs
 */
function translations(medcode, { code, system }, packs) {
  if (!system.startsWith("icd")) return [];
  return medcode.translate(code, { from: system }).flatMap(({ to, status, choices, message }) => {
    if (status === "no-map" || status === "not-in-map") return [];
    const parts = (/** @type {import("./pkg/medcode.js").MapChoice} */ choice) =>
      choice.parts.flatMap((targets, at) => [
        ...(at > 0 ? [element("span", { class: "meaning" }, " with ")] : []),
        ...targets.flatMap((target, place) => [
          ...(place > 0 ? [" or "] : []),
          element("a", { href: hashOf(to, target.code) }, element("span", { class: "code" }, target.code), " ", target.display ?? ""),
        ]),
      ]);
    return [
      element(
        "details",
        { class: "translation", open: choices.length <= 3 },
        element("summary", {}, `In ${to.startsWith("icd9") ? "ICD-9-CM" : to === "icd10pcs" ? "ICD-10-PCS" : "ICD-10-CM"} (${choices.length})`),
        element("p", { class: "hint" }, message),
        // The maps are there without the other revision; its titles are not.
        packs.missing.includes(to) && element("button", { type: "button", class: "quiet", onclick: () => packs.fetch([to]) }, `Load ${titleOf(to)} for the titles`),
        element("ul", { class: "choices" }, ...choices.map((choice) => element("li", {}, ...parts(choice)))),
      ),
    ];
  });
}

/** So many codes below are chosen from at a glance: questions would only be in the way. */
const AT_A_GLANCE = 8;

/**
 * What a person must choose before a code can be billed.
 *
 * @param {Medcode} medcode
 * @param {Concept} concept
 * @param {ReadonlyArray<Concept>} children
 * @param {{ date: string | undefined, scope: HTMLElement }} context
 */
function needsMore(medcode, concept, children, context) {
  if (concept.billable || children.length === 0) return [];
  const needs = element("p", { class: "needs" }, `Needs more characters: choose one of the ${plural(children.length, "code")} below.`);
  if (concept.system === "icd10pcs") {
    return [needs, element("p", {}, element("a", { class: "button", href: hashOfBuilding(concept.plainCode) }, `Build a code on ${concept.code}`))];
  }
  const seventh = concept.system === "icd10cm" && children.every((child) => child.plainCode.length === 7);
  if (!seventh) {
    const few = children.length <= AT_A_GLANCE && children.every(({ billable }) => billable);
    return few || concept.system !== "icd10cm" ? [needs] : [renderGuide(medcode, concept, context)];
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
            { href: hashOf(child.system, child.code), class: "pick" },
            element("span", { class: "code" }, child.plainCode.slice(-1)),
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

/** @param {Concept} concept */
function rowOfConcept(concept) {
  return rowOf(stepOfConcept(concept), billableMark(concept.billable));
}

/**
 * @param {Step} step
 * @param {HTMLElement} [mark]
 */
function rowOf(step, mark) {
  return element("li", {}, link(step), " ", mark);
}

/**
 * A list under its heading, the tail of a long one folded away.
 *
 * @param {string} title
 * @param {HTMLElement[]} items
 */
function rows(title, items) {
  if (items.length === 0) return [];
  const list = element("ul", { class: "children" }, ...items.slice(0, ROWS_SHOWN));
  const rest = items.slice(ROWS_SHOWN);
  const more = element("button", { type: "button", class: "more" }, `Show the other ${rest.length}`);
  more.addEventListener("click", () => {
    list.append(...rest);
    rest[0].querySelector("a")?.focus();
    more.remove();
  });
  return [element("h3", {}, `${title} (${items.length})`), list, ...(rest.length > 0 ? [more] : [])];
}

/** @param {{ start?: string, end?: string }} period */
function days({ start, end }) {
  return [start && `from ${start}`, end && `to ${end}`].filter(Boolean).join(" ");
}

/** @param {ReadonlyArray<readonly [string, string]>} pairs */
function facts(pairs) {
  return element(
    "dl",
    { class: "facts" },
    ...pairs.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
}
