// Asks the module that runs in a worker. The methods are those of the module, each with a promise of what it returns.
//
// Of searches only the latest counts: while one is being answered at most one more waits, and a newer one takes its place. A
// person who types fast is never behind by more than one answer.

import { scriptAddress } from "./trusted.js";

/**
 * @typedef {import("./medcode.js").SearchResult} SearchResult
 * @typedef {import("./medcode.js").Medcode} Medcode
 * @typedef {{ id: number, result?: unknown, error?: { name: string, message: string, code?: string } }} Answer
 * @typedef {{ args: unknown[], resolve: (result: any) => void, reject: (problem: Error) => void, signal?: AbortSignal }} Waiting
 */

/**
 * The methods of the module, each with a promise of what it returns. They are there once `ready` is fulfilled: which there are,
 * the module says.
 *
 * @typedef {{
 *   [Name in Exclude<keyof Medcode, "search" | "addPack" | "free" | "showHits">]:
 *     (...args: Parameters<Medcode[Name]>) => Promise<Awaited<ReturnType<Medcode[Name]>>>
 * }} Methods
 */

class Client {
  #port;
  #worker;
  #number = 0;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (problem: Error) => void }>} */
  #asked = new Map();
  /** Whether a search is on its way. */
  #searching = false;
  /** The search that goes next. @type {Waiting | undefined} */
  #next;
  #ended = false;

  /**
   * @param {Worker | MessagePort | URL | string} worker the worker, a port to one, or the address of `medcode.worker.js`
   * @param {{ systems?: readonly string[] }} [options] `systems` are the code systems that are needed, all where it is left out
   */
  constructor(worker, { systems } = {}) {
    this.#worker = worker instanceof URL || typeof worker === "string" ? new Worker(scriptAddress(worker), { name: "medcode" }) : worker;
    this.#port = /** @type {Worker} */ (this.#worker);
    this.#port.addEventListener("message", (event) => this.#take(event.data));
    this.#port.addEventListener("error", (event) => {
      const reason = event instanceof ErrorEvent && event.message ? event.message : "the file could not be loaded";
      this.#end(new Error(`the worker did not start: ${reason}`));
    });
    if (this.#worker instanceof MessagePort) this.#worker.start();
    /**
     * Fulfilled when the codes are open, with a sentence for each pack that is left out; rejected with the reason where they
     * cannot be opened.
     *
     * @type {Promise<string[]>}
     */
    this.ready = this.call("ready", [systems]).then(({ methods, problems }) => {
      for (const method of methods) {
        if (method in this) continue;
        Object.defineProperty(this, method, { value: (/** @type {unknown[]} */ ...args) => this.call(method, args) });
      }
      return problems;
    });
    // Whoever does not wait for it hears of the failure at the first call.
    this.ready.catch(() => undefined);
  }

  /**
   * As `search` of the module. Rejected with an `AbortError` where a newer search took its place or the signal said so.
   *
   * @param {string} query
   * @param {import("./medcode.js").SearchOptions | null} [options]
   * @param {AbortSignal} [signal]
   * @returns {Promise<SearchResult>}
   */
  search(query, options, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(superseded());
      this.#next?.reject(superseded());
      this.#next = { args: [query, options], resolve, reject, signal };
      this.#searchNext();
    });
  }

  /**
   * As `addPack` of the module. The bytes are handed over, not copied: an `ArrayBuffer` is empty here afterwards.
   *
   * @param {ArrayBuffer | Uint8Array} bytes
   * @returns {Promise<void>}
   */
  addPack(bytes) {
    const buffer = bytes instanceof ArrayBuffer ? bytes : bytes.slice().buffer;
    return this.call("addPack", [buffer], [buffer]);
  }

  /**
   * Adds the packs of further code systems; those that are there already cost nothing.
   *
   * @param {readonly string[]} [systems] all that there are where it is left out
   * @returns {Promise<string[]>} a sentence for each pack that is left out
   */
  async need(systems) {
    return (await this.call("need", [systems])).problems;
  }

  /**
   * Calls any method of the module.
   *
   * @param {string} method
   * @param {readonly unknown[]} args
   * @param {Transferable[]} [transfer] what is handed over
   * @returns {Promise<any>}
   */
  call(method, args, transfer = []) {
    if (this.#ended) return Promise.reject(new Error("the worker has ended"));
    const id = (this.#number += 1);
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#port.postMessage({ id, method, args }, transfer);
    });
  }

  /** Ends the worker; what was asked is rejected. */
  terminate() {
    this.#end(new Error("the worker has ended"));
    if (this.#worker instanceof MessagePort) this.#worker.close();
    else this.#worker.terminate();
  }

  async #searchNext() {
    const next = this.#next;
    if (this.#searching || !next) return;
    this.#next = undefined;
    if (next.signal?.aborted) return next.reject(superseded());
    this.#searching = true;
    try {
      const result = await this.call("search", next.args);
      if (next.signal?.aborted) next.reject(superseded());
      else next.resolve(result);
    } catch (problem) {
      next.reject(/** @type {Error} */ (problem));
    } finally {
      this.#searching = false;
      this.#searchNext();
    }
  }

  /** @param {Answer} answer */
  #take({ id, result, error }) {
    const waiting = this.#asked.get(id);
    if (!waiting) return;
    this.#asked.delete(id);
    if (error) waiting.reject(Object.assign(new Error(error.message), error));
    else waiting.resolve(result);
  }

  /** @param {Error} reason */
  #end(reason) {
    this.#ended = true;
    for (const { reject } of this.#asked.values()) reject(reason);
    this.#asked.clear();
    this.#next?.reject(reason);
    this.#next = undefined;
  }
}

function superseded() {
  return new DOMException("a newer search took its place", "AbortError");
}

/**
 * What answers in a worker: `search`, `addPack`, `need`, `ready`, `call`, `terminate`, and the methods of the module.
 *
 * @typedef {Client & Methods} MedcodeClient
 */

/** The client of a worker. Its methods are those of the module, so its type is written down here. */
export const MedcodeWorker = /** @type {new (worker: Worker | MessagePort | URL | string, options?: { systems?: readonly string[] }) => MedcodeClient} */ (/** @type {unknown} */ (Client));
