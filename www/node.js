// The module in node: the files lie beside this one and are read, not fetched.

import { readFile } from "node:fs/promises";
import init, { Medcode } from "./pkg/medcode.js";

/**
 * Opens the module and the packs beside it.
 *
 * @param {(problem: string) => void} [onProblem] called with a sentence for each pack that cannot be used
 * @param {URL | string} [base] the folder that holds `pkg/` and `packs/`, as an address
 * @returns {Promise<Medcode>}
 */
export async function load(onProblem = () => undefined, base = new URL("./", import.meta.url)) {
  await init({ module_or_path: await readFile(new URL("pkg/medcode_bg.wasm", base)) });
  const medcode = new Medcode();
  const names = /** @type {string[]} */ (Object.values(JSON.parse(await readFile(new URL("packs/packs.json", base), "utf8"))));
  for (const name of names) {
    try {
      medcode.addPack(await readFile(new URL(`packs/${name}`, base)));
    } catch (problem) {
      onProblem(`${name} cannot be used: ${problem instanceof Error ? problem.message : problem}`);
    }
  }
  return medcode;
}

export { LookupController } from "./controller.js";
export { codeableConceptOf, codingOf } from "./fhir.js";
export { Medcode };
