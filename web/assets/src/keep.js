// keep.js: what is typed into a form that nothing saves while it is written is kept
// in this browser until the server has it: it comes back when the page is opened
// again. A form that the server keeps (form.js) is kept here only while the server
// cannot take it, because the session ended or the network is away, and for the
// moment in which its page goes. Where several pages may write one draft
// (data-writer) each keeps its own, and the server puts them together. Everybody has their own (data-keep); signing out
// forgets all of it, and passwords and secrets (data-secret) are never kept.

import { $, $$, on, partial } from "./core.js";

const onItsWay = "deskbell-on-its-way";
const mark = "deskbell-unsent:";
const notKept = ["altcha", "ticket"];
const timers = new Map(); // form -> of the keeping that is due

const drafted = (form) => "writer" in form.dataset;
const field = (form, name) => form.elements.namedItem(name)?.value ?? "";
const place = (form) => mark + form.dataset.keep + (drafted(form) ? `:${field(form, "key")}` : "");
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The controls of a form whose values are kept. */
const controls = (form) =>
  [...form.elements].filter((c) => c.name && c.type !== "file" && c.type !== "password" && !("secret" in c.dataset) && !notKept.includes(c.name));

function values(form) {
  const names = new Set(controls(form).map((c) => c.name));
  if (drafted(form)) names.add("upload"); // pictures in the text
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && names.has(name));
}

function keepHere(form, more = {}) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  try {
    localStorage.setItem(place(form), JSON.stringify({ at: Date.now(), to: form.dataset.autosave, values: values(form), ...more }));
  } catch {
    // private windows may refuse
  }
}

function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** The places of what is kept under names that begin so. */
function places(begin) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(mark + begin));
  } catch {
    return [];
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
  places("").forEach(forget);
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

/** The letters of a text, in whichever form it is. */
function letters(list) {
  const get = (name) => list.find(([n]) => n === name)?.[1] ?? "";
  const text = get("message");
  const plain = get("message_kind") === "html" ? new DOMParser().parseFromString(text, "text/html").body.textContent : text;
  return plain.replace(/[\s*_#>`~|\\-]+/g, "");
}

/** Whether a form's page shows all of a copy: the draft is as new, or holds its words, files and people. */
function holds(form, copy) {
  const theirs = new Map(copy.values);
  const { writer, writerN } = form.dataset;
  if (copy.n && writer === theirs.get("key")) return Number(writerN) >= copy.n;
  const mine = values(form);
  const has = (name) => copy.values.every(([n, value]) => n !== name || !value || mine.some((m) => m[0] === name && m[1].includes(value)));
  return letters(mine).includes(letters(copy.values)) && ["upload", "cc", "reply_mode"].every(has);
}

/** Hands a copy to the server, which knows what it was written over; reports whether it took it. */
async function hand(key, copy) {
  const body = new URLSearchParams(copy.values);
  if (copy.n) body.append("draft_n", copy.n);
  const response = await fetch(copy.to, { method: "POST", body, headers: partial() });
  if (response.ok || response.status === 409) forget(key); // 409: it was sent
  return response.ok;
}

const month = 2.6e9; // ms

/** What other pages of the same person kept is handed over; this page shows what belongs to it. */
async function handOverAll(form) {
  const [person] = form.dataset.keep.split(":");
  const here = `${mark + form.dataset.keep}:`;
  let changed = false;
  const found = places(`${person}:write-`).map((key) => ({ key, copy: kept(key) })).sort((a, b) => a.copy?.at - b.copy?.at);
  for (const { key, copy } of found) {
    const mine = key.startsWith(here);
    if (!copy || (mine && holds(form, copy)) || (copy.left && Date.now() - copy.at > month)) forget(key);
    else if (mine || !copy.left) changed = ((await hand(key, copy)) && mine) || changed;
  }
  if (changed) location.reload();
}

/** Goes to the form with what only the server can show of a copy: somebody's
 *  name, a topic's fields, files. Reports whether it went. */
function asked(form, list) {
  const first = form.dataset.keepFirst?.split(" ") ?? [];
  const wanted = list.filter(([name, value]) => first.includes(name) && value && value !== "0");
  const url = new URL(location.href);
  if (wanted.length === 0 || [...url.searchParams.keys()].some((name) => name !== "lang")) return false;
  for (const [name, value] of wanted) url.searchParams.append(name, value);
  location.replace(url);
  return true;
}

/** What was kept comes back; a form that the server sent back holds what was typed. */
function bringBack(form) {
  if (!("fresh" in form.dataset)) return form.dataset.autosave && !drafted(form) ? forget(place(form)) : keepHere(form);
  if (drafted(form)) return handOverAll(form).catch(() => {});
  const copy = kept(place(form));
  if (!copy || asked(form, copy.values)) return;
  if (form.dataset.autosave) handOver(form, copy).catch(() => {});
  else if (same(copy.values, values(form))) forget(place(form));
  else fill(form, copy.values);
}

function follow(form) {
  bringBack(form);
  form.addEventListener("unsaved", (event) => {
    keepHere(form, { n: event.detail.n });
    warn(form, event.detail.status === 401);
    event.preventDefault();
  });
  form.addEventListener("left", ({ detail }) => keepHere(form, { n: detail.n, left: true }));
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
