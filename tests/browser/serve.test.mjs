// The server as an intranet's would be asked: types, compressed copies, headers, and what it must not give away.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { CONTENT_SECURITY_POLICY, accepts, serve } from "../../tools/serve.mjs";

const PAGE = "<!doctype html><title>a page</title>";
const MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** @type {string} */
let folder;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "medcode-serve-"));
  const root = path.join(folder, "root");
  await mkdir(path.join(root, "below"), { recursive: true });
  await writeFile(path.join(folder, "secret.txt"), "outside");
  await writeFile(path.join(root, ".hidden"), "hidden");
  await writeFile(path.join(root, "index.html"), PAGE);
  await writeFile(path.join(root, "below/module.wasm"), MODULE);
  await writeFile(path.join(root, "below/module.wasm.br"), brotliCompressSync(MODULE));
  await writeFile(path.join(root, "below/module.wasm.gz"), gzipSync(MODULE));
  await writeFile(path.join(root, "stale.js"), "new");
  await writeFile(path.join(root, "stale.js.br"), brotliCompressSync("old"));
  await utimes(path.join(root, "stale.js.br"), 1, 1);
  await symlink(path.join(folder, "secret.txt"), path.join(root, "link.txt"));
  server = await serve({ root });
});

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/**
 * Asks for a path exactly as it is written; a browser or `fetch` would tidy it up first.
 *
 * @param {string} target
 * @param {http.RequestOptions} [options]
 * @returns {Promise<{ status: number | undefined, headers: http.IncomingHttpHeaders, body: Buffer }>}
 */
function ask(target, options = {}) {
  const { hostname, port } = new URL(server.url);
  return new Promise((done, failed) => {
    const request = http.request({ hostname, port, path: target, ...options }, (response) => {
      /** @type {Buffer[]} */
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () =>
        done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    request.on("error", failed);
    request.end();
  });
}

test("a page comes with the policy that keeps it to this server", async () => {
  const { status, headers, body } = await ask("/?q=1");
  assert.equal(status, 200);
  assert.equal(body.toString(), PAGE);
  assert.equal(headers["content-type"], "text/html; charset=utf-8");
  assert.equal(headers["content-security-policy"], CONTENT_SECURITY_POLICY);
  assert.doesNotMatch(CONTENT_SECURITY_POLICY, /unsafe-inline|'unsafe-eval'|\*|https?:/);
});

test("a module comes with its type, compressed as the browser asks", async () => {
  const plain = await ask("/below/module.wasm");
  assert.equal(plain.headers["content-type"], "application/wasm");
  assert.equal(plain.headers["content-encoding"], undefined);
  assert.deepEqual(plain.body, MODULE);
  assert.equal(plain.headers["content-security-policy"], undefined);
  const br = await ask("/below/module.wasm", { headers: { "accept-encoding": "gzip, deflate, br" } });
  assert.equal(br.headers["content-encoding"], "br");
  assert.equal(br.headers["content-type"], "application/wasm");
  assert.equal(br.headers.vary, "Accept-Encoding");
  assert.deepEqual(brotliDecompressSync(br.body), MODULE);
  const gzip = await ask("/below/module.wasm", { headers: { "accept-encoding": "br;q=0, gzip" } });
  assert.equal(gzip.headers["content-encoding"], "gzip");
  assert.deepEqual(gunzipSync(gzip.body), MODULE);
});

test("a compressed copy of an earlier build is not served", async () => {
  const { headers, body } = await ask("/stale.js", { headers: { "accept-encoding": "br" } });
  assert.equal(headers["content-encoding"], undefined);
  assert.equal(body.toString(), "new");
});

test("an unchanged file is not sent again", async () => {
  const { headers } = await ask("/index.html");
  const again = await ask("/index.html", { headers: { "if-none-match": headers.etag } });
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
  const head = await ask("/index.html", { method: "HEAD" });
  assert.equal(head.headers["content-length"], String(PAGE.length));
  assert.equal(head.body.length, 0);
});

for (const target of [
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/below/../../secret.txt",
  "/below/%2e%2e/%2e%2e/secret.txt",
  "/..\\secret.txt",
  "/%5c..%5csecret.txt",
  "/link.txt",
  "/.hidden",
  "/below",
  "/below/",
  "/%00",
  "/%",
  "//etc/passwd",
  "secret.txt",
  "/absent",
]) {
  test(`there is nothing at ${target}`, async () => {
    const { status, body } = await ask(target);
    // Some of these do not get past node's own parser, which answers 400.
    assert.ok(status === 404 || status === 400, String(status));
    assert.doesNotMatch(body.toString(), /outside|hidden|root:/);
  });
}

test("nothing but reading is answered", async () => {
  const { status, headers } = await ask("/index.html", { method: "POST" });
  assert.equal(status, 405);
  assert.equal(headers.allow, "GET, HEAD");
});

test("an encoding is used only where it is allowed", () => {
  for (const [header, token, allowed] of /** @type {[string | undefined, string, boolean][]} */ ([
    [undefined, "br", false],
    ["", "br", false],
    ["gzip, br", "br", true],
    ["gzip;q=1.0, br;q=0.5", "br", true],
    ["br;q=0", "br", false],
    ["br;q=0.000, *", "br", false],
    ["*", "gzip", true],
    ["*;q=0", "gzip", false],
    ["brotli", "br", false],
  ])) {
    assert.equal(accepts(header, token), allowed, String(header));
  }
});

test("a folder that was not built is said so", async () => {
  await assert.rejects(serve({ root: path.join(folder, "absent") }), /found no such folder: run \.\/build\.sh/);
});
