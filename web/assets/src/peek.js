// peek.js: resting on a row of the inbox, by pointer or by keyboard, shows what
// it is about.

import { $, make, on, partial, previewOf } from "./core.js";

const fetched = new Map(); // URL -> HTML
let card, row, showing, hiding;

function box() {
  card ??= ($("main") ?? document.body).appendChild(make("div", { className: "peek", id: "peek", popover: "manual" }));
  card.onpointerenter = () => clearTimeout(hiding);
  card.onpointerleave = hideSoon;
  return card;
}

async function text(url) {
  if (!fetched.has(url)) {
    const response = await fetch(url, { headers: partial() });
    if (!response.ok) return "";
    const html = await response.text();
    if (/^\s*<!doctype/i.test(html)) return ""; // the sign-in page
    fetched.set(url, html);
    setTimeout(() => fetched.delete(url), 30000);
  }
  return fetched.get(url);
}

async function show(next) {
  const html = await text(previewOf(next)).catch(() => "");
  if (!html || showing !== next) return;
  hide();
  row = next;
  row.style.anchorName = "--peek";
  const c = box();
  c.innerHTML = html;
  c.style.positionAnchor = "--peek";
  c.showPopover();
}

function hide() {
  clearTimeout(hiding);
  if (row) row.style.anchorName = "";
  row = null;
  if (card?.matches(":popover-open")) card.hidePopover();
}

function hideSoon() {
  clearTimeout(hiding);
  hiding = setTimeout(hide, 150);
}

let timer;
const start = (next) => {
  if (showing === next) return clearTimeout(hiding);
  clearTimeout(timer);
  showing = next;
  timer = setTimeout(() => show(next), 350);
};
const stop = () => {
  clearTimeout(timer);
  showing = null;
  hideSoon();
};

// A finger neither rests nor hovers.
on("pointerover", "[data-peek]", (event, r) => event.pointerType === "mouse" && start(r));
on("pointerout", "[data-peek]", (event, r) => r.contains(event.relatedTarget) || stop());
on("focusin", "[data-peek]", (event, r) => event.target.matches(":focus-visible") && start(r));
on("focusout", "[data-peek]", stop);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !$(".peek:popover-open")) return;
  stop();
  hide();
});
// Space shows it at once, and takes it away again.
on("keydown", "[data-peek]", (event, r) => {
  if (event.key !== " " || !event.target.matches("a") || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (row === r) return stop(), hide();
  clearTimeout(timer);
  showing = r;
  show(r);
});
document.addEventListener("scroll", hide, true);
