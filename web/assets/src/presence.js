// presence.js: says who else is on the tickets that a page shows. A ticket's
// page, or its pane beside a list, tells every few seconds that it is open while
// somebody sees it; what it hears back is who else is there. Lists ask when
// something changed.

import { $, $$, on, partial, previewOf } from "./core.js";

const every = 4000; // ms between two words of an open page
const typed = 20000; // ms after the last key in which somebody counts as writing

const place = () => $$("[data-presence]").find((e) => e.parentElement.checkVisibility());
const page = Math.random().toString(36).slice(2);
let lastKey = 0;
let said = "";
let timer;

function doing() {
  const form = $("form[data-autosave]");
  if (!form || Date.now() - lastKey > typed) return "viewing";
  return form.elements.namedItem("kind")?.value === "note" ? "noting" : "replying";
}

/** When the next of those who are shown would be gone. */
const soonest = (root) => Math.min(...$$("[data-left]", root).map((e) => Number(e.dataset.left)));

async function beat() {
  clearTimeout(timer);
  const bar = place();
  if (!bar || document.visibilityState === "hidden") return;
  timer = setTimeout(beat, every);
  said = doing();
  try {
    const response = await fetch(bar.dataset.presence, { method: "POST", body: new URLSearchParams({ page, doing: said }), headers: partial() });
    if (!response.ok || response.redirected) return;
    const html = await response.text();
    if (bar.innerHTML.replace(/data-left="\d+"/g, "") !== html.replace(/data-left="\d+"/g, "")) bar.innerHTML = html;
    const left = soonest(bar);
    if (left < every) {
      clearTimeout(timer);
      timer = setTimeout(beat, Math.max(left, 250));
    }
  } catch {
    // the next word says it
  }
}

const leave = (bar) => bar && navigator.sendBeacon(bar.dataset.presence, new URLSearchParams({ page, leave: "1" }));

on("input", "form[data-autosave]", () => {
  lastKey = Date.now();
  if (said !== doing()) beat();
});
document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave(place()) : beat()));
addEventListener("pagehide", () => leave(place()));
addEventListener("pageshow", (event) => event.persisted && beat());
document.addEventListener("swapping", (event) => leave($("[data-presence]", event.detail)));
document.addEventListener("swapped", (event) => $("[data-presence]", event.detail) && beat());
beat();

// Lists: the tickets are those whose rows can be peeked at.
const numberOf = (row) => previewOf(row).match(/\/(\d+)\/preview/)?.[1];
const rows = () => $$("[data-peek]").filter(numberOf);
let asking;

async function ask() {
  clearTimeout(asking);
  const shown = rows();
  const where = $("[data-here-list]")?.dataset.hereList;
  if (!where || shown.length === 0 || document.visibilityState === "hidden") return;
  const query = new URLSearchParams(shown.slice(0, 200).map((row) => ["ticket", numberOf(row)]));
  try {
    const response = await fetch(`${where}?${query}`, { headers: partial() });
    if (response.ok && !response.redirected) show(shown, await response.text());
  } catch {
    // the next event asks again
  }
}

function show(shown, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const marks = new Map($$("[data-here]", template.content).map((mark) => [mark.dataset.here, mark]));
  const left = soonest(template.content);
  for (const row of shown) {
    const old = $("[data-here]", row);
    const mark = marks.get(numberOf(row));
    if (!mark) old?.remove();
    else if (old) old.replaceWith(mark);
    else {
      const meta = $(".trow__meta, .prow__subj", row) ?? row;
      const push = $(".push", meta);
      push ? push.before(mark) : meta.append(mark);
    }
  }
  if (Number.isFinite(left)) asking = setTimeout(ask, left + 200);
}

document.addEventListener("live", (event) => {
  if (event.detail.type !== "presence") return;
  let number;
  try {
    number = String(JSON.parse(event.detail.data).number);
  } catch {
    return;
  }
  if (place()?.dataset.presence.includes(`/${number}/`)) beat();
  if (rows().some((row) => numberOf(row) === number)) {
    clearTimeout(asking);
    asking = setTimeout(ask, 200);
  }
});
document.addEventListener("visibilitychange", ask);
document.addEventListener("swapped", ask);
ask();
