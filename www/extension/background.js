// The extension's worker: attaches the lookup to the field in use, where the person asks for it, and to no other page.

const { chrome } = /** @type {any} */ (globalThis);
const MENU = "medcode-find";

chrome.runtime.onInstalled.addListener(() => {
  chrome.contextMenus.create({ id: MENU, title: "Find a code with Medcode", contexts: ["editable"] });
});
chrome.contextMenus.onClicked.addListener((/** @type {any} */ info, /** @type {any} */ tab) => {
  if (info.menuItemId === MENU && tab?.id !== undefined) attach(tab.id, info.frameId ?? 0);
});
// The button and the key: the click lets the extension into this page, this once (activeTab).
chrome.action.onClicked.addListener((/** @type {any} */ tab) => attach(tab.id, 0));

// What the panel says goes to the frames of its own tab; the one that opened the panel knows the token.
chrome.runtime.onMessage.addListener((/** @type {any} */ message, /** @type {any} */ sender) => {
  if (sender.id !== chrome.runtime.id || sender.tab?.id === undefined || !message?.medcode) return;
  chrome.tabs.sendMessage(sender.tab.id, message).catch(() => undefined);
});

/**
 * Opens the panel at the field in use.
 *
 * @param {number} tab
 * @param {number} frame
 */
async function attach(tab, frame) {
  const target = { tabId: tab, frameIds: [frame] };
  await chrome.scripting.executeScript({ target, files: ["extension/content.js"] });
  await chrome.scripting.executeScript({ target, func: () => /** @type {any} */ (globalThis).medcodeAttach() });
}

Object.assign(globalThis, { attach });
