// fields.js shows and requires a topic's fields by what stands in others.
//
//   data-show="key op value,value"     on the element around a field
//   data-require="key op value,value"  the same for "must be filled in"
//
// The server decides by the same rules when the form is sent.

import { $, $$, make } from "./core.js";

const controls = (form, name) => [...form.elements].filter((c) => c.name === name && c.type !== "hidden");

/** What stands in a field: nothing when it is off. */
function values(form, key, seen) {
  const all = controls(form, `field.${key}`);
  const box = all[0]?.closest("[data-show]");
  if (box && !holds(form, box.dataset.show, seen)) return [];
  const on = all.filter((c) => c.type !== "checkbox" || c.checked);
  return on.map((c) => c.value.trim()).filter((v) => v !== "");
}

function holds(form, rule, seen = new Set()) {
  const [key, op, among = ""] = rule.split(" ");
  if (seen.has(key)) return false;
  const now = values(form, key, new Set(seen).add(key));
  const meant = among.split(",");
  switch (op) {
    case "is":
      return now.some((v) => meant.includes(v));
    case "is_not":
      return !now.some((v) => meant.includes(v));
    case "filled":
      return now.length > 0;
    default:
      return now.length === 0;
  }
}

function refresh(form) {
  for (const box of $$("[data-show]", form)) box.toggleAttribute("data-off", !holds(form, box.dataset.show));
  for (const box of $$("[data-require]", form)) {
    const required = holds(form, box.dataset.require);
    for (const mark of $$("[data-mark]", box)) mark.hidden = (mark.dataset.mark === "required") !== required;
    for (const c of $$("input:not([type=hidden], [type=checkbox]), select, textarea", box)) c.required = required;
  }
}

function conditional(element) {
  const form = element.closest?.("form");
  if (form && $("[data-show], [data-require]", form)) refresh(form);
}

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    if (event.target.name?.startsWith("field.")) conditional(event.target);
  });
}
// The browser may have put back what was typed before.
addEventListener("pageshow", () => new Set($$("[data-show], [data-require]").map((box) => box.closest("form"))).forEach((form) => form && refresh(form)));

// A long text of a topic that is left is kept in the form, for when one comes
// back to it. The server keeps the rest.
document.addEventListener("swapping", (event) => {
  const form = event.detail.closest?.("form");
  if (!form) return;
  for (const area of $$('textarea[name^="field."]', event.detail)) {
    if (area.value !== "") form.append(make("textarea", { name: area.name, value: area.value, hidden: true, "data-carried": "" }));
  }
});
document.addEventListener("swapped", (event) => {
  const form = event.detail.closest?.("form");
  if (!form) return;
  for (const kept of $$("textarea[data-carried]", form)) {
    const back = controls(form, kept.name).find((c) => !("carried" in c.dataset));
    if (!back) continue;
    if (back.value === "") back.value = kept.value;
    kept.remove();
  }
  conditional(event.detail);
});
