// The footer: which release of each code system is loaded, and whether it is still in force.

import { byId, count, element } from "./dom.js";

/**
 * @param {ReadonlyArray<import("./medcode.js").SystemInfo>} systems
 * @param {string} today such as `2026-10-01`
 */
export function showReleases(systems, today) {
  byId("loaded").textContent = `Loaded: ${systems.map(({ title, release }) => `${title} ${release}`).join(", ")}`;
  const rows = systems.map(({ title, release, period, codes, billable }) => {
    const ended = period.end !== undefined && period.end < today;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, title),
      element("td", {}, release),
      element("td", { class: "number" }, count(codes)),
      element("td", { class: "number" }, count(billable)),
      element(
        "td",
        {},
        inForce(period),
        ended && element("span", { class: "ended" }, " ended: load a newer release"),
      ),
    );
  });
  byId("releases").replaceChildren(
    element(
      "table",
      {},
      element("caption", { class: "hidden" }, "Loaded releases"),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...["Code system", "Release", "Codes", "Billable", "In force"].map((name) => element("th", { scope: "col" }, name)),
        ),
      ),
      element("tbody", {}, ...rows),
    ),
  );
}

/** @param {{ start?: string, end?: string }} period */
function inForce({ start, end }) {
  if (!start && !end) return "";
  if (!end) return `from ${start}`;
  return start ? `${start} to ${end}` : `to ${end}`;
}
