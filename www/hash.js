// The address of a concept in `location.hash`: `#/icd10cm/E11.9`. What people type never goes there.

/**
 * The address of a code.
 *
 * @param {string} system
 * @param {string} code
 */
export function hashOf(system, code) {
  return `#/${encodeURIComponent(system)}/${encodeURIComponent(code)}`;
}

/**
 * What an address names: a code, the check view, or nothing.
 *
 * @param {string} hash
 * @returns {{ system: string, code: string } | "check" | null}
 */
export function parseHash(hash) {
  if (hash === "#/check") return "check";
  const parts = /^#\/([^/]+)\/([^/]+)$/.exec(hash);
  if (!parts) return null;
  try {
    return { system: decodeURIComponent(parts[1]), code: decodeURIComponent(parts[2]) };
  } catch {
    return null; // a malformed percent sequence names nothing
  }
}
