// The page: opens the index, wires the views together, follows the address.

import { renderConcept, renderGroup, renderMissing } from "./details.js";
import { byId, element } from "./dom.js";
import { hashOf, hashOfGroup, parseHash } from "./hash.js";
import { load } from "./medcode.js";
import { showReleases } from "./releases.js";
import { SearchView } from "./search.js";
import { say } from "./status.js";
import { wireTabs } from "./tabs.js";
import { CheckView } from "./validate.js";

/** Where there is room for list and details side by side; the same width stands in style.css. */
const WIDE = window.matchMedia("(min-width: 56rem)");

const details = byId("details");
const dateInput = byId("date", HTMLInputElement);
const dateClear = byId("date-clear", HTMLButtonElement);

/** The date of service, if a whole one is typed. */
function dateOfService() {
  return dateInput.value || undefined;
}

/** @param {import("./medcode.js").Medcode} medcode */
function start(medcode) {
  const check = new CheckView(medcode, dateOfService);
  const chooseTab = wireTabs(byId("tabs"));

  const systems = medcode.systems();
  const titleOf = (/** @type {string} */ system) => systems.find((info) => info.system === system)?.title ?? system;

  /** The address of what the details pane shows. */
  let shown = "";

  /** @param {Exclude<import("./hash.js").Place, { kind: "check" }>} place */
  const show = (place) => {
    const { system } = place;
    const name = place.kind === "code" ? place.code : place.label;
    const address = place.kind === "code" ? hashOf(system, name) : hashOfGroup(system, { kind: place.kind, label: name });
    if (shown === address) return;
    shown = address;
    const systemTitle = titleOf(system);
    if (!systems.some((info) => info.system === system)) {
      renderMissing(details, systemTitle, name);
    } else if (place.kind === "code") {
      const concept = medcode.lookup(name, { system });
      if (concept) renderConcept(details, medcode, concept, { systemTitle, onCheck });
      else renderMissing(details, systemTitle, name);
    } else {
      const contents = medcode.group(place.kind, name, system);
      if (contents) renderGroup(details, medcode, contents, { system, systemTitle });
      else renderMissing(details, systemTitle, name);
    }
    details.scrollTop = 0;
  };

  const onCheck = (/** @type {import("./medcode.js").Concept} */ concept) => {
    check.add(concept.code);
    say(`Added ${concept.code} to the codes to check`);
  };

  const search = new SearchView(medcode, {
    date: dateOfService,
    onOpen: (system, code) => {
      location.hash = hashOf(system, code);
      follow();
    },
    // Arrows only look: they leave no trace in the history, and on a narrow screen no details show.
    onPreview: (system, code) => {
      if (WIDE.matches) show({ kind: "code", system, code });
    },
  });

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
      document.title = `${place.kind === "code" ? place.code : place.label} – Medcode`;
      byId("concept-title").focus();
      return;
    } else {
      shown = "";
      showWelcome();
      if (document.activeElement !== search.input) search.focus();
    }
    document.title = "Medcode";
  };

  const onDate = () => {
    dateClear.hidden = dateInput.value === "";
    search.search();
    check.check();
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
      if (byId("panel-search").hidden) check.input.focus();
      else search.input.focus();
    }
  });

  showReleases(systems, new Date().toISOString().slice(0, 10));
  window.addEventListener("hashchange", () => {
    if (location.hash !== followed) follow();
  });
  follow();
  // What was typed while the module was loading.
  search.search();
  check.check();
}

function showWelcome() {
  details.replaceChildren(element("p", { class: "hint" }, "Choose a code to see where it stands, its notes and what it needs."));
  details.setAttribute("aria-label", "Code details");
}

try {
  say("Loading the code systems");
  start(await load());
  say("Ready");
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  byId("details").replaceChildren(element("p", { class: "fatal", role: "alert" }, `The code systems could not be loaded: ${reason}`));
}
