// work.js: a bulk action's page follows it, and a running timer counts.

import { $ } from "./core.js";
import { load } from "./swap.js";

// The page of a run is asked for again until the run is over.
async function follow() {
  const run = $("#run[data-busy]");
  if (!run) return;
  if (document.visibilityState === "visible") await load(location.href, run);
  setTimeout(follow, 1000);
}
setTimeout(follow, 600);

// The server counts; this shows it, from what the timer had when the page came.
const began = performance.now();
const two = (n) => String(n).padStart(2, "0");
setInterval(() => {
  const timer = $("[data-timer]:not([data-timer=''])");
  if (!timer) return;
  const s = Number(timer.dataset.timer) + Math.floor((performance.now() - began) / 1000);
  $("[data-timer-shows]", timer).textContent = `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}, 1000);
