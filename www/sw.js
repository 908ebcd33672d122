// Keeps one release of the page on the device, whole: the page then opens with the server gone, and never from two releases
// at once. The build puts `MEDCODE_RELEASE` before this text: the files with their digests, and the releases of the code systems.

/** @typedef {{ id: string, files: Record<string, string>, systems: { title: string, version: string }[] }} Release */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
const FOLDER = new URL("./", worker.location.href);
/** What the names of our caches begin with: another folder of the same server may have another release, and keeps its own. */
const OURS = `medcode ${FOLDER.pathname} `;
const CACHE = OURS + MEDCODE_RELEASE.id;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(forget()));

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const name = nameOf(request.url);
  if (request.method !== "GET" || name === undefined) return;
  event.respondWith(answer(request, name));
});

worker.addEventListener("message", (event) => {
  if (event.data === "release") event.ports[0]?.postMessage({ id: MEDCODE_RELEASE.id, systems: MEDCODE_RELEASE.systems });
  // Only when the person asked for it: a page that is open keeps the release it began with.
  if (event.data === "take over") event.waitUntil(worker.skipWaiting());
});

/**
 * The file of the release that an address means, if any.
 *
 * @param {string} address
 */
function nameOf(address) {
  const url = new URL(address);
  if (url.origin !== FOLDER.origin || !url.pathname.startsWith(FOLDER.pathname)) return undefined;
  const name = decodeURIComponent(url.pathname.slice(FOLDER.pathname.length)) || "index.html";
  return name in MEDCODE_RELEASE.files ? name : undefined;
}

/** @param {Request} request @param {string} name */
async function answer(request, name) {
  const cache = await caches.open(CACHE);
  return (await cache.match(new URL(name, FOLDER))) ?? fetch(request);
}

/** Fetches what no earlier release has kept, and refuses whatever is not of this release. */
async function install() {
  const [cache, earlier] = [await caches.open(CACHE), await caches.keys()];
  for (const [name, digest] of Object.entries(MEDCODE_RELEASE.files)) {
    const address = new URL(name, FOLDER);
    if (await cache.match(address)) continue;
    const kept = await firstKept(earlier, address, digest);
    const response = kept ?? (await fetch(address, { cache: "no-cache" }));
    if (!response.ok) throw new Error(`expected ${name} on the server, found HTTP status ${response.status}`);
    const bytes = await response.clone().arrayBuffer();
    // A server in the midst of an update has files of two releases: this one is tried again later.
    if ((await sha256(bytes)) !== digest) throw new Error(`expected ${name} of the release ${MEDCODE_RELEASE.id}, found other bytes`);
    await cache.put(address, response);
  }
}

/**
 * @param {string[]} names of caches
 * @param {URL} address
 * @param {string} digest
 */
async function firstKept(names, address, digest) {
  for (const name of names) {
    if (name === CACHE || !name.startsWith(OURS)) continue;
    const response = await (await caches.open(name)).match(address);
    if (response && (await sha256(await response.clone().arrayBuffer())) === digest) return response;
  }
  return undefined;
}

/** Forgets the releases before this one. */
async function forget() {
  const names = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
