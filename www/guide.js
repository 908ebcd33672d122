// From many codes to one by a few questions, without a page: which question is open, what was answered, what is left.
//
// It begins at a code that needs more (`refine` of the source) or at a query that finds too much (`facets` and `search`). The page,
// the element and a component of any framework draw its states alike.

/**
 * @typedef {import("./medcode.js").Concept} Concept
 * @typedef {import("./pkg/medcode.js").Facet} Facet
 * @typedef {import("./pkg/medcode.js").Refinement} Refinement
 * @typedef {import("./medcode.js").SearchOptions} SearchOptions
 * @typedef {import("./medcode.js").SearchResult} SearchResult
 *
 * What answers: the module, or the client of a worker.
 * @typedef {{
 *   search?: (query: string, options?: any) => SearchResult | Promise<SearchResult>,
 *   facets?: (query: string, options?: any) => Facet[] | Promise<Facet[]>,
 *   refine?: (code: string, options?: any) => Refinement | undefined | Promise<Refinement | undefined>,
 * }} Asked
 *
 * Where to begin: a code, or a query with the options of its search.
 * @typedef {{ code: string, system?: string, date?: string } | { query: string, options?: SearchOptions }} Beginning
 *
 * `question` is the one to ask now, absent where one code is left or nothing tells the codes apart; `others` may be asked
 * instead; `answers` are those given, in their order; `total` is how many codes are possible, at least; `codes` are the first of them.
 * @typedef {{
 *   question: Facet | undefined,
 *   others: Facet[],
 *   answers: { axis: string, title: string, value: string, label: string }[],
 *   total: number,
 *   codes: ReadonlyArray<Concept>,
 * }} GuideState
 */

/** How many of the codes that are possible are listed. */
const LISTED = 10;

/** A question that fewer than one in so many of the codes answer is none: most people would only pass it by. */
const ANSWERED_BY_ONE_IN = 5;

/**
 * The questions that are worth asking, in their order.
 *
 * @param {ReadonlyArray<Facet>} facets
 * @returns {Facet[]}
 */
export function worthAsking(facets) {
  const open = facets.filter(({ values }) => values.length > 1);
  const telling = open.filter(({ values }) => {
    const sum = (/** @type {Facet["values"]} */ some) => some.reduce((total, { count }) => total + count, 0);
    return sum(values.filter(({ value }) => value !== "unspecified")) * ANSWERED_BY_ONE_IN >= sum(values);
  });
  return telling.length > 0 ? telling : open;
}

/** @type {GuideState} */
const NOTHING = Object.freeze({ question: undefined, others: [], answers: [], total: 0, codes: [] });

export class Guide {
  #source;
  #beginning;
  #state = NOTHING;
  /** What was sent with every answer: answers, and what followed from them. @type {{ chosen: Record<string, string>, answers: GuideState["answers"] }[]} */
  #steps = [{ chosen: {}, answers: [] }];

  /**
   * @param {Asked} source
   * @param {Beginning} beginning
   */
  constructor(source, beginning) {
    this.#source = source;
    this.#beginning = beginning;
  }

  /** What is to be shown now. */
  get state() {
    return this.#state;
  }

  /** Asks the first question. @returns {Promise<GuideState>} */
  begin() {
    this.#steps.length = 1;
    return this.#ask();
  }

  /**
   * Answers a question, the one that is asked or one of the others.
   *
   * @param {string} axis
   * @param {string} value
   * @returns {Promise<GuideState>}
   */
  answer(axis, value) {
    const facet = [this.#state.question, ...this.#state.others].find((each) => each?.axis === axis);
    const label = facet?.values.find((each) => each.value === value)?.label ?? value;
    const { chosen, answers } = this.#steps[this.#steps.length - 1];
    // A second answer on one axis is the finer one: `S52.50`, then `S52.501`.
    const kept = answers.filter((each) => each.axis !== axis);
    this.#steps.push({ chosen: { ...chosen, ...this.#followed, [axis]: value }, answers: [...kept, { axis, title: facet?.title ?? axis, value, label }] });
    return this.#ask();
  }

  /** Takes the last answer back, if there is one. @returns {Promise<GuideState>} */
  back() {
    if (this.#steps.length > 1) this.#steps.pop();
    return this.#ask();
  }

  /**
   * Asks another of the open questions now.
   *
   * @param {string} axis
   * @returns {GuideState}
   */
  ask(axis) {
    const { question, others } = this.#state;
    const wanted = others.find((each) => each.axis === axis);
    if (wanted) {
      const rest = others.filter((each) => each !== wanted);
      this.#state = Object.freeze({ ...this.#state, question: wanted, others: question ? [question, ...rest] : rest });
    }
    return this.#state;
  }

  /** What followed from the answers by itself. @type {Record<string, string>} */
  #followed = {};

  async #ask() {
    const { chosen, answers } = this.#steps[this.#steps.length - 1];
    const beginning = this.#beginning;
    if ("query" in beginning) {
      const options = { ...beginning.options, ...(Object.keys(chosen).length > 0 ? { chosen } : {}) };
      const [facets, found] = await Promise.all([this.#source.facets?.(beginning.query, options), this.#source.search?.(beginning.query, { ...options, limit: LISTED })]);
      // A question with one answer left is none; and what was answered is asked again only where a finer answer exists.
      const [question, ...others] = worthAsking((facets ?? []).filter(({ axis }) => !(axis in chosen)));
      this.#state = Object.freeze({ question, others, answers, total: found?.total ?? 0, codes: found?.hits ?? [] });
    } else {
      const { code, system, date } = beginning;
      const answer = await this.#source.refine?.(code, { system, date, chosen, limit: LISTED });
      this.#followed = answer?.chosen ?? {};
      this.#state = answer
        ? Object.freeze({ question: answer.next, others: answer.open.filter(({ axis, values }) => axis !== answer.next?.axis && values.length > 1), answers, total: answer.total, codes: answer.codes })
        : Object.freeze({ ...NOTHING, answers });
    }
    return this.#state;
  }
}

/**
 * How an answer reads beside the others: a code is set apart from its title.
 *
 * @param {{ value: string, label: string }} answer
 * @returns {{ code: string | undefined, text: string }}
 */
export function partsOf({ value, label }) {
  // Codes of some systems have categories without a title: their label is the code alone.
  const isCode = /^(?=.*\d)[0-9A-Z]{3}[0-9A-Z.]*$/.test(value) && `${label} `.startsWith(`${value} `);
  return isCode ? { code: value, text: label.slice(value.length + 1) || "and what begins so" } : { code: undefined, text: label };
}
