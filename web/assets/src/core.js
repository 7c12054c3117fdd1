// core.js: the few helpers that every module uses. All of the scripts are
// optional: pages work by links and forms, scripts only make them nicer.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Calls fn(event, element) when an event of this type happens in an element that matches selector. */
export function on(type, selector, fn, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element && event.target.closest(selector);
      if (element) fn(event, element);
    },
    options,
  );
}

/** A text of the page in the reader's language: the page prints them on <body data-word-…>. */
export function word(name, values = {}) {
  const text = document.body.dataset["word" + name[0].toUpperCase() + name.slice(1)] ?? "";
  return text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
}

/** An icon of the page's sprite. */
export function icon(name, small = false) {
  const sprite = $("use")?.getAttribute("href").split("#")[0] ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", small ? "i i--sm" : "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}

/** An element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Headers by which the server knows that a script asks for a part of a page. */
export const partial = () => ({ "HX-Request": "true", "HX-Current-URL": location.href });

/** Goes to sign in when the server said so; true when it did. */
export function toLogin(response) {
  const to = response.headers.get("HX-Redirect");
  if (to) location.assign(to);
  return Boolean(to);
}

/** Whether the person is typing, so that single keys are letters. */
export const typing = (element) =>
  element instanceof Element && Boolean(element.closest("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable], dialog[open]"));

// previewOf is the address of what hovering a row shows.
export const previewOf = (row) => row.dataset.peek || `${new URL($("a", row).href).pathname}/preview`;
