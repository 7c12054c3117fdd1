// keep.js: what is typed into a form that nothing saves while it is written is kept
// in this browser until the server has it: it comes back when the page is opened
// again. A form that the server keeps (form.js) is kept here only while the server
// cannot take it, because the session ended or the network is away, and for the
// moment in which its page goes. Everybody has their own (data-keep); signing out
// forgets all of it, and passwords and secrets (data-secret) are never kept.

import { $, $$, on, partial } from "./core.js";

const onItsWay = "deskbell-on-its-way";
const mark = "deskbell-unsent:";
const notKept = ["altcha", "ticket"];
const timers = new Map(); // form -> of the keeping that is due

const place = (form) => mark + form.dataset.keep;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The controls of a form whose values are kept. */
const controls = (form) =>
  [...form.elements].filter((c) => c.name && c.type !== "file" && c.type !== "password" && !("secret" in c.dataset) && !notKept.includes(c.name));

function values(form) {
  const names = new Set(controls(form).map((c) => c.name));
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && names.has(name));
}

function keepHere(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  try {
    localStorage.setItem(place(form), JSON.stringify({ at: Date.now(), values: values(form) }));
  } catch {
    // private windows may refuse
  }
}

function kept(form) {
  try {
    return JSON.parse(localStorage.getItem(place(form)));
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

/** Sent, or not wanted any more: nothing is kept. */
function forgetAll() {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(mark)) forget(key);
  } catch {
    // nothing was kept
  }
}

function warn(form, signedOut) {
  const box = $("[data-kept-here]", form);
  if (!box) return;
  box.hidden = false;
  for (const e of $$("[data-signed-out]", box)) e.hidden = !signedOut;
  $("[data-away]", box).hidden = signedOut;
}

/** The text of a message, in whichever editor it stands. */
function fillText(area, value, rich) {
  if (area.dataset.rich === "on") return area.dispatchEvent(new CustomEvent("refill", { detail: { value, rich } }));
  if (rich) area.dataset.html = value;
  else delete area.dataset.html;
  const plain = rich ? new DOMParser().parseFromString(value.replace(/<br>|<\/(div|p|li|pre|tr)>/g, "$&\n"), "text/html").body.textContent : value;
  area.value = area.defaultValue = plain; // the editor may take its place
  const kind = area.form.elements.namedItem("message_kind");
  if (kind) kind.value = "markdown";
}

/** What was typed goes back where it was. Of what the page says of itself only the
 *  version comes back: so the server sees what the text was written over. */
function fill(form, list) {
  const left = new Map();
  for (const [name, value] of list) left.set(name, [...(left.get(name) ?? []), value]);
  const rich = left.get("message_kind")?.[0] === "html";
  for (const c of controls(form)) {
    const mine = left.get(c.name) ?? [];
    if (c.type === "checkbox" || c.type === "radio") c.checked = mine.includes(c.value);
    else if (c.type === "select-multiple") for (const o of c.options) o.selected = mine.includes(o.value);
    else if (mine.length === 0 || (c.type === "hidden" && c.name !== "version")) continue;
    else if ("rich" in c.dataset) fillText(c, mine.shift(), rich);
    else if (c.localName !== "select" || [...c.options].some((o) => o.value === mine[0])) c.value = mine.shift();
  }
  const box = $("[data-put-back]", form);
  if (box) box.hidden = false;
}

async function handOver(form, copy) {
  if (same(copy.values, values(form))) return forget(place(form));
  const response = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(copy.values), headers: partial() });
  if (!response.ok) return;
  forget(place(form));
  location.reload();
}

/** Goes to the form with what only the server can show of a copy: somebody's
 *  name, a topic's fields, files. Reports whether it went. */
function asked(form, list) {
  const first = form.dataset.keepFirst?.split(" ") ?? [];
  const wanted = list.filter(([name, value]) => first.includes(name) && value && value !== "0");
  if (wanted.length === 0 || location.search) return false;
  location.replace(`${location.pathname}?${new URLSearchParams(wanted)}`);
  return true;
}

/** What was kept comes back; a form that the server sent back holds what was typed. */
function bringBack(form) {
  const copy = kept(form);
  if (!("fresh" in form.dataset)) return form.dataset.autosave ? forget(place(form)) : keepHere(form);
  if (!copy || asked(form, copy.values)) return;
  if (form.dataset.autosave) handOver(form, copy).catch(() => {});
  else if (same(copy.values, values(form))) forget(place(form));
  else fill(form, copy.values);
}

function follow(form) {
  bringBack(form);
  form.addEventListener("unsaved", (event) => {
    keepHere(form);
    warn(form, event.detail === 401);
    event.preventDefault();
  });
  form.addEventListener("left", () => keepHere(form));
  form.addEventListener("saved", () => {
    forget(place(form));
    const box = $("[data-kept-here]", form);
    if (box) box.hidden = true;
  });
  for (const type of form.dataset.autosave ? [] : ["input", "change"]) {
    form.addEventListener(type, () => {
      clearTimeout(timers.get(form));
      timers.set(form, setTimeout(keepHere, 1000, form));
    });
  }
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    keepHere(form);
    sessionStorage.setItem(onItsWay, place(form));
  });
}

addEventListener("pagehide", () => {
  for (const form of [...timers.keys()]) if (form.isConnected && !form.dataset.sent) keepHere(form);
});

// A form that was taken does not come back: the page after it is no error, and is
// another one, or the one to which the server sent us.
const forms = $$("form[data-keep]");
const gone = sessionStorage.getItem(onItsWay);
if (gone) {
  sessionStorage.removeItem(onItsWay);
  const [page] = performance.getEntriesByType("navigation");
  const again = forms.some((f) => place(f) === gone);
  if ((page?.responseStatus ?? 200) < 400 && (!again || page?.redirectCount > 0)) forget(gone);
}
forms.forEach(follow);

on("click", "[data-start-over]", (_, button) => {
  clearTimeout(timers.get(button.form));
  timers.delete(button.form);
  forget(place(button.form));
  location.replace(location.pathname + location.search);
});

if ($("[data-sent-form]")) forgetAll();
on("submit", "[data-drop-draft], [data-sign-out]", forgetAll);
