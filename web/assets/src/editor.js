// editor.js makes the answer's plain text area a rich-text editor. Without it
// people write Markdown; the hidden field message_kind tells the server which
// of the two it got.

import "./trix-before.js";
import Trix from "trix/dist/trix.esm.js";
import "./trix-after.js";

import { $, $$, icon, make, on } from "./core.js";
import { clean } from "./paste.js";

Trix.config.textAttributes.underline = { tagName: "u", inheritable: true, parser: (element) => getComputedStyle(element).textDecorationLine.includes("underline") && !element.closest("a") };
Trix.config.blockAttributes.code.tagName = "pre";

const tools = [
  ["bold", "bold", "b"],
  ["italic", "italic", "i"],
  ["underline", "under", "u"],
  null,
  ["number", "olist"],
  ["bullet", "list"],
  ["quote", "quote"],
  ["code", "code"],
  ["href", "link", "l"],
  null,
  ["undo", "reopen", "z"],
];

const actions = { undo: "undo", href: "link" };

function tool(area, entry) {
  if (!entry) return make("hr");
  const [attribute, mark, key] = entry;
  const label = area.dataset[`label${attribute[0].toUpperCase()}${attribute.slice(1)}`];
  const button = make("button", { className: "btn btn--ghost btn--icon", type: "button", ariaLabel: label, title: label, tabIndex: -1 }, icon(mark));
  if (actions[attribute]) button.dataset.trixAction = actions[attribute];
  if (attribute !== "undo") button.dataset.trixAttribute = attribute;
  if (key) button.dataset.trixKey = key;
  return button;
}

function bar(area, id) {
  const url = make("input", { className: "input input--sm", type: "url", name: "href", ariaLabel: area.dataset.labelUrl, placeholder: "https://", disabled: true, "data-trix-input": "" });
  const apply = make("button", { className: "btn btn--sm", type: "button", "data-trix-method": "setAttribute" }, area.dataset.labelApply);
  const remove = make("button", { className: "btn btn--sm btn--ghost", type: "button", "data-trix-method": "removeAttribute" }, area.dataset.labelUnlink);
  const dialog = make("div", { className: "editor__link", "data-trix-dialog": "href", "data-trix-dialog-attribute": "href" }, url, apply, remove);
  const buttons = make("div", { className: "editor__bar", role: "toolbar", ariaLabel: area.dataset.labelToolbar }, ...tools.map((t) => tool(area, t)));
  $("button", buttons).tabIndex = 0;
  buttons.addEventListener("keydown", rove);
  // Trix listens to the mouse only; a click without one comes from the keyboard
  buttons.addEventListener("click", (event) => {
    if (event.detail === 0) event.target.closest("button")?.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }));
  });
  return make("trix-toolbar", { id }, buttons, dialog);
}

// The toolbar is one tab stop; arrows move inside it.
function rove(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const all = $$("button", event.currentTarget);
  const next = all[(all.indexOf(document.activeElement) + by + all.length) % all.length];
  for (const b of all) b.tabIndex = b === next ? 0 : -1;
  next.focus();
}

// uploads.js or files.js, which are in another bundle, take them.
const attach = (editor, files) => editor.dispatchEvent(new CustomEvent("attach", { bubbles: true, detail: files }));

// Trix parses what is pasted before anybody may change it, so formatted text is
// taken here. A picture copied from a page comes as both a tag and a file.
document.addEventListener(
  "paste",
  (event) => {
    const editor = event.target.closest?.("trix-editor");
    const html = editor && event.clipboardData?.getData("text/html");
    if (!html) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = clean(html);
    if (/[^\s<>]/.test(text.replace(/<[^>]*>/g, ""))) editor.editor.insertHTML(text);
    else attach(editor, event.clipboardData.files);
  },
  true,
);

/** Text as HTML, for a draft written without the editor. */
function paragraphs(text) {
  const box = make("div");
  text.split("\n").forEach((line, i) => box.append(...(i ? [make("br")] : []), line));
  return box.innerHTML;
}

function enhance(area, n) {
  const kind = area.form.elements.namedItem("message_kind");
  if (!kind || area.dataset.rich === "on") return;
  area.dataset.rich = "on";
  const id = `trix-${n}`;
  const writing = document.activeElement === area;
  if (kind.value !== "html") area.value = clean(area.dataset.html ?? "") || (area.value ? paragraphs(area.value) : "");
  kind.value = "html";
  area.id ||= `${id}-field`;
  const editor = make("trix-editor", { class: area.className, role: "textbox", "aria-multiline": "true", "aria-label": area.getAttribute("aria-label") ?? area.labels[0]?.textContent.replace("*", "").trim() ?? "", placeholder: area.placeholder, toolbar: id, input: area.id });
  if (area.dataset.key) editor.dataset.key = area.dataset.key;
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) if (area.hasAttribute(name)) editor.setAttribute(name, area.getAttribute(name));
  area.before(bar(area, id), editor);
  if (writing) {
    const atEnd = () => {
      editor.focus();
      editor.editor?.setSelectedRange(editor.editor.getDocument().toString().length - 1);
    };
    editor.addEventListener("trix-initialize", atEnd, { once: true });
    atEnd();
  }
  area.hidden = true;
  area.required = false;
  area.addEventListener("insert", (event) => {
    event.preventDefault();
    editor.editor.insertString(event.detail);
    editor.focus();
  });
  for (const label of area.labels) label.addEventListener("click", () => editor.focus());
  const press = () => $$("[data-trix-attribute]", editor.toolbarElement).forEach((b) => (b.ariaPressed = String("trixActive" in b.dataset)));
  for (const type of ["trix-selection-change", "trix-change", "trix-focus"]) editor.addEventListener(type, () => setTimeout(press));
}

// What leads to the text area leads to its editor.
on("click", "a[href^='#']", (event, a) => {
  const area = document.getElementById(a.getAttribute("href").slice(1));
  const editor = area?.dataset.rich === "on" && $("trix-editor", area.parentElement);
  if (!editor) return;
  event.preventDefault();
  editor.scrollIntoView({ block: "center" });
  editor.focus();
});

// Files go to the form's attachments, not into the text.
document.addEventListener("trix-file-accept", (event) => {
  event.preventDefault();
  attach(event.target, [event.file]);
});
document.addEventListener("trix-attachment-add", (event) => event.attachment.remove());

// A text area that somebody has begun to write in stays what it is: a letter on
// its way while the editor takes its place would be lost. One that only has the
// focus is replaced once no key was pressed for a while.
const quiet = 600; // ms

function enhanceUntouched(area, n) {
  let timer;
  const untouched = () => area.value === area.defaultValue || area.form.elements.namedItem("message_kind")?.value === "html";
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      area.removeEventListener("keydown", wait);
      if (untouched()) enhance(area, n);
    }, quiet);
  };
  if (document.activeElement !== area) {
    if (untouched()) enhance(area, n);
    return;
  }
  area.addEventListener("keydown", wait);
  wait();
}

function all(root) {
  $$("textarea[data-rich]", root).forEach(enhanceUntouched);
}
all(document);
document.addEventListener("swapped", (event) => all(event.detail));
