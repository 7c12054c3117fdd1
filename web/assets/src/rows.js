// rows.js: the rows of the inbox follow what happens elsewhere. Rows that are
// there change in place; what is new waits behind a button unless the reader is
// at the top and points nowhere into the list.

import { $, $$, make, partial } from "./core.js";

const place = $("#list-news");
const scroll = $("#list-scroll");
let timer;
let waiting; // the newest answer, not shown yet

const quiet = () => scroll.scrollTop < 8 && !scroll.matches(":hover") && !scroll.contains(document.activeElement);
const rows = (root) => $$("#rows > [id]", root);

async function ask() {
  if (document.visibilityState === "hidden") return;
  const url = new URL(location.href);
  url.searchParams.delete("ticket");
  try {
    const response = await fetch(url, { headers: partial() });
    if (!response.ok) return;
    const html = await response.text();
    if (/^\s*<!doctype/i.test(html)) return; // the sign-in page
    const template = document.createElement("template");
    template.innerHTML = html;
    follow(template.content);
  } catch {
    // the next event asks again
  }
}

function follow(fresh) {
  const there = new Map(rows(document).map((r) => [r.id, r]));
  let news = 0;
  const kept = new Set();
  for (const row of rows(fresh)) {
    const old = there.get(row.id);
    kept.add(row.id);
    if (old) change(old, row);
    else news++;
  }
  for (const [id, row] of there) row.classList.toggle("trow--gone", !kept.has(id));
  waiting = fresh;
  const moved = rows(fresh).some((row, i) => rows(document)[i]?.id !== row.id);
  if (!moved) return say(0);
  if (quiet()) return reveal();
  say(news);
}

/** Makes a row what it became, but for its box and the focus on it. */
function change(old, row) {
  const fresh = row.cloneNode(true);
  const box = $("[name=ticket]", old);
  const same = $("[name=ticket]", fresh);
  if (box && same) same.checked = box.checked;
  const link = $("a", old);
  if (link?.ariaCurrent) $("a", fresh)?.setAttribute("aria-current", "true");
  if (old.className === fresh.className && old.innerHTML === fresh.innerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.name : null;
  old.className = fresh.className;
  old.replaceChildren(...fresh.childNodes);
  if (focused !== null) (focused ? $(`[name="${focused}"]`, old) : $("a", old))?.focus({ preventScroll: true });
}

function say(count) {
  place.hidden = count === 0;
  if (count === 0) return place.replaceChildren();
  const button = make("button", { className: "btn btn--sm btn--primary", type: "button" }, place.dataset.words.replace("{count}", count));
  button.addEventListener("click", () => {
    reveal();
    scroll.scrollTo({ top: 0 });
  });
  place.replaceChildren(button);
}

/** Shows the list as it is now. */
function reveal() {
  if (!waiting) return;
  const picked = new Set($$("#rows [name=ticket]:checked").map((b) => b.value));
  const current = $('#rows [aria-current="true"]')?.closest("[id]")?.id;
  const old = $("#ticket-list");
  const fresh = $("#ticket-list", waiting);
  waiting = null;
  if (!fresh) return;
  for (const box of $$("[name=ticket]", fresh)) box.checked = picked.has(box.value);
  if (current) $(`#${current} > a`, fresh)?.setAttribute("aria-current", "true");
  old.replaceWith(fresh);
  say(0);
  document.dispatchEvent(new CustomEvent("swapped", { detail: fresh }));
}

if (place && scroll) {
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  };
  document.addEventListener("live-ticket", soon);
  document.addEventListener("renew", soon);
  document.addEventListener("visibilitychange", soon);
}
