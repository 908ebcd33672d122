// The files that lie beside this one: the compiled module and the packs. In a bundle that carries them inside itself, the build
// puts `tools/inline-files.js` in the place of this file.

/** Where the module lies: beside this file, or beside the bundle. Written out, so that bundlers see it and carry it. */
const MODULE = new URL("./pkg/medcode_bg.wasm", import.meta.url);

/**
 * The compiled module.
 *
 * It is compiled while it downloads where the server names the type `application/wasm`; many intranet servers do not, and then
 * the bytes are compiled once they are all there.
 *
 * @param {string} [base] where `pkg/` and `packs/` lie
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compiled(base) {
  const response = await ask(base ? new URL("./pkg/medcode_bg.wasm", base) : MODULE);
  const type = response.headers.get("Content-Type")?.split(";")[0].trim();
  return type === "application/wasm" && WebAssembly.compileStreaming
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * The packs that `packs/packs.json` names, as far as they can be had, in its order.
 *
 * @param {(problem: string) => void} onProblem
 * @param {string} [base]
 */
export async function packs(onProblem, base = import.meta.url) {
  /** @type {{ name: string, bytes: ArrayBuffer }[]} */
  const found = [];
  try {
    const list = new URL("./packs/packs.json", base);
    const names = /** @type {string[]} */ (Object.values(await (await ask(list)).json()));
    const answers = await Promise.allSettled(
      names.map(async (name) => ({ name, bytes: await (await ask(new URL(name, list))).arrayBuffer() })),
    );
    for (const answer of answers) {
      if (answer.status === "fulfilled") found.push(answer.value);
      else onProblem(String(answer.reason?.message ?? answer.reason));
    }
  } catch (error) {
    onProblem(error instanceof Error ? error.message : String(error));
  }
  return found;
}

/**
 * Fetches a file that must be there.
 *
 * @param {URL} address
 */
async function ask(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`expected ${address.pathname} on the server, found HTTP status ${response.status}`);
  return response;
}
