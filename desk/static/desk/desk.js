/* Desk's own script: dialogs, drawers, toasts, copy, timers. It computes no money. early.js keeps what is done before it is there,
   focus.js keeps the focus where it was, held.js what is typed meanwhile, presses.js what is pressed, lists.js is for lists, keys.js for the keyboard, inputs.js for numbers. */
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const html = document.documentElement;
const editing = (node) => node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));

/* ---------------------------------------------------------------- dialogs and drawers */
let dirty = false;

function show(dialog) {
  if (!dialog.open) {
    dialog.opener = clue(document.activeElement);
    dialog.showModal();
  }
  const heading = $("h2", dialog);
  if (heading) dialog.setAttribute("aria-label", heading.textContent.trim());
}

function leaveDrawerUrl() {
  const url = new URL(location.href);
  const shown = url.searchParams.get("drawer");
  if (!shown) return null;
  url.searchParams.delete("drawer");
  history.replaceState({ htmx: true }, "", url);
  return $(`a.rowlink[href*="drawer=${CSS.escape(shown)}"]`);
}

function closed(dialog) {
  if (dialog.id === "palette") return;
  const reload = $("[data-reload-on-close]", dialog);
  dialog.replaceChildren();
  const row = dialog.id === "drawer" ? leaveDrawerUrl() : null;
  const back = (dialog.opener && successor(dialog.opener)) ?? row;
  if (back) back.focus();
  else $("#content").focus({ preventScroll: true });
  if (!reload) return;
  sessionStorage.setItem("landed", "1");
  location.reload();
}

document.addEventListener("close", (event) => closed(event.target), true);

document.addEventListener("cancel", (event) => {
  const form = event.target.querySelector?.("form[data-guard]");
  if (form && form.dataset.dirty && !confirm("Close without saving your changes?")) event.preventDefault();
}, true);

document.addEventListener("click", (event) => {
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) {
    event.preventDefault();
    dialog.close();
  }
});

/* ---------------------------------------------------------------- htmx: focus, toasts, errors */
document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target;
  target?.removeAttribute("aria-busy");
  if (target && target.tagName === "DIALOG" && target.childElementCount) show(target);
  const summary = $("[data-focus]", event.detail.elt) || (event.detail.elt.matches?.("[data-focus]") && event.detail.elt);
  if (summary) summary.focus();
  const words = $("[data-announce]", event.detail.elt.parentElement || document);
  if (words) announce(words.dataset.announce);
  relabel(event.detail.elt);
  sifts();
});

document.addEventListener("desk:focus", (event) => {
  const node = $(event.detail.value);
  node?.focus();
  if (node?.matches("input")) node.select?.(); // what is proposed is written over, as after Tab
});
document.addEventListener("desk:announce", (event) => announce(event.detail.value));
document.addEventListener("desk:close", () => $$("dialog[open]").forEach((dialog) => dialog.close()));
document.addEventListener("desk:toast", (event) => toast(event.detail.text || event.detail.value, event.detail.undo));

function announce(words) {
  $("#live").textContent = "";
  setTimeout(() => { $("#live").textContent = words; }, 50);
}

function toast(text, undo, icon = "check") {
  const node = document.createElement("div");
  node.className = "toast";
  node.innerHTML = `<svg class="i" aria-hidden="true"><use href="#i-${icon}"/></svg>`;
  node.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
    button.addEventListener("click", () => { htmx.ajax("POST", undo, { swap: "none" }); node.remove(); });
    node.append(button);
  }
  $("#toasts").append(node);
  fade(node);
  $$(".toast").slice(0, -3).forEach((old) => old.remove());
}

function fade(node) {
  let left = node.querySelector("button") ? 10000 : 5000;
  const timer = setInterval(() => {
    const now = document.activeElement;
    if (node.matches(":hover") || (node !== now && node.contains(now))) return;
    left -= 500;
    if (left > 0) return;
    clearInterval(timer);
    node.remove();
    if (node === now) rest($("h1"));
  }, 500);
}

function rest(node) {
  if (!node) return;
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
}

/* A change that answers with a whole page: the focus goes to what can be taken back, else to the heading. */
function land() {
  const said = $$(".toast").pop();
  const landed = said || sessionStorage.getItem("landed");
  sessionStorage.removeItem("landed");
  if (landed && !atWork && document.activeElement === document.body && !location.hash) rest(said && $("button", said) ? said : $("h1"));
}

/* Back pressed again while a page is still loading: htmx was not there to hear it, so the address left the page behind. */
document.addEventListener("DOMContentLoaded", () => {
  const bare = (url) => url.split("#")[0];
  const loaded = performance.getEntriesByType("navigation")[0].name;
  if (bare(loaded) !== bare(location.href)) location.reload();
});

let slow = 0;
let running = 0;
document.addEventListener("htmx:beforeRequest", () => {
  running += 1;
  slow = slow || setTimeout(() => $("#progress").classList.add("is-on"), 1000);
});
document.addEventListener("htmx:afterRequest", () => {
  running -= 1;
  if (running > 0) return;
  setTimeout(pressAgain); // once htmx has put the answer in
  clearTimeout(slow);
  slow = 0;
  $("#progress").classList.remove("is-on");
});

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => failed(event.detail));
}

function failed(detail) {
  const id = detail.xhr?.getResponseHeader?.("X-REQUEST-ID");
  const list = detail.target?.closest?.(".list");
  const words = "That did not reach the server, or failed there. Nothing was changed." + (id ? ` Request ${id}.` : "");
  if (!list) { toast(words, "", "warn"); return; }
  list.classList.add("is-failed");
  $(".list__failed", list)?.remove();
  const note = document.createElement("div");
  note.className = "callout callout--bad list__failed";
  note.setAttribute("role", "alert");
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Retry" });
  note.append(words + " ", link);
  list.prepend(note);
}

/* ---------------------------------------------------------------- clicks */
function copy(text, button) {
  navigator.clipboard?.writeText(text).then(() => { announce("Copied"); flash(button, "Copied"); });
}

function flash(button, words) {
  const label = [...button.childNodes].findLast((node) => node.nodeType === 3 && node.textContent.trim());
  if (!label) { toast(words); return; }
  const before = label.textContent;
  label.textContent = words;
  setTimeout(() => { label.textContent = before; }, 1500);
}

document.addEventListener("click", (event) => {
  const hit = (selector) => event.target.closest(selector);
  if (hit("[aria-disabled=true]")) { event.preventDefault(); return; }
  if (hit("[data-palette]")) { event.preventDefault(); openPalette(); return; }
  if (hit("[data-help]")) { help(); return; }
  const copying = hit("[data-copy], [data-copy-text]");
  if (copying) { copy(copying.dataset.copyText ?? $(copying.dataset.copy).textContent, copying); return; }
  const tab = hit("[data-tab]");
  if (tab) {
    $$("[data-tab]", tab.parentElement).forEach((other) => {
      other.setAttribute("aria-pressed", other === tab);
      document.getElementById(other.dataset.tab).hidden = other !== tab;
    });
    return;
  }
  // A press that is sent again after an answer (presses.js) is nobody's click beside the menu.
  if (event.isTrusted) $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  const acted = hit(".menu__item:is([hx-get], [hx-post])")?.closest("details.menu");
  if (acted) { acted.open = false; $("summary", acted).focus(); }
  const row = hit("tr[data-row]");
  if (row && !hit("a, button, input, label, summary") && !String(getSelection())) $(".rowlink", row)?.click();
});

/* What the member folds is kept; a folder that is open because the page is in it is not their doing. */
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-folder] > summary")) return;
  setTimeout(() => {
    const open = $$("[data-folder][open]").map((folder) => folder.dataset.folder);
    htmx.ajax("POST", $("[data-theme-form]").action, { swap: "none", values: { folders: open.join(",") } });
  });
});

/* ---------------------------------------------------------------- inputs (numbers: inputs.js) */
/* A grip puts its row in another place; the buttons of the row do the same by keyboard. */
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  const row = grip.closest("[data-place]"), rows = () => $$("[data-place]", row.parentElement), from = rows().indexOf(row);
  const move = ({ clientY }) => {
    const over = rows().find((other) => { const box = other.getBoundingClientRect(); return clientY > box.top && clientY < box.bottom; });
    if (over && over !== row) over[row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING ? "after" : "before"](row);
  };
  const drop = () => {
    document.removeEventListener("pointermove", move);
    row.classList.remove("is-dragged");
    const form = $(grip.dataset.grip), { place, to } = form.elements;
    if (to) Object.assign(to, { value: grip.dataset.gripOf, disabled: false });
    Object.assign(place, { value: rows().indexOf(row) + 1, disabled: false });
    if (rows().indexOf(row) !== from) form.requestSubmit();
  };
  row.classList.add("is-dragged");
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop, { once: true });
});

/* A reference follows the name until someone edits it. */
document.addEventListener("input", (event) => {
  const field = event.target;
  const form = field.form;
  if (form?.matches("[data-guard]") && field.name) { dirty = true; form.dataset.dirty = "1"; }
  if (field.dataset.edited !== undefined || field.matches("[data-suggested]")) delete field.dataset.suggested;
  const follower = form && field.name && $(`[data-follows="${CSS.escape(field.name)}"][data-suggested]`, form);
  if (follower) follower.value = field.value.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, "_").replace(/^_+/, "").slice(0, follower.maxLength > 0 ? follower.maxLength : undefined).replace(/_+$/, "");
});

document.addEventListener("submit", () => { dirty = false; });
document.addEventListener("htmx:beforeOnLoad", () => { dirty = false; });
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

/* ---------------------------------------------------------------- timers that run while someone looks */
function busy(node) {
  const typing = node.contains(document.activeElement) && editing(document.activeElement);
  return typing || node.matches(":hover") || $('input[name="selected"]:checked, details.menu[open]', node);
}

function ago(node) {
  node.dataset.since ??= Date.now();
  const seconds = Math.round((Date.now() - node.dataset.since) / 1000);
  node.textContent = seconds < 2 ? "just now" : seconds < 60 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ago`;
}

setInterval(() => {
  $$("[data-ago]").forEach(ago);
  if (document.hidden || $("dialog[open]")) return;
  $$("[data-poll]").forEach((node) => {
    const now = Date.now();
    node.dataset.polled ??= now;
    if (now - node.dataset.polled < node.dataset.poll * 1000 || busy(node)) return;
    node.dataset.polled = now;
    if (node.id === "list") htmx.ajax("GET", location.href, { target: "#list", swap: "outerHTML" });
    else htmx.trigger(node, "desk:poll");
  });
}, 1000);

/* ---------------------------------------------------------------- start */
function relabel(root) {
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) $$("kbd", root).forEach((key) => {
    key.textContent = key.textContent.replace(/^⌘/, "Ctrl ");
  });
}

function start() {
  relabel(document);
  sifts();
  $$(".toast").forEach(fade);
  $$("dialog[data-show]").forEach(show);
  if (!atWork) $("[data-focus]")?.focus(); // someone who was quicker has the focus where they want it
  land();
}

document.addEventListener("DOMContentLoaded", start); // by then the other scripts are there
