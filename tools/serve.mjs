// Serves a folder on this machine, as a small intranet server would: right types, compressed copies, a strict CSP.
//
//   node tools/serve.mjs [--root dist] [--port 8080]
//   node tools/serve.mjs --check [--port 8080]          only says whether it could: before a build that takes minutes

import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** @type {Record<string, string>} */
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".medcode": "application/octet-stream",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=utf-8",
  ".ts": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=utf-8",
};

/**
 * What a page may do: run its own scripts and WebAssembly, and talk to nobody but this server. Framing by the
 * same origin stays allowed because an intranet page embeds the search that way.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** The compressed copies that the build writes beside a file, the smaller first. */
const ENCODINGS = [
  { token: "br", suffix: ".br" },
  { token: "gzip", suffix: ".gz" },
];

/**
 * Whether an Accept-Encoding header allows an encoding: named, or by `*`, and not with `q=0`.
 *
 * @param {string | undefined} header
 * @param {string} token
 */
export function accepts(header, token) {
  let byStar = false;
  for (const item of (header ?? "").split(",")) {
    const [name, ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    if (name === token) return !refused;
    if (name === "*") byStar = !refused;
  }
  return byStar;
}

/**
 * The file that a request path means, or nothing where it leads outside the root or to no file.
 *
 * @param {string} root an absolute path without symbolic links
 * @param {string} target the request target, as received
 */
async function resolve(root, target) {
  let name;
  try {
    name = decodeURIComponent(target.split(/[?#]/, 1)[0]);
  } catch {
    return undefined;
  }
  // Backslashes and colons mean folders and drives on Windows; a hidden file is nobody's business.
  const segments = name.split("/");
  if (!name.startsWith("/") || /[\0\\:]/.test(name) || segments.some((segment) => segment.startsWith("."))) {
    return undefined;
  }
  const wanted = path.join(root, name.endsWith("/") ? `${name}index.html` : name);
  try {
    const file = await realpath(wanted);
    const inside = file.startsWith(root + path.sep);
    return inside && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {http.IncomingMessage} request
 * @param {http.ServerResponse} response
 */
async function answer(root, request, response) {
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  const refuse = (/** @type {number} */ status, /** @type {string} */ sentence) => {
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
    response.end(`${sentence}\n`);
  };
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(405, "only GET and HEAD are answered here");
  }
  const file = await resolve(root, request.url ?? "/");
  if (!file) return refuse(404, "there is no such file here");

  const type = TYPES[path.extname(file)] ?? "application/octet-stream";
  response.setHeader("Content-Type", type);
  response.setHeader("Vary", "Accept-Encoding");
  // Every file is asked for again, so that a page and its module are never of two builds.
  response.setHeader("Cache-Control", "no-cache");
  if (type.startsWith("text/html")) response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);

  let chosen = file;
  for (const { token, suffix } of ENCODINGS) {
    if (!accepts(request.headers["accept-encoding"], token)) continue;
    const copy = await stat(file + suffix).catch(() => undefined);
    // A copy older than its file is of an earlier build.
    if (copy?.isFile() && copy.mtimeMs >= (await stat(file)).mtimeMs) {
      response.setHeader("Content-Encoding", token);
      chosen = file + suffix;
      break;
    }
  }
  const { size, mtimeMs } = await stat(chosen);
  const tag = `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}${path.extname(chosen)}"`;
  response.setHeader("ETag", tag);
  if (request.headers["if-none-match"] === tag) {
    response.writeHead(304);
    return response.end();
  }
  response.setHeader("Content-Length", size);
  response.writeHead(200);
  if (request.method === "HEAD") return response.end();
  createReadStream(chosen).on("error", () => response.destroy()).pipe(response);
}

/**
 * Starts a server on 127.0.0.1.
 *
 * @param {{ root?: string, port?: number }} [options] the folder (`dist`, or what `MEDCODE_DIST` names) and the
 *   port (0, which is the default, takes a free one)
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ root = process.env.MEDCODE_DIST ?? "dist", port = 0 } = {}) {
  const folder = await realpath(root).catch(() => {
    throw new Error(`expected the built page in ${path.resolve(root)}, found no such folder: run ./build.sh`);
  });
  const server = http.createServer((request, response) => {
    answer(folder, request, response).catch(() => response.destroy());
  });
  await new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => done(undefined));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** @param {string[]} args */
function options(args) {
  /** @type {{ root?: string, port: number }} */
  const found = { port: 8080 };
  for (let at = 0; at < args.length; at += 2) {
    const [name, value] = [args[at], args[at + 1]];
    if (name === "--port" && /^\d{1,5}$/.test(value ?? "") && Number(value) < 65536) found.port = Number(value);
    else if (name === "--root" && value !== undefined) found.root = value;
    else throw new Error(`expected --port NUMBER or --root FOLDER, found '${[name, value ?? ""].join(" ").trim()}'`);
  }
  return found;
}

if (process.argv[1] && import.meta.url === pathToFileURL(await realpath(process.argv[1])).href) {
  try {
    const [first, ...rest] = process.argv.slice(2);
    if (first === "--check") {
      // Any folder will do: the one to be served is still to be built.
      const { close } = await serve({ ...options(rest), root: "." });
      await close();
    } else {
      const { url } = await serve(options(process.argv.slice(2)));
      console.log(`serving on ${url} (Ctrl+C ends it)`);
    }
  } catch (error) {
    const busy = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    const sentence = error instanceof Error ? error.message : String(error);
    const port = busy && "port" in error ? error.port : "";
    console.error(busy ? `port ${port} is in use by another program: name another one with --port` : sentence);
    process.exitCode = 2;
  }
}
