/** In a bundle with everything inside: the files, as base64 of gzip. */
declare const MEDCODE_FILES: { name: string, text: string }[];

/** Before the service worker: the files of the release with their digests, and the releases of the code systems. */
declare const MEDCODE_RELEASE: import("../www/sw.js").Release;

/** As much of the service worker's scope as `sw.js` uses: its library cannot be loaded beside that of the page. */
interface ServiceWorkerGlobalScope extends EventTarget {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { matchAll(options: { includeUncontrolled: boolean, type: "all" }): Promise<{ id: string }[]> };
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(name: "fetch", listener: (event: ExtendableEvent & { request: Request; clientId: string; resultingClientId: string; respondWith(answer: Promise<Response>): void }) => void): void;
  addEventListener(name: "message", listener: (event: ExtendableEvent & MessageEvent) => void): void;
}
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
