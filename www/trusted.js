// Addresses of scripts under `require-trusted-types-for 'script'`: a worker and a service worker are scripts, too.

/** @type {{ createScriptURL: (address: string) => any } | undefined} */
let policy;

/**
 * An address of a script as the browser demands it.
 *
 * @param {URL | string} address
 * @returns {string}
 */
export function scriptAddress(address) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  if (!trustedTypes) return String(address);
  policy ??= trustedTypes.createPolicy("medcode", { createScriptURL: (/** @type {string} */ text) => text });
  return policy?.createScriptURL(String(address));
}
