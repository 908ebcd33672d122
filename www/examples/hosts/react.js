// A component of React over the controller, and the element beside it. With JSX it reads as you would write it.

import { createElement, createRoot, StrictMode, useMemo, useState, useSyncExternalStore } from "./lib/react.js";
import "../../element.js";
import { load, LookupController } from "../../index.js";

const source = load({ systems: ["icd10cm"] });

function Find() {
  // It is ended by nobody: one that nobody holds goes by itself, and an effect that ends it would end the one that StrictMode keeps.
  const controller = useMemo(() => new LookupController(source, { pageSize: 8, systems: ["icd10cm"] }), []);
  const state = useSyncExternalStore((listener) => controller.subscribe(listener), () => controller.state);
  const [chosen, choose] = useState("");
  const pick = ({ code, display }) => choose(`${code} ${display}`);
  // Enter waits while the list still grows, and takes no line that nobody has seen first.
  const enter = async () => {
    const choice = await controller.take();
    if (choice?.sure) pick(choice.hit);
  };
  return createElement(
    "div",
    null,
    createElement("label", { htmlFor: "find" }, "Diagnosis"),
    createElement("input", { id: "find", onChange: ({ target }) => controller.search(target.value), onKeyDown: ({ key }) => key === "Enter" && enter() }),
    createElement("ul", null, state.hits.map((hit) => createElement("li", { key: hit.code }, createElement("button", { type: "button", onClick: () => pick(hit) }, `${hit.code} ${hit.display}`)))),
    createElement("p", { id: "chosen", role: "status" }, state.taking ? "One moment" : chosen),
    // React 19 sets the properties of an element and listens to its events by name.
    createElement("medcode-lookup", { label: "The same as an element", systems: ["icd10cm"], "onmedcode-select": ({ detail }) => detail.concepts.forEach(pick) }),
  );
}

createRoot(document.getElementById("app")).render(createElement(StrictMode, null, createElement(Find)));
