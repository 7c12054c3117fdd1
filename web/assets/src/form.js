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

// Drafts: saved every two seconds while somebody types, and when the page goes
// away, which ends a save that is on its way. A form counts its saves, so that the
// server knows a late one.
const drafts = new Map(); // form -> { timer, control, dirty, n }
const every = 2000; // ms
const again = 5000; // ms after a save that failed

function values(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const draft = drafts.get(form);
  draft.n = (draft.n ?? 0) + 1;
  body.append("draft_n", draft.n);
  return body;
}

function tell(form, text) {
  const place = $("[data-saved]", form) ?? $(form.dataset.savedIn || null);
  if (place && place.textContent !== text) place.textContent = text;
}

function later(form, wait) {
  const draft = drafts.get(form);
  draft.timer ??= setTimeout(() => {
    draft.timer = null;
    save(form);
  }, wait);
}

/** Says that a save failed, with the answer's status, 0 for none; false when somebody keeps what was typed. */
const unsaved = (form, status) => form.dispatchEvent(new CustomEvent("unsaved", { detail: { status, n: drafts.get(form).n }, cancelable: true }));

async function save(form) {
  const draft = drafts.get(form);
  if (form.dataset.sent || !form.isConnected) return;
  if (draft.control) return later(form, every / 4); // one at a time
  const control = (draft.control = new AbortController());
  draft.dirty = false;
  try {
    const response = await fetch(form.dataset.autosave, { method: "POST", body: values(form), headers: partial(), signal: control.signal });
    if (response.status === 401 && !unsaved(form, 401)) return tell(form, "");
    if (toLogin(response)) return;
    if (response.status === 409) return tell(form, word("unsaved")); // the form was sent: it saves no more
    if (!response.ok) throw new Error(String(response.status));
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    tell(form, word("saved", { time }));
    const aside = $("[data-aside]", form);
    if (aside) aside.hidden = !response.headers.get("X-Saved-Aside");
    form.dispatchEvent(new CustomEvent("saved"));
  } catch (error) {
    if (error.name === "AbortError") return;
    draft.dirty = true;
    unsaved(form, 0);
    tell(form, word("unsaved"));
    later(form, again);
  } finally {
    draft.control = null;
  }
}

for (const type of ["input", "change"]) {
  on(type, "form[data-autosave]", (_, form) => {
    const draft = drafts.get(form) ?? {};
    drafts.set(form, draft);
    draft.dirty = true;
    later(form, every);
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

/** The forms with something that the server does not have; a save of theirs that is on its way is given up. */
function unfinished() {
  const forms = [...drafts.keys()].filter((form) => (drafts.get(form).dirty || drafts.get(form).control) && form.isConnected && !form.dataset.sent);
  for (const form of forms) {
    const draft = drafts.get(form);
    draft.control?.abort();
    draft.dirty = false;
    draft.control = null;
  }
  return forms;
}

/** Saves what is not saved yet without waiting for an answer. */
function leave() {
  for (const form of unfinished()) {
    navigator.sendBeacon(form.dataset.autosave, values(form));
    form.dispatchEvent(new CustomEvent("left", { detail: { n: drafts.get(form).n } }));
  }
}
addEventListener("pagehide", leave);

const patience = 5000; // ms
let signingOut = false;

/** Signing out waits until the server has what was typed: afterwards it takes nothing. */
on("submit", "[data-sign-out]", async (event, out) => {
  if (signingOut) return event.preventDefault(); // a second click waits, too
  const forms = unfinished();
  if (forms.length === 0) return;
  event.preventDefault();
  signingOut = true;
  const send = (form) => fetch(form.dataset.autosave, { method: "POST", body: values(form), headers: partial(), signal: AbortSignal.timeout(patience) });
  await Promise.allSettled(forms.map(send));
  out.submit();
});
