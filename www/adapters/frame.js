// In the page of the host: holds the frame of `frame.html`, gives it options, hears what is chosen.

/**
 * Puts the lookup into a page as a frame, from this server or another one, whose `frame.html` must name the page's own
 * server in `medcode-origins`.
 *
 * @param {HTMLElement} container
 * @param {{
 *   src: string | URL,
 *   title?: string,
 *   options?: Record<string, unknown>,
 *   fit?: boolean,
 *   onSelect: (detail: import("../lookup.js").SelectionDetail) => void,
 *   onClear?: () => void,
 *   onIssue?: (detail: unknown) => void,
 * }} settings `options` are properties of the element: `systems`, `billableOnly`, `required`, `date` …; `fit` says whether the frame is as
 *   wide as its place and as high as what is in it, which it is where that is left out; else your style says it
 *   `ready` is rejected where the frame does not name this page's server
 * @returns {{ frame: HTMLIFrameElement, ready: Promise<void>, clear: () => void, destroy: () => void }}
 */
export function frameLookup(container, { src, title = "Find a code", options = {}, fit = true, onSelect, onClear, onIssue }) {
  const address = new URL(src, document.baseURI);
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title;
  frame.allow = "clipboard-write";
  // Scripts and its own storage, and nothing else: no pop-ups, no forms, no navigation of the page.
  // On this page's own server the frame could take that off again, and browsers say so.
  if (address.origin !== location.origin) frame.setAttribute("sandbox", "allow-scripts allow-same-origin");
  if (fit) Object.assign(frame.style, { display: "block", width: "100%", height: "23rem", border: "0" });
  const listeners = new AbortController();
  const post = (/** @type {Record<string, unknown>} */ message) => frame.contentWindow?.postMessage({ medcode: 1, ...message }, address.origin);
  /** @type {Promise<void>} */
  const ready = new Promise((resolve, reject) => {
    window.addEventListener(
      "message",
      ({ origin, source, data }) => {
        if (origin !== address.origin || source !== frame.contentWindow || data?.medcode !== 1) return;
        if (data.type === "ready") resolve();
        if (data.type === "refused") reject(new Error(`expected ${location.origin} among the medcode-origins of ${address.href}, which does not name it`));
        if (data.type === "select") onSelect(data.detail);
        if (data.type === "clear") onClear?.();
        if (data.type === "height" && fit && Number.isFinite(data.detail)) frame.style.height = `${data.detail}px`;
        if (data.type === "issue") onIssue?.(data.detail);
      },
      { signal: listeners.signal },
    );
  });
  // The modules of the frame run before it says that it has loaded.
  frame.addEventListener("load", () => post({ type: "hello", options }), { signal: listeners.signal });
  container.append(frame);
  return {
    frame,
    ready,
    clear: () => post({ type: "clear" }),
    destroy: () => {
      listeners.abort();
      frame.remove();
    },
  };
}
