import init, { Medcode } from "../rust/medcode-peer/medcode.js";

export const meta = {
  typo: true,
  how: "medcode: index of the set inside the module, our vocabulary included; the first search answers from titles (quick) as the element's does, all later ones from everything",
};

/** @type {Medcode} */
let medcode;
let prepared = true;

export async function load() {
  await init({ module_or_path: new URL("medcode_bg.wasm", import.meta.url) });
  medcode = new Medcode();
  prepared = false;
}

/** Decodes the rest while the page is idle, as `<medcode-lookup>` does. */
function prepare() {
  prepared ||= medcode.prepare(8);
  if (!prepared) setTimeout(prepare);
}

let first = true;

export function search(q) {
  const quick = first && !prepared;
  if (first) setTimeout(prepare);
  first = false;
  return medcode.search(q, { limit: 20, quick }).hits.map((hit) => ({ code: hit.plainCode, description: hit.display }));
}
