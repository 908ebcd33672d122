// Keeps the page on the device, where the browser can, and says when a newer release is there.

import { element } from "./dom.js";
import { scriptAddress } from "./trusted.js";

/**
 * @typedef {{ id: string, systems: { title: string, version: string }[] }} Release as the service worker says it
 */

/** Longer than the worker waits for a client to appear. */
const FORGET_MS = 11_000;

/**
 * Registers the service worker that keeps the page. Where there is none (plain http, file://, a browser without) nothing
 * happens: the page works as it is, while its server is there.
 *
 * @param {HTMLElement} banner where a newer release is announced
 */
export async function keep(banner) {
  const container = navigator.serviceWorker;
  if (!container || !globalThis.isSecureContext || !location.protocol.startsWith("http")) return;
  let registration;
  try {
    registration = await container.register(scriptAddress(new URL("./sw.js", import.meta.url)));
  } catch {
    // A server that has no such file, or a browser that is told to keep nothing.
    return;
  }
  // Some browsers that are told to keep nothing answer with nothing instead of refusing.
  if (!registration) return;
  // A page that this one took the place of may seem to live a while longer, and with it the release that it began with.
  setTimeout(() => container.controller?.postMessage("forget"), FORGET_MS);
  // The release that this page began with, also when another tab has taken a newer one.
  const before = container.controller && releaseOf(container.controller);
  const announce = async (/** @type {ServiceWorker | null} */ worker) => {
    // Without one that is in charge this is the first visit, and nothing is newer.
    if (worker && before) show(banner, worker, await before, await releaseOf(worker));
  };
  announce(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const found = registration.installing;
    found?.addEventListener("statechange", () => {
      if (found.state === "installed") announce(found);
    });
  });
}

/**
 * @param {ServiceWorker} worker
 * @returns {Promise<Release>}
 */
function releaseOf(worker) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", (event) => resolve(event.data), { once: true });
    port1.start();
    worker.postMessage("release", [port2]);
  });
}

/**
 * @param {HTMLElement} banner
 * @param {ServiceWorker} worker
 * @param {Release} before
 * @param {Release} next
 */
function show(banner, worker, before, next) {
  const known = new Map(before.systems.map(({ title, version }) => [title, version]));
  const changed = next.systems.filter(({ title, version }) => known.get(title) !== version);
  const gone = before.systems.filter(({ title }) => !next.systems.some((system) => system.title === title));
  const names = [
    ...changed.map(({ title, version }) => `${title} ${known.has(title) ? `${known.get(title)} → ` : ""}${version}`),
    ...gone.map(({ title }) => `without ${title}`),
  ];
  const button = element("button", { type: "button", class: "primary" }, "Use it now");
  button.addEventListener("click", () => {
    // Another tab of the page may have taken it already.
    if (worker.state !== "installed") return location.reload();
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage("take over");
  });
  banner.replaceChildren(
    element("p", {}, "A newer release is ready: ", names.length > 0 ? names.join(", ") : "Medcode itself, the codes are the same", "."),
    button,
  );
  banner.hidden = false;
}
