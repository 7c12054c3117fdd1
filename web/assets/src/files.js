// files.js turns a file input into a list with sizes: choosing again adds,
// files may be dropped or pasted, and each can be taken away before sending.

import { $, $$, icon, make, on } from "./core.js";

const box = (element) => element.closest("[data-files]");
const input = (field) => $("input[type=file]", field);

/** Writes a size as the server does: decimal units, one digit. */
function size(bytes, field) {
  const units = field.dataset.units.split("|");
  const point = units.pop();
  let u = 0;
  for (; bytes >= 1000 && u < units.length - 1; u++) bytes /= 1000;
  const text = u === 0 ? String(bytes) : bytes.toFixed(1).replace(/\.0$/, "").replace(".", point);
  return `${text} ${units[u]}`;
}

const chosen = new WeakMap(); // field -> File[]

function set(field, files) {
  const data = new DataTransfer();
  for (const f of files) data.items.add(f);
  chosen.set(field, files);
  input(field).files = data.files;
  show(field, files);
  input(field).dispatchEvent(new CustomEvent("files", { bubbles: true }));
}

function add(field, more) {
  const have = chosen.get(field) ?? [];
  const fresh = [...more].filter((f) => !have.some((h) => h.name === f.name && h.size === f.size && h.lastModified === f.lastModified));
  set(field, [...have, ...fresh]);
}

function show(field, files) {
  const list = $("[data-list]", field);
  list.replaceChildren(...files.map((f) => row(field, f)));
  list.hidden = files.length === 0;
  const error = $("[data-error]", field);
  const over = total(files) > Number(field.dataset.limit);
  error.hidden = !over;
  error.textContent = over ? field.dataset.tooLarge : "";
}

function row(field, file) {
  const remove = make("button", { className: "btn btn--ghost btn--icon btn--sm", type: "button", ariaLabel: field.dataset.remove.replace("{name}", file.name) }, icon("x"));
  remove.addEventListener("click", () => {
    set(field, chosen.get(field).filter((f) => f !== file));
    input(field).focus();
  });
  return make("div", { className: "file" }, icon(file.type.startsWith("image/") ? "image" : "file"), make("span", { className: "file__name" }, file.name), make("small", {}, size(file.size, field)), remove);
}

const total = (files) => files.reduce((sum, f) => sum + f.size, 0);

on("change", "[data-files] input[type=file]", (_, element) => add(box(element), element.files));

for (const type of ["dragover", "dragleave", "drop"]) {
  on(type, "[data-files]", (event, field) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    $(".drop", field).classList.toggle("is-over", type === "dragover");
    if (type === "drop") add(field, event.dataTransfer.files);
  });
}

/** The field that takes what is pasted or dropped into a form's text. */
const fieldFor = (element) => {
  const form = element.closest?.("form");
  return form && $("[data-files]", form);
};

/** Adds files to the field of element's form; names pasted pictures. */
function attach(element, files) {
  const field = fieldFor(element);
  if (!field) return;
  const stamp = new Date().toISOString().slice(0, 19).replace(/\D/g, "");
  add(field, [...files].map((f, i) => (/^image\.\w+$/.test(f.name) ? new File([f], f.name.replace("image", `image-${stamp}${i || ""}`), { type: f.type }) : f)));
}

document.addEventListener("attach", (event) => attach(event.target, event.detail));

document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files ?? [];
  if (files.length === 0 || event.defaultPrevented || !fieldFor(event.target) || event.clipboardData.types.includes("text/html")) return;
  event.preventDefault();
  attach(event.target, files);
});

// Too much is refused before it is sent, in words.
document.addEventListener(
  "submit",
  (event) => {
    const wrong = $$("[data-files]", event.target).find((field) => total(chosen.get(field) ?? [...input(field).files]) > Number(field.dataset.limit));
    if (!wrong) return;
    event.preventDefault();
    show(wrong, chosen.get(wrong) ?? [...input(wrong).files]);
    input(wrong).focus();
    wrong.scrollIntoView({ block: "center" });
  },
  true,
);
