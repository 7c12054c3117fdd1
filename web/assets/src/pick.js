// pick.js: selecting tickets in the list. A click or X toggles one, with Shift
// all from the one before, the box above the list all of the page.

import { $, $$, on, typing } from "./core.js";

const boxes = () => $$("#rows [name=ticket]");
let last; // number of the ticket toggled before

/** Says how many are selected, and whether that is the whole page. */
function tell() {
  const all = boxes();
  const picked = all.filter((b) => b.checked).length;
  const page = $("[data-pick-page]");
  if (!page) return;
  page.checked = picked > 0 && picked === all.length;
  page.indeterminate = picked > 0 && picked < all.length;
  const label = $("[data-picked]");
  const whole = $("#bulk [name=all]");
  if (whole && picked < all.length) whole.checked = false; // one was left out: no longer all
  label.textContent = whole?.checked ? whole.dataset.pickedAll : label.dataset.picked.replace("{count}", picked);
}

/** Gives the state of box to all between it and the one toggled before. */
function stretch(box) {
  const all = boxes();
  const from = all.findIndex((b) => b.value === last);
  const to = all.indexOf(box);
  if (from < 0 || to < 0) return;
  for (const b of all.slice(Math.min(from, to), Math.max(from, to) + 1)) b.checked = box.checked;
}

function toggled(box, far) {
  if (far) stretch(box);
  last = box.value;
  tell();
}

let shift = false;
on("click", "#rows .check", (event) => (shift = event.shiftKey));
on("change", "#rows [name=ticket]", (_, box) => {
  toggled(box, shift);
  shift = false;
});
on("change", "[data-pick-page]", (_, page) => {
  for (const b of boxes()) b.checked = page.checked;
  tell();
});
on("change", "#bulk [name=all]", (_, all) => {
  if (all.checked) for (const b of boxes()) b.checked = true;
  tell();
});
on("reset", "#bulk", () => setTimeout(tell));

// Escape lets go of the selection, once nothing is open that it would close.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || typing(event.target) || $("dialog[open], :popover-open")) return;
  if (boxes().some((b) => b.checked)) $("#bulk")?.reset();
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("#rows > *");
  if (!row || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.documentElement.dataset.shortcuts === "off" || event.code !== "KeyX") return;
  const box = $("[name=ticket]", row);
  if (!box) return;
  event.preventDefault();
  box.checked = !box.checked;
  toggled(box, event.shiftKey);
});

document.addEventListener("swapped", tell);
tell();
