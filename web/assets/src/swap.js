// swap.js replaces parts of a page by what the server renders for them.
//
//   data-get=URL data-target="#id" [data-trigger=change|input|click|focus]
//   [data-wait=ms] [data-min=letters] [data-push]
//
// A control sends its form's values with the request (no files, no long
// texts). Each top-level element of the answer that has an id replaces the
// element of that id; an answer without any becomes the target's content. What
// a person typed into a replaced region is kept by the controls' names.

import { $, $$, icon, make, partial, toLogin, word } from "./core.js";

const running = new Map(); // target -> AbortController

/** Fetches url and swaps it in. Resolves to true when it was swapped. */
export async function load(url, target) {
  running.get(target)?.abort();
  const control = new AbortController();
  running.set(target, control);
  target.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { headers: partial(), signal: control.signal });
    if (toLogin(response)) return false;
    if (!response.ok && response.status !== 422) throw new Error(String(response.status));
    const html = await response.text();
    if (control.signal.aborted) return false;
    complaint(target)?.remove();
    put(html, target);
    return true;
  } catch (error) {
    if (error.name !== "AbortError") complain(url, target);
    return false;
  } finally {
    if (running.get(target) === control) {
      running.delete(target);
      target.removeAttribute("aria-busy");
    }
  }
}

function put(html, target) {
  const template = document.createElement("template");
  if (/^\s*<!doctype/i.test(html)) {
    // a whole page: only the target's counterpart is of use
    const same = target.id && new DOMParser().parseFromString(html, "text/html").getElementById(target.id);
    if (!same) throw new Error("no counterpart in the answer");
    template.content.append(document.adoptNode(same));
  } else {
    template.innerHTML = html;
  }
  const parts = [...template.content.children].filter((e) => e.id && document.getElementById(e.id));
  if (parts.length === 0) return replace(target, () => target.replaceChildren(template.content), () => target);
  for (const part of parts) {
    const old = document.getElementById(part.id);
    if ("soft" in part.dataset && old.classList.contains("error")) continue; // says something better
    replace(old, () => old.replaceWith(part), () => part);
  }
}

/** Does the swap and puts values and focus back where they were. */
function replace(old, swap, fresh) {
  const values = kept(old);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  document.dispatchEvent(new CustomEvent("swapping", { detail: old }));
  swap();
  const region = fresh();
  restore(region, values);
  document.dispatchEvent(new CustomEvent("swapped", { detail: region }));
  if (!focused) return;
  const same = (focused.id && document.getElementById(focused.id)) || (focused.name && $(`[name="${CSS.escape(focused.name)}"]`, region));
  const next = same || $("h1, h2, h3, legend", region) || region;
  if (!same) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  if (same && focused.selectionStart != null && same.setSelectionRange) {
    try {
      same.setSelectionRange(focused.selectionStart, focused.selectionEnd);
    } catch {
      // this kind of input has no selection
    }
  }
}

const controls = (root) => $$("input, select, textarea", root).filter((c) => c.name && c.type !== "hidden" && c.type !== "file" && c.type !== "submit");

function kept(root) {
  const values = new Map();
  for (const c of controls(root)) {
    const ticked = c.type === "checkbox" || c.type === "radio";
    if (ticked ? c.checked !== c.defaultChecked : c.value !== "") values.set(`${c.name} ${ticked ? c.value : ""}`, ticked ? c.checked : c.value);
  }
  return values;
}

function restore(root, values) {
  for (const c of controls(root)) {
    const ticked = c.type === "checkbox" || c.type === "radio";
    const value = values.get(`${c.name} ${ticked ? c.value : ""}`);
    if (value === undefined) continue;
    if (ticked) c.checked = value;
    else if (c.localName !== "select" || [...c.options].some((o) => o.value === value)) c.value = value;
  }
}

const complaint = (target) => $(":scope > [data-complaint]", target);

/** Says inside the region that it could not be loaded, and offers to try again. */
function complain(url, target) {
  complaint(target)?.remove();
  const again = make("button", { className: "btn btn--sm", type: "button" }, word("retry"));
  const box = make("div", { className: "callout tone-red", role: "alert", "data-complaint": "" }, icon("alert"), make("div", { className: "grow" }, word("offline")), make("div", { className: "row" }, again));
  again.addEventListener("click", () => load(url, target));
  target.prepend(box);
}

/** The address with what the element's form holds. */
function address(element) {
  const url = new URL(element.dataset.get || element.getAttribute("action") || element.href, location.href);
  const form = element.localName === "form" ? element : element.form;
  if (form) {
    for (const c of [...form.elements].filter((c) => c.localName === "textarea" || c.type === "password")) url.searchParams.delete(c.name);
    for (const [name, value] of new FormData(form)) {
      const c = form.elements.namedItem(name);
      if (typeof value !== "string" || c?.localName === "textarea" || c?.type === "password") continue;
      if (value !== "" || name.startsWith("field.")) url.searchParams.append(name, value); // an emptied field is not one that was never there
    }
  } else if (element.name) {
    url.searchParams.set(element.name, element.value);
  }
  return url;
}

function run(element) {
  const target = $(element.dataset.target);
  if (!target) return;
  const url = address(element);
  load(url, target).then((swapped) => {
    if (swapped && "push" in element.dataset) history.replaceState(history.state, "", url);
  });
}

const trigger = (element) => element.dataset.trigger ?? (element.localName === "a" ? "click" : element.localName === "form" ? "submit" : "change");
const timers = new WeakMap();

function later(element, wait) {
  clearTimeout(timers.get(element));
  timers.set(element, setTimeout(() => run(element), wait));
}

function listen(type, fn) {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element && event.target.closest("[data-get]");
    if (element) fn(element, event);
  });
}

listen("change", (element) => {
  if (trigger(element) === "change") run(element);
});

listen("input", (element, event) => {
  if (trigger(element) !== "input") return;
  const letters = event.target.value?.trim().length ?? 0;
  clearTimeout(timers.get(element));
  if (letters >= Number(element.dataset.min ?? 0)) later(element, Number(element.dataset.wait ?? 300));
});

listen("submit", (element, event) => {
  if (element.localName !== "form" || !$(element.dataset.target)) return;
  event.preventDefault();
  clearTimeout(timers.get(element));
  run(element);
});

listen("click", (element, event) => {
  if (trigger(element) !== "click" || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  run(element);
});

for (const type of ["focusin", "pointerover"]) {
  listen(type, (element) => {
    if (trigger(element) !== "focus" || element.ariaSelected === "true") return;
    const list = element.closest("[data-arrows]") ?? element.parentElement;
    if (element.matches(".opt")) {
      if (element.ariaCurrent === "true") return; // is shown already
      for (const e of $$(".opt[aria-current]", list)) e.removeAttribute("aria-current");
      element.ariaCurrent = "true";
    }
    for (const e of $$("[aria-selected]", list)) e.ariaSelected = String(e === element || e.contains(element));
    later(element, 150);
  });
}

// Arrows move between the entries of a result list, and from the search input
// into its results.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const list = event.target.closest?.("[data-arrows]");
  const search = event.target.closest?.("input[type=search]");
  const entries = $$("[data-arrows] a.opt, [data-arrows] .opt a", list ? list.parentElement : (search?.form ?? document));
  if ((!list && !search) || entries.length === 0) return;
  const at = entries.indexOf(document.activeElement);
  if (search && event.key === "ArrowUp") return;
  event.preventDefault();
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  if (next < 0) $("input[type=search]", entries[0].closest("form") ?? document)?.focus();
  else entries[Math.min(next, entries.length - 1)].focus();
});
