// recipients.js: one press mails a reply to everybody on copy, or to nobody of
// them.

import { $$, on } from "./core.js";

for (const button of $$("[data-to]")) button.hidden = false;

on("click", "[data-to]", (_, button) => {
  for (const box of $$("input[name=to]", button.closest("[data-recipients]"))) {
    if (box.checked === (button.dataset.to === "all")) continue;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
