// The page `smart.html`: an app of SMART Web Messaging that puts a draft on the EMR's scratchpad. The launch gives it, in the part of
// the address that is never sent to a server:
//
//   smart.html#handle=…&origin=https://emr.example&subject=Patient/1&encounter=Encounter/2&systems=icd10cm

import "../element.js";
import { isAllowed } from "./origins.js";
import { draftOf, SmartMessaging } from "./smart.js";

const launch = new URLSearchParams(location.hash.slice(1));
const lookup = /** @type {import("../lookup.js").MedcodeLookup} */ (document.getElementById("lookup"));
const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));
const again = /** @type {HTMLButtonElement} */ (document.getElementById("again"));
const origin = launch.get("origin") ?? "";
const systems = (launch.get("systems") ?? "").split(",").filter(Boolean);
if (systems.length > 0) lookup.systems = systems;

function main() {
  if (!isAllowed(origin)) throw new Error(`expected an EMR that this page allows (medcode-origins), found '${origin}'`);
  const target = window.parent !== window ? window.parent : /** @type {Window | null} */ (window.opener);
  const emr = new SmartMessaging({ handle: launch.get("handle") ?? "", origin, target });
  again.addEventListener("click", () => connect(emr));
  lookup.addEventListener("medcode-select", async (event) => {
    const { added, codings, codeableConcepts } = /** @type {CustomEvent<import("../lookup.js").SelectionDetail>} */ (event).detail;
    const [concept] = added;
    if (!concept) return;
    // What is sent cannot be taken back here, and must not be sent again by taking back or doing again.
    lookup.value = JSON.stringify(codings[0]);
    // One after the other: the EMR may close this page once it has one.
    lookup.readOnly = true;
    answer.textContent = `Sending ${concept.code} …`;
    try {
      const context = { subject: launch.get("subject") ?? undefined, encounter: launch.get("encounter") ?? undefined };
      const place = await emr.create(draftOf(concept, codeableConcepts[0], context));
      answer.textContent = `${concept.code} is a draft in the EMR: ${place}`;
      // The draft is there, whatever the EMR says to this.
      emr.done().catch(tell);
    } catch (problem) {
      // Chosen is what the EMR has.
      lookup.value = "";
      tell(problem);
    }
    lookup.readOnly = false;
  });
  connect(emr);
}

/** Shakes hands, as often as the person wants it: an EMR may be slow to come. @param {SmartMessaging} emr */
async function connect(emr) {
  again.hidden = true;
  answer.textContent = "Waiting for the EMR …";
  try {
    await emr.handshake();
  } catch (problem) {
    again.hidden = false;
    answer.textContent = `The EMR does not answer, so no code can be sent to it. Try again, or close this page and open it anew from the EMR. (${problem instanceof Error ? problem.message : problem})`;
    return;
  }
  lookup.disabled = false;
  answer.textContent = "Connected to the EMR";
  lookup.focus();
}

/** @param {unknown} problem */
function tell(problem) {
  answer.textContent = problem instanceof Error ? problem.message : String(problem);
}

lookup.disabled = true;
try {
  main();
} catch (problem) {
  tell(problem);
}
