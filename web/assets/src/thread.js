// thread.js keeps a customer's open ticket up to date: the server says that
// there is news, the page asks for it. What is being read or typed stays where
// it is on the screen.

import { $, $$, on, partial, toLogin } from "./core.js";

const page = $("[data-thread]");
const talk = () => $("#thread-talk");
const last = () => Number($$(":scope > [id^=m]", talk()).at(-1)?.id.slice(1) ?? 0);

/** Whether something is written in the reply, or about to be. */
function writing() {
  const form = $("[data-reply]");
  if (!form) return false;
  const text = $("textarea[name=message]", form);
  return form.contains(document.activeElement) || text?.value.trim() !== "" || $$("[name=upload], .file", form).length > 0;
}

/** What must not move: what is typed in, else the topmost message in sight. */
function anchor() {
  const form = $("[data-reply]");
  if (form?.contains(document.activeElement)) return document.activeElement;
  return $$(":scope > li", talk()).find((e) => e.getBoundingClientRect().bottom > 80) ?? form;
}

/** Runs change and scrolls so that nothing moves under the reader's eyes. */
function steadily(change) {
  const fixed = anchor();
  const before = fixed?.getBoundingClientRect().top;
  change();
  if (!fixed?.isConnected) return;
  const moved = () => fixed.getBoundingClientRect().top - before;
  if (Math.abs(moved()) > 1) scrollBy({ top: moved(), behavior: "instant" });
  const short = moved(); // the page ends too early when what is below became less
  if (short <= 1) return;
  document.body.style.paddingBottom = `${short}px`;
  scrollBy({ top: short, behavior: "instant" });
}

function swap(old, fresh) {
  if (!old || !fresh || old.isEqualNode(fresh)) return;
  if (old.contains(document.activeElement)) return; // somebody is on it with the keyboard
  old.replaceWith(fresh);
  document.dispatchEvent(new CustomEvent("swapped", { detail: fresh }));
}

/** The reply's hint and button follow the ticket while its text stays. */
function keepWriting(fresh) {
  for (const id of ["reply-hint", "reply-send"]) {
    const part = $(`#${id}`, fresh);
    const old = document.getElementById(id);
    if (part && old) old.replaceChildren(...part.childNodes);
  }
  const seen = $("[name=seen]", fresh);
  if (seen) $("[data-reply] [name=seen]").value = seen.value;
}

/** The conversation stands elsewhere now, or in another order. */
function elsewhere(notice) {
  if (!writing()) return location.assign(notice.dataset.moved);
  swap($("#thread-notice"), notice);
}

function show(html) {
  const parts = document.createElement("template");
  parts.innerHTML = html;
  const moved = $("[data-moved]", parts.content);
  if (moved) return elsewhere(moved);
  const news = $("#news", parts.content);
  if (!news) return;
  const busy = writing();
  const fresh = [...news.children].filter((e) => !document.getElementById(e.id));
  steadily(() => {
    talk().append(...fresh);
    talk().dataset.mark = news.dataset.mark;
    for (const part of [...parts.content.children]) {
      if (part === news) continue;
      if (part.id === "thread-answer" && busy) keepWriting(part);
      else swap(document.getElementById(part.id), part);
    }
  });
  if (fresh.length) document.dispatchEvent(new CustomEvent("swapped", { detail: talk() }));
  notice(fresh);
}

/** The notice goes once what it tells of has been in sight. */
function notice(fresh) {
  if (!fresh.length || !("IntersectionObserver" in window)) return;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((e) => e.isIntersecting)) return;
    seen.disconnect();
    setTimeout(() => $("#thread-notice")?.replaceChildren(), 4000);
  });
  seen.observe(fresh[0]);
}

let asking;

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const url = new URL(page.dataset.thread, location.href);
  url.searchParams.set("after", last());
  try {
    const response = await fetch(url, { headers: partial(), signal: asking.signal });
    if (toLogin(response)) return;
    if (response.ok) show(await response.text());
  } catch {
    // the stream's next word asks again
  }
}

let stream;
let wait = 3000;

function listen() {
  if (stream || document.visibilityState === "hidden") return;
  stream = new EventSource(page.dataset.live);
  stream.onopen = () => (wait = 3000);
  stream.addEventListener("news", (event) => {
    if (JSON.parse(event.data).mark !== talk().dataset.mark) ask();
  });
  stream.addEventListener("gone", hush);
  stream.onerror = () => {
    if (stream?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    hush();
    if (wait <= 60000) setTimeout(listen, wait); // after some refusals: no more
    wait *= 2;
  };
}

function hush() {
  stream?.close();
  stream = undefined;
}

// A browser has six connections to a server: only what is in sight holds one.
if (page?.dataset.live && "EventSource" in window) {
  listen();
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? hush() : listen()));
  addEventListener("pagehide", hush);
  addEventListener("pageshow", (event) => event.persisted && listen());
}

// Earlier messages come above what is read.
on("click", "[data-earlier]", async (event, link) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  link.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(String(response.status));
    const other = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("thread-talk");
    const earlier = [...other.children].filter((e) => e.id && (e.id === "thread-earlier" || !document.getElementById(e.id)));
    const first = earlier.find((e) => e.id !== "thread-earlier");
    steadily(() => {
      $("#thread-earlier").remove();
      talk().prepend(...earlier);
    });
    document.dispatchEvent(new CustomEvent("swapped", { detail: talk() }));
    const next = $("#thread-earlier a") ?? first;
    if (next === first && first) first.tabIndex = -1;
    next?.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
});

// A link to an entry that is older than what the page shows.
if (page && /^#m\d+$/.test(location.hash) && !document.getElementById(location.hash.slice(1))) {
  const at = location.hash.slice(2);
  if (Number(at) < last() && !new URLSearchParams(location.search).has("at")) location.replace(`${page.dataset.thread}?at=${at}${location.hash}`);
}

on("click", "[data-print]", () => print());
