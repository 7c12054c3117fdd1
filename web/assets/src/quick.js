// quick.js: Enter in the search for quick answers puts the best one into the
// reply, once the list is of what was typed.

import { $, on } from "./core.js";

on("keydown", "[data-quick] input[type=search]", (event, input) => {
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
  const list = $("#answer-list");
  const first = $("a.opt[aria-current]", list) ?? $("a.opt", list);
  if (!first || list.ariaBusy === "true" || (list.dataset.query ?? "") !== input.value.trim().replace(/\s+/g, " ")) return;
  event.preventDefault();
  first.click();
});
