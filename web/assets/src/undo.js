// undo.js: a reply that was sent a moment ago can be taken back: the seconds
// count down on its ticket, and a toast on whichever page the agent went on to.

import { $, $$, make, partial } from "./core.js";
import { load } from "./swap.js";

const place = "deskbell-undo";

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(place)) ?? [];
  } catch {
    return [];
  }
}

function remember(list) {
  try {
    sessionStorage.setItem(place, JSON.stringify(list));
  } catch {
    // the ticket's own page has the button
  }
}

const forget = (id) => remember(remembered().filter((r) => r.id !== id));

/** Counts down in the element that says when, and calls done at the end. */
function count(element, due, done) {
  const text = element.dataset.text;
  const tick = () => {
    const left = Math.ceil((due - Date.now()) / 1000);
    if (!element.isConnected) return clearInterval(timer);
    if (left > 0) return (element.textContent = text.replace("{count}", left));
    clearInterval(timer);
    done();
  };
  const timer = setInterval(tick, 250);
  tick();
}

/** The reply's time has come: asks the server to send it now rather than when its job wakes. */
async function send(form) {
  const now = form.parentElement.querySelector("form:not([data-undo-send])");
  try {
    await fetch(now.action, { method: "POST", body: new URLSearchParams(new FormData(now)), headers: partial() });
  } catch {
    // the job sends it
  }
  $("[data-held-notice]")?.remove();
  const beside = $("#reading [data-renew]"); // the pane beside the list renews itself
  const talk = $("#conversation");
  if (beside) beside.click();
  else if (talk) load(location.href.split("#")[0], talk);
}

/** Begins to count for the replies on this page. */
function watch(root) {
  for (const held of $$("[data-held-mine][data-held-why=undo]", root)) {
    const id = held.dataset.held;
    $(`[data-undo-toast="${CSS.escape(id)}"]`)?.remove(); // it counts here now
    const known = remembered().find((r) => r.id === id);
    const due = known?.due ?? Date.now() + Number(held.dataset.left);
    const form = $("[data-undo-send]", held);
    const when = $("[data-countdown]", held);
    if (!known) {
      const button = $("button", form);
      remember([...remembered(), { id, due, action: form.action, fields: [...new FormData(form)], text: when.dataset.text, button: button.textContent.trim() }]);
    }
    held.addEventListener("submit", () => forget(id)); // taken back, or sent now
    count(when, due, () => {
      forget(id);
      send(form);
    });
  }
}

/** A toast with the button, on another page than the reply's. */
function follow() {
  for (const r of remembered()) {
    if (r.due <= Date.now()) forget(r.id);
    else if (!$(`[data-held="${CSS.escape(r.id)}"]`)) {
      const form = make("form", { method: "post", action: r.action, "data-undo-send": "" }, ...r.fields.map(([name, value]) => make("input", { type: "hidden", name, value })));
      const button = make("button", { className: "btn btn--sm", "data-key": "z" }, r.button);
      form.append(button);
      form.addEventListener("submit", () => forget(r.id));
      const when = make("span", { "data-text": r.text });
      const toast = make("div", { className: "toast tone-amber", "data-undo-toast": r.id }, when, form);
      $("#toasts")?.append(toast);
      count(when, r.due, () => {
        forget(r.id);
        toast.remove();
      });
    }
  }
}

// What people press to undo anything.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, [contenteditable]")) return; // undoes typing
  const form = $$("[data-undo-send]").find((f) => $("[data-key=z]", f));
  if (!form) return;
  event.preventDefault();
  form.requestSubmit($("button", form));
});

watch(document);
follow();
document.addEventListener("swapped", (event) => watch(event.detail));
