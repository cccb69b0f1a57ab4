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

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("input[data-number]")) event.target.value = plainNumber(event.target.value);
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
