// settings.js: the pages of help topics and fields.

import { $, $$, on } from "./core.js";
import { load } from "./swap.js";

// The matrix says which rows are not saved yet.
function tell(form) {
  let changed = 0;
  for (const row of $$("tbody tr", form)) {
    const is = $$("select[data-stored]", row).some((s) => s.value !== s.dataset.stored);
    const badge = $("[data-changed]", row);
    if (!badge) continue;
    badge.hidden = !is;
    $("[data-about]", row).hidden = is;
    if (is) changed++;
  }
  const note = $("[data-unsaved]");
  note.hidden = changed === 0;
  note.textContent = changed ? note.dataset.unsaved.replace("{n}", changed) : "";
  form.toggleAttribute("data-dirty", changed > 0);
}

on("change", "form[data-matrix] select", (_, select) => tell(select.form));
addEventListener("pageshow", () => $$("form[data-matrix]").forEach(tell));

// Choosing the field that a condition looks at brings that field's values.
on("change", "[data-condition] select[data-part=on]", (_, select) => {
  const box = select.closest("[data-condition]");
  const url = new URL(box.dataset.condition, location.href);
  for (const s of $$("select[data-part]", box)) url.searchParams.set(s.dataset.part, s.value);
  load(url, box);
});
