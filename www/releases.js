// The footer: which release of each code system is loaded, and whether it is still in force.

import { byId, count, element } from "./dom.js";

/**
 * @param {ReadonlyArray<import("./medcode.js").SystemInfo>} systems
 * @param {string} today such as `2026-10-01`
 * @param {readonly string[]} missing the titles of what could be loaded and is not
 */
export function showReleases(systems, today, missing) {
  byId("load-all").hidden = missing.length === 0;
  byId("not-loaded").textContent = missing.length === 0 ? "Everything is loaded: nothing more is fetched." : `Fetched from this server when needed: ${missing.join(", ")}.`;
  byId("loaded").replaceChildren(
    "Loaded: ",
    ...systems.flatMap(({ title, release }, position) => [
      ...(position > 0 ? [", "] : []),
      `${title} ${release.version}`,
      ...ended(release.period, today),
    ]),
  );
  const headings = ["Code system", "Release", "Codes", "Billable", "In force"];
  byId("releases").replaceChildren(
    element(
      "table",
      {},
      element("caption", { class: "hidden" }, "Loaded releases"),
      element("thead", {}, element("tr", {}, ...headings.map((name) => element("th", { scope: "col" }, name)))),
      element(
        "tbody",
        {},
        ...systems.map(({ title, release }) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, title),
            element("td", {}, release.version),
            element("td", { class: "number" }, count(release.codes)),
            element("td", { class: "number" }, count(release.billable)),
            element("td", {}, inForce(release.period), ...ended(release.period, today)),
          ),
        ),
      ),
    ),
  );
}

/**
 * Says of a release that its last day has passed.
 *
 * @param {{ end?: string }} period
 * @param {string} today
 */
function ended({ end }, today) {
  return end !== undefined && end < today ? [element("span", { class: "ended" }, " (ended)")] : [];
}

/** @param {{ start?: string, end?: string }} period */
function inForce({ start, end }) {
  if (!start && !end) return "not stated";
  if (!end) return `from ${start}`;
  return start ? `${start} to ${end}` : `to ${end}`;
}

/**
 * The systems whose loaded release ends before a day. Not ICD-9-CM: it has ended itself, and its codes are known not to be valid since.
 *
 * @param {ReadonlyArray<import("./medcode.js").SystemInfo>} systems
 * @param {string} date
 */
export function endedBefore(systems, date) {
  return systems.filter(({ system, release: { period } }) => !system.startsWith("icd9cm") && period.end !== undefined && period.end < date);
}

/** The last day of what is loaded of a system. @param {import("./medcode.js").SystemInfo} info */
export function endOf({ title, release: { version, period } }) {
  return `${title} ${version} ends ${period.end}`;
}
