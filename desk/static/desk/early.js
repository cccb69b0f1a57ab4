/* What is pressed or typed while a page still loads is kept, and done once the other scripts are there (held.js does it).
   The page waits for this script alone: nothing on it can be pressed before. */
"use strict";

const early = []; // in their order: a control that was pressed, a key, or a field that was written in
let atWork = false; // someone has begun: the page leaves the focus to them

{
  const PRESSED = "a[hx-get], a[hx-post], button, summary, tr[data-row]";
  const FIELDS = "input, textarea, select";
  const loaded = new AbortController();
  const hear = (kind, listener) => document.addEventListener(kind, listener, { capture: true, signal: loaded.signal });
  const asksForPalette = ({ key, ctrlKey, metaKey }) => (ctrlKey || metaKey) && key.toLowerCase() === "k";

  function keep(event, what) {
    event.preventDefault();
    event.stopImmediatePropagation();
    early.push(what);
  }

  hear("click", (event) => {
    const node = event.target.closest?.(`a, label, ${FIELDS}, ${PRESSED}`);
    if (!node?.matches(PRESSED) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (early.at(-1)?.node === node && !node.matches("summary")) { event.preventDefault(); return; } // a double click
    keep(event, { node });
  });

  hear("keydown", (event) => {
    atWork = true;
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
    const stroke = { key, shiftKey, altKey, ctrlKey, metaKey };
    const typing = early.some((other) => other.stroke && asksForPalette(other.stroke));
    const command = ctrlKey || metaKey;
    const single = key.length === 1 && key !== " " && !event.target.closest?.(FIELDS);
    if (command ? asksForPalette(event) || key === "Enter" : typing || (single && !altKey)) keep(event, { stroke });
  });

  hear("pointerdown", () => { atWork = true; });

  for (const kind of ["input", "change"]) hear(kind, ({ target: field }) => {
    if (!early.some((other) => other.field === field && other.kind === kind)) early.push({ field, kind });
  });

  /* htmx takes what a field holds when it begins for what was asked last. */
  document.addEventListener("DOMContentLoaded", () => {
    loaded.abort();
    for (const each of early) if (each.field?.matches("input[hx-trigger*=changed]")) {
      const { value, selectionStart, selectionEnd } = each.field;
      Object.assign(each, { value, selection: [selectionStart, selectionEnd] });
      each.field.value = each.field.defaultValue;
    }
  });
}
