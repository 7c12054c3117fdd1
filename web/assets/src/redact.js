// redact.js: what is marked in a message is what its "Remove a secret" asks for.
// Opening the menu takes the mark away, so it is remembered before.

import { on } from "./core.js";

let marked = "";

document.addEventListener("selectionchange", () => {
  const text = String(getSelection()).trim();
  if (text) marked = text;
});

on("click", "a[data-redact]", (event, link) => {
  const message = link.closest(".msg");
  if (!marked || marked.length > 500 || !message?.querySelector(".msg__body").textContent.replace(/\s+/g, " ").includes(marked.replace(/\s+/g, " "))) return;
  const to = new URL(link.href);
  to.searchParams.set("text", marked);
  link.href = to;
});
