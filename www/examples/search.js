import { load } from "../index.js";

const medcode = await load();
const { hits } = medcode.search("broken wrist rt", { systems: ["icd10cm"], billableOnly: true, limit: 3 });
export const output = hits.map(({ code, display }) => `${code} ${display}`).join("\n");
