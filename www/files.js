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
    : WebAssembly.compile(await bytesOf(response));
}

/**
 * The packs that lie beside the module: the file of each code system, as `packs/packs.json` names them.
 *
 * @param {string} [base]
 * @returns {Promise<Record<string, string>>}
 */
export async function offered(base = import.meta.url) {
  return JSON.parse(new TextDecoder().decode(await bytesOf(await ask(new URL("./packs/packs.json", base)))));
}

/**
 * The bytes of a pack.
 *
 * @param {string} name as `offered` says it
 * @param {string} [base]
 * @returns {Promise<ArrayBuffer>}
 */
export async function packOf(name, base = import.meta.url) {
  return bytesOf(await ask(new URL(`./packs/${name}`, base)));
}

/**
 * Fetches a file that must be there.
 *
 * @param {URL} address
 */
async function ask(address) {
  const response = await fetch(address).catch((problem) => {
    if (address.protocol === "file:") throw new Error("a page opened from a disk may not read the files beside it; medcode.inline.classic.js has them inside");
    throw new Error(`expected ${address.pathname} on the server, which cannot be reached: ${problem.message}`);
  });
  if (!response.ok) throw new Error(`expected ${address.pathname} on the server, found HTTP status ${response.status}`);
  return response;
}

/**
 * The bytes of an answer. A server that asks people to sign in answers everything with a page: none of our files begins as one.
 *
 * @param {Response} response
 */
async function bytesOf(response) {
  const bytes = await response.arrayBuffer();
  if (new TextDecoder().decode(bytes.slice(0, 64)).trimStart().startsWith("<")) throw new Error(`expected ${new URL(response.url).pathname} on the server, found a page`);
  return bytes;
}
