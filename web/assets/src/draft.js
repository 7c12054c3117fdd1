// draft.js: what is typed into the form for a new ticket is kept on the server
// (form.js); where the server cannot take it, because the session ended or the
// network is away, it is kept in this browser and handed over later. So is what was
// typed just before the page went: the next one may be read before it is saved.

import { $, $$, on, partial } from "./core.js";

const form = $("form[data-keep]");
const onItsWay = "deskbell-on-its-way";
const place = form && `deskbell-unsent:${form.dataset.keep}`;

function values() {
  const list = [];
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "altcha" && name !== "ticket") list.push([name, value]);
  return list;
}

function keepHere() {
  try {
    localStorage.setItem(place, JSON.stringify({ at: Date.now(), values: values() }));
  } catch {
    // private windows may refuse
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}

function forget(key = place) {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

function warn(signedOut) {
  const box = $("[data-kept-here]", form);
  box.hidden = false;
  for (const e of $$("[data-signed-out]", box)) e.hidden = !signedOut;
  $("[data-away]", box).hidden = signedOut;
}

/** What a visitor typed goes back where it was; they have no draft on the server. */
function fill(list) {
  for (const [name, value] of list) {
    const c = form.elements.namedItem(name);
    if (!c || c.type === "hidden" || c.type === "file") continue;
    if (c.type === "checkbox") c.checked = value === c.value;
    else if (name === "message" && list.some(([n, v]) => n === "message_kind" && v === "html")) {
      c.dataset.html = value;
      c.value = c.defaultValue = new DOMParser().parseFromString(value.replace(/<br>|<\/div>|<\/li>/g, "\n"), "text/html").body.textContent;
    } else c.value = value;
  }
}

async function handOver(copy) {
  if (JSON.stringify(copy.values) === JSON.stringify(values())) return forget();
  const response = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(copy.values), headers: partial() });
  if (!response.ok) return;
  forget();
  location.reload();
}

if (form) {
  const copy = kept();
  if (!("fresh" in form.dataset)) forget();
  else if (copy && form.dataset.autosave) handOver(copy).catch(() => {});
  else if (copy) fill(copy.values);

  form.addEventListener("unsaved", (event) => {
    keepHere();
    warn(event.detail === 401);
    event.preventDefault();
  });
  form.addEventListener("left", keepHere);
  form.addEventListener("saved", () => {
    forget();
    $("[data-kept-here]", form).hidden = true;
  });
  if (!form.dataset.autosave) {
    let timer;
    for (const type of ["input", "change"]) {
      form.addEventListener(type, () => {
        clearTimeout(timer);
        timer = setTimeout(keepHere, 1000);
      });
    }
    addEventListener("pagehide", () => timer && !form.dataset.sent && keepHere());
  }
  form.addEventListener("submit", () => {
    keepHere();
    sessionStorage.setItem(onItsWay, place);
  });
}

// A form that was taken does not come back: the page after it is no error, and
// not the form again.
const gone = sessionStorage.getItem(onItsWay);
if (gone) {
  sessionStorage.removeItem(onItsWay);
  const [page] = performance.getEntriesByType("navigation");
  if (gone !== place && (page?.responseStatus ?? 200) < 400) forget(gone);
}

// Sent, or not wanted any more: nothing is kept.
function forgetAll() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("deskbell-unsent:")) forget(key);
  } catch {
    // nothing was kept
  }
}
if ($("[data-sent-form]")) forgetAll();
on("submit", "[data-drop-draft]", forgetAll);
