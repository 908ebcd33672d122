// Builds DOM nodes. Text always becomes a text node, so nothing here can be read as markup.

/**
 * Makes an element.
 *
 * @param {string} tag the element's name
 * @param {Record<string, unknown>} [attributes] `on…` names add listeners, `false`, `null` and `undefined` are left out
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child || child === "").map((child) => /** @type {Node | string} */ (child)));
  return node;
}

/**
 * Finds an element of the page that must be there.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} [type] the class it must have
 * @returns {T}
 */
export function byId(id, type = /** @type {new () => T} */ (/** @type {unknown} */ (HTMLElement))) {
  const node = document.getElementById(id);
  if (!(node instanceof type)) throw new Error(`expected an element #${id} in the page, found ${node}`);
  return node;
}

/**
 * A number as people read it: `74,719`.
 *
 * @param {number} value
 */
export function count(value) {
  return value.toLocaleString("en-US");
}

/**
 * A number with its noun: `1 code`, `2 codes`.
 *
 * @param {number} value
 * @param {string} noun
 */
export function plural(value, noun) {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}
