// Opens the codes by the first way that this page and this browser allow.
//
//   here      the module in the page itself: every call answers at once
//   worker    the module in `medcode.worker.js`: where the page's policy forbids WebAssembly, but not that file, and where
//             the page must never wait
//
// `diagnose` in `diagnose.js` tries every way there is and says which work.

import { load } from "./medcode.js";
import { MedcodeWorker } from "./client.js";

/**
 * @param {{ way?: "auto" | "here" | "worker", systems?: readonly string[], onProblem?: (problem: string) => void, worker?: URL | string }} [options]
 *   `systems` are the code systems that are needed, all where it is left out; `worker` is the address of `medcode.worker.js`
 *   where it does not lie beside this file
 * @returns {Promise<import("./medcode.js").Medcode | import("./client.js").MedcodeClient>} the module, or the client of a worker, whose answers
 *   are promises: with `await` before every call a page need not know which
 */
export async function open({ way = "auto", systems, onProblem = () => undefined, worker } = {}) {
  if (way !== "worker") {
    try {
      /** @type {string[]} */
      const problems = [];
      const medcode = await load({ systems, onProblem: (problem) => problems.push(problem) });
      // Only now: where the module itself is refused, its packs fail with it, and the worker may have them all.
      for (const problem of problems) onProblem(problem);
      return medcode;
    } catch (problem) {
      const forbidden = problem instanceof WebAssembly.CompileError || problem instanceof EvalError;
      if (way === "here" || !forbidden) throw problem;
    }
  }
  const client = new MedcodeWorker(worker ?? new URL("./medcode.worker.js", import.meta.url), { systems });
  try {
    for (const problem of await client.ready) onProblem(problem);
  } catch (problem) {
    // A worker whose module failed stays as it is: the next attempt begins another one.
    client.terminate();
    throw problem;
  }
  return client;
}
