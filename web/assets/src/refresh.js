// refresh.js: an open list of tickets says that something changed. It never
// changes what somebody reads: a button beside the list offers to show it, and
// showing it keeps the place on the page.

import { $, make, partial } from "./core.js";
import { load } from "./swap.js";

const place = $("#ticket-news");
const choice = $("[data-refresh]");
const key = "deskbell-refresh";

let stream;
let timer;
let asking;

const list = () => $("#ticket-list");

/** Asks how many tickets of the list changed since it was made. */
async function ask() {
  if (document.visibilityState === "hidden") return;
  asking?.abort();
  const control = (asking = new AbortController());
  const url = new URL(place.dataset.news, location.href);
  url.search = location.search;
  url.searchParams.set("since", list().dataset.since);
  try {
    const response = await fetch(url, { headers: { ...partial(), Accept: "application/json" }, signal: control.signal });
    if (response.ok && !response.redirected) say(await response.json());
  } catch {
    // the next time asks again
  }
}

function say({ count, text, show }) {
  if (!count) return place.replaceChildren();
  const button = make("button", { className: "btn btn--sm btn--primary", type: "button" }, show);
  button.addEventListener("click", reveal);
  if (place.firstChild) $("span", place).textContent = text;
  else place.append(make("span", {}, text), button);
}

async function reveal() {
  const top = scrollY;
  if (!(await load(location.href, list()))) return;
  place.replaceChildren();
  const region = list();
  region.tabIndex = -1;
  region.focus({ preventScroll: true });
  scrollTo({ top, behavior: "instant" });
}

function listen() {
  stream = new EventSource(place.dataset.liveNews);
  stream.addEventListener("news", ask);
}

function start() {
  stream?.close();
  stream = undefined;
  clearInterval(timer);
  if (document.visibilityState === "hidden" || choice.value === "off") return;
  if (choice.value === "live") listen();
  else timer = setInterval(ask, Number(choice.value) * 1000);
}

function remembered() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is shut off
  }
}

if (place && choice) {
  const value = remembered();
  if ([...choice.options].some((o) => o.value === value)) choice.value = value;
  choice.addEventListener("change", () => {
    try {
      localStorage.setItem(key, choice.value);
    } catch {
      // it holds for this page
    }
    start();
  });
  document.addEventListener("visibilitychange", () => {
    start();
    if (choice.value !== "off") ask();
  });
  document.addEventListener("swapped", (event) => {
    if (event.detail.id === "ticket-list") place.replaceChildren();
  });
  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", (event) => event.persisted && start());
  start();
}
