// Prints the reference from the declarations of the module and the tables of the element: `reference.html` for people,
// `custom-elements.json` for editors and frameworks.

import { ATTRIBUTES, propertyOf } from "../www/lookup.js";
import { CUSTOM_PROPERTIES, EVENTS, METHODS, PARTS, SLOTS } from "../www/lookup-reference.js";

const escaped = (/** @type {string} */ text) => text.replace(/[&<>"]/g, (letter) => /** @type {Record<string, string>} */ ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);
/** A sentence of ours, its `code` as code. @param {string} text */
const prose = (text) => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");

/**
 * The text of a doc comment, in paragraphs.
 *
 * @param {string} comment
 */
function described(comment) {
  const lines = comment.replace(/^\/\*\*|\*\/$/g, "").split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  const text = lines.join("\n").trim().replace(/```\w*\n([^]*?)```/g, (_, code) => `\u0000${code}\u0000`);
  return text
    .split(/\n\n+|(?=\u0000)|(?<=\u0000)\n/)
    .filter((part) => part.replace(/\u0000/g, "").trim())
    .map((part) => (part.startsWith("\u0000") ? `<pre>${escaped(part.replace(/\u0000/g, "").trim())}</pre>` : `<p>${prose(part.replace(/@throws \{(\w+)\}/, "Throws `$1`"))}</p>`))
    .join("");
}

/** @param {readonly (readonly string[])[]} rows @param {readonly string[]} headings */
const table = (rows, headings) =>
  `<div class="wide" role="region" aria-label="${headings[0]}s" tabindex="0"><table><thead><tr>${headings.map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead><tbody>${rows
    .map(([name, ...rest]) => `<tr><th scope="row"><code>${escaped(name)}</code></th>${rest.map((cell) => `<td>${prose(cell)}</td>`).join("")}</tr>`)
    .join("")}</tbody></table></div>`;

/**
 * The page.
 *
 * @param {string} declarations the text of `medcode.d.ts`
 * @returns {string}
 */
export function reference(declarations) {
  const start = declarations.indexOf("export class Medcode");
  const body = declarations.slice(start, declarations.indexOf("\n}\n", start));
  const methods = [...body.matchAll(/(\/\*\*(?:(?!\*\/)[^])*\*\/)\s+((?:static )?(\w+)\([^\n]*);/g)].map(([, comment, signature, name]) => ({ name, comment, signature: signature.replace(/^constructor/, "new Medcode") }));
  const before = declarations.slice(0, start);
  const types = [...before.matchAll(/(\/\*\*(?:(?!\*\/)[^])*\*\/)\s+(export (?:interface|type) (\w+)[^]*?(?:\n\}|;))(?=\n)/g)].map(([, comment, text, name]) => ({ name, comment, text }));
  if (methods.length < 10 || types.length < 10) throw new Error(`expected the methods and types of medcode.d.ts, found ${methods.length} and ${types.length}`);
  const section = (/** @type {{ name: string, comment: string }} */ { name, comment }, /** @type {string} */ text) =>
    `<section id="${name}"><h3>${name}</h3>${described(comment)}<pre>${escaped(text)}</pre></section>`;
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Reference – Medcode</title>
  <link rel="icon" href="icons/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="colours.css">
  <link rel="stylesheet" href="page.css">
</head>
<body class="reference">
  <main>
    <p><a href="index.html">Medcode</a> · <a href="docs.html">Using Medcode in your page</a></p>
    <h1>Reference</h1>
    <p>${methods.map(({ name }) => `<a href="#${name}">${name}</a>`).join(" · ")} · <a href="#element">the element</a> · <a href="#types">types</a></p>
    <h2>Methods of Medcode</h2>
    ${methods.map((method) => section(method, method.signature)).join("\n    ")}
    <h2 id="element">The element</h2>
    <h3>Attributes and properties</h3>
    ${table(ATTRIBUTES.map(([name, type, text]) => [name, propertyOf(name), type, text]), ["Attribute", "Property", "Type", "What for"])}
    <h3>Events</h3>
    ${table(EVENTS.map(([name, type, text]) => [name, type, text]), ["Event", "Detail", "When"])}
    <h3>Methods</h3>
    ${table(METHODS, ["Method", "What it does"])}
    <h3>Slots</h3>
    ${table(SLOTS, ["Slot", "Where"])}
    <h3>Parts</h3>
    <p>${PARTS.map((part) => `<code>${part}</code>`).join(" ")}</p>
    <h3>Custom properties</h3>
    ${table(CUSTOM_PROPERTIES, ["Property", "What"])}
    <h2 id="types">Types</h2>
    ${types.map((type) => section({ ...type, name: type.name }, type.text)).join("\n    ")}
  </main>
</body>
</html>
`;
}

/** What the element offers, as the Custom Elements Manifest says it, in version 1.0.0 of its schema. */
export function manifest() {
  const declaration = { name: "MedcodeLookup", module: "lookup.js" };
  const element = {
    kind: "class",
    name: "MedcodeLookup",
    tagName: "medcode-lookup",
    customElement: true,
    superclass: { name: "HTMLElement" },
    description: "A form field that holds codes.",
    attributes: ATTRIBUTES.map(([name, type, description]) => ({ name, fieldName: propertyOf(name), type: { text: type === "list" ? "string" : type }, description })),
    members: METHODS.map(([signature, description]) => ({ kind: "method", name: signature.replace(/\(.*/, ""), description })),
    events: EVENTS.map(([name, type, description]) => ({ name, type: { text: type ? `CustomEvent<${type}>` : "Event" }, description })),
    slots: SLOTS.map(([name, description]) => ({ name, description })),
    cssParts: PARTS.map((name) => ({ name })),
    cssProperties: CUSTOM_PROPERTIES.map(([name, description]) => ({ name, description })),
  };
  const modules = [
    { kind: "javascript-module", path: "lookup.js", declarations: [element], exports: [{ kind: "js", name: "MedcodeLookup", declaration }] },
    { kind: "javascript-module", path: "element.js", exports: [{ kind: "custom-element-definition", name: "medcode-lookup", declaration }] },
  ];
  return `${JSON.stringify({ schemaVersion: "1.0.0", modules }, null, 2)}\n`;
}
