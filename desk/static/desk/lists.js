/* A list: what stands in its search is part of what is asked for, whichever part of the list is pressed. */
"use strict";

const find = () => $("#list-search");

/* This address of the list, for what stands in its search now, answered or not: another text begins at its first page. */
function searched(address) {
  const url = new URL(address, location.href);
  const typed = find().value.trim();
  if ((url.searchParams.get("q") ?? "") === typed) return address;
  url.searchParams.delete("page");
  if (typed) url.searchParams.set("q", typed);
  else url.searchParams.delete("q");
  return url.pathname + url.search;
}

/* A saved view says itself what is searched for, and "Clear filters" that nothing is. */
function keepsSearch(elt) {
  return find() && !elt.closest(".tabs, .nothing");
}

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, elt, target, formData } = event.detail;
  if (verb !== "get") return;
  if (elt === find() && replacing.includes("list")) event.preventDefault(); // the list that is on its way was asked for with it
  else if (target.id === "list" && keepsSearch(elt)) {
    if (elt.matches("form")) formData.set("q", find().value.trim());
    else event.detail.path = searched(event.detail.path);
  }
  // A filtered list is a link: parameters without a value are left out of it.
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

/* The whole list is asked for: the answer to a search that is on its way would change the address, but not that list. */
document.addEventListener("htmx:beforeRequest", ({ detail: { target } }) => {
  if (target?.id === "list" && find()) htmx.trigger(find(), "htmx:abort");
});

/* What leaves the list with its rows, a file and a view that is saved, has them as they are searched for now. */
document.addEventListener("click", (event) => {
  const file = event.target.closest("#list-tools a[download]");
  if (file && find()) file.href = searched(file.href);
});

addEventListener("submit", ({ target: form }) => {
  if (form.matches(".views form") && find()) form.action = searched(location.href);
}, true);

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-tick-all]")) {
    $$('input[name="selected"]').forEach((other) => { other.checked = box.checked; });
  }
  if (box.matches('[data-tick-all], input[name="selected"]')) {
    const count = $$('input[name="selected"]:checked').length;
    $$("[data-bulk-count]").forEach((node) => { node.textContent = `${count} selected`; });
    announce(`${count} selected`);
  }
});
