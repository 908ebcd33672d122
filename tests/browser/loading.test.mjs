// Every way of loading under every policy and server that EMRs really have: one test per cell of the matrix.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "node:test";
import { says, start, stop, withHost, withPage } from "./browser.mjs";

before(start);
after(stop);

/** @typedef {"module" | "open" | "classic" | "worker" | "inline module" | "inline classic" | "element"} WayName */

/**
 * The ways. Each runs in the page and gives the first code for `e119`.
 *
 * @type {Record<WayName, () => Promise<string>>}
 */
const WAYS = {
  module: async () => {
    const { load } = await import(/** @type {any} */ ("./medcode.js"));
    return (await load()).search("e119").hits[0].code;
  },
  open: async () => {
    const { open } = await import(/** @type {any} */ ("./open.js"));
    return (await (await open()).search("e119")).hits[0].code;
  },
  classic: async () => {
    const { Medcode } = /** @type {any} */ (globalThis);
    return (await Medcode.load()).search("e119").hits[0].code;
  },
  worker: async () => {
    const { open } = await import(/** @type {any} */ ("./open.js"));
    const client = await open({ way: "worker" });
    const { hits } = await client.search("e119");
    client.terminate();
    return hits[0].code;
  },
  "inline module": async () => {
    const { load } = await import(/** @type {any} */ ("./medcode.inline.js"));
    return (await load()).search("e119").hits[0].code;
  },
  "inline classic": async () => {
    const { inlineMedcode } = /** @type {any} */ (globalThis);
    return (await inlineMedcode.load()).search("e119").hits[0].code;
  },
  element: async () => {
    await import(/** @type {any} */ ("./element.js"));
    const field = /** @type {any} */ (document.body.appendChild(document.createElement("medcode-lookup")));
    field.search("e119");
    while (!field.state?.hits.length) {
      if (field.state?.error) throw field.state.error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return field.state.hits[0].code;
  },
};

const BLOCKED = /CompileError|unsafe-eval|Content Security Policy|violates/;

/** What each column is, and which ways cannot work there by the rules of the web. */
const COLUMNS = /** @type {Record<string, { policy?: string, mime?: string, blocked?: WayName[] }>} */ ({
  "over http without a policy": {},
  "under default-src 'self'": { policy: "default-src 'self'", blocked: ["module", "classic", "inline module", "inline classic"] },
  "with 'wasm-unsafe-eval'": { policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" },
  "with blob: and data: as well": { policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' data:" },
  "from a server that names the wrong type": { mime: "text/plain" },
});

/** Two classic scripts: the second takes another name, as two plug-ins on one page would. */
const SCRIPTS = `<script src="medcode.inline.classic.js"></script><script src="keep-inline.js"></script><script src="medcode.classic.js"></script>`;

for (const [column, { policy, mime, blocked = [] }] of Object.entries(COLUMNS)) {
  describe(column, () => {
    /** @type {Record<string, string>} */
    const found = {};
    before(() =>
      withHost(
        SCRIPTS,
        async (page) => {
          for (const [name, way] of Object.entries(WAYS)) {
            found[name] = await page.evaluate(`(${String(way)})().catch((problem) => problem.name + ": " + problem.message)`);
          }
        },
        {
          headers: policy ? { "content-security-policy": policy } : {},
          allowed: policy && blocked.length > 0 ? BLOCKED : undefined,
          prepare: async (page) => {
            await page.route("**/keep-inline.js", (route) => route.fulfill({ contentType: "text/javascript", body: "globalThis.inlineMedcode = Medcode;" }));
            if (mime) {
              await page.route("**/*.wasm", async (route) => {
                const response = await route.fetch({ headers: { "accept-encoding": "identity" } });
                await route.fulfill({ body: await response.body(), headers: { "content-type": mime } });
              });
            }
          },
        },
      ),
    );
    for (const name of /** @type {WayName[]} */ (Object.keys(WAYS))) {
      if (blocked.includes(name)) it(`${name} is refused, and says so`, () => assert.match(found[name], BLOCKED));
      else it(`${name} searches`, () => assert.equal(found[name], "E11.9"));
    }
  });
}

/** What the diagnosis must find not working in each column, by the rules of the web. @type {Record<string, string[]>} */
const FAILING = {
  "over http without a policy": [],
  "under default-src 'self'": ["wasm", "streaming", "data", "blob"],
  "with 'wasm-unsafe-eval'": ["data", "blob"],
  "with blob: and data: as well": [],
  "from a server that names the wrong type": ["streaming"],
};

describe("the diagnosis in every column", () => {
  for (const [column, { policy, mime }] of Object.entries(COLUMNS)) {
    const failing = FAILING[column];
    it(`${column}: ${failing.length === 0 ? "everything works" : `all but ${failing.join(", ")}`}`, () =>
      withPage(
        async (page) => {
          assert.deepEqual(await page.locator("[data-works=false]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-way"))), failing);
        },
        {
          hash: "diagnosis.html",
          ready: "html[data-ready]",
          allowed: failing.length > 0 ? /CompileError|unsafe-eval|Content Security Policy|violates|MIME/ : undefined,
          prepare: async (page) => {
            await page.route("**/diagnosis.html", async (route) => {
              const response = await route.fetch();
              const { "content-security-policy": _, ...headers } = response.headers();
              await route.fulfill({ response, headers: policy ? { ...headers, "content-security-policy": policy } : headers });
            });
            if (mime) {
              await page.route("**/*.wasm", async (route) => {
                const response = await route.fetch({ headers: { "accept-encoding": "identity" } });
                await route.fulfill({ body: await response.body(), headers: { "content-type": mime } });
              });
            }
          },
        },
      ));
  }
});

describe("where things are stricter still", () => {
  it("the worker file under the page's own policy is refused, and says so", () =>
    withHost(
      "",
      async (page) => {
        const way = String(WAYS.worker);
        assert.match(await page.evaluate(`(${way})().then((code) => code, (problem) => problem.message)`), BLOCKED);
      },
      {
        headers: { "content-security-policy": "default-src 'self'" },
        allowed: BLOCKED,
        prepare: (page) => page.route("**/medcode.worker.js", async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": "default-src 'self'" } });
        }),
      },
    ));

  it("over plain http from an intranet, which is no secure context, the page and every way but the service worker work", () => {
    const folder = path.resolve(process.env.MEDCODE_DIST ?? "dist");
    const types = /** @type {Record<string, string>} */ ({ ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json", ".svg": "image/svg+xml" });
    return withPage(
      async (page) => {
        assert.equal(await page.evaluate(() => isSecureContext), false);
        await page.locator("#query").fill("e119");
        await page.locator('#results [data-code="E11.9"]').waitFor();
        for (const name of /** @type {WayName[]} */ (["module", "open", "worker", "inline module", "element"])) {
          assert.equal(await page.evaluate(`(${String(WAYS[name])})().catch((problem) => problem.name + ": " + problem.message)`), "E11.9", name);
        }
      },
      {
        hash: "http://codes.intranet.example/medcode/index.html",
        // The page's own policy takes no script address that is a plain text, which is how a host would import these.
        prepare: (page) => page.route("http://codes.intranet.example/medcode/**", async (route) => {
          const name = decodeURIComponent(new URL(route.request().url()).pathname.slice("/medcode/".length));
          let body = await readFile(path.join(folder, name)).catch(() => undefined);
          if (!body) return route.fulfill({ status: 404, body: "" });
          if (name === "index.html") body = Buffer.from(String(body).replace("; require-trusted-types-for 'script'", ""));
          await route.fulfill({ body, contentType: types[path.extname(name)] ?? "application/octet-stream" });
        }),
      },
    );
  });
});

describe("from a file, with the network blocked", () => {
  const folder = path.resolve(process.env.MEDCODE_DIST ?? "dist");
  /** @param {string} name @param {(page: import("playwright-core").Page, requests: string[]) => Promise<void>} test @param {RegExp} [allowed] */
  const fromFile = (name, test, allowed) =>
    withPage(test, { allowed, hash: pathToFileURL(path.resolve(folder, name)).href, ready: "body", prepare: (page) => page.route(/^(?!file:)/, (route) => (route.request().url().startsWith("blob:") || route.request().url().startsWith("data:") ? route.continue() : route.abort())) });

  it("medcode.html opens, searches every system, shows details, validates and checks", () =>
    fromFile("medcode.html", async (page, requests) => {
      await page.locator("#systems button").first().waitFor();
      const systems = await page.locator("#systems button").allTextContents();
      for (const title of ["ICD-10-CM", "ICD-10-PCS", "ICD-9-CM diagnoses", "ICD-9-CM procedures"]) assert.ok(systems.includes(title), title);
      for (const [query, code] of [["type 2 diabetes without complications", "E11.9"], ["0DTJ4ZZ", "0DTJ4ZZ"], ["250.00", "250.00"]]) {
        await page.locator("#query").fill(query);
        await page.locator("#results .code").first().waitFor();
        assert.equal(await page.locator("#results .code").first().textContent(), code);
      }
      await page.keyboard.press("Enter");
      await page.locator("#concept-title").waitFor();
      await page.locator("#tab-check").click();
      await page.locator("#codes").fill("W21.89A");
      await page.locator(".fixes button", { hasText: "W21.89XA" }).waitFor();
      assert.deepEqual(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")), []);
    }));

  it("the page and its documentation say what to open in their place", async () => {
    const allowed = /CORS|ERR_FAILED|Failed to load|URL scheme|access|Not allowed/;
    await fromFile("index.html", async (page) => {
      await says(page.locator("#details"), /From a disk .* open medcode\.html/);
      assert.equal(await page.locator("#details .hint").count(), 1, "one line for both cases");
    }, allowed);
    await fromFile("docs.html", async (page) => {
      await says(page.locator("#from-disk"), /^Opened from a disk, this page shows its text only/);
      assert.equal(await page.locator("#from-server").isHidden(), true, "nothing beside it says the contrary");
      assert.equal(await page.locator("#loaded").textContent(), "");
    }, allowed);
  });

  it("inline classic searches in a page of somebody else, and so does the element", async () => {
    const place = await mkdtemp(path.join(tmpdir(), "medcode-"));
    const script = pathToFileURL(path.join(folder, "medcode.inline.classic.js")).href;
    await writeFile(path.join(place, "host.html"), `<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title><body><script src="${script}"></script>`);
    try {
      await fromFile(path.join(place, "host.html"), async (page) => {
        assert.equal(await page.evaluate(async () => (await /** @type {any} */ (globalThis).Medcode.load()).search("e119").hits[0].code), "E11.9");
        const way = String(WAYS.element).replace(/await import\([^;]*;/, "");
        assert.equal(await page.evaluate(`(${way})()`), "E11.9");
      });
      const without = `<script src="${script.replace(".inline", "")}"></script><medcode-lookup id="dx" label="Code"></medcode-lookup>`;
      await writeFile(path.join(place, "without.html"), `<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title><body>${without}`);
      await fromFile(path.join(place, "without.html"), async (page) => {
        await page.locator("#dx").getByRole("combobox").pressSequentially("gout");
        await says(page.locator("#dx .note"), /may not read the files beside it; medcode\.inline\.classic\.js has them inside/);
      }, /CORS|ERR_FAILED|Failed to load|URL scheme|access/);
    } finally {
      await rm(place, { recursive: true });
    }
  });
});

describe("what is loaded", () => {
  it("gives one global name, and two copies live on one page", () =>
    withHost(`<script>globalThis.before = Object.keys(globalThis)</script><script src="medcode.classic.js"></script><script src="medcode.classic.js"></script>`, async (page) => {
      const added = await page.evaluate(() => {
        const { before } = /** @type {any} */ (globalThis);
        return Object.keys(globalThis).filter((name) => !before.includes(name) && name !== "before");
      });
      assert.deepEqual(added, ["Medcode"]);
      assert.equal(await page.evaluate(async () => (await /** @type {any} */ (globalThis).Medcode.load()).lookup("I10").code), "I10");
    }));

  it("answers only the latest of many searches in the worker, and hands packs over", () =>
    withHost("", async (page) => {
      const outcome = await page.evaluate(async () => {
        const { MedcodeWorker } = await import(/** @type {any} */ ("./client.js"));
        const client = new MedcodeWorker("./medcode.worker.js");
        await client.ready;
        const text = "type 2 diabetes mellitus";
        const answers = await Promise.allSettled([...text].map((_, at) => client.search(text.slice(0, at + 1), { limit: 1 })));
        const list = await (await fetch("packs/packs.json")).json();
        const bytes = await (await fetch(`packs/${Object.values(list)[0]}`)).arrayBuffer();
        await client.addPack(bytes);
        const refused = await client.addPack(new Uint8Array([1, 2, 3])).catch((/** @type {any} */ problem) => problem);
        const late = new AbortController();
        late.abort();
        const aborted = await client.search("x", {}, late.signal).catch((/** @type {any} */ problem) => problem.name);
        client.terminate();
        const ended = await client.lookup("I10").catch((/** @type {any} */ problem) => problem.message);
        return {
          fulfilled: answers.filter(({ status }) => status === "fulfilled").length,
          last: answers.at(-1)?.status,
          reasons: [...new Set(answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason.name] : [])))],
          transferred: bytes.byteLength,
          refused: [refused.name, refused.code],
          aborted,
          ended,
        };
      });
      assert.deepEqual(outcome, { fulfilled: 2, last: "fulfilled", reasons: ["AbortError"], transferred: 0, refused: ["MedcodeError", "NOT_AN_INDEX"], aborted: "AbortError", ended: "the worker has ended" });
    }));

  it("answers two clients of one shared worker", () =>
    withHost("", async (page) => {
      const found = await page.evaluate(async () => {
        const { MedcodeWorker } = await import(/** @type {any} */ ("./client.js"));
        const clients = [0, 1].map(() => new MedcodeWorker(new SharedWorker("./medcode.worker.js").port));
        await Promise.all(clients.map(({ ready }) => ready));
        const answers = await Promise.all(clients.map((client, at) => client.lookup(["I10", "E11.9"][at])));
        const refused = await clients[0].call("free", []).catch((/** @type {Error} */ problem) => problem.message);
        clients.forEach((client) => client.terminate());
        return [...answers.map(({ code }) => code), refused];
      });
      assert.deepEqual(found, ["I10", "E11.9", "expected a method of Medcode, found 'free'"]);
    }));

  it("reads its files in node", async () => {
    const { load } = await import(pathToFileURL(path.resolve(process.env.MEDCODE_DIST ?? "dist", "node.js")).href);
    const medcode = await load();
    assert.equal(medcode.search("e119").hits[0].code, "E11.9");
    assert.equal(medcode.lookup("0DTJ4ZZ", { system: "icd10pcs" }).code, "0DTJ4ZZ");
  });

  it("can be imported where there is no document", async () => {
    for (const name of ["element.js", "index.js", "attach.js"]) await import(pathToFileURL(path.resolve(process.env.MEDCODE_DIST ?? "dist", name)).href);
  });

  it("says why where the worker file is not there", () =>
    withHost("", async (page) => {
      const message = await page.evaluate(async () => {
        const { open } = await import(/** @type {any} */ ("./open.js"));
        return open({ way: "worker", worker: "./nothing.js" }).catch((/** @type {Error} */ problem) => problem.message);
      });
      assert.match(message, /the worker did not start/);
    }, { allowed: /404/ }));
});

describe("the element while something cannot be had", () => {
  const FIELD = (/** @type {string} */ attributes) => `<script type="module" src="element.js"></script><form id="form"><medcode-lookup id="dx" name="dx" label="Code" ${attributes}></medcode-lookup></form>`;
  const status = { allowed: /status of 503/ };
  /** @param {import("playwright-core").Page} page */
  const box = (page) => page.locator("#dx").getByRole("combobox");
  /** @param {import("playwright-core").Page} page */
  const note = (page) => page.locator("#dx .note:not([hidden])");
  /** @param {import("playwright-core").Page} page @param {string} code */
  const found = (page, code) => page.locator(`#dx [role=option][data-code="${code}"]`).waitFor();
  const failing = (/** @type {import("playwright-core").Page} */ page, /** @type {string} */ files) => page.route(files, (route) => route.fulfill({ status: 503, body: "" }));

  it("says why the module is not there, asks again as the person types, and keeps what it was given meanwhile", () =>
    withHost(FIELD(`value="E11.9"`), async (page) => {
      await box(page).pressSequentially("gout");
      await says(note(page), /could not be loaded: the server answered with error 503/);
      const sent = () => page.evaluate(() => new FormData(/** @type {HTMLFormElement} */ (document.getElementById("form"))).get("dx"));
      assert.equal(await sent(), "E11.9");
      await page.unroute("**/*.wasm");
      await box(page).pressSequentially(" ");
      await found(page, "M10.9");
      await page.locator("#dx .chip .title", { hasText: "Type 2 diabetes" }).waitFor();
      assert.equal(await sent(), "E11.9");
    }, { ...status, prepare: (page) => failing(page, "**/*.wasm") }));

  it("asks again when the person comes back to the box", () =>
    withHost(`${FIELD("")}<input id="other" aria-label="Other">`, async (page) => {
      await box(page).pressSequentially("gout");
      await says(note(page), /error 503/);
      await page.unroute("**/*.wasm");
      await page.locator("#other").focus();
      await box(page).focus();
      await page.waitForFunction(() => /** @type {any} */ (document.getElementById("dx")).state.status === "shown");
    }, { ...status, prepare: (page) => failing(page, "**/*.wasm") }));

  it("names the policy where it forbids the worker file, too", () =>
    withHost(FIELD(""), async (page) => {
      await box(page).pressSequentially("gout");
      await says(note(page), /could not be loaded: the policy of this page forbids it; diagnosis\.html says what to change/);
    }, {
      headers: { "content-security-policy": "default-src 'self'" },
      allowed: BLOCKED,
      prepare: (page) => page.route("**/medcode.worker.js", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": "default-src 'self'" } });
      }),
    }));

  it("names the code system whose pack is not there, shows what the others find, and asks for the pack again", () =>
    withHost(FIELD(`systems="icd9cm_dx icd10cm" multiple value="250.00 I10"`), async (page) => {
      await box(page).pressSequentially("gout");
      await found(page, "M10.9");
      await says(note(page), /^ICD-9-CM diagnoses could not be loaded: the server sent a page in their place, perhaps one to sign in$/);
      // Nobody can tell whether there is such a code: it is no mistake of the person.
      assert.equal(await page.locator("#dx").evaluate((field) => /** @type {any} */ (field).value), "250.00 I10");
      assert.equal(await page.locator("#dx .chip.unknown").count(), 0);
      await page.unroute("**/icd9cm_dx.*");
      await page.clock.fastForward(60_000);
      await box(page).fill("274.9");
      await found(page, "274.9");
      assert.equal(await note(page).count(), 0);
      await page.locator("#dx .chip .title", { hasText: "Diabetes mellitus" }).waitFor();
    }, {
      prepare: async (page) => {
        await page.clock.install();
        await page.route("**/icd9cm_dx.*", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Sign in</title>" }));
      },
    }));

  it("asks less and less often for a pack that stays away, however many fields there are", () =>
    withHost(`${FIELD(`systems="icd9cm_dx icd10cm"`)}<medcode-lookup id="other" label="Other" systems="icd9cm_dx icd10cm"></medcode-lookup>`, async (page, requests) => {
      const asked = () => requests.filter((url) => url.includes("/icd9cm_dx.")).length;
      await box(page).pressSequentially("gout");
      await says(note(page), /^ICD-9-CM diagnoses could not be loaded/);
      const before = asked();
      for (let second = 0; second < 10; second += 1) {
        await page.clock.fastForward(1000);
        await page.locator("#other").getByRole("combobox").focus();
        await box(page).fill("gout".slice(0, 2 + (second % 3)));
        await page.waitForTimeout(100);
      }
      // After 1, 2 and 4 seconds, and not every second in every field.
      assert.ok(asked() - before >= 2 && asked() - before <= 4, `${before} ${asked()}`);
    }, {
      ...status,
      prepare: async (page) => {
        await page.clock.install();
        await failing(page, "**/icd9cm_dx.*");
      },
    }));

  it("calls no code unknown where any code system may have it and one could not be had", () =>
    withHost(FIELD(`value="250.00"`), async (page) => {
      await box(page).pressSequentially("gout");
      await found(page, "M10.9");
      assert.equal(await page.locator("#dx .chip.unknown").count(), 0);
      assert.equal(await page.locator("#dx").evaluate((field) => /** @type {any} */ (field).value), "250.00");
    }, { ...status, prepare: (page) => failing(page, "**/icd9cm_dx.*") }));

  it("says in words for the person that the only code system is not there, with nothing uncaught", () =>
    withHost(FIELD(`systems="icd9cm_dx"`), async (page) => {
      await box(page).pressSequentially("gout");
      await says(note(page), /^ICD-9-CM diagnoses could not be loaded: the server answered with error 503$/);
    }, { ...status, prepare: (page) => failing(page, "**/icd9cm_dx.*") }));

  it("tells a wrong option from codes that are not there", () =>
    withHost(FIELD(`date="not-a-date"`), async (page) => {
      await box(page).pressSequentially("gout");
      await says(note(page), /^This field is not set up rightly and cannot search: tell whoever looks after this page$/);
      const problems = () => page.evaluate(() => /** @type {any} */ (globalThis).problems);
      assert.match((await problems()).join(), /^expected a date such as '2026-10-01' as date, found 'not-a-date'$/, "once, for who made the page");
      await page.evaluate(() => { Object.assign(/** @type {any} */ (document.getElementById("dx")), { date: "", specialty: "nonsense" }); });
      await page.waitForFunction(() => /** @type {any} */ (globalThis).problems.length === 2);
      assert.match((await problems())[1], /specialties\(\)/);
    }, { prepare: (page) => page.addInitScript(() => {
      const scope = /** @type {any} */ (globalThis);
      scope.problems = [];
      addEventListener("medcode-issue", (event) => scope.problems.push(/** @type {CustomEvent} */ (event).detail.problem));
    }) }));
});

describe("the diagnosis", () => {
  /** @param {import("playwright-core").Page} page */
  const working = (page) => page.locator("[data-works=true]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-way")));
  const ready = "html[data-ready]";

  it("finds everything working but a worker from memory under the policy of our own server", () =>
    withPage(async (page) => {
      const all = await page.locator("[data-way]").count();
      assert.ok(all >= 14);
      const failing = await page.locator("[data-works=false]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-way")));
      assert.deepEqual(failing, ["data", "blob"]);
      await says(page.locator("#advice"), /Use the ES module/);
    }, { hash: "diagnosis.html", ready, allowed: /violates|Content Security Policy/ }));

  it("names the worker file, and what to ask for, where WebAssembly is forbidden", () =>
    withPage(
      async (page) => {
        assert.ok(!(await working(page)).includes("wasm"));
        await says(page.locator("#advice"), /Use the worker file/);
        assert.match(await page.locator("#report").inputValue(), /'wasm-unsafe-eval'/);
        await says(page.locator("[data-way=streaming] td:last-child"), /add 'wasm-unsafe-eval' to script-src/);
      },
      {
        hash: "diagnosis.html",
        ready,
        allowed: BLOCKED,
        prepare: (page) => page.route("**/diagnosis.html", async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": "default-src 'self'" } });
        }),
      },
    ));

  it("names the file with everything inside where the page was opened from a file", () => {
    const folder = path.resolve(process.env.MEDCODE_DIST ?? "dist");
    return withPage(async (page) => {
      await says(page.locator("#advice"), /medcode\.html/);
    }, { hash: pathToFileURL(path.join(folder, "diagnosis.html")).href, ready, allowed: /CORS|ERR_FAILED|Failed to load|URL scheme|access/ });
  });
});

