// The page: opens the index, wires the views together, follows the address.

import { ClaimView } from "./claim.js";
import { renderBuilding, renderComing, renderCompared, renderConcept, renderGroup, renderMissing, renderSystem, renderWelcome } from "./details.js";
import { byId, element } from "./dom.js";
import { hashOf, parseHash } from "./hash.js";
import { wireHelp } from "./help.js";
import { Kept } from "./kept.js";
import { ListsView } from "./lists.js";
import { load, systemsBeside } from "./medcode.js";
import { Packs, titleOf } from "./packs.js";
import { showReleases } from "./releases.js";
import { SearchView } from "./search.js";
import { say } from "./status.js";
import { ENGLISH, SYSTEM_TITLES } from "./strings.js";
import { wireTabs } from "./tabs.js";
import { keep } from "./updates.js";
import { CheckView } from "./validate.js";

/** Where there is room for list and details side by side; the same width stands in style.css. */
const WIDE = window.matchMedia("(min-width: 56rem)");

const details = byId("details");
const dateInput = byId("date", HTMLInputElement);
const dateClear = byId("date-clear", HTMLButtonElement);
// Not by the attribute: where something has the focus already, as after a reload, a browser says in the console that it left it.
if (document.activeElement === document.body) byId("query").focus();

/** The date of service, if a whole one is typed. */
function dateOfService() {
  return dateInput.value || undefined;
}

/**
 * @param {import("./medcode.js").Medcode} medcode
 * @param {readonly string[]} beside the code systems whose packs lie beside the module
 */
function start(medcode, beside) {
  const kept = new Kept();
  const packs = new Packs(medcode, beside, { onAdded: () => onAdded(), onProblem: showProblem });
  const claim = new ClaimView(medcode, dateOfService, packs);
  const onAdd = (/** @type {import("./medcode.js").Concept} */ concept) => {
    claim.add(concept);
    kept.use(concept);
  };
  const check = new CheckView(medcode, dateOfService, onAdd, packs);
  const lists = new ListsView(medcode, kept, { date: dateOfService, onAdd, packs });
  wireHelp();
  // Where the details cover the lists, a tab is chosen to see its panel.
  const chooseTab = wireTabs(byId("tabs"), () => document.body.classList.remove("reading"));

  let systems = medcode.systems();

  /** What the details pane shows: an address and a date of service. */
  let shown = "";
  /** The code that another is to be compared with. @type {import("./medcode.js").Concept | undefined} */
  let pinned;

  /** @param {Exclude<import("./hash.js").Place, { kind: "check" }>} place */
  const show = (place) => {
    const date = dateOfService();
    const wanted = JSON.stringify([place, date]);
    if (shown === wanted) return;
    shown = wanted;
    const named = place.kind === "compare" ? place.codes.map(({ system }) => system) : [place.system];
    if (packs.need(named)) return renderComing(details, named.map(titleOf).join(" and "));
    const info = systems.find(({ system }) => system === place.system);
    const system = place.system;
    const systemTitle = info?.title ?? titleOf(system);
    if (place.kind === "system") {
      if (info) renderSystem(details, medcode, info);
      else renderMissing(details, systemTitle, system, false);
    } else if (place.kind === "code") {
      const concept = info && medcode.lookup(place.code, { system });
      const onPin = (/** @type {typeof pinned} */ wanted) => {
        pinned = wanted;
        shown = "";
        show(place);
      };
      if (concept) renderConcept(details, medcode, concept, { systemTitle, date, onAdd, kept, packs, pinned, onPin });
      else renderMissing(details, systemTitle, place.code, Boolean(info));
    } else if (place.kind === "build") {
      const onGo = (/** @type {string} */ hash) => {
        location.hash = hash;
        follow();
      };
      if (info) renderBuilding(details, medcode, place.beginning, { systemTitle, onGo });
      else renderMissing(details, systemTitle, place.beginning, Boolean(info));
    } else if (place.kind === "compare") {
      const [one, other] = place.codes.map(({ system: of, code }) => (systems.some((each) => each.system === of) ? medcode.lookup(code, { system: of }) : undefined));
      if (one && other) renderCompared(details, medcode, [one, other]);
      else renderMissing(details, systemTitle, place.codes[one ? 1 : 0].code, Boolean(info));
    } else {
      const contents = info && medcode.group(place.kind, place.label, system);
      if (contents) renderGroup(details, medcode, contents, { system, systemTitle });
      else renderMissing(details, systemTitle, place.label, Boolean(info));
    }
    details.scrollTop = 0;
  };

  const search = new SearchView(medcode, {
    date: dateOfService,
    packs,
    kept,
    habits: () => ({ recent: kept.recent, favourites: kept.favourites }),
    onOpen: (system, code) => {
      location.hash = hashOf(system, code);
      follow();
    },
    onAdd: (system, code) => {
      const concept = medcode.lookup(code, { system });
      if (concept) onAdd(concept);
    },
    // Arrows only look: they leave no trace in the history, and on a narrow screen no details show.
    onPreview: (system, code) => {
      if (WIDE.matches) show({ kind: "code", system, code });
    },
  });

  /** What the details show before a code is chosen: the favourites, and where to begin browsing. */
  const welcome = () => {
    const loaded = new Set(/** @type {string[]} */ (systems.map(({ system }) => system)));
    const favourites = kept.favourites.flatMap(({ system, code }) => (loaded.has(system) ? (medcode.lookup(code, { system }) ?? []) : []));
    renderWelcome(details, [...systems, ...packs.missing.map((system) => ({ system, title: titleOf(system) }))], favourites);
  };

  /** The address that the page shows: `hashchange` comes late, when a key may already have moved on. */
  let followed = "";

  const follow = () => {
    followed = location.hash;
    const place = parseHash(location.hash);
    document.body.classList.toggle("reading", place !== null && place.kind !== "check");
    if (place?.kind === "check") {
      chooseTab(byId("tab-check"));
      check.input.focus();
    } else if (place) {
      show(place);
      const opened = place.kind === "code" && details.querySelector(".actions") ? medcode.lookup(place.code, { system: place.system }) : undefined;
      if (opened) kept.use(opened);
      document.title = `${details.querySelector("#concept-title .code")?.textContent ?? titleOf(place.system)} – Medcode`;
      (document.getElementById("builder-input") ?? document.getElementById("concept-title") ?? details).focus();
      return;
    } else {
      shown = "";
      welcome();
      if (document.activeElement !== search.input) search.focus();
    }
    document.title = "Medcode";
  };

  const onDate = () => {
    dateClear.hidden = dateInput.value === "";
    dateInput.parentElement?.classList.toggle("blank", dateInput.value === "");
    search.search();
    check.check();
    claim.check();
    const place = parseHash(location.hash);
    if (place && place.kind !== "check") show(place);
  };
  dateInput.addEventListener("change", onDate);
  dateClear.addEventListener("click", () => {
    dateInput.value = "";
    onDate();
    dateInput.focus();
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.matches("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      chooseTab(byId("tab-search"));
      document.body.classList.remove("reading");
      search.focus();
    } else if (event.key === "Escape" && details.contains(document.activeElement)) {
      // Back to the list as it was, the same code active.
      event.preventDefault();
      document.body.classList.remove("reading");
      if (!byId("panel-search").hidden) search.input.focus();
      else if (!byId("panel-claim").hidden) claim.input.focus();
      else if (!byId("panel-check").hidden) check.input.focus();
      else byId("tab-lists").focus();
    }
  });

  keep(byId("banner"));
  const today = new Date().toISOString().slice(0, 10);
  /** What is loaded is shown, searched and checked anew; where the person is stays as it was. */
  const onAdded = () => {
    systems = medcode.systems();
    forgetProblems(systems);
    showReleases(systems, today, packs.missing.map(titleOf));
    search.showSystems();
    check.showSystems();
    search.search();
    check.check();
    claim.check();
    lists.show();
    const place = parseHash(location.hash);
    // Only what could not be shown without the pack, or says more with it.
    const waits = details.querySelector("#concept-title") === null || details.querySelector(".translation") !== null;
    if (place === null) welcome();
    else if (place.kind !== "check" && waits) {
      const was = details.contains(document.activeElement);
      shown = "";
      if (was) follow();
      else show(place);
    }
  };
  showReleases(systems, today, packs.missing.map(titleOf));
  byId("load-all").addEventListener("click", () => {
    const { missing } = packs;
    kept.useSystems(missing);
    packs.fetch(missing)?.then(() => say("Everything is loaded"));
  });
  wirePacks(medcode, onAdded);
  // The claim is kept nowhere: a slip on F5 or on the tab's cross must not take it away.
  window.addEventListener("beforeunload", (event) => {
    if (claim.size > 0) event.preventDefault();
  });
  window.addEventListener("hashchange", () => {
    if (location.hash !== followed) follow();
  });
  follow();
  // What was typed while the module was loading.
  search.search();
  check.check();
  claim.check();
  // First what a search needs, then what was used before.
  search.controller.prepare().then(() => packs.need(kept.systems));
}

/**
 * Takes a pack of the person's own, such as one of CPT, for as long as the page is open.
 *
 * @param {import("./medcode.js").Medcode} medcode
 * @param {() => void} onAdded
 */
function wirePacks(medcode, onAdded) {
  const file = byId("pack-file", HTMLInputElement);
  byId("add-pack").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    const answer = byId("pack-answer");
    try {
      medcode.addPack(await chosen.arrayBuffer());
      answer.textContent = `Added ${chosen.name}`;
      onAdded();
    } catch (problem) {
      answer.textContent = `${chosen.name} cannot be used: ${problem instanceof Error ? problem.message : problem}`;
    }
    say(answer.textContent);
    file.value = "";
  });
}

/**
 * Says at the foot of the page what could not be loaded, and why, to the person who waits for it.
 *
 * @param {string} problem
 */
function showProblem(problem) {
  const system = Object.keys(SYSTEM_TITLES).find((each) => new RegExp(`(^|[ /])${each}\\.`).test(problem));
  const reason = ENGLISH.reason(problem);
  // What is kept from an earlier visit answers without the server; what was never asked for is not among it.
  const hint = /cannot be reached/.test(reason) ? ". What was not loaded on an earlier visit needs the server once" : "";
  const sentence = ENGLISH.missing(system ? titleOf(system) : ENGLISH.some, reason) + hint;
  const list = byId("problems");
  if (![...list.children].some(({ textContent }) => textContent === sentence)) list.append(element("li", { "data-system": system }, sentence));
}

/**
 * Takes back what was said of packs that are there now.
 *
 * @param {ReadonlyArray<{ system: string }>} systems those that are loaded
 */
function forgetProblems(systems) {
  for (const line of [...byId("problems").children]) {
    if (systems.some(({ system }) => line.getAttribute("data-system") === system)) line.remove();
  }
}

async function main() {
  try {
    say("Loading the code systems");
    // In one file everything is at hand; from a server only what is needed is fetched.
    const inside = document.querySelector("script[data-medcode]") !== null;
    const medcode = await load({ systems: inside ? undefined : [], onProblem: showProblem });
    const beside = await systemsBeside().catch((problem) => {
      showProblem(problem instanceof Error ? problem.message : String(problem));
      return [];
    });
    start(medcode, beside);
    say("Ready");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    byId("details").replaceChildren(element("p", { class: "fatal", role: "alert" }, `The code systems could not be loaded: ${reason}`));
  }
}

main();
