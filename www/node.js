// The module in node: the files lie beside this one and are read, not fetched.

import { readFile } from "node:fs/promises";
import { isNamed } from "./medcode.js";
import init, { Medcode } from "./pkg/medcode.js";

/**
 * Opens the module and the packs beside it. Every call gives another object.
 *
 * @param {{ systems?: readonly string[], onProblem?: (problem: string) => void, base?: URL | string }} [options] `systems` are the code
 *   systems that are needed, all where it is left out; `onProblem` is called with a sentence for each pack that cannot be used; `base` is the
 *   folder that holds `pkg/` and `packs/`, as an address
 * @returns {Promise<Medcode>}
 */
export async function load({ systems, onProblem = () => undefined, base = new URL("./", import.meta.url) } = {}) {
  await init({ module_or_path: await readFile(new URL("pkg/medcode_bg.wasm", base)) });
  const medcode = new Medcode();
  const packs = /** @type {Record<string, string>} */ (JSON.parse(await readFile(new URL("packs/packs.json", base), "utf8")));
  for (const [system, name] of Object.entries(packs)) {
    if (systems && !systems.some((wanted) => isNamed(system, wanted))) continue;
    try {
      medcode.addPack(await readFile(new URL(`packs/${name}`, base)));
    } catch (problem) {
      onProblem(`${name} cannot be used: ${problem instanceof Error ? problem.message : problem}`);
    }
  }
  return medcode;
}

export { LookupController } from "./controller.js";
export { Guide } from "./guide.js";
export { codeableConceptOf, codingOf } from "./fhir.js";
export { Medcode };
