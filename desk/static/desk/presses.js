/* A press counts, and counts once: none is lost between two answers, and no form is sent twice. */
"use strict";

/* Buttons that their own answer replaces: what is pressed in between is pressed once the new ones are there, in its order. */
const waiting = []; // ids
let pressing = false;

/* The button, where its answer or the one before takes it away. */
function replaced(node) {
  const inRegion = node.closest("button[id][hx-post], input[type=radio][id][hx-post], a[id][hx-get]");
  if (inRegion && replacing.some((id) => inRegion.closest(`#${CSS.escape(id)}`))) return inRegion;
  const button = node.closest("[data-replaced]");
  return running > 0 || waiting.length ? button : null;
}

document.addEventListener("click", (event) => {
  const button = pressing ? null : replaced(event.target);
  if (!button) return;
  waiting.push(button.id);
  event.preventDefault();
  event.stopPropagation();
}, true);

function pressAgain() {
  pressing = true;
  while (waiting.length && running === 0) document.getElementById(waiting.shift())?.click();
  pressing = false;
}

/* A press that waited for another answer is still one of its button, and of no other, wherever the focus has gone by then. */
document.addEventListener("htmx:configRequest", ({ detail: { formData, triggeringEvent } }) => {
  const button = triggeringEvent?.submitter;
  if (!button) return;
  const controls = [...triggeringEvent.target.elements];
  const isButton = (name) => name && controls.every((node) => node.name !== name || node.type === "submit");
  for (const { name } of controls) if (isButton(name)) formData.delete(name);
  if (isButton(button.name)) formData.set(button.name, button.value);
});

/* A form, or a button that acts by itself, is sent once: not again before its answer, nor before the page that this leads to. */
const LEAVING = 10000; // a page that has not come by then may be asked for again
const sent = new WeakSet();
let leaving = 0;

function leave() {
  leaving = setTimeout(() => { leaving = 0; }, LEAVING);
}

const acts = (node) => node.matches("form, button:not([data-replaced])") && !node.closest("[hx-sync]");

document.addEventListener("htmx:confirm", (event) => {
  const { elt, verb, triggeringEvent } = event.detail;
  if (verb === "get" || !/^(submit|click)$/.test(triggeringEvent?.type)) return;
  if (leaving || sent.has(elt)) event.preventDefault();
  else if (acts(elt)) sent.add(elt);
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
  sent.delete(elt);
  if (xhr.getResponseHeader("HX-Redirect")) leave();
});

document.addEventListener("htmx:validation:halted", ({ detail: { elt } }) => sent.delete(elt));

addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || event.target.matches("[data-file]")) return; // a file comes beside the page
  if (leaving) event.preventDefault();
  else leave();
});

addEventListener("pageshow", () => { leaving = 0; });
