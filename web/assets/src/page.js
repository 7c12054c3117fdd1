// page.js: theme, dialogs, toasts, copying, menus.

import { $, $$, icon, make, on, word } from "./core.js";

const root = document.documentElement;
root.classList.add("js");

// What scrolls sideways can be scrolled by the keyboard.
function scrollable(root) {
  for (const e of $$("pre, .table-scroll", root)) if (e.scrollWidth > e.clientWidth) e.tabIndex = 0;
}
scrollable(document);
document.addEventListener("swapped", (event) => scrollable(event.detail));

// Times are shown in the browser's zone once the server knows it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !/(^|; )zone=/.test(document.cookie)) document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;

// Theme: switched at once, told to the server, which prints it from then on.
on("submit", "[data-theme-form]", (event, form) => {
  event.preventDefault();
  event.stopPropagation();
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = dark ? "light" : "dark";
  root.dataset.theme = theme;
  $("meta[name=color-scheme]")?.setAttribute("content", theme);
  for (const button of $$("[data-theme-form] button")) button.value = dark ? "dark" : "light";
  fetch(form.action, { method: "POST", body: new URLSearchParams({ theme }), headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
}, true);

// Dialogs.
on("click", "[data-dialog]", (event, button) => {
  const dialog = document.getElementById(button.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
  $(".dialog__body :is(input:not([type=hidden]), select, textarea)", dialog)?.focus();
});
on("click", "dialog [data-close]", (_, button) => button.closest("dialog").close());
on("click", "dialog", (event, dialog) => {
  if (event.target === dialog) dialog.close();
});

// Toasts go after eight seconds, those with something to do after a minute,
// unless somebody looks at them.
function expire(toast) {
  let timer;
  const start = () => (timer = setTimeout(() => toast.remove(), $("form", toast) ? 60000 : 8000));
  const stop = () => clearTimeout(timer);
  for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, stop);
  for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, start);
  start();
}

/** Says text in passing. */
export function toast(text, mark = "check-circle", tone = "tone-green") {
  const close = make("button", { className: "btn btn--ghost btn--icon btn--sm", type: "button", ariaLabel: word("close"), "data-toast-close": "" }, icon("x"));
  const box = make("div", { className: `toast ${tone}` }, icon(mark), make("span", {}, text), close);
  pop(box);
}

/** Shows a toast that is made already. */
export function pop(box) {
  $("#toasts")?.append(box);
  expire(box);
}

$$(".toast").forEach(expire);
on("click", "[data-toast-close]", (_, button) => button.closest(".toast").remove());

on("click", "[data-copy]", async (event, button) => {
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
    toast(word("copied"));
    button.closest("[popover]")?.hidePopover();
  } catch {
    prompt(button.textContent.trim(), new URL(button.dataset.copy, location.href).href);
  }
});

// Copies words as they are, such as a code.
on("click", "[data-copy-text]", async (_, button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copyText);
    toast(button.dataset.copied || word("copied"));
  } catch {
    prompt(button.textContent.trim(), button.dataset.copyText);
  }
});

// A link to the page one is on asks the server again.
on("click", "a[data-reload]", (event) => {
  event.preventDefault();
  location.reload();
});

// Arrow keys move inside an open menu, but in a control that has its own use for them.
const own = "textarea, select, [contenteditable], input:is([type=radio], [type=number], [type=date], [type=time], [type=datetime-local])";
const itemsOf = (menu) => $$("a[href], button, input:not([type=hidden])", menu).filter((e) => !e.disabled && e.checkVisibility());
on("keydown", ".menu", (event, menu) => {
  if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || event.target.matches(own)) return;
  event.preventDefault();
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement);
  items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length]?.focus();
});
on("keydown", ".menu-wrap > [popovertarget]", (event, button) => {
  if (event.key !== "ArrowDown") return;
  const menu = document.getElementById(button.getAttribute("popovertarget"));
  event.preventDefault();
  menu.showPopover({ source: button });
  itemsOf(menu)[0]?.focus();
});

// Quick answers: puts the shown text into the answer that is being written.
on("click", "[data-insert]", (event, button) => {
  const answer = $("[data-answer]");
  const text = button.dataset.text ?? $(button.dataset.insert)?.innerText;
  if (!answer || !text) return;
  event.preventDefault();
  answer.dispatchEvent(new CustomEvent("insert", { detail: text, cancelable: true })) && answer.setRangeText(text, answer.selectionStart, answer.selectionEnd, "end");
  answer.dispatchEvent(new Event("input", { bubbles: true }));
});
