// From what is typed to what is shown, without a page: a query and options go in, states come out.
//
// It works over anything that has `search`: the module itself, the client of a worker, an object of the host. An answer
// that comes at once is shown at once; of answers that come later only the latest counts. Nothing here touches the
// document, so the same controller serves the element, the page, and a component of any framework.

/**
 * @typedef {import("./medcode.js").Hit} Hit
 * @typedef {import("./medcode.js").SearchOptions} SearchOptions
 * @typedef {import("./medcode.js").SearchResult} SearchResult
 */

/**
 * What answers searches. A third argument, an `AbortSignal`, tells a source that works elsewhere that nobody waits any
 * more; the module itself ignores it.
 *
 * @typedef {{
 *   search: (query: string, options?: any, signal?: AbortSignal) => SearchResult | Promise<SearchResult>,
 *   prepare?: (milliseconds: number) => boolean | Promise<boolean>,
 * }} Source
 */

/**
 * What is to be shown.
 *
 * `status` is `idle` where nothing is typed, `waiting` while an answer is on its way, `shown` when it is there, `failed`
 * when there is none and `error` says why. While it is `waiting` the hits are still those of the answer before.
 *
 * @typedef {{
 *   query: string,
 *   status: "idle" | "waiting" | "shown" | "failed",
 *   hits: ReadonlyArray<Hit>,
 *   total: number,
 *   complete: boolean,
 *   correction: string | undefined,
 *   error: Error | undefined,
 *   answer: SearchResult | undefined,
 * }} LookupState
 */

/** How many hits are asked for at first, and how many more each time. */
const PAGE = 50;

/**
 * How long a source or a pack that failed is left alone before it is asked for again, however fast a person types: the longer the
 * more often it failed.
 *
 * @param {number} failures how often, one after the other
 */
export function restAfter(failures) {
  return Math.min(1000 * 2 ** (failures - 1), 60_000);
}

/** How long an idle slice prepares at least: short enough that a key pressed meanwhile is answered within a frame or two. */
const SLICE_MS = 12;

/** @type {LookupState} */
const IDLE = Object.freeze({
  query: "",
  status: "idle",
  hits: [],
  total: 0,
  complete: true,
  correction: undefined,
  error: undefined,
  answer: undefined,
});

export class LookupController {
  /** @type {Source | undefined} */
  #source;
  /** Gives the source again, where it can be had again. @type {(() => Source | PromiseLike<Source>) | undefined} */
  #opener;
  /** Why there is no source. @type {Error | undefined} */
  #failure;
  /** When the source failed last, and how often one after the other. */
  #failed = 0;
  #failures = 0;
  /** @type {any} */
  #resting;
  /** @type {LookupState} */
  #state = IDLE;
  /** @type {SearchOptions} */
  #options;
  /** @type {Set<(state: LookupState) => void>} */
  #listeners = new Set();
  /** @type {AbortController | undefined} */
  #running;
  #page;
  /** Whether `prepare` has said that everything is open. */
  #prepared = false;
  #preparing = false;
  #ended = false;

  /**
   * @param {Source | PromiseLike<Source> | (() => Source | PromiseLike<Source>)} source what answers; a promise of it may come later,
   *   and what was typed meanwhile is then searched for; a function is called again, at the next search or `prepare`, where
   *   what it promised has failed
   * @param {SearchOptions & { pageSize?: number }} [options] the options of every search; `pageSize` is how many hits are asked for
   *   at once, 50 where it is not said
   */
  constructor(source, { pageSize = PAGE, ...options } = {}) {
    this.#page = pageSize;
    this.#options = options;
    if (typeof source === "function") this.#opener = source;
    this.#take(typeof source === "function" ? source() : source);
  }

  /** What is to be shown now. The object is never changed: another state is another object. */
  get state() {
    return this.#state;
  }

  /** The options of every search. */
  get options() {
    return this.#options;
  }

  /** What answers, once it is there. */
  get source() {
    return this.#source;
  }

  /**
   * Calls a function with every further state.
   *
   * @param {(state: LookupState) => void} listener
   * @returns {() => void} ends the calls
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Searches for a text. The answer to an earlier one, if it is still to come, is dropped.
   *
   * @param {string} query
   */
  search(query) {
    this.#running?.abort();
    this.#running = undefined;
    if (query.trim() === "") this.#set({ ...IDLE, query });
    else this.#ask(query, 0);
  }

  /**
   * Changes options and searches again. What is not named stays; `undefined` takes an option back.
   *
   * @param {SearchOptions & { pageSize?: number }} options
   * @param {string} [query] another text to search for with them
   */
  setOptions({ pageSize = this.#page, ...options }, query = this.#state.query) {
    this.#page = pageSize;
    this.#options = { ...this.#options, ...options };
    this.search(query);
  }

  /** Asks for the hits after those that are there, if any match. */
  more() {
    const { status, hits, total, query } = this.#state;
    if (status === "shown" && total > hits.length) this.#ask(query, hits.length);
  }

  /** Whether more hits match than are there. */
  get hasMore() {
    return this.#state.total > this.#state.hits.length;
  }

  /**
   * Opens in idle moments what a first search would otherwise have to open. Worth calling when a person comes near the box; a
   * search whose answer was not complete calls it by itself.
   */
  async prepare() {
    this.#reopen();
    const prepare = this.#source?.prepare?.bind(this.#source);
    if (!prepare || this.#prepared || this.#preparing) return;
    this.#preparing = true;
    try {
      while (!this.#ended && !this.#prepared) {
        this.#prepared = await prepare(Math.max(SLICE_MS, await idle()));
      }
    } catch {
      // A source that went away while it prepared: the next search says so.
    } finally {
      this.#preparing = false;
    }
    if (!this.#ended && !this.#state.complete) this.search(this.#state.query);
  }

  /** Ends everything that is under way; no state comes any more. */
  destroy() {
    this.#ended = true;
    clearTimeout(this.#resting);
    this.#running?.abort();
    this.#listeners.clear();
  }

  /** @param {Source | PromiseLike<Source>} source */
  #take(source) {
    if (!("then" in source)) {
      this.#source = source;
      return;
    }
    source.then(
      (there) => {
        this.#source = there;
        this.#failures = 0;
        if (!this.#ended) this.search(this.#state.query);
      },
      (problem) => {
        this.#failure = asError(problem);
        this.#failed = Date.now();
        this.#failures += 1;
        this.#set({ status: "failed", error: this.#failure });
      },
    );
  }

  /** Asks again for a source that failed, not before it has rested. */
  #reopen() {
    if (!this.#failure || !this.#opener || this.#ended) return;
    clearTimeout(this.#resting);
    const rest = this.#failed + restAfter(this.#failures) - Date.now();
    if (rest > 0) {
      this.#resting = setTimeout(() => this.#reopen(), rest);
      return;
    }
    this.#failure = undefined;
    if (this.#state.query.trim() !== "") this.#set({ status: "waiting", error: undefined });
    try {
      this.#take(this.#opener());
      if (this.#source) this.search(this.#state.query);
    } catch (problem) {
      this.#take(Promise.reject(problem));
    }
  }

  /**
   * @param {string} query
   * @param {number} offset
   */
  #ask(query, offset) {
    const earlier = offset > 0 ? this.#state.hits : [];
    const source = this.#source;
    if (!source) {
      this.#set({ query, status: this.#failure ? "failed" : "waiting", error: this.#failure });
      this.#reopen();
      return;
    }
    const running = new AbortController();
    const page = this.#page;
    this.#running = running;
    // The option is known only to a source that can prepare: others refuse what they do not know.
    const quick = source.prepare && !this.#prepared ? { quick: true } : {};
    /** @type {(answer: SearchResult) => void} */
    const take = (answer) => {
      if (running.signal.aborted) return;
      const { complete = true } = /** @type {{ complete?: boolean }} */ (answer);
      const hits = [...earlier, ...answer.hits];
      this.#set({
        query,
        status: "shown",
        hits,
        // A total may hold for a larger set, with what the date leaves out: where no more come there are no more, nor where a source
        // of ours, which gives as many as it is asked for, gives fewer.
        total: answer.hits.length < (source.prepare ? page : Math.min(offset, 1)) ? hits.length : answer.total,
        complete,
        correction: answer.correction,
        error: undefined,
        answer,
      });
      if (!complete) this.prepare();
    };
    /** @type {(problem: unknown) => void} */
    const fail = (problem) => {
      if (running.signal.aborted) return;
      this.#set({ ...IDLE, query, status: "failed", error: asError(problem) });
    };
    try {
      const answer = source.search(query, { ...this.#options, ...quick, limit: page, offset }, running.signal);
      if ("then" in answer) {
        this.#set({ query, status: "waiting", error: undefined });
        answer.then(take, fail);
      } else {
        take(answer);
      }
    } catch (problem) {
      fail(problem);
    }
  }

  /** @param {Partial<LookupState>} changes */
  #set(changes) {
    if (this.#ended) return;
    this.#state = Object.freeze({ ...this.#state, ...changes });
    for (const listener of this.#listeners) listener(this.#state);
  }
}

/**
 * Waits until the page has nothing better to do, or for a moment where nobody tells.
 *
 * @returns {Promise<number>} for how many milliseconds it has nothing to do, as far as it knows
 */
function idle() {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === "function") requestIdleCallback((deadline) => resolve(deadline.timeRemaining()), { timeout: 200 });
    else setTimeout(() => resolve(0));
  });
}

/** @param {unknown} problem */
function asError(problem) {
  return problem instanceof Error ? problem : new Error(String(problem));
}
