/* Where the focus goes when what had it is replaced, closed or gone: never to the top of the page. */
"use strict";

const FOCUSABLE = "a[href], button:not([disabled], [tabindex='-1']), input:not([type=hidden], [disabled]), select, textarea, summary, [tabindex='0']";
const MARKS = ["href", "name", "value", "aria-label"];
let last = null;

const kind = (node) => `${node.tagName}.${node.className}`;
const words = (node) => node.textContent.trim().replace(/\s+/g, " ");
const visible = (node) => node.checkVisibility({ visibilityProperty: true });

/* What tells a control again after its region was swapped. */
function clue(node) {
  if (!node || node === document.body) return null;
  const regions = [];
  for (let at = node.parentElement?.closest("[id]"); at; at = at.parentElement?.closest("[id]")) regions.push(at.id);
  const peers = alike(document.getElementById(regions[0]) || document.body, node);
  return { node, regions, id: node.id, kind: kind(node), words: words(node), place: peers.indexOf(node), marks: MARKS.map((mark) => node.getAttribute(mark)) };
}

function alike(region, node) {
  return $$(node.tagName.toLowerCase(), region).filter((other) => kind(other) === kind(node) && visible(other));
}

/* The control itself, or the one that stands for it now: the same link, name or words; the one in its place; the first of its region. */
function successor(had) {
  if (had.node.isConnected && visible(had.node)) return had.node;
  const menu = had.node.isConnected && had.node.closest("details.menu");
  if (menu) return $("summary", menu); // an entry of a menu that has closed
  const same = had.id && document.getElementById(had.id);
  if (same && visible(same)) return same;
  const region = document.getElementById(had.regions.find((id) => document.getElementById(id)));
  if (!region) return null;
  const stops = $$(FOCUSABLE, region).filter(visible);
  const peers = stops.filter((node) => kind(node) === had.kind);
  const [href, name, value] = had.marks;
  return stops.find((node) => (href || name) && MARKS.every((mark, at) => node.getAttribute(mark) === had.marks[at]))
    ?? stops.find((node) => name && node.getAttribute("name") === name && node.getAttribute("value") === value)
    ?? stops.find((node) => node.tagName === had.node.tagName && had.words && words(node) === had.words)
    ?? peers[Math.min(had.place, peers.length - 1)]
    ?? stops[0];
}

document.addEventListener("focusin", (event) => { last = clue(event.target); });

/* A press beside everything takes the focus on purpose. */
document.addEventListener("focusout", (event) => {
  const menu = event.relatedTarget && event.target.closest("details.menu[open]");
  if (menu && !menu.contains(event.relatedTarget)) menu.open = false;
  const had = last;
  if (!event.relatedTarget) setTimeout(() => {
    if (last === had && had?.node.isConnected && document.activeElement !== had.node) last = null;
  });
});

for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) document.addEventListener(name, () => {
  const now = document.activeElement;
  if (last && !last.node.isConnected && (now === document.body || now?.tagName === "DIALOG")) successor(last)?.focus({ preventScroll: true });
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (!menu) return;
  event.preventDefault(); // a dialog around it stays
  menu.open = false;
  $("summary", menu).focus();
});
