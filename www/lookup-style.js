// The look of the element: a constructed style sheet, which a strict content security policy allows, shared by all elements.
//
// Colours follow the page's `color-scheme`; every one of them can be set by a custom property of the host.

const RULES = `
:host {
  --_accent: var(--medcode-accent, #0b5599);
  --_yes: var(--medcode-yes, #14643a);
  --_no: var(--medcode-no, #7d4600);
  --_bad: var(--medcode-bad, #a1202c);
  --_muted: var(--medcode-muted, #515d6b);
  --_line: var(--medcode-line, #d3dae2);
  --_control: var(--medcode-control, #7a8796);
  --_chosen: var(--medcode-chosen, #dcebfa);
  --_mark: var(--medcode-mark, #fff0b3);
  --_mark-text: var(--medcode-mark-text, #18212c);
  --_surface: var(--medcode-surface, Canvas);
  --_text: var(--medcode-text, CanvasText);
  --_mono: var(--medcode-mono, ui-monospace, "SF Mono", "Cascadia Mono", "Segoe UI Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace);
  --_radius: var(--medcode-radius, 4px);
  display: block;
  position: relative;
  min-width: 0;
  font: var(--medcode-font, 0.9375rem/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif);
  font-variant-numeric: tabular-nums;
  color: var(--_text);
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --_accent: var(--medcode-accent, light-dark(#0b5599, #86bdf5));
    --_yes: var(--medcode-yes, light-dark(#14643a, #7fd6a3));
    --_no: var(--medcode-no, light-dark(#7d4600, #f0b968));
    --_bad: var(--medcode-bad, light-dark(#a1202c, #ff9a9f));
    --_muted: var(--medcode-muted, light-dark(#515d6b, #a5b1bf));
    --_line: var(--medcode-line, light-dark(#d3dae2, #313c49));
    --_control: var(--medcode-control, light-dark(#7a8796, #768494));
    --_chosen: var(--medcode-chosen, light-dark(#dcebfa, #1f3a56));
    --_mark: var(--medcode-mark, light-dark(#fff0b3, #5c4a08));
    --_mark-text: var(--medcode-mark-text, light-dark(#18212c, #fff4cc));
    --_surface: var(--medcode-surface, light-dark(#fff, #171e26));
    --_text: var(--medcode-text, light-dark(#18212c, #e3e9f0));
  }
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
p, ul { margin: 0; padding: 0; }
ul { list-style: none; }

.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.label { display: block; margin-block-end: 0.2rem; font-weight: 600; }

.box {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem;
  padding: 0.2rem 0.3rem;
  min-height: 2.5rem;
  background: var(--_surface);
  border: 1px solid var(--_control);
  border-radius: var(--_radius);
  cursor: text;
}
.box:focus-within { outline: 2px solid var(--_accent); outline-offset: 0; border-color: var(--_accent); }
:host([disabled]) .box { opacity: 0.75; cursor: default; background: none; border-style: dashed; }
:host(:state(invalid)) .box { border-color: var(--_bad); }
input {
  flex: 1 1 8rem;
  min-width: 0;
  min-height: 1.9rem;
  padding: 0 0.3rem;
  font: inherit;
  color: inherit;
  background: none;
  border: 0;
  outline: 0;
}
input::placeholder { color: var(--_muted); opacity: 1; }

.chips { display: contents; }
.chip {
  display: inline-flex;
  align-items: baseline;
  gap: 0.35rem;
  max-width: 100%;
  min-height: 1.75rem;
  padding-inline: 0.5rem 0.15rem;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_chosen);
  line-height: 1.6;
}
.chip.unknown { background: none; border: 1px dashed var(--_bad); color: var(--_bad); }
.chip .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; max-width: 22rem; }
:host([multiple]) .chip .title { max-width: 12rem; }
button { font: inherit; color: inherit; border: 0; background: none; cursor: pointer; border-radius: var(--_radius); min-width: 1.75rem; min-height: 1.6rem; padding: 0; }
button:hover { background: var(--_line); }
button:focus-visible { outline: 2px solid var(--_accent); }

.popup {
  position: absolute;
  inset-inline: 0;
  top: 100%;
  z-index: 1000;
  margin: 0;
  padding: 0;
  overflow: hidden;
  color: var(--_text);
  background: var(--_surface);
  border: 1px solid var(--_control);
  border-radius: var(--_radius);
  box-shadow: 0 6px 24px rgb(0 0 0 / 0.18);
}
.popup:popover-open { display: flex; flex-direction: column; max-height: min(26rem, var(--medcode-room, 26rem)); }
.list { overflow-y: auto; max-height: 26rem; min-height: 0; overscroll-behavior: contain; }
.path, .note { padding: 0.35rem 0.75rem; font-size: 0.875rem; color: var(--_muted); }
.path { border-block-end: 1px solid var(--_line); }
.note + * , .list + .note:not([hidden]) { border-block-start: 1px solid var(--_line); }

.code { font-family: var(--_mono); font-weight: 600; white-space: nowrap; unicode-bidi: isolate; }
mark { background: var(--_mark); color: var(--_mark-text); border-radius: 2px; font-weight: 600; }
.hit {
  display: grid;
  grid-template-columns: 5.6rem minmax(0, 1fr) auto;
  gap: 0 0.6rem;
  align-items: baseline;
  padding: 0.28rem 0.75rem 0.3rem;
  line-height: 1.3;
  border-inline-start: 4px solid transparent;
  border-block-end: 1px solid var(--_line);
  cursor: pointer;
  overflow-wrap: anywhere;
}
.hit:last-child { border-block-end: 0; }
.hit.narrow { display: block; position: sticky; inset-block-end: 0; color: var(--_accent); background: var(--_surface); border-block-start: 1px solid var(--_line); }
.hit.narrow[aria-selected="true"] { background: var(--_chosen); }
@media (max-height: 16rem) { .hit.narrow { position: static; } }
.hit.answer .code { color: var(--_accent); }
.hit.answer.plain { grid-template-columns: 0.8rem minmax(0, 1fr) auto; }
.hit:hover { background: color-mix(in srgb, var(--_chosen) 45%, var(--_surface)); }
.hit[aria-selected="true"] { background: var(--_chosen); border-inline-start-color: var(--_accent); }
.hit .why { display: block; font-size: 0.8125rem; color: var(--_muted); }
.hit .kind { text-align: end; font-size: 0.8125rem; }
.hit .kind > * { display: block; white-space: nowrap; }
.hit .system { color: var(--_muted); }
.hit[aria-selected="true"] .why, .hit[aria-selected="true"] .system { color: inherit; }
.mark { background: none; }
.mark.yes { color: var(--_yes); }
.mark.no { color: var(--_no); }

@container medcode (max-width: 28rem) {
  .hit { grid-template-columns: minmax(0, 1fr) auto; }
  .hit .code { grid-row: 1; grid-column: 1; }
  .hit .kind { grid-row: 1; grid-column: 2; display: flex; flex-direction: row-reverse; gap: 0.6rem; }
  .hit .what { grid-row: 2; grid-column: 1 / -1; }
}
.list { container: medcode / inline-size; }

@media (pointer: coarse), (max-width: 40rem) {
  .box, .hit { min-height: 44px; }
  button { min-width: 44px; min-height: 36px; }
}
@media (forced-colors: active) {
  .hit[aria-selected="true"] { forced-color-adjust: none; background: Highlight; color: HighlightText; }
  .hit[aria-selected="true"] * { color: inherit; background: none; }
  mark { background: none; color: inherit; text-decoration: underline; }
  .box, .popup { border-color: CanvasText; }
}
@media print {
  .popup, button { display: none !important; }
}
`;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** The style sheet, made when it is first needed. */
export function lookupStyles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(RULES);
  }
  return sheet;
}
