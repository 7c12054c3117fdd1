// uploads.js sends each chosen, dropped or pasted file at once, while its
// message is still being written, shows how far it is, and leaves the id of what
// arrived in the form. Files may be cancelled, tried again and taken away.

import { $, $$, icon, make, on } from "./core.js";

const states = new WeakMap(); // row -> { file, request, state: sending | failed | done }
const atOnce = 3;

const fieldOf = (element) => {
  const form = element.closest?.("form");
  return form && $("[data-uploads]", form);
};
const rows = (field) => $$("[data-list] > .file:not([data-refused])", field);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
const bytes = (row) => states.get(row)?.file.size ?? Number(row.dataset.size);
const total = (field) => rows(field).reduce((sum, row) => sum + bytes(row), 0);

/** Writes a size as the server does: decimal units, one digit. */
function size(n, field) {
  const units = field.dataset.units.split("|");
  const point = units.pop();
  let u = 0;
  for (; n >= 1000 && u < units.length - 1; u++) n /= 1000;
  const text = u === 0 ? String(n) : n.toFixed(1).replace(/\.0$/, "").replace(".", point);
  return `${text} ${units[u]}`;
}

const tell = (field, text) => ($("[data-status]", field).textContent = text);
const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

function button(name, label, mark) {
  return make("button", { className: "btn btn--ghost btn--icon btn--sm", type: "button", ariaLabel: label, [`data-${name}`]: "" }, icon(mark));
}

function add(field, files) {
  complain(field, "");
  for (const file of files) {
    const name = file.name;
    if (file.size === 0) refuse(field, fill(field.dataset.empty, { name }));
    else if (total(field) + file.size > Number(field.dataset.limit)) refuse(field, fill(field.dataset.noRoom, { name }));
    else queue(field, file);
  }
  next(field);
}

/** A line that says why a file was not taken. */
function refuse(field, text) {
  const row = make("div", { className: "file file--error tone-red", role: "alert", "data-refused": "" }, icon("alert"), make("small", {}, text), button("remove", field.dataset.dismiss, "x"));
  $("[data-list]", field).append(row);
}

function queue(field, file) {
  const row = make("div", { className: "file" });
  states.set(row, { file, state: "waiting" });
  draw(field, row, fill(field.dataset.waiting, { size: size(file.size, field) }));
  $("[data-list]", field).append(row);
}

/** Draws a file that is not on the server yet. */
function draw(field, row, text) {
  const { file } = states.get(row);
  const values = { name: file.name };
  row.className = "file";
  row.replaceChildren(
    icon(file.type.startsWith("image/") ? "image" : "file"),
    make("span", { className: "file__name" }, file.name),
    make("small", {}, text),
    button("remove", fill(field.dataset.cancel, values), "x"),
    make("progress", { value: 0, max: 100, ariaLabel: fill(field.dataset.progress, values) }),
  );
}

function next(field) {
  const all = rows(field).map((row) => [row, states.get(row)]).filter(([, s]) => s);
  let busy = all.filter(([, s]) => s.state === "sending").length;
  for (const [row, s] of all) {
    if (busy >= atOnce) break;
    if (s.state !== "waiting") continue;
    send(field, row);
    busy++;
  }
}

function send(field, row) {
  const state = states.get(row);
  const { file } = state;
  const request = new XMLHttpRequest();
  Object.assign(state, { request, state: "sending" });
  const bar = $("progress", row);
  const note = $("small", row);
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    note.textContent = fill(field.dataset.sending, { done: size(Math.min(event.loaded, file.size), field), size: size(file.size, field) });
  });
  request.addEventListener("load", () => loaded(field, row, request));
  for (const type of ["error", "timeout"]) request.addEventListener(type, () => fail(field, row, fill(field.dataset.failed, { name: file.name })));
  request.open("POST", field.dataset.to);
  request.setRequestHeader("HX-Request", "true");
  const body = new FormData();
  body.append("attachments", file);
  request.send(body);
}

function loaded(field, row, request) {
  const { file } = states.get(row);
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // an error page
  }
  if (request.status === 201) done(field, row, answer);
  else if (request.status === 422 && answer.message) {
    states.delete(row);
    row.remove();
    refuse(field, answer.message);
    finished(field);
  } else if (request.status === 401) fail(field, row, fill(field.dataset.signedOut, { name: file.name }));
  else if (request.status === 429) fail(field, row, fill(field.dataset.slowDown, { name: file.name }));
  else fail(field, row, fill(field.dataset.failed, { name: file.name }));
}

function done(field, row, upload) {
  states.delete(row);
  row.replaceWith(arrived(field, upload));
  tell(field, fill(field.dataset.done, { name: upload.name }));
  changed(field);
  finished(field);
}

/** The row of a file that is on the server. */
function arrived(field, upload) {
  return make(
    "div",
    { className: "file", "data-upload": upload.id, "data-size": upload.size },
    icon(upload.type.startsWith("image/") ? "image" : "file"),
    make("span", { className: "file__name" }, upload.name),
    make("small", {}, fill(field.dataset.uploaded, { size: size(upload.size, field) })),
    make("input", { type: "hidden", name: field.dataset.name, value: upload.id }),
    button("remove", fill(field.dataset.remove, { name: upload.name }), "x"),
  );
}

function fail(field, row, text) {
  const state = states.get(row);
  if (!state) return;
  state.state = "failed";
  row.classList.add("file--error", "tone-red");
  $("progress", row)?.remove();
  $("small", row).textContent = text;
  const again = make("button", { className: "btn btn--sm", type: "button", ariaLabel: fill(field.dataset.retryFile, { name: state.file.name }), "data-again": "" }, field.dataset.retry);
  $("[data-remove]", row).before(again);
  tell(field, text);
  finished(field);
}

const waiting = new WeakMap(); // field -> submitter of a form that waits for its files

function finished(field) {
  next(field);
  const pending = rows(field).map((row) => states.get(row)?.state);
  if (pending.some((s) => s === "waiting" || s === "sending") || !waiting.has(field)) return;
  const submitter = waiting.get(field);
  waiting.delete(field);
  submitter?.removeAttribute("aria-busy");
  if (pending.includes("failed")) return complain(field, field.dataset.unfinished);
  complain(field, "");
  field.closest("form").requestSubmit(submitter);
}

function complain(field, text) {
  const place = $("[data-error]", field);
  place.textContent = text;
  place.hidden = !text;
}

on("change", "[data-uploads] input[type=file]", (_, input) => {
  const files = [...input.files];
  input.value = "";
  add(input.closest("[data-uploads]"), files);
});

on("click", "[data-uploads] [data-remove]", (_, b) => {
  const field = b.closest("[data-uploads]");
  const row = b.closest(".file");
  const state = states.get(row);
  state?.request?.abort();
  states.delete(row);
  if (row.dataset.upload) {
    fetch(field.dataset.drop.replace("/0/", `/${row.dataset.upload}/`), { method: "POST", headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
  }
  const others = $$("[data-remove]", field);
  const at = others.indexOf(b);
  row.remove();
  (others[at + 1] ?? others[at - 1] ?? $("input[type=file]", field)).focus();
  complain(field, "");
  changed(field);
  finished(field);
});

on("click", "[data-uploads] [data-again]", (_, b) => {
  const field = b.closest("[data-uploads]");
  const row = b.closest(".file");
  states.get(row).state = "waiting";
  draw(field, row, fill(field.dataset.waiting, { size: size(states.get(row).file.size, field) }));
  $("[data-remove]", row).focus();
  next(field);
});

// Dropping anywhere on the form.
const over = (form, is) => $("[data-uploads] .drop", form)?.classList.toggle("is-over", is);
let leaving;
on("dragover", "form:has([data-uploads])", (event, form) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  clearTimeout(leaving);
  over(form, true);
});
on("dragleave", "form:has([data-uploads])", (_, form) => (leaving = setTimeout(() => over(form, false), 80)));
on(
  "drop",
  "form:has([data-uploads])",
  (event, form) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    over(form, false);
    if (event.target.closest?.(".rich, .editor__source")) return; // stands in the text where it was dropped
    event.preventDefault();
    event.stopPropagation();
    add($("[data-uploads]", form), event.dataTransfer.files);
  },
  true,
);

/** Adds what was pasted into a form's text; names pictures, which have no name of their own. */
function attach(element, files) {
  const field = fieldOf(element);
  if (!field) return;
  const stamp = new Date().toISOString().slice(0, 19).replace(/\D/g, "");
  add(field, [...files].map((f, i) => (/^image\.\w+$/.test(f.name) ? new File([f], f.name.replace("image", `image-${stamp}${i || ""}`), { type: f.type }) : f)));
}
document.addEventListener("attach", (event) => attach(event.target, event.detail));
document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files ?? [];
  if (files.length === 0 || event.defaultPrevented || !fieldOf(event.target) || event.clipboardData.types.includes("text/html")) return;
  event.preventDefault();
  attach(event.target, files);
});

// A form that is sent while files are on their way waits for them.
document.addEventListener(
  "submit",
  (event) => {
    const field = $("[data-uploads]", event.target);
    if (!field) return;
    const pending = rows(field).map((row) => states.get(row)?.state).filter(Boolean);
    if (pending.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (pending.every((s) => s === "failed")) {
      complain(field, field.dataset.unfinished);
      field.scrollIntoView({ block: "center" });
      $("[data-again]", field)?.focus();
      return;
    }
    const submitter = event.submitter ?? $("button:not([type=button])", event.target);
    waiting.set(field, submitter);
    submitter?.setAttribute("aria-busy", "true");
    complain(field, field.dataset.wait);
  },
  true,
);
