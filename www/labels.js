// What the page calls a field may come later than the field, or change: a framework sets `for` of a label, a page changes its
// language. One observer for each document or shadow root, however many fields are in it.

/** Long enough that a page which changes much is not watched word by word. */
const SETTLE_MS = 50;

/** @type {Map<Node, { fields: Map<Element, () => void>, observer: MutationObserver }>} */
const watched = new Map();

/**
 * Calls a function when what labels and describes a field may have changed.
 *
 * @param {Element} field
 * @param {() => void} changed
 * @returns {() => void} ends the calls
 */
export function watchLabels(field, changed) {
  const root = field.getRootNode();
  let one = watched.get(root);
  if (!one) {
    /** @type {Map<Element, () => void>} */
    const fields = new Map();
    let timer = 0;
    const observer = new MutationObserver(() => {
      timer ||= /** @type {any} */ (setTimeout(() => {
        timer = 0;
        for (const each of fields.values()) each();
      }, SETTLE_MS));
    });
    observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["for", "id"] });
    one = { fields, observer };
    watched.set(root, one);
  }
  const { fields, observer } = one;
  fields.set(field, changed);
  return () => {
    fields.delete(field);
    if (fields.size > 0) return;
    observer.disconnect();
    watched.delete(root);
  };
}
