// live.js: the server says that something changed, the page asks for it.
//
// One tab of a browser holds the stream and tells the others: browsers allow
// six connections to a server, and an agent has more tabs than that.

import { $, $$, partial } from "./core.js";

const app = $("[data-live]");
let timer;

async function counts() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    try {
      const response = await fetch(app.dataset.counts, { headers: { ...partial(), Accept: "application/json" } });
      if (!response.ok) return;
      for (const [view, text] of Object.entries(await response.json())) {
        for (const place of $$(`[data-count="${CSS.escape(view)}"]`)) {
          if (place.textContent !== String(text)) place.textContent = text;
          place.closest("[data-alert]")?.classList.toggle("nav--alert", String(text) !== "0");
        }
      }
      unread();
    } catch {
      // the next event asks again
    }
  }, 300);
}

/** How much is unread shows when there is any, in place of a total that says the same, and before the title of its view. */
function unread() {
  for (const mark of $$("#side [data-unread]")) {
    const count = $("[data-count]", mark).textContent;
    const total = mark.nextElementSibling;
    mark.hidden = count === "0";
    total.classList.toggle("sr-only", !mark.hidden && total.textContent === count);
    if (!mark.closest("[aria-current]") || !$("[data-list]")) continue;
    document.title = (mark.hidden ? "" : `(${count}) `) + document.title.replace(/^\(\d+\+?\) /, "");
  }
}

function heard({ type, data }) {
  document.dispatchEvent(new CustomEvent("live", { detail: { type, data } }));
  if (type === "counts") counts();
  if (type !== "ticket") return;
  let number;
  try {
    number = JSON.parse(data).number;
  } catch {
    return;
  }
  for (const notice of $$(`[data-live-ticket="${CSS.escape(String(number))}"]`)) notice.hidden = false;
  document.dispatchEvent(new CustomEvent("live-ticket", { detail: number }));
}

const channel = "BroadcastChannel" in window ? new BroadcastChannel("deskbell-live") : null;
if (channel) channel.onmessage = (event) => heard(event.data);

function tell(type, data) {
  heard({ type, data });
  channel?.postMessage({ type, data });
}

let wait = 2000;

function listen() {
  const stream = new EventSource(app.dataset.live);
  let lost = false;
  stream.onopen = () => {
    wait = 2000;
    if (lost) {
      tell("counts");
      tell("again");
    }
    lost = false;
  };
  for (const type of ["counts", "ticket", "presence", "notice"]) stream.addEventListener(type, (event) => tell(type, event.data));
  stream.onerror = () => {
    lost = true;
    if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    setTimeout(listen, wait);
    wait = Math.min(wait * 2, 60000);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
  addEventListener("pageshow", (event) => event.persisted && listen(), { once: true });
}

if (app) {
  if (navigator.locks) navigator.locks.request("deskbell-live", () => new Promise(listen));
  else listen();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") counts();
  });
  document.addEventListener("counts", counts); // the reader read a ticket, or marked one
}
