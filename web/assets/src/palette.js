// palette.js: Ctrl K opens a list of places and the search.

import { $, $$, on } from "./core.js";

const palette = $("#palette");
const input = palette && $("input", palette);
const options = palette ? $$("[role=option]", palette) : [];

function open() {
  if (!palette || palette.open) return;
  $("#side:popover-open")?.hidePopover();
  input.value = "";
  filter();
  palette.showModal();
  input.focus();
}

function select(option) {
  for (const o of options) o.ariaSelected = String(o === option);
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.id ||= `pal-${options.indexOf(option)}`;
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function filter() {
  const wanted = input.value.trim().toLocaleLowerCase();
  for (const o of options) o.hidden = !o.textContent.toLocaleLowerCase().includes(wanted);
  select(null);
}

on("click", "[data-palette]", (event) => {
  if (!palette || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  open();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.code !== "KeyK" || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open();
});

input?.addEventListener("input", filter);
input?.addEventListener("keydown", (event) => {
  const shown = options.filter((o) => !o.hidden);
  const at = shown.findIndex((o) => o.ariaSelected === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    select(shown[(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + shown.length) % shown.length]);
  }
  if (event.key === "Enter" && (at >= 0 || !input.value.trim())) {
    event.preventDefault();
    (shown[at] ?? shown[0])?.click();
  }
});
