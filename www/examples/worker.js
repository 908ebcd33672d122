import { open } from "../index.js";

// The page never waits, and may have a policy that forbids WebAssembly: the worker's file has its own.
const medcode = await open({ way: "worker" });
const { hits } = await medcode.search("walker", { limit: 3 });
export const output = hits.map(({ code, display }) => `${code} ${display}`).join("\n");
