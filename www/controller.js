// From what is typed to what is shown, without a page: a query and options go in, states come out.
//
// It works over anything that has `search`: the module itself, the client of a worker, an object of the host. An answer
// that comes at once is shown at once; of answers that come later only the latest counts. Nothing here touches the
// document, so the same controller serves the element, the page, and a component of any framework.

import { isTyped, mayBeCode } from "./selection.js";

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
 * when there is none and `error` says why. While it is `waiting` the hits are still those of the answer before. `taking` says that
 * a choice waits until no better hits can come (see `take`).
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
 *   taking: boolean,
 * }} LookupState
 *
 * What `take` has come to. Where it is not `sure`, nobody has seen this hit where it stands now: show it, and choose it when the
 * person says so again.
 *
 * @typedef {{ hit: Hit, sure: boolean }} Choice
 */

/** How many hits are asked for at first, and how many more each time. */
const PAGE = 50;

/**
 * How long a source or a pack that failed is left alone before it is asked for again, however fast a person types: the longer the
 * more often it failed, one time after the other.
 */
export class Rest {
  #failures = 0;
  #until = 0;

  /** How many milliseconds are left of it. */
  get left() {
    return Math.max(0, this.#until - Date.now());
  }

  /** Notes a failure. What was asked at the same time by others has failed once. */
  failed() {
    if (this.left > 0) return;
    this.#failures += 1;
    this.#until = Date.now() + Math.min(1000 * 2 ** (this.#failures - 1), 60_000);
  }

  /** Notes that it went well. */
  worked() {
    this.#failures = 0;
  }
}

/** How long an idle slice prepares at least: short enough that a key pressed meanwhile is answered within a frame or two. */
const SLICE_MS = 12;
/** How long one prepares while a list is shown that is not whole: somebody waits for the rest of it, busy as the page may be. */
const AWAITED_SLICE_MS = 40;

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
  taking: false,
});

export class LookupController {
  /** @type {Source | undefined} */
  #source;
  /** Gives the source again, where it can be had again. @type {(() => Source | PromiseLike<Source>) | undefined} */
  #opener;
  /** Why there is no source. @type {Error | undefined} */
  #failure;
  #rest = new Rest();
  /** @type {any} */
  #resting;
  /** The text that the hits answer. */
  #answered = "";
  /**
   * The choice that waits: the hit that was meant, as far as one was to be seen, where it stood, and whether it was named.
   *
   * @type {{ hit: Hit | undefined, at: number, named: boolean, resolve: (choice: Choice | undefined | Promise<Choice | undefined>) => void } | undefined}
   */
  #meant;
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
    if (query !== this.#state.query) this.drop();
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

  /** Whether the hits are the whole answer to the text. What finds words comes later than the code that was typed, which is there at once. */
  get isSettled() {
    return isSettled(this.#state);
  }

  /**
   * Chooses a hit, as Enter does: the one that is named, the first where none is. While better hits may still come the choice waits
   * for them, and `state.taking` says so; another text, `drop` or another `take` takes it back.
   *
   * It is `sure` where the hit still stands where it stood, or is the very code that was typed. Where only billable codes are
   * searched for and a code that needs more was typed, the hit is that code, which is not billable: which of those below it is
   * meant is to be asked (see `Guide`), not guessed.
   *
   * @param {Hit} [hit] one of the hits that are there
   * @returns {Promise<Choice | undefined>} nothing where the choice was taken back, or nothing was found
   */
  take(hit) {
    this.drop();
    const { hits, query } = this.#state;
    const meant = { hit: hit ?? (this.#answered === query ? hits[0] : undefined), at: hit ? hits.indexOf(hit) : 0, named: hit !== undefined };
    if (this.isSettled) return this.#choiceOf(meant);
    return new Promise((resolve) => {
      this.#meant = { ...meant, resolve };
      this.#set({ taking: true });
    });
  }

  /** Takes back a choice that waits. */
  drop() {
    const meant = this.#meant;
    if (!meant) return;
    this.#meant = undefined;
    this.#set({ taking: false });
    meant.resolve(undefined);
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
        const awaited = this.#state.status === "shown" && !this.#state.complete;
        this.#prepared = await prepare(awaited ? await turn(AWAITED_SLICE_MS) : Math.max(SLICE_MS, await idle()));
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
    this.drop();
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
        this.#rest.worked();
        if (!this.#ended) this.search(this.#state.query);
      },
      (problem) => {
        this.#failure = asError(problem);
        this.#rest.failed();
        this.#set({ status: "failed", error: this.#failure });
      },
    );
  }

  /** Asks again for a source that failed, not before it has rested. */
  #reopen() {
    if (!this.#failure || !this.#opener || this.#ended) return;
    clearTimeout(this.#resting);
    const { left } = this.#rest;
    if (left > 0) {
      this.#resting = setTimeout(() => this.#reopen(), left);
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
      this.#answered = query;
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
    const next = { ...this.#state, ...changes };
    const meant = isSettled(next) ? this.#meant : undefined;
    if (meant) {
      this.#meant = undefined;
      next.taking = false;
    }
    this.#state = Object.freeze(next);
    for (const listener of this.#listeners) listener(this.#state);
    meant?.resolve(this.#choiceOf(meant));
  }

  /**
   * What a choice comes to, now that the hits are whole.
   *
   * @param {{ hit: Hit | undefined, at: number, named: boolean }} meant
   * @returns {Promise<Choice | undefined>}
   */
  async #choiceOf({ hit, at, named }) {
    const { hits, query } = this.#state;
    if (hits.length === 0) return undefined;
    const found = hits[at];
    const same = hit !== undefined && found?.system === hit.system && found.code === hit.code;
    if (named) return { hit: same ? found : hits[0], sure: same };
    try {
      const header = await this.#headerTyped();
      if (query !== this.#state.query) return undefined;
      return header ? { hit: header, sure: true } : { hit: found, sure: same || isTyped(query, found) };
    } catch {
      return { hit: found, sure: false };
    }
  }

  /** The code that was typed and needs more, where it is left out of the hits and more than one code below it is possible. */
  async #headerTyped() {
    const { query, total } = this.#state;
    if (!this.#source || !this.#options.billableOnly || total < 2 || !mayBeCode(query)) return undefined;
    const { hits } = await this.#source.search(query, { ...this.#options, billableOnly: undefined, limit: 1, offset: 0 });
    return isTyped(query, hits[0]) && !hits[0].billable ? hits[0] : undefined;
  }
}

/** Whether better hits can no longer come. @param {LookupState} state */
function isSettled({ status, complete, hits, query }) {
  return status !== "waiting" && (complete || isTyped(query, hits[0]));
}

/**
 * Waits until the page has nothing better to do, or for a moment where nobody tells.
 *
 * @returns {Promise<number>} for how many milliseconds it has nothing to do, as far as it knows
 */
function idle() {
  if (typeof requestIdleCallback !== "function") return turn(0);
  return new Promise((resolve) => requestIdleCallback((deadline) => resolve(deadline.timeRemaining()), { timeout: 200 }));
}

/**
 * Lets the page do what waits to be done: keys are answered between two slices.
 *
 * @param {number} milliseconds what it resolves to
 * @returns {Promise<number>}
 */
function turn(milliseconds) {
  return new Promise((resolve) => setTimeout(() => resolve(milliseconds)));
}

/** @param {unknown} problem */
function asError(problem) {
  return problem instanceof Error ? problem : new Error(String(problem));
}
