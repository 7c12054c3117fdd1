// bell.js: the bell opens the newest notifications, and counts as they come.

import { $, $$, on, partial, toLogin } from "./core.js";

const panel = $("#bell");
const list = panel && $("[data-bell-list]", panel);

async function fill() {
  list.ariaBusy = "true";
  try {
    const response = await fetch(panel.dataset.from, { headers: partial() });
    if (toLogin(response)) return;
    if (response.ok) list.innerHTML = await response.text();
  } catch {
    location.assign($("[data-bell]").href);
  }
  list.ariaBusy = null;
}

on("click", "[data-bell]", async (event, bell) => {
  if (!panel || event.metaKey || event.ctrlKey || event.shiftKey || innerWidth < 900) return;
  event.preventDefault();
  if (panel.matches(":popover-open")) return panel.hidePopover();
  const box = bell.getBoundingClientRect();
  panel.classList.toggle("menu--bell-end", box.left > innerWidth / 2);
  await fill();
  bell.focus({ preventScroll: true }); // which has it again when the panel is closed
  panel.showPopover();
  $("a", list)?.focus();
});

async function count() {
  const bell = $("[data-bell]");
  if (!bell) return;
  try {
    const response = await fetch(bell.dataset.counted, { headers: { ...partial(), Accept: "application/json" } });
    if (!response.ok) return;
    const { unread, label } = await response.json();
    for (const b of $$("[data-bell]")) {
      $(".bell__n", b).textContent = unread;
      b.ariaLabel = label;
    }
    if (panel?.matches(":popover-open")) fill();
  } catch {
    // the next one asks again
  }
}

document.addEventListener("live", (event) => {
  if (event.detail.type === "notice" || event.detail.type === "again") count();
});

// Whoever looks at a ticket has read what they were told about it.
const ticket = $("[data-notices-of]");
async function read() {
  if (!ticket || document.visibilityState !== "visible" || !$("[data-bell] .bell__n")?.textContent) return;
  const body = new URLSearchParams({ ticket: ticket.dataset.noticesOf });
  try {
    await fetch(panel.dataset.read, { method: "POST", body, headers: partial() });
  } catch {
    // they stay unread
  }
}
read();
document.addEventListener("visibilitychange", read);
