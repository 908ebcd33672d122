// The module in a worker. `medcode.worker.js` is this file with all it needs in one, so that a server can give that one file
// a policy of its own.

import { load } from "./medcode.js";

/**
 * @typedef {{ id: number, method: string, args: unknown[] }} Question
 */

/** The module itself begins at once; which packs are needed is said by whoever asks. */
const opened = load({ systems: [] });
opened.catch(() => undefined);

/**
 * Answers the questions that come through a port, in their order.
 *
 * @param {{ postMessage: (message: unknown) => void, addEventListener: (name: "message", listener: (event: MessageEvent<Question>) => void) => void }} port
 */
function serve(port) {
  port.addEventListener("message", async ({ data: { id, method, args } }) => {
    try {
      const medcode = await opened;
      const methods = methodsOf(medcode);
      if (method === "ready" || method === "need") {
        /** @type {string[]} */
        const problems = [];
        const [systems] = /** @type {[string[] | undefined]} */ (args);
        await load({ systems, onProblem: (problem) => problems.push(problem) });
        return port.postMessage({ id, result: { methods, problems } });
      }
      if (!methods.includes(method)) throw new Error(`expected a method of Medcode, found '${method}'`);
      port.postMessage({ id, result: /** @type {any} */ (medcode)[method](...args) });
    } catch (problem) {
      const { name, message, code } = /** @type {Error & { code?: string }} */ (problem);
      port.postMessage({ id, error: { name, message, ...(code === undefined ? {} : { code }) } });
    }
  });
}

/**
 * What can be asked from elsewhere: not what gives the module back, nor what needs a page.
 *
 * @param {object} medcode
 */
function methodsOf(medcode) {
  const prototype = Object.getPrototypeOf(medcode);
  return Object.getOwnPropertyNames(prototype).filter((name) => typeof prototype[name] === "function" && !/^(constructor|free|showHits|__.*)$/.test(name));
}

const scope = /** @type {any} */ (globalThis);
if ("onconnect" in scope) {
  // A SharedWorker: one module for every page of the same server.
  scope.addEventListener("connect", (/** @type {MessageEvent} */ event) => {
    serve(event.ports[0]);
    event.ports[0].start();
  });
} else {
  serve(scope);
}
