// Keeps releases of the page on the device, whole: the page then opens with the server gone, and never from two releases at once.
// The build puts `MEDCODE_RELEASE` before this text: the files with their digests, and the releases of the code systems.
//
// A page may outlive the release that is in charge: another tab takes a newer one, while this one goes on. So every client is
// answered from the release that it began with. A page begins with the release in charge, a worker with that of the page that
// asked for it. Before its first byte is handed over, the client is noted in the cache of its release, which outlives this worker:
// so the note is there before anything that the client may ask for; and the browser lets another worker take charge only when
// the events of the one before are done. A release is forgotten when it is neither in charge nor noted for a client that lives.
// Addresses with the release in them would do it, too, but hosts name our files by their plain names.

/** @typedef {{ id: string, files: Record<string, string>, systems: { title: string, version: string }[] }} Release */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
const FOLDER = new URL("./", worker.location.href);
/** What the names of our caches begin with: another folder of the same server may have another release, and keeps its own. */
const OURS = `medcode ${FOLDER.pathname} `;
const CACHE = OURS + MEDCODE_RELEASE.id;
/** How long a client that was answered may take to appear among those that live. */
const GRACE_MS = 10_000;

/** The cache of the release that a client began with, as far as it was asked for already. @type {Map<string, string>} */
const begun = new Map();

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(forget()));

worker.addEventListener("fetch", (event) => {
  const { request, clientId, resultingClientId } = event;
  if (request.method !== "GET" || !request.url.startsWith(FOLDER.href)) return;
  const begins = request.mode === "navigate";
  const release = begins ? CACHE : (begun.get(clientId) ?? releaseOf(clientId));
  // Where there is no room left on the device to note it, the page opens all the same.
  const noted = note(resultingClientId, release).catch(() => undefined);
  const name = decodeURIComponent(new URL(request.url).pathname.slice(FOLDER.pathname.length)) || "index.html";
  // What else the server has is the browser's to fetch.
  if (release === CACHE && !(name in MEDCODE_RELEASE.files)) return event.waitUntil(noted);
  event.respondWith(noted.then(() => answer(request, name, release)));
  if (begins) event.waitUntil(noted.then(forget));
});

worker.addEventListener("message", (event) => {
  if (event.data === "release") event.ports[0]?.postMessage({ id: MEDCODE_RELEASE.id, systems: MEDCODE_RELEASE.systems });
  // A page that has run for a while: those that it took the place of are gone by now.
  if (event.data === "forget") event.waitUntil(forget());
  // Only when the person asked for it.
  if (event.data === "take over") event.waitUntil(worker.skipWaiting());
});

/**
 * Answers from a release; what is no file of it comes from the server.
 *
 * @param {Request} request
 * @param {string} name
 * @param {string | Promise<string>} release
 */
async function answer(request, name, release) {
  const cache = await caches.open(await release);
  return (await cache.match(new URL(name, FOLDER))) ?? fetch(request);
}

/**
 * Notes with which release a client begins.
 *
 * @param {string} client empty where none begins
 * @param {string | Promise<string>} release
 */
async function note(client, release) {
  if (!client) return;
  begun.set(client, await release);
  const cache = await caches.open(await release);
  await cache.put(noteOf(client), new Response(String(Date.now())));
}

/** Where a client is noted in the cache of its release. @param {string} client */
function noteOf(client) {
  return new URL(`?client=${client}`, FOLDER);
}

/** The caches of this folder. */
async function ours() {
  return (await caches.keys()).filter((name) => name.startsWith(OURS));
}

/**
 * The cache of the release that a client began with; that of this one where nobody noted it.
 *
 * @param {string} client
 */
async function releaseOf(client) {
  let release = CACHE;
  for (const name of await ours()) if (await caches.match(noteOf(client), { cacheName: name })) release = name;
  begun.set(client, release);
  return release;
}

/** Fetches what no earlier release has kept, and refuses whatever is not of this release. */
async function install() {
  const [cache, earlier] = [await caches.open(CACHE), await ours()];
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
    if (name === CACHE) continue;
    const response = await (await caches.open(name)).match(address);
    if (response && (await sha256(await response.clone().arrayBuffer())) === digest) return response;
  }
  return undefined;
}

/** Forgets the clients that are gone, and the releases that neither they nor a newer worker need. */
async function forget() {
  const names = await ours();
  // Asked after the names: a release that began to come later is not among them, and whichever is among them is known here.
  const { installing, waiting } = worker.registration;
  if (installing || waiting) return;
  const living = new Set((await worker.clients.matchAll({ includeUncontrolled: true, type: "all" })).map(({ id }) => id));
  for (const name of names) {
    const cache = await caches.open(name);
    let needed = name === CACHE;
    for (const request of await cache.keys()) {
      const client = new URL(request.url).searchParams.get("client");
      if (client === null) continue;
      const since = Number(await (await cache.match(request))?.text());
      if (living.has(client) || Date.now() < since + GRACE_MS) needed = true;
      else await cache.delete(request);
    }
    if (!needed) await caches.delete(name);
  }
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
