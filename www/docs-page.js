// Runs the examples of `docs.html`: what is shown is what runs.

import { byId, element } from "./dom.js";
import "./element.js";
import { load } from "./medcode.js";

byId("from-disk").remove();
byId("from-server").hidden = false;
byId("loaded").textContent = "Loading the codes …";
for (const template of document.querySelectorAll("template.example")) {
  const shown = template.innerHTML.trim().replaceAll('=""', "");
  const live = element("div", { class: "live" });
  // The scripts of the example run in this page already.
  for (const node of [.../** @type {HTMLTemplateElement} */ (template).content.cloneNode(true).childNodes]) {
    if (!(node instanceof HTMLScriptElement)) live.append(node);
  }
  template.replaceWith(element("pre", {}, shown), live);
}

for (const place of document.querySelectorAll(".run")) {
  const name = place.getAttribute("data-example");
  const address = new URL(`./examples/${name}.js`, import.meta.url);
  const result = element("pre", { class: "result", role: "status" }, "…");
  place.append(element("pre", {}, (await (await fetch(address)).text()).trim()), result);
  const { output } = await import(address.href);
  result.textContent = output;
}

const medcode = await load();
byId("loaded").textContent = `Loaded here: ${medcode.systems().map(({ title, release: { version } }) => `${title} ${version}`).join(", ")}.`;
document.documentElement.dataset.ready = "yes";
