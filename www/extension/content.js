// What the extension puts into a page that the person allows: a frame beside the field in use, and the code into the field. It runs
// in a world of its own, apart from the page's scripts, and reads nothing of the page.

(() => {
  const scope = /** @type {any} */ (globalThis);
  if (scope.medcodeAttach) return;
  const { chrome } = scope;

  /** The panel that is open, if any. @type {{ field: HTMLElement, holder: HTMLElement, token: string } | undefined} */
  let open;

  const close = () => {
    open?.holder.remove();
    open?.field.focus();
    open = undefined;
  };

  /** The field in use, also inside shadow roots. */
  const fieldInUse = () => {
    let field = document.activeElement;
    while (field?.shadowRoot?.activeElement) field = field.shadowRoot.activeElement;
    const writable = (field instanceof HTMLInputElement && /^(text|search|)$/.test(field.type) && !field.readOnly) || (field instanceof HTMLTextAreaElement && !field.readOnly);
    return field instanceof HTMLElement && (writable || field.isContentEditable) ? field : undefined;
  };

  scope.medcodeAttach = () => {
    // In a page of frames each is asked; the field in use is in the one that has the focus itself.
    if (!document.hasFocus() || document.activeElement instanceof HTMLIFrameElement) return false;
    const field = fieldInUse();
    if (!field) return false;
    close();
    const token = crypto.randomUUID();
    const holder = document.createElement("div");
    const root = holder.attachShadow({ mode: "closed" });
    const frame = document.createElement("iframe");
    frame.src = `${chrome.runtime.getURL("extension/panel.html")}#${token}`;
    frame.title = "Find a code with Medcode";
    frame.allow = "clipboard-write";
    const box = field.getBoundingClientRect();
    const [width, height] = [Math.min(520, innerWidth - 16), Math.min(420, innerHeight - 16)];
    const top = box.bottom + height + 8 < innerHeight ? box.bottom + 4 : Math.max(8, box.top - height - 4);
    Object.assign(frame.style, {
      position: "fixed",
      zIndex: "2147483647",
      left: `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`,
      top: `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`,
      width: `${width}px`,
      height: `${height}px`,
      border: "1px solid #7a8796",
      borderRadius: "6px",
      boxShadow: "0 8px 30px rgb(0 0 0 / 0.3)",
      background: "Canvas",
      colorScheme: "light dark",
    });
    root.append(frame);
    // Everything outside an open modal dialog cannot be clicked; and what is in the top layer covers what is not.
    (field.closest("dialog:modal") ?? document.documentElement).append(holder);
    open = { field, holder, token };
    return true;
  };

  chrome.runtime.onMessage.addListener((/** @type {any} */ message, /** @type {any} */ sender) => {
    if (sender.id !== chrome.runtime.id || !open || message.token !== open.token) return;
    const { field } = open;
    close();
    if (message.medcode === "code") fill(field, message.code);
  });

  /**
   * Puts a code into the field as typing does; where that is not to be had, past a setter that a framework has put there, then with the events. It takes the
   * place of what stands in an input, which holds one thing; in a longer text it comes where the caret is.
   *
   * @param {HTMLElement} field
   * @param {string} code
   */
  function fill(field, code) {
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
      const text = field.value;
      const [start, end] = field instanceof HTMLTextAreaElement ? [field.selectionStart, field.selectionEnd] : [0, text.length];
      const whole = text.slice(0, start) + code + text.slice(end);
      // As typing, it does not go past what the field may hold; a piece of a code would be another code.
      if (field.maxLength >= 0 && whole.length > field.maxLength) {
        alert(`${code} has no room in this field, which takes ${field.maxLength} characters`);
        return;
      }
      field.setSelectionRange(start, end);
      // As typed, so that the browser can take it back.
      if (document.execCommand("insertText", false, code)) {
        field.dispatchEvent(new Event("change", { bubbles: true }));
        return;
      }
      const prototype = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
      Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(field, whole);
      field.setSelectionRange(start + code.length, start + code.length);
      field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType: "insertReplacementText", data: code }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      field.focus();
      document.execCommand("insertText", false, code);
    }
  }
})();
