// keys.js: single-key shortcuts. They never fire while typing and can be
// turned off with <html data-shortcuts="off"> (WCAG 2.1.4).

import { $, $$, typing } from "./core.js";

// On a keyboard of another alphabet the key's place counts, not its letter.
function letter(event) {
  if (event.key.length === 1 && event.key.charCodeAt(0) > 127) {
    if (/^Key[A-Z]$/.test(event.code)) return event.code[3].toLowerCase();
    return { BracketLeft: "[", BracketRight: "]" }[event.code] ?? event.key;
  }
  if (event.code === "Slash" && event.key === ".") return "/";
  if (event.code === "Slash" && event.key === ",") return "?";
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

const views = { n: "new", o: "open", u: "unassigned", m: "mine", w: "waiting", p: "postponed", b: "breaching" };
let go = 0; // when "g" was pressed

function press(element) {
  if (element.matches("input, textarea, select, [contenteditable]")) return element.focus();
  element.click();
}

function step(by) {
  const rows = $$(".trow > a");
  const at = rows.indexOf(document.activeElement);
  const from = at >= 0 ? at : rows.findIndex((r) => r.ariaCurrent === "true");
  rows[Math.max(0, Math.min(rows.length - 1, from + by))]?.focus();
  return rows.length > 0;
}

function handle(key) {
  if (Date.now() - go < 1500 && views[key]) {
    go = 0;
    const link = $(`[data-count="${views[key]}"]`)?.closest("a");
    if (link) link.click();
    return Boolean(link);
  }
  if (key === "g" && $("[data-count]")) {
    go = Date.now();
    return true;
  }
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "/") {
    const search = $("[data-search]");
    search?.focus();
    search?.select?.();
    return Boolean(search);
  }
  if (key === "?") {
    const help = $("#shortcuts");
    help?.showModal();
    return Boolean(help);
  }
  const hot = $$(`[data-key="${CSS.escape(key)}"]`).find((e) => e.checkVisibility());
  if (hot) press(hot);
  return Boolean(hot);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form[method=post]");
    if (form && event.target.matches("textarea, [contenteditable]")) {
      event.preventDefault();
      form.requestSubmit($("[data-send], .btn--primary:not([type=button])", form));
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog")) return event.target.blur();
  if (typing(event.target) || document.documentElement.dataset.shortcuts === "off") return;
  if (handle(letter(event))) event.preventDefault();
});
