// Claims, next characters, translations and changes: what the module returns is what its declarations promise.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";

const PACKAGE = path.resolve(process.env.MEDCODE_DIST ?? "dist", "pkg");

/** @type {import("../../www/medcode.js").Medcode} */
let medcode;

before(async () => {
  const module = await import(pathToFileURL(path.join(PACKAGE, "medcode.js")).href);
  await module.default({ module_or_path: await readFile(path.join(PACKAGE, "medcode_bg.wasm")) });
  medcode = new module.Medcode();
  const packs = path.join(PACKAGE, "..", "packs");
  for (const name of await readdir(packs)) {
    if (name.endsWith(".medcode")) medcode.addPack(await readFile(path.join(packs, name)));
  }
});

/**
 * Requires a call to throw a MedcodeError.
 *
 * @param {() => unknown} call
 * @param {RegExp} message
 */
function refuses(call, message) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Error && error.name === "MedcodeError");
    assert.match(error.message, message);
    return true;
  });
}

describe("claims", () => {
  it("says what is wrong with a claim, and settles it fix by fix", () => {
    /** @type {Parameters<typeof medcode.validateClaim>[0]} */
    let claim = { diagnoses: ["W21.89A", { code: "S52.501A" }, "S52.501A"], date: "2026-06-01" };
    for (let turn = 0; turn < 9; turn += 1) {
      const issue = medcode.validateClaim(claim).find(({ severity, fixes }) => severity === "error" && fixes.length > 0);
      if (!issue) break;
      assert.ok(issue.message.endsWith(".") && issue.source);
      claim = medcode.applyFix(claim, issue.fixes[0]);
    }
    const codes = claim.diagnoses?.map((diagnosis) => (typeof diagnosis === "string" ? diagnosis : diagnosis.code));
    assert.deepEqual(codes, ["S52.501A", "W21.89XA"]);
    assert.deepEqual(medcode.validateClaim(claim).filter(({ severity }) => severity === "error"), []);
  });

  it("names the parts concerned, counted from 0", () => {
    const issues = medcode.validateClaim({
      diagnoses: ["I10"],
      lines: [{ code: "99213", modifiers: ["59", "XE"], pointers: [1, 2], units: 1 }],
      setting: "professional",
      age: 40,
      sex: "female",
    });
    assert.deepEqual(issues.find(({ rule }) => rule === "CL-2")?.items, [{ part: "pointer", at: 1, line: 0 }]);
    assert.deepEqual(issues.find(({ rule }) => rule === "MOD-3")?.items[0], { part: "modifier", at: 0, line: 0 });
  });

  it("leaves the claim given as it was, and fills in the lists of the one it returns", () => {
    const claim = { diagnoses: ["I10", "E11.9"] };
    const moved = medcode.applyFix(claim, { change: "move", from: 1, to: 0 });
    assert.deepEqual(claim, { diagnoses: ["I10", "E11.9"] });
    assert.deepEqual(moved, {
      diagnoses: [{ code: "E11.9" }, { code: "I10" }],
      procedures: [],
      lines: [],
      reasons: [],
      setting: "professional",
    });
  });

  it("refuses what is no claim and no fix", () => {
    // @ts-expect-error a claim is an object
    refuses(() => medcode.validateClaim("I10"), /expected an object/);
    // @ts-expect-error there is no such part
    refuses(() => medcode.validateClaim({ diagnosis: ["I10"] }), /diagnosis/);
    // @ts-expect-error there is no such setting
    refuses(() => medcode.validateClaim({ setting: "office" }), /expected professional/);
    refuses(() => medcode.validateClaim({ date: "yesterday" }), /expected a date/);
    refuses(() => medcode.validateClaim({ lines: [{ code: "99213", pointers: [0.5] }] }), /whole number/);
    // @ts-expect-error there is no such change
    refuses(() => medcode.applyFix({}, { change: "paint" }), /expected replace/);
  });

  it("says of a single code what the patient's age makes of it", () => {
    assert.equal(medcode.validate("P07.30").issues, undefined);
    assert.deepEqual(medcode.validate("P07.30", { age: 0 }).issues, []);
    const [answer] = medcode.validateAll(["E11.9", "H25.10"], { age: 40, sex: "female" }).slice(1);
    assert.deepEqual(answer.issues?.map(({ rule }) => rule), ["CM-6"]);
    // @ts-expect-error there is no such setting
    refuses(() => medcode.validate("I10", { setting: "office" }), /expected professional/);
  });

  it("lists its rules once each, with their sources", () => {
    const rules = medcode.rules();
    assert.ok(rules.some(({ id }) => id === "CM-9"));
    assert.ok(rules.every(({ id, title, source }) => id && title && source));
  });
});

describe("what may come next", () => {
  it("is placeholders and seventh characters in ICD-10-CM", () => {
    assert.deepEqual(medcode.next("W21.9").map(({ code, label }) => [code, label]), [["W21.9X", "placeholder"]]);
    assert.deepEqual(medcode.next("W21.9XX").map(({ character, billable }) => [character, billable]), [
      ["A", true],
      ["D", true],
      ["S", true],
    ]);
    assert.deepEqual(medcode.next("W21.9XXA"), []);
  });

  it("is the values of the tables in ICD-10-PCS, where the index has them", () => {
    const next = medcode.next("0DT", { system: "icd10pcs" });
    assert.ok(next.some(({ code }) => code === "0DTJ"));
    for (const { axis, label, codes } of next.filter(({ axis }) => axis)) {
      assert.equal(axis, "Body Part");
      assert.ok(label && codes > 0);
    }
  });
});

describe("other systems and other days", () => {
  it("translates to choices, in either direction", () => {
    const [answer] = medcode.translate("E11.9");
    assert.deepEqual([answer.from, answer.to, answer.status], ["icd10cm", "icd9cm_dx", "mapped"]);
    assert.equal(answer.choices[0].parts[0][0].code, "250.00");
    const back = medcode.translate("250.00", { from: "icd9cm_dx" });
    assert.equal(back[0].choices[0].parts[0][0].code, "E11.9");
    assert.equal(medcode.translate("nothing").length, 1);
  });

  it("tells what changes for a list of codes", () => {
    const { date, changes } = medcode.changes(["I10", "nonsense"]);
    assert.match(date, /^\d{4}-\d\d-\d\d$/);
    assert.deepEqual(changes.map(({ change }) => change), ["unchanged", "unknown"]);
    const all = medcode.changes(null, { date });
    assert.ok(all.changes.length > 0);
    assert.ok(all.changes.every(({ change, message }) => change !== "unchanged" && message.endsWith(".")));
    assert.match(medcode.changes([], { date: "2099-10-01" }).message ?? "", /does not say what changed/);
  });

  it("looks codes up as they were on a day", () => {
    const added = medcode.changes().changes.find(({ change }) => change === "added");
    const { date } = medcode.changes();
    assert.ok(added);
    assert.equal(medcode.lookup(added.code, { date })?.code, added.code);
    assert.equal(medcode.lookup(added.code, { date: "2015-10-01" }), undefined);
  });

  it("says where the text of a note names codes", () => {
    const note = medcode.notes("E11.9").find(({ links }) => links?.length);
    assert.ok(note?.links);
    const [{ start, end, first, last }] = note.links;
    const written = note.text.slice(start, end);
    assert.ok(written.startsWith(first), `${written} ${first}`);
    assert.ok(first <= last);
  });
});
