// Takes the place of `www/files.js` in a bundle that carries the module and the packs inside itself.

/**
 * The files as text: base64 of gzip. From a page that holds them in `<script type="text/plain" data-medcode>`, else from the
 * bundle itself.
 *
 * @returns {{ name: string, text: string }[]}
 */
function texts() {
  const held = globalThis.document?.querySelectorAll("script[data-medcode]") ?? [];
  if (held.length > 0) {
    return [...held].map((node) => ({ name: node.getAttribute("data-medcode") ?? "", text: node.textContent ?? "" }));
  }
  return MEDCODE_FILES;
}

/** @type {Promise<{ name: string, bytes: ArrayBuffer }[]> | undefined} */
let unpacked;

/** Every file, unpacked once. */
function files() {
  unpacked ??= Promise.all(
    texts().map(async ({ name, text }) => {
      const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      return { name, bytes: await new Response(stream).arrayBuffer() };
    }),
  );
  return unpacked;
}

/** As in `www/files.js`. */
export async function compiled() {
  const module = (await files()).find(({ name }) => name.endsWith(".wasm"));
  if (!module) throw new Error("expected the module in the bundle, found none");
  return WebAssembly.compile(module.bytes);
}

/** As in `www/files.js`. */
export async function offered() {
  const packs = texts().filter(({ name }) => name.endsWith(".medcode"));
  return Object.fromEntries(packs.map(({ name }) => [name.split(".")[0], name]));
}

/** As in `www/files.js`. @param {string} name */
export async function packOf(name) {
  const pack = (await files()).find((each) => each.name === name);
  if (!pack) throw new Error(`expected ${name} in the bundle, found none`);
  return pack.bytes;
}
