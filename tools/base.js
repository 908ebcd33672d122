// In a bundle: where it lies. A classic script knows only while it runs, so this is read once, at its start.

const script = /** @type {HTMLScriptElement | null | undefined} */ (globalThis.document?.currentScript);
export const bundleAddress = script?.src || globalThis.location?.href || "file:///";
