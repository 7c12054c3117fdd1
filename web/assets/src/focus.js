// focus.js: who works by keyboard stays where they were when what they did
// renews the page or a part of it.

import { $, $$, on } from "./core.js";

let keyed = false; // what was done last was done by a key
document.addEventListener("keydown", () => (keyed = true), true);
document.addEventListener("pointerdown", () => (keyed = false), true);

const quote = (element, name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`;

/** A selector that finds a control again once it is renewed; of one in a menu it finds what opens that. */
export function trace(element) {
  if (element.dataset.then) return element.dataset.then;
  const menu = element.closest("[popover]:not(#side, #ctx)");
  const control = (menu && document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)) || element;
  if (control.dataset.then) return control.dataset.then;
  if (control.id) return `#${CSS.escape(control.id)}`;
  const name = ["data-key", "popovertarget", "href", "name"].find((n) => control.hasAttribute(n));
  const self = control.localName + (name ? quote(control, name) : "");
  const form = control.closest("form[action]");
  return form && name !== "popovertarget" ? `form${quote(form, "action")} ${self}` : self;
}

/** Gives the focus to what a trace finds, else to root's heading. */
export function restore(found, root) {
  const element = $$(found).find((e) => !e.disabled && e.checkVisibility()) ?? $("h1, h2, h3", root) ?? root;
  if (/^H[123]$/.test(element.tagName) || element === root) element.tabIndex = -1;
  element.focus({ preventScroll: true, focusVisible: true });
}

const kept = "deskbell-focus";

/** Has the page that comes next, if it is this one again, take the focus to where the control is; another to what elsewhere finds. */
export function keep(control, elsewhere = "") {
  sessionStorage.setItem(kept, JSON.stringify({ of: location.pathname, at: Date.now(), found: trace(control), elsewhere }));
}

const same = (a) => a.origin === location.origin && a.pathname === location.pathname && a.search === location.search;

// A link says in data-then where the keyboard is wanted once it was followed.
on("click", "a[data-then], [data-then] a.opt", (event, link) => {
  if (!keyed || event.defaultPrevented) return;
  const then = link.closest("[data-then]");
  keep(then);
  if (same(link) && link.hash) setTimeout(() => restore(trace(then), $("main"))); // once the page is there
});

// What is done may lead to another page: to the list that the ticket was in, or
// from its words' Undo back to the ticket.
on("submit", "main form, #toasts form", (event, form) => {
  if (keyed && !event.defaultPrevented) keep(event.submitter ?? form, ".trow > a[aria-current], h1");
});

addEventListener("pageshow", () => {
  const { of, at, found: here, elsewhere } = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
  sessionStorage.removeItem(kept);
  const found = of === location.pathname ? here : document.activeElement === document.body && elsewhere;
  if (!found || Date.now() - at > 15000 || !document.activeElement.matches("body, [autofocus]")) return;
  restore(found, $("main"));
  if (!location.hash) return;
  // A browser that comes to the address's fragment only now takes the focus away.
  let idle = true;
  addEventListener("keydown", () => (idle = false), { once: true });
  for (const wait of [0, 100, 500]) setTimeout(() => idle && document.activeElement === document.body && restore(found, $("main")), wait);
});
