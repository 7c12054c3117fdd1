// palette.js: Ctrl K finds tickets, people, companies and articles, does what
// this page can do, and leads to every place.

import { $, $$, icon, make, on, partial, toLogin } from "./core.js";
import { act, acts, iconOf, name } from "./acts.js";

const palette = $("#palette");
const input = palette && $("input", palette);
const part = (of) => $(`[data-pal=${of}]`, palette);

let doing = []; // what the page's controls can do, read when it is opened
let leading = []; // where the page's navigation leads
let moved = false; // the person chose an option, which stays chosen
let asked = 0;
let timer;

// A ticket's number, in the ways that people write it (ticket/number.go).
const numberLike = /^(?:#|№|n[°º]|n\.º?|n[ro]\.)?\s*\d{3,12}$/i;

const shown = () => $$("[role=option]", palette).filter((o) => !o.hidden && !o.closest("[hidden]"));

function select(option) {
  for (const o of $$("[role=option][aria-selected=true]", palette)) o.ariaSelected = "false";
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.ariaSelected = "true";
  option.id ||= `pal-${crypto.randomUUID()}`;
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function group(of, options) {
  const place = part(of);
  if (options.length === 0) return place.replaceChildren();
  const id = `pal-g-${of}`;
  place.replaceChildren(make("div", { role: "group", "aria-labelledby": id }, make("div", { className: "menu__head", id }, place.dataset.title), ...options));
}

function option(tag, properties, mark, label, end) {
  const element = make(tag, { className: "opt", role: "option", tabIndex: -1, ariaSelected: "false", ...properties });
  element.append(icon(mark), make("span", { className: "grow clip" }, label));
  if (end) element.append(end);
  return element;
}

const words = (text) => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
const has = (text, wanted) => wanted.every((w) => text.includes(w));

// The tickets one looked at last in this tab: nobody else who signs in here sees
// them.
const kept = "deskbell-recent";
const me = () => $("#m-me .menu__head")?.textContent ?? "";
function recent() {
  try {
    const { of, tickets } = JSON.parse(sessionStorage.getItem(kept));
    return of === me() ? tickets : [];
  } catch {
    return [];
  }
}

const cap = (key) => key && make("kbd", {}, key.toUpperCase());

const places = () => $$("#side a[href]:not([data-palette])").map((e) => ({ href: e.href, label: name(e), icon: iconOf(e), key: e.dataset.key ?? "" }));

function filter() {
  const typed = input.value.trim();
  const only = typed.startsWith(">");
  const wanted = words(only ? typed.slice(1) : typed);
  group(
    "commands",
    doing.filter((d) => has(d.label.toLocaleLowerCase(), wanted) && (typed || d.element.closest("main"))).slice(0, only ? 60 : typed ? 8 : 12).map((d) => {
      const made = option("button", { type: "button" }, d.icon, d.label, cap(d.key));
      made.addEventListener("click", () => {
        palette.close();
        act(d.element);
      });
      return made;
    }),
  );
  group("recent", only ? [] : recent().filter((r) => r.href !== location.pathname && has(`${r.label} #${r.number}`.toLocaleLowerCase(), wanted)).slice(0, 6)
    .map((r) => option("a", { href: r.href }, "ticket", r.label, make("small", {}, `#${r.number}`))));
  group("places", only ? [] : leading.filter((p) => has(p.label.toLocaleLowerCase(), wanted)).map((p) => option("a", { href: p.href }, p.icon, p.label, cap(p.key))));
  const search = $("[data-pal-search]", palette);
  search.hidden = only || !typed;
  $("span", search).textContent = search.dataset.label.replace("{query}", typed);
  if (only || !typed) part("found").replaceChildren();
  if (!moved) select(typed ? (numberLike.test(typed) ? search : shown()[0]) : null);
  tell();
}

function tell() {
  const count = $("[data-pal-count]", palette);
  const n = shown().length;
  count.textContent = n ? count.dataset.some.replace("{number}", n) : count.dataset.none;
}

// What is selected stays so when answers come. Only earlier answers give way, and
// the search page, which is the way on while there are none.
function put(html) {
  const at = shown().find((o) => o.ariaSelected === "true");
  const found = at?.closest("[data-pal=found]");
  const stays = at && (moved || !(found || at.matches("[data-pal-search]")) || numberLike.test(input.value.trim()));
  part("found").innerHTML = html;
  const again = found ? shown().find((o) => o.getAttribute("href") === at.getAttribute("href")) : at;
  select((stays && again) || shown()[0]);
}

async function find() {
  const typed = input.value.trim();
  if (!typed || typed.startsWith(">")) return;
  const mine = ++asked;
  try {
    const asks = new URLSearchParams({ q: typed, ticket: $("[data-notices-of]")?.dataset.noticesOf ?? "" });
    const response = await fetch(`${palette.dataset.from}?${asks}`, { headers: partial() });
    if (toLogin(response) || !response.ok || mine !== asked || input.value.trim() !== typed) return;
    put(await response.text());
    tell();
  } catch {
    // the places and the search page remain
  }
}

function open() {
  if (!palette || palette.open) return;
  for (const layer of $$("[popover]:popover-open")) layer.hidePopover();
  doing = acts();
  leading = places();
  input.value = "";
  moved = false;
  filter();
  palette.showModal();
  input.focus();
}

on("click", "[data-palette]", (event) => {
  if (!palette || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  open();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.code !== "KeyK" || event.shiftKey || event.altKey || !palette) return;
  event.preventDefault();
  open();
});

input?.addEventListener("input", () => {
  moved = false;
  filter();
  clearTimeout(timer);
  timer = setTimeout(find, 180);
});

input?.addEventListener("keydown", (event) => {
  const all = shown();
  const at = all.findIndex((o) => o.ariaSelected === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    moved = true;
    select(all[(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + all.length) % all.length]);
  }
  if (event.key === "Enter" && !event.isComposing && (at >= 0 || !input.value.trim())) {
    event.preventDefault();
    all[Math.max(at, 0)]?.click();
  }
});

const page = $("[data-notices-of]");
if (page) {
  const number = page.dataset.noticesOf;
  const label = $("h1", page)?.textContent.trim() ?? "";
  const rest = recent().filter((r) => r.number !== number);
  try {
    sessionStorage.setItem(kept, JSON.stringify({ of: me(), tickets: [{ number, label, href: location.pathname }, ...rest].slice(0, 8) }));
  } catch {
    // a browser that keeps nothing has no recent ones
  }
}
