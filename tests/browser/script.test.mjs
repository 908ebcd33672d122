// What build.sh says of a wrong call of `serve`, before it builds anything.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** @param {string[]} args */
const serve = (...args) => {
  // With a program that ends at once in place of cargo, a build that begins all the same fails in another way.
  const env = { ...process.env, CARGO: "false", MEDCODE_OFFLINE: "1" };
  const { status, stderr } = spawnSync("./build.sh", ["serve", ...args], { cwd: root, env, encoding: "utf8" });
  return { status, said: stderr.trim() };
};

describe("build.sh serve", () => {
  it("refuses a port that is none", () => {
    const wrong = { "--port abc": "--port abc", "--port 99999": "--port 99999", "--port": "--port", "--port 80 81": "81", "--prot 80": "--prot 80" };
    for (const [args, found] of Object.entries(wrong)) {
      const sentence = `expected --port NUMBER or --root FOLDER, found '${found}'`;
      assert.deepEqual(serve(...args.split(" ")), { status: 2, said: sentence });
    }
  });

  it("refuses a port that another program has", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = String(typeof address === "object" ? address?.port : 0);
    const sentence = `port ${port} is in use by another program: name another one with --port`;
    const answer = serve("--port", port);
    other.close();
    assert.deepEqual(answer, { status: 2, said: sentence });
  });
});
