// A form as a server writes it: it works without this script; with it, its input has the list.

import { attachLookup, load } from "../../index.js";

attachLookup(document.getElementById("find"), load({ systems: ["icd10cm"] }), { systems: ["icd10cm"] });
// What the server would have received, to see it in this page.
document.getElementById("sent").textContent = new URLSearchParams(location.search).get("dx") ?? "";
