// The extension's worker: attaches the lookup to the field in use, where the person asks for it, and to no other page.

const { chrome } = /** @type {any} */ (globalThis);
const MENU = "medcode-find";
const TITLE = "Find a code for the field in use";

chrome.runtime.onInstalled.addListener(() => {
  chrome.contextMenus.create({ id: MENU, title: "Find a code with Medcode", contexts: ["editable"] });
});
chrome.contextMenus.onClicked.addListener((/** @type {any} */ info, /** @type {any} */ tab) => {
  if (info.menuItemId === MENU && tab?.id !== undefined) attach(tab.id, info.frameId ?? 0);
});
// The button and the key: the click lets the extension into this page, this once (activeTab).
chrome.action.onClicked.addListener((/** @type {any} */ tab) => attach(tab.id));

// What the panel says goes to the frames of its own tab; the one that opened the panel knows the token.
chrome.runtime.onMessage.addListener((/** @type {any} */ message, /** @type {any} */ sender) => {
  if (sender.id !== chrome.runtime.id || sender.tab?.id === undefined || !message?.medcode) return;
  chrome.tabs.sendMessage(sender.tab.id, message).catch(() => undefined);
});

/**
 * Opens the panel at the field in use. Most EMRs are frames in frames: only the one that has the focus has the field.
 *
 * @param {number} tab
 * @param {number} [frame] where it is, if that is known; else it is looked for in every frame that the person let us into
 */
async function attach(tab, frame) {
  const target = frame === undefined ? { tabId: tab, allFrames: true } : { tabId: tab, frameIds: [frame] };
  let opened = false;
  try {
    await chrome.scripting.executeScript({ target, files: ["extension/content.js"] });
    // A frame that came between the two has no such function.
    const answers = await chrome.scripting.executeScript({ target, func: () => /** @type {any} */ (globalThis).medcodeAttach?.() });
    opened = answers.some((/** @type {any} */ { result }) => result === true);
  } catch {
    // A page of the browser itself, or of its shop, lets nobody in.
  }
  // A word at the button: a key that seems to do nothing is pressed again and again.
  await chrome.action.setBadgeText({ tabId: tab, text: opened ? "" : "?" });
  await chrome.action.setTitle({ tabId: tab, title: opened ? TITLE : "Click into a text field first, then here: no field that Medcode can reach is in use" });
}
