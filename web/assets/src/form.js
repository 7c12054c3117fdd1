// form.js: forms are sent once, drafts save themselves, a wrong form shows
// where.

import { $, $$, on, partial, toLogin, word } from "./core.js";

// A form that is on its way is not sent again; its button says so.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const button = event.submitter ?? $("button:not([type=button])", form);
  setTimeout(() => button?.setAttribute("aria-busy", "true"));
});

// The browser's back button shows the page as it was left.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of $$("form[data-sent]")) delete form.dataset.sent;
  for (const button of $$("button[aria-busy]")) button.removeAttribute("aria-busy");
});

on("change", "[data-submit]", (_, select) => select.form.requestSubmit());

// After a full-page form error the summary has the focus.
$("[data-error-summary]")?.focus();

// Drafts: saved two seconds after a change, and when the page goes away.
const drafts = new Map(); // form -> { timer, control, dirty }

function values(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  return body;
}

function tell(form, text) {
  const place = $("[data-saved]", form) ?? $(form.dataset.savedIn || null);
  if (place && place.textContent !== text) place.textContent = text;
}

async function save(form) {
  const draft = drafts.get(form);
  if (form.dataset.sent || !form.isConnected) return;
  draft.control?.abort();
  draft.control = new AbortController();
  draft.dirty = false;
  try {
    const response = await fetch(form.dataset.autosave, { method: "POST", body: values(form), headers: partial(), signal: draft.control.signal });
    if (response.status === 401 && !form.dispatchEvent(new CustomEvent("unsaved", { detail: 401, cancelable: true }))) return tell(form, "");
    if (toLogin(response)) return;
    if (!response.ok) throw new Error(String(response.status));
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    tell(form, word("saved", { time }));
    form.dispatchEvent(new CustomEvent("saved"));
  } catch (error) {
    if (error.name === "AbortError") return;
    draft.dirty = true;
    form.dispatchEvent(new CustomEvent("unsaved", { detail: 0, cancelable: true }));
    tell(form, word("unsaved"));
    draft.timer = setTimeout(() => save(form), 5000);
  }
}

for (const type of ["input", "change", "trix-change"]) {
  on(type, "form[data-autosave]", (_, form) => {
    const draft = drafts.get(form) ?? {};
    drafts.set(form, draft);
    draft.dirty = true;
    clearTimeout(draft.timer);
    draft.timer = setTimeout(() => save(form), 2000);
  });
}

on("submit", "form[data-autosave]", (event, form) => {
  if (event.defaultPrevented) return;
  const draft = drafts.get(form);
  if (!draft) return;
  clearTimeout(draft.timer);
  draft.control?.abort();
  draft.dirty = false;
});

addEventListener("pagehide", () => {
  for (const [form, draft] of drafts) {
    if (draft.dirty && form.isConnected && !form.dataset.sent) navigator.sendBeacon(form.dataset.autosave, values(form));
  }
});
