// suggest.js: articles found while the subject of a new ticket is typed are
// reached by the arrow keys and open in a panel, so that nothing typed is lost.

import { $, $$, on, partial } from "./core.js";
import { load } from "./swap.js";

const links = () => $$("#kb-suggest [data-suggested]");

on("keydown", "input[aria-controls='kb-suggest'], #kb-suggest [data-suggested]", (event, at) => {
  if (!["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
  const subject = $("input[aria-controls='kb-suggest']");
  const all = links();
  const index = all.indexOf(at);
  if (index < 0 && event.key !== "ArrowDown") return;
  if (all.length === 0) return;
  event.preventDefault();
  if (event.key === "Escape" || (event.key === "ArrowUp" && index === 0)) subject?.focus();
  else all[Math.min(all.length - 1, Math.max(0, index + (event.key === "ArrowDown" ? 1 : -1)))].focus();
});

on("click", "[data-suggested]", async (event, link) => {
  const panel = $("#suggested");
  if (!panel || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const body = $("#suggested-body");
  try {
    const response = await fetch(link.href, { headers: partial() });
    const html = response.ok ? await response.text() : "";
    if (!html || /^\s*<!doctype/i.test(html)) throw new Error(String(response.status));
    body.innerHTML = html;
  } catch {
    return void open(link.href, "_blank"); // the article's own page
  }
  panel.showModal();
  panel.addEventListener("close", () => link.focus(), { once: true });
  $("#suggested-h")?.focus();
});

// Links inside the article must not carry the form away.
on("click", "#suggested-body a[href]", (event, a) => {
  if (!a.getAttribute("href").startsWith("#")) a.target = "_blank";
});

// A serial number may be known from another ticket as well as a subject.
on("change", "form#new-ticket [name^='field.']", (_, input) => {
  const subject = $("input[aria-controls='kb-suggest']", input.form);
  if (!subject || input.value.length < 4) return;
  const url = new URL(subject.dataset.get, location.href);
  for (const [name, value] of new FormData(input.form)) {
    if (typeof value === "string" && value && (/^field\./.test(name) || ["topic", "subject", "key", "follows", "anyway"].includes(name))) url.searchParams.append(name, value);
  }
  load(url, $(subject.dataset.target));
});
