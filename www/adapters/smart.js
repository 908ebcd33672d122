// SMART Web Messaging (HL7 smart-web-messaging): messages between an app and the EMR that opened it.

/**
 * @typedef {{
 *   status?: string,
 *   location?: string,
 *   outcome?: { issue?: { details?: { text?: string }, diagnostics?: string }[] },
 *   [name: string]: unknown,
 * }} Payload
 */

/** How long the EMR may take to answer. */
const PATIENCE_MS = 10_000;

let messages = 0;

export class SmartMessaging {
  /** @type {Map<string, { resolve: (payload: Payload) => void, reject: (problem: Error) => void, timer: any }>} */
  #asked = new Map();
  #listeners = new AbortController();

  /**
   * @param {{ handle: string, origin: string, target: Window | null }} peer `handle` and `origin` come with the launch
   *   (`smart_web_messaging_handle`, `smart_web_messaging_origin`); `target` is the parent of a frame, the opener of a window
   */
  constructor({ handle, origin, target }) {
    if (!target) throw new Error("expected an EMR that opened this page, found none");
    if (!/^https?:\/\/[^/*]+$/.test(origin)) throw new Error(`expected the origin of the EMR such as https://emr.example, found '${origin}'`);
    if (!handle) throw new Error("expected a messaging handle, found none");
    this.handle = handle;
    this.origin = origin;
    this.target = target;
    window.addEventListener("message", (event) => this.#take(event), { signal: this.#listeners.signal });
  }

  /**
   * Sends a message and waits for its answer.
   *
   * @param {string} messageType such as `scratchpad.create`
   * @param {Record<string, unknown>} [payload]
   * @returns {Promise<Payload>}
   */
  ask(messageType, payload = {}) {
    const messageId = `medcode-${(messages += 1)}-${Math.random().toString(36).slice(2)}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(messageId);
        reject(new Error(`the EMR did not answer ${messageType} within ${PATIENCE_MS / 1000} s`));
      }, PATIENCE_MS);
      this.#asked.set(messageId, { resolve, reject, timer });
      // Never to any origin: the draft is for this EMR alone.
      this.target.postMessage({ messagingHandle: this.handle, messageId, messageType, payload }, this.origin);
    });
  }

  /** Asks whether the EMR listens. */
  handshake() {
    return this.ask("status.handshake");
  }

  /**
   * Puts a draft on the EMR's scratchpad.
   *
   * @param {Record<string, unknown>} resource
   * @returns {Promise<string>} where it is there, such as `Condition/123`
   */
  async create(resource) {
    const { status = "", location = "", outcome } = await this.ask("scratchpad.create", { resource });
    if (!status.startsWith("201") && !status.startsWith("200")) {
      const reasons = (outcome?.issue ?? []).map(({ details, diagnostics }) => details?.text ?? diagnostics).filter(Boolean);
      throw new Error(`the EMR did not take the draft: ${[status || "no status", ...reasons].join(": ")}`);
    }
    return location;
  }

  /** Tells the EMR that the work is done, and where to go next, if anywhere. @param {Record<string, unknown>} [activity] */
  done(activity = {}) {
    return this.ask("ui.done", activity);
  }

  /** Hears no more. */
  destroy() {
    this.#listeners.abort();
    for (const { timer } of this.#asked.values()) clearTimeout(timer);
    this.#asked.clear();
  }

  /** @param {MessageEvent} event */
  #take({ origin, source, data }) {
    // Another window, another server, another conversation: not ours.
    if (origin !== this.origin || source !== this.target || typeof data !== "object" || data === null) return;
    const waiting = this.#asked.get(data.responseToMessageId);
    if (!waiting) return;
    this.#asked.delete(data.responseToMessageId);
    clearTimeout(waiting.timer);
    waiting.resolve(data.payload ?? {});
  }
}

/**
 * A chosen code as a draft: a diagnosis is a Condition, everything else an item of a Claim.
 *
 * @param {import("../medcode.js").Concept} concept
 * @param {import("../fhir.js").CodeableConcept} codeableConcept
 * @param {{ subject?: string, encounter?: string }} [context] references that the launch gave
 * @returns {Record<string, unknown>}
 */
export function draftOf({ system }, codeableConcept, { subject, encounter } = {}) {
  const patient = subject ? { reference: subject } : undefined;
  const during = encounter ? { reference: encounter } : undefined;
  if (system === "icd10cm" || system === "icd9cm_dx") {
    return {
      resourceType: "Condition",
      clinicalStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "active" }] },
      verificationStatus: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/condition-ver-status", code: "provisional" }] },
      code: codeableConcept,
      ...(patient ? { subject: patient } : {}),
      ...(during ? { encounter: during } : {}),
    };
  }
  return {
    resourceType: "Claim",
    status: "draft",
    use: "claim",
    ...(patient ? { patient } : {}),
    item: [{ sequence: 1, productOrService: codeableConcept, ...(during ? { encounter: [during] } : {}) }],
  };
}
