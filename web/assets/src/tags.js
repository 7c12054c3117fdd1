// tags.js: offers the tags there are while one is typed. Several stand in one
// field, between commas: the offers keep what is written before the last.

import { $, make, on } from "./core.js";

const waiting = new WeakMap();

async function offer(input) {
  const at = input.value.lastIndexOf(",") + 1;
  const before = input.value.slice(0, at).trimEnd();
  const typed = input.value.slice(at).trim();
  const url = new URL(input.dataset.tags, location.href);
  url.searchParams.set("q", typed);
  const response = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const names = await response.json();
  const list = $(`#${CSS.escape(input.getAttribute("list"))}`);
  list?.replaceChildren(...names.map((name) => make("option", { value: before ? `${before} ${name}` : name })));
}

function soon(input) {
  clearTimeout(waiting.get(input));
  waiting.set(input, setTimeout(offer, 120, input));
}

on("input", "input[data-tags]", (_, input) => soon(input));
on("focusin", "input[data-tags]", (_, input) => soon(input));
