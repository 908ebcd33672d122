// The headless controller, in node: which answers count, when it prepares, what it forgets.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LookupController } from "../../www/controller.js";

/** @param {string} code @returns {any} */
const hit = (code) => ({ system: "icd10cm", code });
/** @param {string[]} codes @param {object} [more] */
const answer = (codes, more = {}) => ({ hits: codes.map(hit), total: codes.length, ...more });
/** @param {LookupController} controller */
const codes = (controller) => controller.state.hits.map(({ code }) => code);

describe("the controller", () => {
  it("shows at once what a source answers at once", () => {
    const controller = new LookupController({ search: (query) => /** @type {any} */ (answer([query])) });
    assert.equal(controller.state.status, "idle");
    controller.search("a");
    assert.deepEqual([controller.state.status, codes(controller)], ["shown", ["a"]]);
    controller.search("  ");
    assert.deepEqual([controller.state.status, codes(controller)], ["idle", []]);
  });

  it("lets only the latest answer count, and tells the source that nobody waits for the others", async () => {
    /** @type {{ query: string, resolve: (value: any) => void, signal?: AbortSignal }[]} */
    const asked = [];
    const controller = new LookupController({ search: (query, _, signal) => new Promise((resolve) => asked.push({ query, resolve, signal })) });
    controller.search("a");
    controller.search("ab");
    assert.equal(controller.state.status, "waiting");
    assert.deepEqual(asked.map(({ signal }) => signal?.aborted), [true, false]);
    asked[1].resolve(answer(["second"]));
    asked[0].resolve(answer(["first"]));
    await Promise.all(asked);
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(codes(controller), ["second"]);
  });

  it("takes a source that comes later, with what was typed meanwhile", async () => {
    const controller = new LookupController(Promise.resolve({ search: (/** @type {string} */ query) => /** @type {any} */ (answer([query])) }));
    controller.search("early");
    assert.equal(controller.state.status, "waiting");
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(codes(controller), ["early"]);
  });

  it("says why where there is no source, or where a search fails", async () => {
    const without = new LookupController(Promise.reject(new Error("no module")));
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual([without.state.status, without.state.error?.message], ["failed", "no module"]);
    const failing = new LookupController({ search: () => { throw new Error("refused"); } });
    failing.search("a");
    assert.deepEqual([failing.state.status, failing.state.error?.message], ["failed", "refused"]);
  });

  it("asks again for a source that failed, where it can, as the person types and not all the time", async () => {
    let asked = 0;
    const controller = new LookupController(() => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error("not yet")) : Promise.resolve({ search: (/** @type {string} */ query) => /** @type {any} */ (answer([query])) });
    });
    await new Promise((resolve) => setTimeout(resolve));
    for (const query of ["g", "go", "gou"]) controller.search(query);
    assert.deepEqual([asked, controller.state.status, controller.state.error?.message], [1, "failed", "not yet"]);
    await new Promise((resolve) => { controller.subscribe(({ status }) => status === "shown" && resolve(undefined)); });
    assert.deepEqual([asked, codes(controller)], [2, ["gou"]]);
    // A promise cannot be had again: it says why, for every text.
    const promised = new LookupController(Promise.reject(new Error("never")));
    await new Promise((resolve) => setTimeout(resolve));
    promised.search("a");
    assert.deepEqual([promised.state.query, promised.state.status, promised.state.error?.message], ["a", "failed", "never"]);
  });

  it("asks quickly first, prepares in idle moments, and asks again when all is open, unless the text is another", async () => {
    /** @type {any[]} */
    const asked = [];
    let slices = 0;
    const source = {
      /** @type {(query: string, options: any) => any} */
      search: (query, options) => {
        asked.push([query, options.quick ?? false]);
        return answer([options.quick ? "quick" : "whole"], { complete: !options.quick });
      },
      prepare: () => (slices += 1) === 3,
    };
    const controller = new LookupController(source);
    /** @type {string[][]} */
    const shown = [];
    controller.subscribe(() => shown.push(codes(controller)));
    controller.search("a");
    assert.deepEqual([codes(controller), controller.state.complete], [["quick"], false]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([slices, codes(controller), controller.state.complete], [3, ["whole"], true]);
    controller.search("b");
    assert.deepEqual(asked, [["a", true], ["a", false], ["b", false]]);
    assert.deepEqual(shown, [["quick"], ["whole"], ["whole"]]);
  });

  it("pages without forgetting, and notices when no more come", () => {
    const all = ["a", "b", "c"];
    /** @type {any[]} */
    const asked = [];
    const controller = new LookupController(
      { search: (_, options) => { asked.push(options); return /** @type {any} */ ({ hits: all.slice(options.offset, options.offset + options.limit).map(hit), total: 9 }); } },
      { pageSize: 2, systems: ["icd10cm"] },
    );
    controller.search("x");
    const [first] = controller.state.hits;
    controller.more();
    assert.deepEqual([codes(controller), controller.state.hits[0] === first], [["a", "b", "c"], true]);
    controller.more();
    assert.deepEqual([controller.hasMore, controller.state.total], [false, 3]);
    controller.more();
    assert.deepEqual(asked, [0, 2, 3].map((offset) => ({ systems: ["icd10cm"], limit: 2, offset })));
  });

  it("is silent once it is destroyed", async () => {
    /** @type {(value: any) => void} */
    let resolve = () => undefined;
    const controller = new LookupController({ search: () => new Promise((done) => { resolve = done; }) });
    let told = 0;
    controller.subscribe(() => { told += 1; });
    controller.search("a");
    controller.destroy();
    resolve(answer(["late"]));
    await new Promise((done) => setTimeout(done));
    assert.equal(told, 1);
  });
});
