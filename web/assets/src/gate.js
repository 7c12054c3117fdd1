// gate.js: passwords are shown on demand, and made on demand.

import { $, $$, on } from "./core.js";

function show(input, visible) {
  input.type = visible ? "text" : "password";
  const button = $(`[data-reveal="${input.id}"]`);
  button?.setAttribute("aria-pressed", String(visible));
}

on("click", "[data-reveal]", (_, button) => {
  const input = document.getElementById(button.dataset.reveal);
  if (input) show(input, input.type === "password");
});

// A password that was made for the reader arrives in plain sight.
for (const button of $$("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  if (input?.type === "text") button.setAttribute("aria-pressed", "true");
}

/** 80 random bits in four groups of letters that cannot be taken for others. */
function password() {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789x";
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b, i) => (i && i % 4 === 0 ? "-" : "") + letters[b % 32]).join("");
}

on("click", "[data-generate]", (event, button) => {
  event.preventDefault();
  const made = password();
  for (const input of $$(".reveal input", button.form)) {
    input.value = made;
    show(input, true);
  }
  const place = $("[data-generated]", button.form);
  if (place) place.textContent = button.dataset.said;
});
