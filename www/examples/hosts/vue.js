// A component of Vue over the controller: the state is drawn as any other.

import { createApp, h, onUnmounted, ref, shallowRef } from "./lib/vue.js";
import { load, LookupController } from "../../index.js";

const Lookup = {
  setup() {
    const controller = new LookupController(load({ systems: ["icd10cm"] }), { pageSize: 8, systems: ["icd10cm"] });
    const state = shallowRef(controller.state);
    const chosen = ref("");
    const pick = ({ code, display }) => { chosen.value = `${code} ${display}`; };
    // Enter waits while the list still grows, and takes no line that nobody has seen first.
    const enter = async () => {
      const choice = await controller.take();
      if (choice?.sure) pick(choice.hit);
    };
    onUnmounted(controller.subscribe((next) => { state.value = next; }));
    onUnmounted(() => controller.destroy());
    return () => [
      h("label", { for: "find" }, "Diagnosis"),
      h("input", { id: "find", onInput: ({ target }) => controller.search(target.value), onKeydown: ({ key }) => key === "Enter" && enter() }),
      h("ul", state.value.hits.map((hit) => h("li", { key: hit.code }, [h("button", { type: "button", onClick: () => pick(hit) }, `${hit.code} ${hit.display}`)]))),
      h("p", { id: "chosen", role: "status" }, state.value.taking ? "One moment" : chosen.value),
    ];
  },
};

createApp(Lookup).mount("#app");
