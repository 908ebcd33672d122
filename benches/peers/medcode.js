import init, { Medcode } from "../rust/medcode-peer/medcode.js";

export const meta = { typo: true, how: "medcode: index of set A inside the module, our vocabulary included; first search builds the postings" };

/** @type {Medcode} */
let medcode;

export async function load() {
  await init({ module_or_path: new URL("medcode_bg.wasm", import.meta.url) });
  medcode = new Medcode();
}

export function search(q) {
  return medcode.search(q, { limit: 20 }).hits.map((hit) => ({ code: hit.plainCode, description: hit.display }));
}
