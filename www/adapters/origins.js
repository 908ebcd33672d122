// Which servers may speak with a page of ours: those that its own `<meta name="medcode-origins">` names.

/**
 * Whether messages of an origin are heard here.
 *
 * @param {string} origin such as `https://emr.example`
 */
export function isAllowed(origin) {
  const list = document.querySelector('meta[name="medcode-origins"]')?.getAttribute("content") ?? "";
  return list.split(/\s+/).some((each) => each === origin || (each === "self" && origin === location.origin));
}
