// redact.js: what is marked in a message is what its "Remove a secret" asks for.
// Opening the menu takes the mark away, so it is remembered before. It never
// stands in an address: those are kept in histories and logs.

import { $, on } from "./core.js";

const kept = "deskbell-redact";
let marked = "";

document.addEventListener("selectionchange", () => {
  const text = String(getSelection()).trim();
  if (text) marked = text;
});

const flat = (text) => text.replace(/\s+/g, " ");

on("click", "a[data-redact]", (_, link) => {
  const message = $(".msg__body", link.closest(".msg"));
  if (marked && marked.length <= 500 && flat(message?.textContent ?? "").includes(flat(marked))) sessionStorage.setItem(kept, marked);
});

const field = $("[data-redacts] [name=secrets]");
if (field) {
  field.value ||= sessionStorage.getItem(kept) ?? "";
  sessionStorage.removeItem(kept);
}
