() => {
  // Runs in the page: what the keyboard cannot reach or does not show, one line each.
  const faults = [];
  const tell = (words, node) => faults.push(`${words}: ${node.outerHTML.replace(/\s+/g, " ").slice(0, 160)}`);
  const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex]";
  const PRESSED = "[hx-get], [hx-post], [data-copy], [data-copy-text], [data-tab], [data-close], [data-help]";
  const root = [...document.querySelectorAll("dialog:modal")].pop() || document.body;
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().width > 0;
  const stops = [...root.querySelectorAll(STOPS)].filter((node) => node.tabIndex >= 0 && !node.disabled && shown(node));
  const ring = (node) => {
    const parts = [];
    for (let at = node, up = 0; at && up < 3; at = at.parentElement, up += 1) {
      const style = getComputedStyle(at);
      const outline = style.outlineStyle === "none" || style.outlineColor === "rgba(0, 0, 0, 0)" ? "" : style.outline;
      parts.push(outline, style.boxShadow);
    }
    return parts.join("|");
  };

  for (const node of root.querySelectorAll("[tabindex]")) if (node.tabIndex > 0) tell("out of order", node);
  for (const node of root.querySelectorAll(PRESSED)) {
    const trigger = node.getAttribute("hx-trigger") || "";
    const byPress = node.tagName !== "FORM" && (!trigger ? !/^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) : /\bclick\b/.test(trigger));
    if (byPress && shown(node) && !stops.includes(node)) tell("only a mouse can press", node);
  }
  for (const node of root.querySelectorAll("*")) {
    if (getComputedStyle(node).cursor !== "pointer" || !shown(node)) continue;
    const near = node.closest(STOPS) || node.closest("label")?.control || node.querySelector(STOPS);
    if (!near && !node.closest("[data-row], [aria-disabled=true]")) tell("only a mouse can press", node);
  }
  for (const row of root.querySelectorAll("[data-row]")) if (!row.querySelector("a.rowlink[href]")) tell("a row without a link", row);
  for (const row of root.querySelectorAll("[data-place]")) if (row.querySelector("[data-grip]") && !row.querySelector("button, [type=submit]")) tell("only dragging moves", row);

  if (root === document.body) {
    const skip = stops[0];
    if (!skip?.matches("a.skip[href^='#']") || !document.querySelector(skip.hash)) tell("the first stop does not skip the menu", skip || root);
  }

  const main = stops.filter((node) => node.closest("main, dialog"));
  const over = (one, other) => (one.left + one.right) / 2 > other.left && (one.left + one.right) / 2 < other.right; // in one column
  let last = null, before = null; // among neighbors: columns beside each other have an order of their own
  for (const node of main) {
    const box = node.getBoundingClientRect();
    if (last && node.parentElement === before && box.bottom <= last.top + 1 && over(box, last) && over(last, box) && !node.matches("[type=radio]")) tell("comes after what is below it", node);
    [last, before] = [box, node.parentElement];
  }

  const kinds = new Set();
  for (const node of stops) {
    const kind = [node.tagName, node.type, node.className, node.parentElement.className, node.ariaCurrent, node.ariaPressed].join();
    if (kinds.has(kind) && node !== stops.at(-1)) continue;
    kinds.add(kind);
    document.activeElement?.blur();
    const before = ring(node);
    node.focus();
    if (document.activeElement !== node) { tell("takes no focus", node); continue; }
    if (node.tagName !== "IFRAME" && ring(node) === before) tell("no ring", node);
    const box = node.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + Math.min(box.width / 2, 40), box.top + Math.min(box.height / 2, 20));
    if (!top || !(node.contains(top) || top.contains(node) || top.closest("label")?.contains(node))) tell("behind something", node);
  }
  document.activeElement?.blur();
  scrollTo(0, 0);
  return faults;
}
