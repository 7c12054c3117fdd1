// pane.js: choosing a row of the inbox shows its ticket beside the list. The list
// stays where it is; without this script, and on narrow screens, the row's link
// opens the ticket's own page.

import { $, $$, on, partial, toLogin } from "./core.js";
import { restore, trace } from "./focus.js";
import { pop } from "./page.js";

const list = () => $(".panes--list > [data-list]");
const wide = matchMedia("(min-width: 56rem)");

/** The list's address with a ticket beside it, or without. */
function address(number) {
  const url = new URL(location.href);
  if (number) url.searchParams.set("ticket", number);
  else url.searchParams.delete("ticket");
  return url;
}

const shown = () => new URL(location.href).searchParams.get("ticket")?.match(/^\d+$/)?.[0] ?? null;

function mark(number) {
  for (const row of $$("#rows > .trow")) {
    const here = row.id === `t${number}`;
    const link = $("a", row);
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    if (!here || !row.classList.contains("trow--unread")) continue;
    row.classList.remove("trow--unread");
    $(".dot", row)?.remove();
  }
  document.dispatchEvent(new CustomEvent("counts"));
}

/** Puts the panes of an answer into the page; false when it has none. */
function put(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = ["reading", "ctx"].map((id) => page.getElementById(id));
  if (fresh.includes(null)) return false;
  for (const part of fresh) {
    const old = document.getElementById(part.id);
    const focused = old.contains(document.activeElement) && trace(document.activeElement);
    document.dispatchEvent(new CustomEvent("swapping", { detail: old }));
    old.replaceWith(document.adoptNode(part));
    document.dispatchEvent(new CustomEvent("swapped", { detail: part }));
    if (focused) restore(focused, part);
  }
  const said = $("#toasts .toast", page);
  if (said) pop(document.adoptNode(said));
  return true;
}

/** The ticket that the pane shows: where a number was merged, another than was asked for. */
const reading = () => $("#reading").dataset.number ?? null;

let asking;

async function show(number) {
  asking?.abort();
  const control = (asking = new AbortController());
  const row = document.getElementById(`t${number}`);
  const url = new URL(`/agent/tickets/${number}/pane`, location.href);
  url.search = address(number).search;
  const region = $("#reading");
  region.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { headers: partial(), signal: control.signal });
    if (toLogin(response)) return;
    if (!response.ok || !put(await response.text())) throw new Error(String(response.status));
    mark(reading() ?? number);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(row ? $("a", row).href : address(number)); // its own page says what is wrong
  } finally {
    region.removeAttribute("aria-busy");
  }
}

on("click", ".panes--list #rows .trow > a", (event, link) => {
  if (!wide.matches || !list() || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const number = link.parentElement.id.slice(1);
  if (number !== shown()) history.pushState({ pane: number }, "", address(number));
  show(number);
});

// The ticket before or after this one is the row beside it; past the ends of the
// page the link finds it.
on("click", "#reading a[data-step]", (event, link) => {
  if (event.defaultPrevented) return;
  const rows = $$("#rows .trow > a");
  const at = rows.findIndex((row) => row.parentElement.id === `t${shown()}`);
  const row = at < 0 ? null : rows[at + Number(link.dataset.step)];
  if (!row || !wide.matches) return;
  event.preventDefault();
  link.closest("[popover]")?.hidePopover();
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  row.click();
});

on("click", "#reading [data-renew]", (event) => {
  event.preventDefault();
  show(shown());
});

// What is done to the ticket beside the list leaves the list where it is.
on("submit", "#reading form[method=post], #ctx form[method=post]", async (event, form) => {
  if (event.defaultPrevented || !list()) return;
  event.preventDefault();
  const region = $("#reading");
  region.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const response = await fetch(event.submitter?.getAttribute("formaction") ?? form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const to = new URL(response.url);
    if (response.redirected && to.pathname !== location.pathname) return location.assign(to);
    const html = await response.text();
    if (!put(html)) {
      document.open(); // what went wrong has a page of its own
      document.write(html);
      return document.close();
    }
    if (!response.redirected) return; // refused: the pane says why
    history.replaceState(history.state, "", to);
    mark(reading());
    document.dispatchEvent(new CustomEvent("renew"));
  } catch {
    form.submit();
  } finally {
    region.removeAttribute("aria-busy");
  }
});

if (list()) {
  addEventListener("popstate", () => {
    const number = shown();
    if (number) show(number);
    else location.reload();
  });
}
