// find.js: the arrow keys walk through what the search found, from its input
// through all groups; typing goes on in the input, wherever one is.

import { $, $$, on } from "./core.js";

document.addEventListener("keydown", (event) => {
  const page = $("[data-find]");
  const input = page && $("input[type=search]", page);
  if (!input || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = $$("a[data-found]", page);
  const at = rows.indexOf(document.activeElement);
  if (document.activeElement !== input && at < 0) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    if ((at < 0 && event.key === "ArrowUp") || rows.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (next < 0) input.focus();
    else rows[Math.min(next, rows.length - 1)].focus();
  } else if (at >= 0 && (event.key === "Escape" || event.key === "Backspace" || event.key.length === 1) && event.key !== " ") {
    input.focus();
    if (event.key === "Escape") event.preventDefault();
  }
}, true);

// A filter that is added or dropped changes what is typed.
on("click", "[data-find] [data-typed]", (event, chip) => {
  const input = $("[data-find] input[type=search]");
  if (!input || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  input.value = chip.dataset.typed;
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
});
