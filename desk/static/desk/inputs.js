/* Numbers as people write them, and rows pasted from a spreadsheet. Loaded after desk.js; it computes no money. */
"use strict";

/* 1,000 and 1.000,50 and 0,012 and 10k become plain digits on leaving the field, as desk/forms/numbers.py reads them. */
function plainNumber(text) {
  let bare = text.replace(/[\s'’]/g, "");
  if (/^-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?[km]?$/i.test(bare)) bare = bare.replaceAll(",", "");
  else if (/^-?[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})[km]?$/i.test(bare)) bare = bare.replaceAll(".", "").replace(",", ".");
  else bare = bare.replace(/^(-?\d*),(\d+[km]?)$/i, "$1.$2");
  const match = bare.match(/^(-?)(\d*)(?:\.(\d*))?([km]?)$/i);
  if (!match || !(match[2] || match[3])) return text;
  const [, sign, whole, fraction = "", unit] = match;
  const places = { k: 3, m: 6 }[unit.toLowerCase()] || 0;
  const digits = (whole || "0") + fraction.slice(0, places).padEnd(places, "0");
  const rest = fraction.slice(places);
  return sign + digits.replace(/^0+(?=\d)/, "") + (rest ? `.${rest}` : "");
}

/* 12500 as it is read, 12,500, where a form shows its numbers so. */
function grouped(plain) {
  const [whole, ...rest] = plain.split(".");
  return /^-?\d+$/.test(whole) ? [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join(".") : plain;
}

/* 12,500 becomes 20,000 or 10,000 by the arrows, 125,000 or 1,250 by the pages: one digit that counts. */
function stepped(text, key) {
  const match = plainNumber(text).match(/^(\d)(\d*)(\.\d+)?$/);
  if (!match) return text;
  const [, first, rest, fraction = ""] = match, zeros = "0".repeat(rest.length), lead = Number(first);
  const isRound = !Number(rest) && !Number(fraction);
  if (key === "PageUp") return lead ? first + rest + (fraction[1] ?? "0") : text;
  if (key === "PageDown") return rest ? first + rest.slice(0, -1) : "0";
  if (key === "ArrowUp") return lead + 1 + zeros;
  if (!isRound || lead > 1) return (isRound ? lead - 1 : lead) + zeros;
  return lead && rest ? `9${zeros.slice(1)}` : "0";
}

document.addEventListener("keydown", (event) => {
  const { target: input, key } = event;
  if (!input.matches?.("input[data-steps]") || !/^(Arrow|Page)(Up|Down)$/.test(key) || event.altKey || event.ctrlKey) return;
  event.preventDefault();
  input.value = grouped(stepped(input.value, key));
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("focusout", (event) => {
  const input = event.target;
  if (!input.matches?.("input[data-number]")) return;
  const plain = plainNumber(input.value);
  input.value = input.dataset.number === "grouped" ? grouped(plain) : plain;
});

/* What was missing and is there now is no problem any more: its message goes, and its line of the summary. */
document.addEventListener("input", ({ target }) => {
  const field = target.closest?.(".field--bad");
  const before = target.tagName === "SELECT" ? [...target.options].find((option) => option.defaultSelected)?.value : target.defaultValue;
  if (!field || before || !target.value) return;
  field.classList.remove("field--bad");
  $$(".error", field).forEach((error) => error.remove());
  target.removeAttribute("aria-invalid");
  const summary = $(".summary");
  $(`a[href="#${CSS.escape(target.id)}"]`, summary ?? field)?.closest("li")?.remove();
  const left = summary && $$("li", summary).length;
  if (left) $("h2", summary).textContent = left === 1 ? "There is 1 problem" : `There are ${left} problems`;
  else if (summary) { summary.remove(); document.title = document.title.replace(/^Error: /, ""); }
});

/* Several cells of a sheet pasted into a tier go where they are previewed before they replace anything. */
document.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain").trim() || "", rows = $("#pasted");
  if (!rows || !event.target.closest?.("#tier-rows") || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  rows.closest("details").open = true;
  rows.value = text;
  rows.focus();
  rows.dispatchEvent(new Event("input", { bubbles: true }));
});

/* A long list of boxes is searched; what is ticked stays ticked while it is out of sight. */
const sifts = () => $$("[data-sift][hidden]").forEach((input) => { input.hidden = false; });

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-sift]")) return;
  const boxes = $$(".check", target.parentElement), asked = target.value.trim().toLowerCase();
  boxes.forEach((box) => { box.hidden = !box.textContent.toLowerCase().includes(asked); });
  announce(`${boxes.filter((box) => !box.hidden).length} found`);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-sift]")) event.preventDefault();
});
