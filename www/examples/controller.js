import { load, LookupController } from "../index.js";

// From a query to a state: what any framework can draw.
const controller = new LookupController(load(), { pageSize: 3, systems: ["icd10cm"] });
/** @type {string} */
export const output = await new Promise((resolve) => {
  controller.subscribe(({ status, hits, total }) => {
    if (status === "shown") resolve(`${total > hits.length ? "More match" : `${total} match`}, the first: ${hits.map(({ code }) => code).join(", ")}`);
  });
  controller.search("dm2 w neuropathy");
});
