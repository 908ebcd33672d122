// The view of what a person keeps: favourites, codes used lately, and what changes for them on a day.

import { byId, element, plural } from "./dom.js";
import { hashOf } from "./hash.js";
import { titleOf } from "./packs.js";
import { billableMark } from "./results.js";
import { say } from "./status.js";

/**
 * @typedef {import("./medcode.js").Medcode} Medcode
 * @typedef {import("./kept.js").KeptCode} KeptCode
 */

export class ListsView {
  /**
   * @param {Medcode} medcode
   * @param {import("./kept.js").Kept} kept
   * @param {{ date: () => string | undefined, onAdd: (concept: import("./medcode.js").Concept) => void, packs: import("./packs.js").Packs }} actions
   */
  constructor(medcode, kept, { date, onAdd, packs }) {
    this.medcode = medcode;
    this.kept = kept;
    this.packs = packs;
    this.date = date;
    this.onAdd = onAdd;
    /** The systems that are loaded. @type {Set<string>} */
    this.loaded = new Set();
    this.remember = byId("remember", HTMLInputElement);
    this.remember.addEventListener("change", () => { kept.remembers = this.remember.checked; });
    byId("forget").addEventListener("click", () => kept.forget());
    byId("export").addEventListener("click", () => this.#export());
    const file = byId("import-file", HTMLInputElement);
    byId("import").addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      const [chosen] = file.files ?? [];
      if (chosen) this.#import(await chosen.text());
      file.value = "";
    });
    byId("changes-of-favourites").addEventListener("click", () => this.#showChanges());
    kept.watch(() => this.show());
    this.show();
  }

  /** Shows the lists. */
  show() {
    this.loaded = new Set(/** @type {string[]} */ (this.medcode.systems().map(({ system }) => system)));
    this.#fill("favourites", this.kept.favourites, true);
    this.#fill("recent", this.kept.recent, false);
    // Another tab may have said so.
    this.remember.checked = this.kept.remembers;
    byId("kept-note").textContent = this.kept.refused ? "This browser refuses to keep anything here: the lists go with this page. “Export” saves them to a file." : "";
    byId("forget", HTMLButtonElement).disabled = this.kept.recent.length === 0;
    byId("export", HTMLButtonElement).disabled = this.kept.favourites.length + this.kept.recent.length === 0;
    byId("changes-of-favourites", HTMLButtonElement).disabled = this.kept.favourites.length === 0;
  }

  /**
   * @param {string} id
   * @param {ReadonlyArray<KeptCode>} codes
   * @param {boolean} stars
   */
  #fill(id, codes, stars) {
    const rows = codes.flatMap((kept) => {
      const concept = this.loaded.has(kept.system) ? this.medcode.lookup(kept.code, { system: kept.system }) : undefined;
      const code = concept?.code ?? kept.code;
      const add = concept && element("button", { type: "button", class: "small", "aria-label": `Add ${code} to the claim`, onclick: () => this.onAdd(concept) }, "+");
      const drop = stars && element("button", { type: "button", class: "small", "aria-label": `Remove ${code} from the favourites`, onclick: () => this.kept.toggle(kept) }, "×");
      return [
        element(
          "li",
          { class: "item" },
          concept ? element("a", { class: "code", href: hashOf(kept.system, code) }, code) : element("span", { class: "code" }, code),
          element("span", { class: "what" }, concept?.display ?? (this.loaded.has(kept.system) ? "not in the loaded release" : `${titleOf(kept.system)} is not loaded`), " ", concept && billableMark(concept.billable)),
          element("span", { class: "buttons" }, add, drop),
        ),
      ];
    });
    byId(id).replaceChildren(...rows);
    byId(`${id}-none`).hidden = rows.length > 0;
  }

  #export() {
    const address = URL.createObjectURL(new Blob([this.kept.export()], { type: "application/json" }));
    element("a", { href: address, download: "medcode-lists.json" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    say("Exported the lists to medcode-lists.json");
  }

  /** @param {string} text */
  #import(text) {
    const line = byId("import-answer");
    try {
      // Two spellings of a code are one: that of its release, where that is loaded.
      const { fresh, dropped, over } = this.kept.import(text, ({ system, code }) => (this.loaded.has(system) && this.medcode.lookup(code, { system })?.code) || code);
      const leftOut = [dropped > 0 && `${plural(dropped, "record")} without a code and its system`, over > 0 && `${plural(over, "code")} for which the lists have no room`].filter(Boolean);
      line.textContent = [`Imported ${plural(fresh, "code")} not there before`, leftOut.length > 0 && `Left out: ${leftOut.join(", ")}`].filter(Boolean).join(". ");
      this.packs.need(this.kept.systems);
    } catch (problem) {
      line.textContent = `Not imported: ${problem instanceof Error ? problem.message : problem}`;
    }
    say(line.textContent);
  }

  #showChanges() {
    const date = this.date();
    const systems = [...new Set(this.kept.favourites.map(({ system }) => system))].filter((system) => this.loaded.has(system));
    const answers = systems.map((system) =>
      this.medcode.changes(this.kept.favourites.filter((kept) => kept.system === system).map(({ code }) => code), { system, date }),
    );
    const rows = answers.flatMap(({ system, changes }) =>
      changes
        .filter(({ change }) => change !== "unchanged")
        .map(({ code, change, message }) =>
          element("li", { class: "item" }, element("a", { class: "code", href: hashOf(system, code) }, code), element("span", { class: "what" }, element("strong", {}, change), ` ${message}`)),
        ),
    );
    const sentences = answers.flatMap(({ message }) => (message ? [message] : []));
    const days = [...new Set(answers.map((answer) => answer.date))].join(", ");
    byId("changes").replaceChildren(...rows);
    byId("changes-answer").textContent = [...sentences, rows.length === 0 ? `Nothing changes for the favourites on ${days}` : `Changes on ${days}`].join(". ");
    say(byId("changes-answer").textContent ?? "");
  }
}
