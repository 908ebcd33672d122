// The keys of the page, in a dialog.

import { byId } from "./dom.js";

/** Wires the dialog: a question mark anywhere but in a text field opens it, and so does its button. */
export function wireHelp() {
  const dialog = byId("help", HTMLDialogElement);
  const open = () => {
    if (!dialog.open) dialog.showModal();
  };
  byId("help-button").addEventListener("click", open);
  byId("help-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.matches("input, textarea, select");
    if (event.key !== "?" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    open();
  });
}
