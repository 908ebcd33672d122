import { load } from "../index.js";

const medcode = await load();
const { status, message, fixes } = medcode.validate("W21.89A", { date: "2026-03-01" });
export const output = `${status}: ${message} Meant: ${fixes[0].code}`;
