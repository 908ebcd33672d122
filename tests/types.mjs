// What the declarations of the module accept and refuse. Never run: the type check reads it (npm run typecheck).

import { LookupController } from "../www/controller.js";
import { load } from "../www/medcode.js";
import { open } from "../www/open.js";

const medcode = await load({ onProblem: () => undefined });

/** @type {string | undefined} */
export const display = medcode.lookup("E11.9", { system: "icd10cm" })?.display;
/** @type {boolean} */
export const below = medcode.subsumes("E11", "E11.9");
/** @type {string[]} */
export const labels = medcode.chapters("icd10cm").map(({ label }) => label);
/** @type {string[]} */
export const fixes = medcode.validateAll(["E11"], { date: "2026-10-01", fixLimit: 5 }).flatMap((answer) => answer.fixes.map(({ code }) => code));
/** @type {"chapter" | "section" | undefined} */
export const kind = medcode.groupsOf("E11.9")[0]?.kind;

// @ts-expect-error a concept may be absent
medcode.lookup("E11.9").display;
// @ts-expect-error there is no such option
medcode.lookup("E11.9", { sytem: "icd10cm" });
// @ts-expect-error a limit is a number
medcode.validate("E11", { fixLimit: "5" });
// @ts-expect-error a code is a string
medcode.validate(119);
// @ts-expect-error there is no such status
medcode.validate("E11").status === "valid";
// @ts-expect-error there is no such kind
medcode.group("block", "E08-E13", "icd10cm");

/** @type {string[]} */
export const rules = medcode.validateClaim({ diagnoses: ["E11.9", { code: "I10", poa: "Y" }], lines: [{ code: "99213", pointers: [1] }] }).map(({ rule }) => rule);
/** @type {string[]} */
export const diagnoses = medcode.applyFix({}, { change: "move", from: 1, to: 0 }).diagnoses.map(({ code }) => code);
/** @type {string | undefined} */
export const next = medcode.next("E11").at(0)?.label;
/** @type {string[]} */
export const translated = medcode.translate("250.00").flatMap(({ choices }) => choices.flatMap(({ parts }) => parts.flat().map(({ code }) => code)));
/** @type {"added" | "deleted" | "revised" | "divided" | "unchanged" | "unknown" | undefined} */
export const change = medcode.changes(["I42.0"], { date: "2026-10-01" }).changes[0]?.change;

// @ts-expect-error there is no such setting
medcode.validateClaim({ setting: "office" });
// @ts-expect-error there is no such change
medcode.applyFix({}, { change: "paint" });

const controller = new LookupController(medcode, { pageSize: 5, systems: ["icd10cm"] });
/** @type {string[]} */
export const found = controller.state.hits.map(({ code }) => code);
// @ts-expect-error there is no such status
controller.state.status === "done";
/** @type {string | undefined} */
export const taken = (await controller.take())?.hit.code;
// @ts-expect-error a choice may be absent
(await controller.take()).sure;
// @ts-expect-error what is named is a hit
controller.take("E11.9");
// @ts-expect-error what answers must have a search
new LookupController({ find: () => [] });

const either = await open({ way: "worker" });
/** @type {string | undefined} */
export const there = (await either.lookup("E11.9"))?.display;
// @ts-expect-error there is no such way
open({ way: "iframe" });
