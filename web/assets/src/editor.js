// editor.js makes the answer's plain text area a rich-text editor. Without it
// people write Markdown; the hidden field message_kind tells the server which
// of the two it got.

import { closeHistory, history, redo, undo } from "prosemirror-history";
import { Slice } from "prosemirror-model";
import { EditorState, Selection, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";

import { $, $$, make, on } from "./core.js";
import { clean, embedded } from "./paste.js";
import { idsIn, isPicture, pictures, put, unlist, waiting } from "./rich/image.js";
import { keys, rules } from "./rich/keys.js";
import { picker, slice } from "./rich/pick.js";
import { schema } from "./rich/schema.js";
import { html, isEmpty, paragraphs, read } from "./rich/text.js";
import { linkLine, toolbar } from "./rich/toolbar.js";

const views = new WeakMap(); // text area -> EditorView
const beside = new WeakMap(); // EditorView -> its Markdown, while that is shown
const inMarkdown = "deskbell-markdown"; // set in browsers whose people write Markdown

// A paste of more HTML than this, as it came and cleaned, goes in as plain text:
// nobody can send it, and the page must not stand still.
const mostHTML = 2_000_000;
const mostClean = 150_000;

// uploads.js, which is in another bundle, takes them.
const attach = (view, files) => view.dom.dispatchEvent(new CustomEvent("attach", { bubbles: true, detail: files }));

/** Takes files at a place of the text: pictures stand there, the rest is attached. */
function take(view, area, files, pos, spots) {
  const to = area.dataset.pictures;
  const shown = to ? files.filter(isPicture) : [];
  const rest = files.filter((f) => !shown.includes(f));
  if (rest.length > 0) attach(view, rest);
  if (shown.length === 0) return;
  put(view, to, shown, pos, (message, file) => {
    if (message) $("[data-status]", area.form)?.replaceChildren(message);
    attach(view, [file]); // its list says what is wrong, and tries again
  }, spots);
}

function props(area, view) {
  const files = (data) => [...(data?.files ?? [])];
  let cleaned = {}; // the last long paste
  // pictures within pasted HTML follow it as if each were pasted
  const carried = (text) => {
    const found = embedded(text);
    if (found.length > 0) setTimeout(() => view().isDestroyed || take(view(), area, found, view().state.selection.from));
  };
  return {
    attributes: attributes(area),
    transformPastedHTML: (text) => (text === cleaned.from ? cleaned.to : /\sdata-pm-slice=/.test(text) ? text : clean(text)),
    clipboardTextParser: (text, context) => {
      const doc = read(paragraphs(text.replace(/\r\n?/g, "\n").slice(0, mostClean)));
      return new Slice(doc.content, 1, 1);
    },
    handleDOMEvents: {
      // before anything is made of it
      paste(v, event) {
        const text = event.clipboardData?.getData("text/html") ?? "";
        if (text.length < mostClean) return false;
        cleaned = text.length < mostHTML ? { from: text, to: clean(text) } : {};
        carried(text);
        if (cleaned.to && cleaned.to.length < mostClean) return false;
        event.preventDefault();
        return v.pasteText(event.clipboardData.getData("text/plain")) || true;
      },
    },
    handlePaste(_, event) {
      const data = event?.clipboardData;
      const text = data?.getData("text/html") ?? "";
      // a picture copied from a page comes as both a tag and a file
      if (files(data).length > 0 && !/[^\s<>]/.test(clean(text).replace(/<[^>]*>/g, ""))) {
        take(view(), area, files(data), view().state.selection.from);
        return true;
      }
      if (text.length < mostClean) carried(text);
      return false;
    },
    handleDrop(_, event) {
      const dropped = files(event.dataTransfer);
      if (dropped.length === 0) return false;
      event.preventDefault();
      take(view(), area, dropped, view().posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? view().state.selection.from);
      return true;
    },
    handleClick(_, pos, event) {
      return Boolean(event.target.closest?.("a") && (event.ctrlKey || event.metaKey) && window.open(event.target.closest("a").href, "_blank", "noopener"));
    },
  };
}

function attributes(area) {
  const all = {
    class: `rich ${area.className}`,
    role: "textbox",
    "aria-multiline": "true",
    "aria-label": area.getAttribute("aria-label") ?? area.labels[0]?.textContent.replace("*", "").trim() ?? "",
    "data-placeholder": area.placeholder,
    id: `${area.id}-rich`,
  };
  if (area.dataset.key) all["data-key"] = area.dataset.key;
  for (const name of ["aria-describedby", "aria-invalid"]) if (area.hasAttribute(name)) all[name] = area.getAttribute(name);
  if (area.hasAttribute("aria-required") || area.required) all["aria-required"] = "true";
  return all;
}

/** Puts what was picked in place of what was typed to find it. */
function insertPicked(area) {
  return (view, kind, option, from, to) => {
    if (kind === "mentions") {
      const mention = schema.nodes.mention.create({ id: option.dataset.mention, name: option.dataset.name });
      return view.dispatch(view.state.tr.replaceWith(from, to, [mention, schema.text(" ")]));
    }
    view.dispatch(view.state.tr.delete(from, to).replaceSelection(slice(option.dataset.html)).scrollIntoView());
    area.form.append(make("input", { type: "hidden", name: "used", value: option.dataset.ref }));
    for (const file of $$("template", option)) keepFile(area.form, file.dataset);
    beside.get(view)?.focus();
  };
}

/** A canned reply's file goes along, unless its tick is taken away. */
function keepFile(form, { cannedFile, name, size }) {
  const box = $(".composer__files", form);
  if (!box || $(`input[name=canned_file][value="${cannedFile}"]`, box)) return;
  const tick = make("input", { type: "checkbox", name: "canned_file", value: cannedFile, checked: true });
  let list = $(":scope > .files", box);
  if (!list) box.prepend((list = make("div", { className: "files" })));
  list.append(make("label", { className: "file" }, tick, make("span", { className: "file__name" }, name), make("small", {}, size)));
}

function enhance(area) {
  const kind = area.form.elements.namedItem("message_kind");
  if (!kind || area.dataset.rich === "on") return;
  area.dataset.rich = "on";
  area.id ||= `rich-${Math.random().toString(36).slice(2)}`;
  const writing = document.activeElement === area;
  const begin = kind.value === "html" ? area.value : (area.dataset.html ?? "") || (area.value ? paragraphs(area.value) : "");
  kind.value = "html";

  let view;
  const sources = {};
  if (area.dataset.canned) sources.canned = area.dataset.canned;
  if (area.dataset.mentions) sources.mentions = area.dataset.mentions;
  let link;
  const acts = {};
  const plugins = [
    ...(Object.keys(sources).length ? [picker(sources, (k) => area.dataset[k === "canned" ? "labelCanned" : "labelMentions"], insertPicked(area))] : []),
    rules,
    ...keys(() => link.ask(), () => acts.markdown?.()),
    history(),
    pictures(),
  ];
  let bar;
  let late;
  let answer;
  const before = area.dataset.before;
  const sync = () => {
    clearTimeout(late);
    late = undefined;
    area.value = html(view.state.doc);
  };
  view = new EditorView((dom) => area.before(dom), {
    state: EditorState.create({ doc: read(clean(before ?? begin)), plugins }),
    ...props(area, () => view),
    dispatchTransaction(tr) {
      view.updateState(view.state.apply(tr));
      bar?.show(view.state);
      if (!tr.docChanged) return;
      beside.get(view)?.changed(tr);
      view.dom.classList.toggle("is-empty", isEmpty(view.state.doc));
      answer?.();
      clearTimeout(late);
      late = setTimeout(sync, 300);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  views.set(area, view);
  link = linkLine(area, view);
  acts.href = () => link.ask();
  if (area.dataset.pictures) acts.image = () => choosePicture(view, area);
  if (sources.canned) acts.canned = () => beginLine(view, "/");
  if (area.dataset.markdown) acts.markdown = () => toggleMarkdown(area, view, bar);
  bar = toolbar(area, view, acts, (name) => beside.get(view)?.act(name));
  view.dom.before(bar, link);
  bar.show(view.state);
  view.dom.classList.toggle("is-empty", isEmpty(view.state.doc));
  area.value = html(view.state.doc);
  area.hidden = true;
  area.required = false;
  area.form.addEventListener("formdata", (event) => {
    if (!area.isConnected) return;
    if (late) sync();
    event.formData.set(area.name, area.value);
    // pictures go along as long as they stand in the text
    const ids = idsIn(view.state.doc);
    for (const id of ids) ever.add(id);
    const others = event.formData.getAll("upload").filter((id) => !ever.has(id));
    event.formData.delete("upload");
    for (const id of [...others, ...ids]) event.formData.append("upload", id);
  });
  const ever = new Set(idsIn(view.state.doc));
  view.dom.addEventListener("pictures", () => unlist(area.form, idsIn(view.state.doc)));
  area.addEventListener("insert", (event) => {
    event.preventDefault();
    const markdown = beside.get(view);
    if (markdown) markdown.insert(event.detail);
    else view.dispatch(view.state.tr.insertText(event.detail));
    focus(view);
  });
  area.addEventListener("refill", ({ detail }) => write(view, detail.rich ? detail.value : paragraphs(detail.value)));
  if (before !== undefined) answer = putIn(area, view, begin);
  for (const label of area.labels) label.addEventListener("click", () => focus(view));
  if (writing) {
    view.dispatch(view.state.tr.setSelection(Selection.atEnd(view.state.doc)).scrollIntoView());
    view.focus();
  }
  if (acts.markdown && remembered()) acts.markdown();
}

const focus = (view) => (beside.get(view) ?? view).focus();

function remembered() {
  try {
    return localStorage.getItem(inMarkdown) === "1";
  } catch {
    return false; // private windows may refuse
  }
}

/** Shows the text as Markdown beside it, or no longer. */
async function toggleMarkdown(area, view, bar) {
  const button = $("[data-tool=markdown]", bar);
  const shown = beside.get(view);
  if (shown) {
    beside.delete(view);
    shown.close();
  } else {
    try {
      const { open } = await import(area.dataset.markdown);
      if (view.isDestroyed || beside.has(view)) return;
      const act = (command) => () => command(view.state, view.dispatch);
      beside.set(view, open({
        area,
        view,
        html,
        read: (text) => read(text, { preserveWhitespace: true }),
        take: (files, pos, spots) => take(view, area, files, pos, spots),
        undo: act(undo),
        redo: act(redo),
        leave: () => toggleMarkdown(area, view, bar),
      }));
    } catch {
      return; // without it the editor stays what it is
    }
  }
  button.ariaPressed = String(!shown);
  try {
    if (shown) localStorage.removeItem(inMarkdown);
    else localStorage.setItem(inMarkdown, "1");
  } catch {
    // not remembered
  }
}

/** Writes another text over what is there, as one change that can be undone. */
function write(view, text) {
  const tr = view.state.tr.replaceWith(0, view.state.doc.content.size, read(clean(text)).content);
  view.dispatch(closeHistory(tr.setSelection(Selection.atEnd(tr.doc))));
  view.dispatch(closeHistory(view.state.tr)); // what is typed next is a change of its own
}

/** The draft has the answer that the page's address put into the text: loading the page again does not put it in again. */
function forgetAnswer() {
  const url = new URL(location.href);
  for (const name of ["answer", "again"]) url.searchParams.delete(name);
  window.history.replaceState(window.history.state, "", url);
}

/** An answer that came with the page is a change that can be undone. What came along with it, its files and the note of where it is from, goes and comes back with it. */
function putIn(area, view, text) {
  const before = view.state.doc;
  const along = $$(`input[name=used][value="${CSS.escape(area.dataset.inserted)}"], input[name=canned_file]`, area.form);
  delete area.dataset.before;
  write(view, text);
  area.form.addEventListener("saved", forgetAnswer, { once: true });
  return () => {
    const gone = view.state.doc.eq(before);
    for (const input of along) {
      input.disabled = gone;
      const file = input.closest(".file");
      if (file) file.hidden = gone;
    }
  };
}

/** Types text on a line of its own at the caret. */
function beginLine(view, text) {
  const markdown = beside.get(view);
  if (markdown && !view.hasFocus()) view.dispatch(view.state.tr.setSelection(Selection.near(view.state.doc.resolve(markdown.at()), -1)));
  const { $from } = view.state.selection;
  let tr = view.state.tr.deleteSelection();
  if ($from.parent.content.size > 0) {
    tr = tr.insert($from.after(1), schema.nodes.paragraph.create());
    tr = tr.setSelection(TextSelection.create(tr.doc, $from.after(1) + 1));
  }
  view.focus();
  view.dispatch(tr.insertText(text).scrollIntoView());
}

function choosePicture(view, area) {
  const input = make("input", { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", multiple: true });
  input.addEventListener("change", () => {
    const markdown = beside.get(view);
    take(view, area, [...input.files], view.state.selection.from, markdown?.spots);
    focus(view);
  });
  input.click();
}

// A form that is sent while pictures are on their way waits for them.
document.addEventListener(
  "submit",
  (event) => {
    const area = $$("textarea[data-rich=on]", event.target).find((a) => views.has(a) && waiting(views.get(a)));
    if (!area) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    views.get(area).dom.addEventListener("pictures", () => event.target.requestSubmit(submitter), { once: true });
  },
  true,
);

// What leads to the text area leads to its editor.
on("click", "a[href^='#']", (event, a) => {
  const view = views.get(document.getElementById(a.getAttribute("href").slice(1)));
  if (!view) return;
  event.preventDefault();
  view.dom.scrollIntoView({ block: "center" });
  focus(view);
});

// A text area that somebody has begun to write in stays what it is: a letter on
// its way while the editor takes its place would be lost. One that only has the
// focus is replaced once no key was pressed for a while.
const quiet = 600; // ms

function enhanceUntouched(area) {
  let timer;
  const untouched = () => area.value === area.defaultValue || area.form.elements.namedItem("message_kind")?.value === "html";
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      area.removeEventListener("keydown", wait);
      if (untouched()) enhance(area);
    }, quiet);
  };
  if (document.activeElement !== area) {
    if (untouched()) enhance(area);
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
