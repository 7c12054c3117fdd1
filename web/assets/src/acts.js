// acts.js: what can be done on this page, read off its controls: each with its
// words and its key. The keys, their list and the palette all use this, so that
// none of them names what the page does not do.

import { $$ } from "./core.js";
import { keep } from "./focus.js";

/** Whether a control is there to be used, be it in a menu that is closed. */
function usable(element) {
  if (element.disabled || element.ariaDisabled === "true" || element.closest("[hidden], dialog, [inert]")) return false;
  const menu = element.closest("[popover]");
  return menu ? Boolean(menu.id === "side" || document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)) : element.checkVisibility();
}

// Titles may name their key, which stands beside the words wherever these are used.
const bare = (said, key) => (key && said.endsWith(` (${key.toUpperCase()})`) ? said.slice(0, -key.length - 3) : said).trim();

/** The words of a control. */
export function name(element) {
  const said = element.dataset.act || element.title || element.ariaLabel;
  if (said) return bare(said, element.dataset.key);
  const copy = element.cloneNode(true);
  for (const extra of $$(".num, kbd, svg, [aria-hidden=true]", copy)) extra.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/** The icon of a control, as a name of the sprite. */
export const iconOf = (element) => element.querySelector("use")?.getAttribute("href").split("#i-")[1] ?? "right";

/** The controls of a key, the first usable one for each. */
export function keyed() {
  const all = new Map();
  for (const element of $$("[data-key]")) {
    if (!all.has(element.dataset.key) && usable(element)) all.set(element.dataset.key, element);
  }
  return all;
}

/** All that can be done: controls with keys, those that are named acts, and what the menus of the page hold. */
export function acts() {
  const seen = new Set();
  const all = [];
  const add = (element, label) => {
    if (!label || seen.has(label) || seen.has(element)) return;
    seen.add(label).add(element);
    all.push({ element, label, key: element.dataset.key ?? "", icon: iconOf(element) });
  };
  for (const element of keyed().values()) if (element.closest("main")) add(element, name(element));
  for (const element of $$("main [data-act]")) if (usable(element)) add(element, name(element));
  for (const menu of $$("main .menu[popover]")) {
    const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
    if (!opener) continue;
    const title = menu.querySelector(".menu__head")?.textContent.trim() || name(opener);
    for (const item of $$("button, a[href]", menu)) {
      if (usable(item) && !item.matches(".btn--icon")) add(item, `${title}: ${name(item)}`);
    }
  }
  for (const element of keyed().values()) if (!element.closest("main, #side")) add(element, name(element));
  return all;
}

/** Does what a control does. */
export function act(element) {
  if (element.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]")) {
    element.focus();
    return;
  }
  element.focus({ preventScroll: true });
  if (element.matches("a[href]")) keep(element);
  element.click();
  // A menu that was opened by a key takes the keys that follow.
  const menu = element.popoverTargetElement;
  if (menu?.matches(":popover-open")) menu.querySelector("input:not([type=hidden]), select, textarea, button, a[href]")?.focus();
}
