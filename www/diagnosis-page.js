// The page `diagnosis.html`. Bundled as a classic script, so that it runs where modules do not.

import { advice, diagnose } from "./diagnose.js";
import { byId, element } from "./dom.js";

async function main() {
  const ways = await diagnose(new URL("./", import.meta.url).href);
  byId("advice").textContent = advice(ways);
  byId("ways").replaceChildren(
    ...ways.map(({ id, title, works, found, ask }) =>
      element(
        "tr",
        { "data-way": id, "data-works": String(works) },
        element("th", { scope: "row" }, title),
        element("td", { class: works ? "mark yes" : "mark bad" }, works ? "✓ works" : "✕ does not"),
        element("td", {}, found),
        element("td", {}, ask),
      ),
    ),
  );
  const asked = ways.filter(({ ask }) => ask).map(({ title, found, ask }) => `- ${title}: ${found}. To have it: ${ask}.`);
  byId("report", HTMLTextAreaElement).value = [
    `Medcode on ${location.origin === "null" ? location.protocol : location.origin}`,
    navigator.userAgent,
    advice(ways),
    ...(asked.length > 0 ? ["What does not work here:", ...asked] : ["Everything works here."]),
  ].join("\n");
  document.documentElement.dataset.ready = "yes";
}

main();
