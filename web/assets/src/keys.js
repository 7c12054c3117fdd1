// keys.js: single-key shortcuts. They never fire while typing and can be
// turned off with <html data-shortcuts="off"> (WCAG 2.1.4). A control names its
// key in data-key: one, or two after each other as "g n".

import { $, $$, make, on, typing } from "./core.js";
import { act, keyed, name } from "./acts.js";

// What the places of a keyboard bear that writes no Latin letters.
const places = { BracketLeft: "[", BracketRight: "]", Slash: "/", Period: ".", Comma: "," };
const shifted = { Slash: "?", Digit1: "!", Digit3: "#" };

// On a keyboard of another alphabet the key's place counts, not its letter.
function letter(event) {
  if (event.code === "Slash" && event.key === ".") return "/";
  if (event.code === "Slash" && event.key === ",") return "?";
  if (event.key.length === 1 && event.key.charCodeAt(0) > 127) {
    if (/^Key[A-Z]$/.test(event.code)) return event.code[3].toLowerCase();
    return (event.shiftKey ? shifted : places)[event.code] ?? event.key;
  }
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

const wait = 1500; // between the two keys of a pair
let first = { key: "", at: 0 };

function step(by) {
  const rows = $$(".trow > a, .prow__subj > a, [data-rows] .nt__link").filter((r) => r.checkVisibility());
  const at = rows.indexOf(document.activeElement);
  const from = at >= 0 ? at : rows.findIndex((r) => r.ariaCurrent === "true");
  rows[Math.max(0, Math.min(rows.length - 1, from + by))]?.focus();
  return rows.length > 0;
}

const caps = (key) => key.split(" ").map((k) => (k.length === 1 ? k.toUpperCase() : k));

// The list of the keys that do something here, and of no others.
function list(help) {
  const off = document.documentElement.dataset.shortcuts === "off";
  const rows = off ? [] : [...keyed()].map(([key, element]) => {
    const shown = caps(key).flatMap((cap) => [make("kbd", {}, cap), " "]);
    return { far: key.startsWith("g "), row: make("div", {}, make("span", {}, name(element)), make("span", { className: "nowrap" }, ...shown)) };
  });
  for (const place of $$("[data-keys]", help)) {
    place.replaceChildren(...rows.filter((r) => r.far === (place.dataset.keys === "far")).map((r) => r.row));
    place.closest("section").hidden = place.childElementCount === 0;
  }
  for (const row of $$("[data-when]", help)) {
    row.hidden = !document.querySelector(row.dataset.when) || (off && "single" in row.dataset);
  }
}

function help() {
  const dialog = $("#shortcuts");
  if (!dialog || dialog.open) return Boolean(dialog);
  list(dialog);
  dialog.showModal();
  return true;
}

on("click", "[data-help]", () => help());

function handle(key) {
  const all = keyed();
  if (Date.now() - first.at < wait && all.has(`${first.key} ${key}`)) {
    const element = all.get(`${first.key} ${key}`);
    first = { key: "", at: 0 };
    act(element);
    return true;
  }
  first = { key: "", at: 0 };
  if (all.has(key)) {
    act(all.get(key));
    return true;
  }
  if ([...all.keys()].some((k) => k.startsWith(`${key} `))) {
    first = { key, at: Date.now() };
    return true;
  }
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "/") {
    const search = $("[data-search]");
    search?.focus();
    search?.select?.();
    return Boolean(search);
  }
  return key === "?" && help();
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
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog, [popover]")) return event.target.blur();
  if (typing(event.target) || document.documentElement.dataset.shortcuts === "off") return;
  if (event.key === "Enter" && event.target.closest("a[href], button, summary, input, label")) return; // it is theirs
  if (handle(letter(event))) event.preventDefault();
});
