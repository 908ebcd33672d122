// A component of Vue over the controller: the state is drawn as any other.

import { createApp, h, onUnmounted, ref, shallowRef } from "./lib/vue.js";
import { load, LookupController } from "../../index.js";

const Lookup = {
  setup() {
    const controller = new LookupController(load({ systems: ["icd10cm"] }), { pageSize: 8, systems: ["icd10cm"] });
    const state = shallowRef(controller.state);
    const chosen = ref("");
    onUnmounted(controller.subscribe((next) => { state.value = next; }));
    onUnmounted(() => controller.destroy());
    return () => [
      h("label", { for: "find" }, "Diagnosis"),
      h("input", { id: "find", onInput: ({ target }) => controller.search(target.value) }),
      h("ul", state.value.hits.map((hit) => h("li", { key: hit.code }, [h("button", { type: "button", onClick: () => { chosen.value = `${hit.code} ${hit.display}`; } }, `${hit.code} ${hit.display}`)]))),
      h("p", { id: "chosen", role: "status" }, chosen.value),
    ];
  },
};

createApp(Lookup).mount("#app");
