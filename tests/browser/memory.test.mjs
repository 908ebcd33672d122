// What remains when fields come and go: heap, nodes and the module's memory, measured after garbage collection.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { start, stop, withHost } from "./browser.mjs";

before(start);
after(stop);

/** How often a field comes and goes. */
const ROUNDS = 200;

/** What may remain after all rounds: 2 kB for each, where one field kept alive holds some 40 kB. */
const HEAP_LEFT = ROUNDS * 2048;

/** Mounts a field, searches in it, takes it away. */
const round = async () => {
  const field = /** @type {any} */ (document.createElement("medcode-lookup"));
  field.setAttribute("label", "Diagnosis");
  field.setAttribute("systems", "icd10cm");
  document.body.append(field);
  field.search("fracture radius");
  for (let turn = 0; turn < 200 && !field.state?.hits.length; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  const hits = field.state?.hits.length ?? 0;
  field.remove();
  return hits;
};

/** @param {import("playwright-core").CDPSession} session @param {import("playwright-core").Page} page */
async function measure(session, page) {
  // Twice: what a finalizer lets go of in the first round goes in the second.
  for (let turn = 0; turn < 3; turn += 1) {
    await session.send("HeapProfiler.collectGarbage");
    await page.waitForTimeout(100);
  }
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  const memory = await page.evaluate(() => /** @type {any} */ (globalThis).memory.buffer.byteLength);
  return { heap: usedSize, nodes, listeners: jsEventListeners, memory };
}

describe("a field that comes and goes", () => {
  it(`leaves neither heap nor nodes nor listeners behind after ${ROUNDS} rounds, and the module does not grow`, () =>
    withHost(`<script type="module" src="element.js"></script>`, async (page) => {
      await page.evaluate(async () => {
        const { default: init } = await import(/** @type {any} */ ("./pkg/medcode.js"));
        const { load } = await import(/** @type {any} */ ("./medcode.js"));
        const medcode = await load({ systems: ["icd10cm"] });
        while (!medcode.prepare(50));
        Object.assign(globalThis, { memory: (await init()).memory });
      });
      const session = await page.context().newCDPSession(page);
      const rounds = (/** @type {number} */ times) =>
        page.evaluate(`(async () => { const round = ${round}; let hits = 0; for (let at = 0; at < ${times}; at += 1) hits += await round(); return hits; })()`);
      // What is made once and kept: style sheets, the compiled search, inline caches.
      await rounds(20);
      const before = await measure(session, page);
      assert.equal(await rounds(ROUNDS), ROUNDS * 20, "every field answered");
      const now = await measure(session, page);
      const left = { heap: now.heap - before.heap, nodes: now.nodes - before.nodes, listeners: now.listeners - before.listeners, memory: now.memory - before.memory };
      console.log(`# after ${ROUNDS} rounds: ${JSON.stringify(left)}; in all ${JSON.stringify(now)}`);
      assert.ok(left.heap < HEAP_LEFT, `heap: ${left.heap} bytes more`);
      assert.ok(left.nodes < ROUNDS / 2, `nodes: ${left.nodes} more`);
      assert.ok(left.listeners < ROUNDS / 2, `listeners: ${left.listeners} more`);
      // One page of WebAssembly memory is 64 kB: a search may once need more than those before it, not with every round.
      assert.ok(left.memory <= 16 * 65536, `memory of the module: ${left.memory} bytes more`);
    }));

  it("lives beside another copy of the script, each with a module of its own", () =>
    withHost(
      `<script src="medcode.inline.classic.js"></script><script src="keep.js"></script><script src="medcode.classic.js"></script>
       <medcode-lookup id="dx" label="Diagnosis" systems="icd10cm"></medcode-lookup>`,
      async (page) => {
        const found = await page.evaluate(async () => {
          const { first, Medcode } = /** @type {any} */ (globalThis);
          const [one, other] = [await first.load(), await Medcode.load()];
          const codes = [one, other].map((medcode) => medcode.search("e119").hits[0].code);
          const field = /** @type {any} */ (document.getElementById("dx"));
          await field.addCode("I10");
          return { codes, apart: one !== other && first.MedcodeLookup !== Medcode.MedcodeLookup, element: customElements.get("medcode-lookup") === first.MedcodeLookup, value: field.value };
        });
        assert.deepEqual(found, { codes: ["E11.9", "E11.9"], apart: true, element: true, value: "I10" });
      },
      { prepare: (page) => page.route("**/keep.js", (route) => route.fulfill({ contentType: "text/javascript", body: "globalThis.first = Medcode;" })) },
    ));
});
