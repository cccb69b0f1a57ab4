/* Desk by keyboard: search or jump, single keys, rows of a list, tiers. */
"use strict";

/* ---------------------------------------------------------------- search or jump */
const palette = $("#palette");

function openPalette() {
  if (!palette || palette.open) return;
  palette.showModal();
  const input = $("input", palette);
  input.select();
  htmx.trigger(input, "desk:open");
}

function choose(index) {
  const options = $$("a[role=option]", palette);
  if (!options.length) return;
  const at = (index + options.length) % options.length;
  options.forEach((option, number) => option.setAttribute("aria-selected", number === at));
  options[at].scrollIntoView({ block: "nearest" });
  $("input", palette).setAttribute("aria-activedescendant", options[at].id);
}

let answered = null; // what the options are the answer to
let entered = false; // Enter was pressed before the answer was there

document.addEventListener("htmx:afterSettle", ({ detail: { target, requestConfig } }) => {
  if (target?.id !== "found") return;
  answered = requestConfig.formData.get("q") ?? "";
  choose(0);
  if (entered) jump();
});

/* To what is chosen of the answer to what is typed now, which may be on its way. */
function jump() {
  entered = answered !== $("input", palette).value;
  if (entered) return;
  const options = $$("a[role=option]", palette);
  const option = options.find((other) => other.getAttribute("aria-selected") === "true") ?? options[0];
  if (option) option.click();
  else $("form", palette).requestSubmit();
}

if (palette) {
  palette.addEventListener("input", () => { entered = false; });
  palette.addEventListener("close", () => { entered = false; });
  palette.addEventListener("keydown", (event) => {
    const options = $$("a[role=option]", palette);
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); choose(at + step); }
    if (event.key === "Enter") { event.preventDefault(); jump(); }
  });
}

/* ---------------------------------------------------------------- keyboard */
let pending = "";
let marked = ""; // the row that was selected last

/* The row that has the focus is the one at hand, whichever way it came there. */
document.addEventListener("focusin", (event) => {
  const at = event.target.closest("tr[data-row]");
  if (at) $$("tr[data-row]").forEach((row) => row.classList.toggle("is-at", row === at));
});

function rowMove(step) {
  const rows = $$("tr[data-row]");
  const at = rows.findIndex((row) => row.classList.contains("is-at"));
  $(".rowlink", rows[Math.min(rows.length - 1, Math.max(0, at + step))])?.focus();
}

function select(from) {
  const boxes = $$("input[name=selected]");
  const at = boxes.indexOf($("tr.is-at input[name=selected]"));
  if (at < 0) return;
  const start = from ? boxes.findIndex((box) => box.value === from) : -1;
  if (start < 0) boxes[at].click();
  else boxes.slice(Math.min(start, at), Math.max(start, at) + 1).forEach((box) => { if (!box.checked) box.click(); });
  marked = boxes[at].value;
}

if (localStorage.narrow && html.dataset.shortcuts !== "off") html.toggleAttribute("data-narrow", true);

const KEYS = {
  "/": () => $("#list-search")?.focus(),
  "?": help,
  j: () => rowMove(1),
  k: () => rowMove(-1),
  x: () => select(""),
  X: () => select(marked),
  u: () => [...$$(".toast button")].pop()?.focus(),
  n: () => $('[data-key="n"]')?.click(),
  e: () => $('[data-key="e"]')?.click(),
  "[": () => { localStorage.narrow = html.toggleAttribute("data-narrow") ? "1" : ""; },
};

document.addEventListener("keydown", (event) => {
  const command = event.metaKey || event.ctrlKey;
  if (command && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
  if (command && event.key === "Enter") {
    const form = event.target.closest("form") || $("form[data-primary]");
    if (!form) return;
    event.preventDefault();
    const primary = [...form.elements].find((node) => node.matches("[data-primary-button]")); // it may stand in a bar
    if (primary) primary.click();
    else form.requestSubmit();
    return;
  }
  if (html.dataset.shortcuts === "off" || command || event.altKey || editing(event.target) || $("dialog[open]")) return;
  if (pending === "g") {
    pending = "";
    $(`[data-go="${CSS.escape(event.key)}"]`)?.click();
    return;
  }
  if (event.key === "g") { pending = "g"; setTimeout(() => { pending = ""; }, 1200); return; }
  if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});

function help() {
  const rows = [["Search or jump", "Ctrl/⌘ K"], ["Next and previous row", "j, k"], ["Open row", "Enter"], ["Select row, and up to row", "x, X"],
    ["Search this list", "/"], ["New", "n"], ["Edit", "e"], ["Go to Undo", "u"], ["Primary action", "Ctrl/⌘ Enter"],
    ["Hide or show the menu", "["], ["Close", "Esc"]];
  const plain = (link) => [...link.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
  const goes = $$("[data-go]").map((link) => [`Go to ${plain(link)}`, `g ${link.dataset.go}`]);
  const dialog = $("#dialog");
  dialog.innerHTML = '<div class="dialog"><header><h2>Keyboard</h2></header><div class="in"><dl class="keys"></dl></div>' +
    '<footer><button class="btn btn--primary" type="button" data-close>Close</button></footer></div>';
  for (const [words, keys] of [...rows, ...goes]) {
    const dt = document.createElement("dt");
    dt.append(Object.assign(document.createElement("kbd"), { textContent: keys }));
    $(".keys", dialog).append(dt, Object.assign(document.createElement("dd"), { textContent: words }));
  }
  show(dialog);
}

/* Below the row that has the focus. */
function addTier(input) {
  const button = $("[data-add-tier]"), at = $$("tr.tier").indexOf(input.closest("tr.tier"));
  if (button && at >= 0) Object.assign(button, { name: "at", value: at });
  button?.click();
}

/* In a tier table Enter goes down a row, Shift+Enter up, and Alt+Enter adds a tier. */
document.addEventListener("keydown", (event) => {
  const input = event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.closest?.("#price-form input:not([type=radio])");
  if (!input) return;
  event.preventDefault();
  if (event.altKey) { addTier(input); return; }
  const column = $$(`input[name="${CSS.escape(input.name)}"]`, input.form);
  column[column.indexOf(input) + (event.shiftKey ? -1 : 1)]?.focus();
});

