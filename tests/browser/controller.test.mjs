// The headless controller, in node: which answers count, when it prepares, what it forgets.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LookupController } from "../../www/controller.js";

/** @param {string} code @returns {any} */
const hit = (code) => ({ system: "icd10cm", code, plainCode: code.toUpperCase() });
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

  it("takes a hit only when no better one can come: the first if it still is, the code that was typed, never one that nobody has seen", async () => {
    /** @type {string[]} */
    let early = [];
    /** @type {string[]} */
    let whole = [];
    let isWhole = () => {};
    /** @type {any} */
    const source = {
      search: (/** @type {string} */ _, /** @type {any} */ { quick }) => answer(quick ? early : whole, { complete: !quick }),
      prepare: () => new Promise((resolve) => { isWhole = () => resolve(true); }),
    };
    const begin = async (/** @type {string} */ query, /** @type {string[]} */ first, /** @type {string[]} */ then) => {
      [early, whole] = [first, then];
      const controller = new LookupController(source);
      controller.search(query);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return controller;
    };
    const come = async (/** @type {Promise<any>} */ taken) => {
      isWhole();
      const choice = await taken;
      return choice && [choice.hit.code, choice.sure];
    };

    let controller = await begin("words", ["b", "c"], ["b", "d"]);
    let taken = controller.take();
    assert.deepEqual([controller.state.taking, controller.isSettled], [true, false]);
    assert.deepEqual(await come(taken), ["b", true]);
    assert.deepEqual([controller.state.taking, await come(controller.take())], [false, ["b", true]], "at once where the list is whole");

    controller = await begin("words", ["b", "c"], ["a", "b"]);
    assert.deepEqual(await come(controller.take()), ["a", false], "another has come before it");
    controller = await begin("words", [], ["a"]);
    assert.deepEqual(await come(controller.take()), ["a", false], "nobody has seen any");
    controller = await begin("b", ["z"], ["b"]);
    assert.deepEqual(await come(controller.take()), ["b", true], "a code that was typed is meant");
    controller = await begin("words", ["b", "c"], ["a", "c"]);
    assert.deepEqual(await come(controller.take(controller.state.hits[1])), ["c", true], "a hit that is named stays where it was");
    controller = await begin("words", [], []);
    assert.equal(await come(controller.take()), undefined);

    controller = await begin("words", ["b"], ["b"]);
    taken = controller.take();
    controller.search("words and more");
    assert.deepEqual([await taken, controller.state.taking], [undefined, false], "another text takes it back");
    taken = controller.take();
    controller.drop();
    assert.equal(await taken, undefined);
    taken = controller.take();
    controller.destroy();
    assert.equal(await taken, undefined);
  });

  it("takes the code itself that was typed and needs more, where only billable ones are found", async () => {
    const below = [hit("a1"), hit("a2")].map((each) => ({ ...each, plainCode: each.code.toUpperCase(), billable: true }));
    const header = { ...hit("A"), plainCode: "A1B", code: "A1.B", billable: false };
    /** @type {any} */
    const source = { search: (/** @type {string} */ query, /** @type {any} */ { billableOnly }) => ({ hits: billableOnly ? below : [header], total: 2 }) };
    const controller = new LookupController(source, { billableOnly: true });
    controller.search("a1.b");
    assert.deepEqual(await controller.take(), { hit: header, sure: true });
    controller.search("a1 b");
    assert.deepEqual(await controller.take(), { hit: below[0], sure: true }, "words are no code");
    controller.search("a1.b");
    assert.deepEqual(await controller.take(controller.state.hits[1]), { hit: below[1], sure: true }, "what is named is meant");
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
