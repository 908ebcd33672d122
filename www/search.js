// The search view: from what is typed to a list of hits.

import { Combobox } from "./combobox.js";
import { LookupController } from "./controller.js";
import { buildingOn } from "./builder.js";
import { byId, count, element, plural } from "./dom.js";
import { partsOf, worthAsking } from "./guide.js";
import { hashOfBuilding } from "./hash.js";
import { systemsLike, titleOf } from "./packs.js";
import { endedBefore, endOf } from "./releases.js";
import { renderHit } from "./results.js";
import { say, saySoon } from "./status.js";
import { ENGLISH } from "./strings.js";

/** @typedef {import("./pkg/medcode.js").Facet} Facet */

/** How many hits are shown at first, and how many more each time. */
const PAGE = 50;

/** Fewer hits than this are read faster than narrowed down. */
const WORTH_NARROWING = 8;

/** How many questions are offered at once, and how many answers to each. */
const AXES_SHOWN = 3;
const VALUES_SHOWN = 7;

/** What narrows the hits down is worked out when typing has paused. */
const PAUSE_MS = 200;

export class SearchView {
  /** The systems chosen; none chosen means all of them. @type {Set<string>} */
  #chosen = new Set();
  /** The answers chosen to narrow the hits down, by axis. @type {Record<string, string>} */
  #narrowed = {};
  #pause = 0;
  /** The hits that stand in the list. @type {ReadonlyArray<import("./medcode.js").Hit>} */
  #shown = [];

  /**
   * @param {import("./medcode.js").Medcode} medcode
   * @param {{
   *   date: () => string | undefined,
   *   packs: import("./packs.js").Packs,
   *   kept: import("./kept.js").Kept,
   *   habits: () => import("./pkg/medcode.js").Habits,
   *   onOpen: (system: string, code: string) => void,
   *   onAdd: (system: string, code: string) => void,
   *   onPreview: (system: string, code: string) => void,
   * }} actions
   */
  constructor(medcode, { date, packs, kept, habits, onOpen, onAdd, onPreview }) {
    this.medcode = medcode;
    this.date = date;
    this.packs = packs;
    this.kept = kept;
    this.habits = habits;
    /** The names of the code systems. @type {Map<string, string>} */
    this.titles = new Map();
    this.input = byId("query", HTMLInputElement);
    this.list = byId("results");
    this.billable = byId("billable", HTMLInputElement);
    this.moreButton = byId("more", HTMLButtonElement);
    this.clearButton = byId("clear", HTMLButtonElement);
    this.combobox = new Combobox(this.input, this.list);
    this.controller = new LookupController(medcode, { pageSize: PAGE });
    this.controller.subscribe((state) => this.#show(state));
    this.showSystems();

    this.input.addEventListener("input", () => {
      // Other words, other questions.
      this.#narrowed = {};
      this.search();
    });
    byId("facets").addEventListener("keydown", (event) => this.#onFacetKey(event));
    this.billable.addEventListener("change", () => this.search());
    this.clearButton.addEventListener("click", () => this.clear());
    this.moreButton.addEventListener("click", () => this.controller.more());
    byId("search-rest").addEventListener("click", () => this.#searchAll());
    this.input.addEventListener("combobox-cancel", (event) => {
      event.preventDefault();
      this.clear();
    });
    this.input.addEventListener("combobox-take", async (event) => {
      if (this.controller.isSettled) return;
      event.preventDefault();
      const choice = await this.controller.take();
      if (!choice) return;
      const { system, code } = choice.hit;
      if (choice.sure) return onOpen(system, code);
      this.combobox.activate(0);
      say(ENGLISH.instead(code));
    });
    this.list.addEventListener("combobox-commit", (event) => {
      const { system, code } = dataOf(event.target);
      onOpen(system, code);
    });
    this.list.addEventListener("combobox-active", (event) => {
      const option = /** @type {CustomEvent} */ (event).detail;
      if (!option) return;
      const { system, code } = dataOf(option);
      onPreview(system, code);
      if (option === this.list.lastElementChild) this.controller.more();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      const option = this.combobox.active ?? this.list.firstElementChild;
      if (!option) return;
      event.preventDefault();
      const { system, code } = dataOf(option);
      onAdd(system, code);
    });
    // With no text selected, copying means the active code. The event carries its own clipboard,
    // so this works without a permission and over plain http.
    this.input.addEventListener("copy", (event) => {
      const { active } = this.combobox;
      if (!active || this.input.selectionStart !== this.input.selectionEnd) return;
      const { code } = dataOf(active);
      event.clipboardData?.setData("text/plain", code);
      event.preventDefault();
      say(`Copied ${code}`);
    });
  }

  /** Puts the cursor into the box, its text selected. */
  focus() {
    this.input.focus();
    this.input.select();
  }

  /** Empties the box and the list. */
  clear() {
    this.input.value = "";
    this.search();
    this.input.focus();
  }

  /** Searches for what stands in the box and shows the first hits. */
  search() {
    // What looks like a code of a system that is not there yet brings its pack; the page searches again when it has come.
    const { value } = this.input;
    if (this.#chosen.size === 0 && !this.medcode.lookup(value)) this.packs.need(systemsLike(value));
    this.controller.setOptions({ ...this.#filters(), habits: this.habits() }, this.input.value);
  }

  #filters() {
    const narrowed = Object.keys(this.#narrowed).length > 0;
    // A pack that is still on its way cannot be searched.
    const chosen = [...this.#chosen].filter((system) => this.titles.has(system));
    return {
      systems: chosen.length > 0 ? /** @type {import("./pkg/medcode.js").CodeSystemName[]} */ (chosen) : undefined,
      billableOnly: this.billable.checked,
      date: this.date(),
      chosen: narrowed ? { ...this.#narrowed } : undefined,
    };
  }

  /** @param {import("./controller.js").LookupState} state */
  #show({ query, hits, total, correction, complete }) {
    // Whether better hits may still come.
    this.list.dataset.complete = String(complete);
    this.clearButton.hidden = query === "";
    const kept = this.#shown.length > 0 && this.#shown.every((hit, at) => hit === hits[at]) ? this.#shown.length : 0;
    const options = this.#options(hits.slice(kept), kept);
    if (kept > 0) {
      this.list.append(...options);
      this.combobox.extended();
    } else {
      this.combobox.replace(options);
    }
    this.#shown = hits;
    this.#showCorrection(correction);
    this.#showCount(total, query);
    this.#showBuilding(query, hits);
    window.clearTimeout(this.#pause);
    if (query.trim() === "") this.#showFacets([]);
    // What narrows the hits down needs all of the index: it comes with the answer that is complete.
    else if (complete) this.#pause = window.setTimeout(() => this.#askFacets(query, total), PAUSE_MS);
  }

  /**
   * @param {string} query
   * @param {number} total
   */
  #askFacets(query, total) {
    const narrowed = Object.keys(this.#narrowed).length > 0;
    const worth = total >= WORTH_NARROWING || narrowed;
    this.#showFacets(worth ? this.medcode.facets(query, this.#filters()) : []);
  }

  /**
   * Offers to build on what begins a code of ICD-10-PCS.
   *
   * @param {string} query
   * @param {ReadonlyArray<import("./medcode.js").Hit>} hits
   */
  #showBuilding(query, hits) {
    const place = byId("building");
    const may = this.titles.has("icd10pcs") && (hits.length === 0 || hits[0].system === "icd10pcs");
    const building = may ? buildingOn(this.medcode, query) : undefined;
    place.hidden = !building;
    place.replaceChildren(
      ...(building
        ? [element("a", { href: hashOfBuilding(building.beginning) }, `Build on ${building.beginning}`), ` next: ${building.axis}, ${plural(building.choices, "value")}`]
        : []),
    );
  }

  /** Offers what narrows the hits down, as far as it does; what was chosen stays in sight. @param {ReadonlyArray<Facet>} facets */
  #showFacets(facets) {
    const chosen = Object.entries(this.#narrowed).map(([axis, value]) => {
      const facet = facets.find((each) => each.axis === axis);
      return { axis, title: facet?.title ?? axis, values: [facet?.values.find((each) => each.value === value) ?? { value, label: value, count: 0 }] };
    });
    const open = worthAsking(facets.filter(({ axis }) => !(axis in this.#narrowed))).slice(0, AXES_SHOWN);
    byId("facets").replaceChildren(
      ...[...chosen, ...open].map(({ axis, title, values }) =>
        element(
          "div",
          { class: "facet", role: "group", "aria-label": title },
          element("span", { class: "axis" }, title),
          ...values.slice(0, VALUES_SHOWN).map(({ value, label, count: number }) => {
            const is = this.#narrowed[axis] === value;
            const { code, text } = partsOf({ value, label });
            const button = element(
              "button",
              { type: "button", class: "chip", "aria-pressed": String(is), "data-axis": axis, "data-value": value, tabindex: "-1", title: text.length > 60 ? text : undefined },
              code && element("span", { class: "code" }, code),
              code && " ",
              text,
              number > 0 && element("span", { class: "number" }, ` ${count(number)}`),
            );
            button.addEventListener("click", (event) => {
              if (is) delete this.#narrowed[axis];
              else this.#narrowed[axis] = value;
              // By keyboard one stays among the questions, by mouse the box is what one types into next.
              this.#stays = event.detail === 0;
              this.search();
              if (!this.#stays) this.input.focus();
            });
            return button;
          }),
        ),
      ),
    );
    const buttons = this.#facetButtons();
    const first = buttons.find((button) => button.getAttribute("aria-pressed") === "false") ?? buttons[0];
    // One stop of the Tab key: the arrows go on from there.
    if (first) first.tabIndex = 0;
    if (this.#stays) {
      this.#stays = false;
      (first ?? this.input).focus();
    }
  }

  /** Whether the focus stays among the questions when they are shown anew. */
  #stays = false;

  #facetButtons() {
    return /** @type {HTMLButtonElement[]} */ ([...byId("facets").querySelectorAll("button")]);
  }

  /**
   * Left and right go from answer to answer, up and down from question to question, Escape back to the box.
   *
   * @param {KeyboardEvent} event
   */
  #onFacetKey(event) {
    const buttons = this.#facetButtons();
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const groups = [...byId("facets").children];
    const group = groups.findIndex((each) => each.contains(buttons[at]));
    const ofGroup = (/** @type {number} */ place) => /** @type {HTMLButtonElement | null} */ (groups[place]?.querySelector("button"));
    /** @type {HTMLElement | null | undefined} */
    let target;
    if (event.key === "ArrowRight") target = buttons[at + 1];
    else if (event.key === "ArrowLeft") target = buttons[at - 1];
    else if (event.key === "ArrowDown") target = ofGroup(group + 1);
    else if (event.key === "ArrowUp") target = group > 0 ? ofGroup(group - 1) : this.input;
    else if (event.key === "Escape") target = this.input;
    else return;
    event.preventDefault();
    if (!target) return;
    for (const button of buttons) button.tabIndex = button === target ? 0 : -1;
    target.focus();
  }

  /**
   * @param {ReadonlyArray<import("./medcode.js").Hit>} hits
   * @param {number} offset
   */
  #options(hits, offset) {
    return hits.map((hit, position) => {
      const option = renderHit(hit, offset + position, this.titles.get(hit.system) ?? hit.system);
      if (this.kept.isFavourite(hit)) option.querySelector(".kind")?.prepend(element("span", { class: "star" }, element("span", { "aria-hidden": "true" }, "★ "), "favourite"));
      return option;
    });
  }

  /** @param {string | undefined} correction */
  #showCorrection(correction) {
    const line = byId("correction");
    line.hidden = correction === undefined;
    line.replaceChildren(...(correction === undefined ? [] : ["Showing results for ", element("strong", {}, correction)]));
  }

  /**
   * @param {number} total at least so many match
   * @param {string} query
   */
  #showCount(total, query) {
    const more = total > this.#shown.length;
    this.moreButton.hidden = !more;
    this.moreButton.textContent = `Show ${PAGE} more`;
    const typed = query.trim() !== "";
    // What is not there is not searched, also where all is chosen.
    const { missing } = this.packs;
    const growing = typed && !this.controller.isSettled;
    const { error, status } = this.controller.state;
    const failed = status === "failed" && error !== undefined;
    const ended = this.#ended();
    let sentence = "";
    if (failed) sentence = ENGLISH.refused(error.message);
    else if (this.controller.state.taking) sentence = ENGLISH.moment;
    else if (growing) sentence = ENGLISH.partial;
    else if (more) sentence = ENGLISH.found(this.#shown.length, total);
    else if (total > 0) sentence = plural(total, "code");
    else if (typed) sentence = ended.length > 0 && ended.length === this.#searched().length ? `No code found: no release that is loaded covers ${this.date()}` : "No code found";
    byId("empty").replaceChildren(...(typed && total === 0 && !growing && !failed ? this.#advice() : []));
    if (typed && !growing && !failed && this.#chosen.size === 0 && missing.length > 0) sentence += `. Not searched: ${familiesOf(missing).join(", ")}`;
    byId("count").textContent = sentence;
    const rest = byId("search-rest");
    rest.hidden = total === 0 || this.#chosen.size > 0 || missing.length === 0;
    // That the list still grows is to be known before a key is pressed. Also nothing: what was said of the text before would no longer be true.
    if (growing && byId("status").textContent !== sentence) say(sentence);
    else if (!growing) saySoon([sentence && byId("correction").textContent, sentence].filter(Boolean).join(". "));
  }

  /** The systems that are searched and can answer: ICD-9-CM has none for a date since it ended. */
  #searched() {
    return this.medcode.systems().filter(({ system }) => (this.#chosen.size === 0 ? !system.startsWith("icd9cm") : this.#chosen.has(system)));
  }

  /** Those of them whose release ends before the date of service. */
  #ended() {
    const date = this.date();
    return date ? endedBefore(this.#searched(), date) : [];
  }

  /** What to try when nothing was found. */
  #advice() {
    const typed = this.input.value.trim();
    const cpt = /^\d{4}[\dFTU]$/i.test(typed) && !this.titles.has("cpt");
    const steps = [
      cpt && `${typed.toUpperCase()} looks like a CPT code. CPT is licensed by the AMA and not loaded: “Add a pack of yours” at the foot of the page takes one made from your licensed file.`,
      "Fewer or shorter words find more; every word must match.",
      this.billable.checked && "Codes that need more characters are left out while “Billable only” is on.",
      Object.keys(this.#narrowed).length > 0 && "What was chosen above to narrow the codes down leaves none: take it back.",
      this.#chosen.size > 0 && "Other code systems are left out: choose All to search them too.",
      this.date() && `Codes that are not valid on ${this.date()} are left out.`,
      ...this.#ended().map((info) => `${endOf(info)}: what holds on ${this.date()} is not known here. Take the date away to search it.`),
    ];
    const { missing } = this.packs;
    const more = element("button", { type: "button", id: "search-missing" }, `Search ${missing.map(titleOf).join(", ")} too`);
    more.addEventListener("click", () => this.#searchAll());
    return [element("ul", {}, ...steps.filter(Boolean).map((step) => element("li", {}, step))), ...(missing.length > 0 ? [element("p", {}, more)] : [])];
  }

  /** Searches every code system that there is. */
  #searchAll() {
    const { missing } = this.packs;
    this.kept.useSystems(missing);
    this.#chosen.clear();
    this.#markChips();
    this.packs.fetch(missing);
    this.input.focus();
  }

  /** Offers the code systems: those that are loaded, and those whose packs are fetched when they are chosen. */
  showSystems() {
    this.titles = new Map(this.medcode.systems().map(({ system, title }) => [system, title]));
    const { missing } = this.packs;
    const chip = (/** @type {string} */ title, /** @type {string | undefined} */ system, absent = false) => {
      const button = element(
        "button",
        { type: "button", class: absent ? "chip absent" : "chip", "data-system": system, title: absent ? `${title} is fetched when it is chosen` : undefined },
        absent && element("span", { "aria-hidden": "true" }, "+ "),
        title,
      );
      button.addEventListener("click", () => {
        if (!system) this.#chosen.clear();
        else if (!this.#chosen.delete(system)) this.#chosen.add(system);
        if (absent && system) {
          this.kept.useSystems([system]);
          this.packs.fetch([system]);
          say(`Loading ${title}`);
        }
        this.#markChips();
        this.search();
      });
      return button;
    };
    const focused = document.activeElement?.closest("#systems button")?.getAttribute("data-system");
    byId("systems").replaceChildren(chip("All", undefined), ...[...this.titles].map(([system, title]) => chip(title, system)), ...missing.map((system) => chip(titleOf(system), system, true)));
    this.#markChips();
    if (focused) /** @type {HTMLElement | null} */ (byId("systems").querySelector(`[data-system="${focused}"]`))?.focus();
  }

  #markChips() {
    for (const chip of byId("systems").children) {
      const system = chip.getAttribute("data-system");
      chip.setAttribute("aria-pressed", String(system ? this.#chosen.has(system) : this.#chosen.size === 0));
    }
  }
}

/**
 * What code systems are called, those that belong together by one name.
 *
 * @param {readonly string[]} systems
 */
function familiesOf(systems) {
  return [...new Set(systems.map((system) => (system.startsWith("icd9cm_") ? "ICD-9-CM" : titleOf(system))))];
}

/** @param {EventTarget | null} option */
function dataOf(option) {
  const { system = "", code = "" } = option instanceof HTMLElement ? option.dataset : {};
  return { system, code };
}
