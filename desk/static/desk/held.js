/* What is typed while an answer replaces the field it belongs to waits, and goes where the focus is then. */
"use strict";

const TYPED = "input:not([type=hidden], [type=checkbox], [type=radio], [disabled]), textarea";
const HELD_KEYS = ["Tab", "Enter", "Backspace", "Delete"];
const replacing = []; // ids of the regions that are being replaced, one for each request
let held = [];

function replaces(target, elt) {
  const swap = elt?.closest?.("[hx-swap]")?.getAttribute("hx-swap") ?? "";
  return target?.id && !/^(none|beforeend|afterbegin)/.test(swap) && $(TYPED, target);
}

/* Told before the request queues: what is typed from here on is not in it. */
document.addEventListener("htmx:confirm", ({ detail: { target, elt } }) => {
  if (!replaces(target, elt)) return;
  replacing.push(target.id);
  setTimeout(quiet, 50); // it may never be sent
});

document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
  const at = replacing.indexOf(target?.id);
  if (at >= 0) replacing.splice(at, 1);
  setTimeout(release); // the focus comes after the answer
});

/* Nothing runs any more: a request that failed, or gave way to another one, replaces nothing. */
function quiet() {
  if (running > 0) return;
  replacing.length = 0;
  release();
}
document.addEventListener("htmx:afterRequest", () => setTimeout(quiet, 50));

document.addEventListener("keydown", (event) => {
  const at = document.activeElement;
  if (!event.isTrusted || !replacing.some((id) => at.closest?.(`#${CSS.escape(id)}`))) return;
  const letter = event.key.length === 1;
  if (event.ctrlKey || event.metaKey || event.isComposing || !(letter || HELD_KEYS.includes(event.key))) return;
  if (!at.matches(TYPED) && (!letter || event.key === " ")) return; // a button is pressed as ever
  if (event.key === "Tab" && !held.length) return; // the field that it leads to has a successor
  event.preventDefault();
  event.stopImmediatePropagation();
  held.push({ key: event.key, shiftKey: event.shiftKey, altKey: event.altKey });
}, true);

function release() {
  while (held.length && !replacing.length) again(held.shift());
}

function again(stroke) {
  const at = document.activeElement;
  const erases = { Backspace: "delete", Delete: "forwardDelete" }[stroke.key];
  if (stroke.key === "Tab") {
    const stops = $$(FOCUSABLE, $("dialog[open]") ?? document).filter(visible);
    stops[stops.indexOf(at) + (stroke.shiftKey ? -1 : 1)]?.focus();
  } else if (stroke.key === "Enter") {
    const event = new KeyboardEvent("keydown", { ...stroke, bubbles: true, cancelable: true });
    if (at.dispatchEvent(event) && at.matches("button, a")) at.click();
  } else if (at.matches(TYPED)) {
    document.execCommand(erases ?? "insertText", false, erases ? undefined : stroke.key);
  }
}

/* What was done before the scripts were there (early.js). */
document.addEventListener("DOMContentLoaded", () => {
  for (const { node, stroke, field, kind, value, selection } of early.splice(0)) {
    if (node) node.click();
    else if (stroke) strike(stroke);
    else {
      if (value !== undefined) { field.value = value; field.setSelectionRange?.(...selection); }
      field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }
});

/* A key that waited: what hears it acts, else it is typed. */
function strike(stroke) {
  const event = new KeyboardEvent("keydown", { ...stroke, bubbles: true, cancelable: true });
  const command = stroke.ctrlKey || stroke.metaKey;
  if (document.activeElement.dispatchEvent(event) && !command && stroke.key !== "Enter") again(stroke);
}
