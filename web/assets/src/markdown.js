// markdown.js shows what is written as Markdown, beside the editor, which goes
// on holding it: every change here is one of the editor's document, and every
// change of the document shows here. So drafts, sending and undoing are the
// editor's own. Fetched when somebody asks for it.

import { make } from "./core.js";
import { toHTML } from "./markdown/read.js";
import { writer } from "./markdown/write.js";

const most = 300; // texts remembered
const memories = new WeakMap(); // EditorView -> Map: what is posted -> the Markdown that said it

// What a button of the toolbar writes: round the selection, or before its lines.
const round = { bold: ["**", "**"], italic: ["*", "*"], underline: ["<u>", "</u>"], code: ["`", "`"], href: ["[", "](https://)"] };
const before = { number: "1. ", bullet: "- ", quote: "> " };
const tableText = "\n\n|  |  |  |\n| --- | --- | --- |\n|  |  |  |\n\n";
const letters = { b: "bold", i: "italic", u: "underline", e: "code", l: "href", z: "undo", y: "redo" };

/** Where two texts differ: the length of what they begin and end with alike. */
function difference(a, b) {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return { start, end };
}

/** The change that makes of the editor's document another one, as small as it goes; null where nothing changes. */
function change(state, doc) {
  const now = state.doc.content;
  const start = now.findDiffStart(doc.content);
  if (start === null) return null;
  let { a, b } = now.findDiffEnd(doc.content);
  const overlap = Math.max(0, start - Math.min(a, b));
  a += overlap;
  b += overlap;
  const tr = state.tr.replace(start, a, doc.slice(start, b));
  return tr.doc.eq(doc) ? tr : state.tr.replaceWith(0, now.size, doc.content);
}

/** Shows the Markdown of an editor; host says what belongs to it: area, view, html, read, take, undo, redo, leave. */
export function open(host) {
  const { area, view } = host;
  const read = (text) => host.read(toHTML(text));
  const write = writer(read, host.html);
  const texts = memories.get(view) ?? new Map();
  memories.set(view, texts);

  const label = view.dom.ariaLabel;
  const text = make("textarea", { className: `editor__source ${area.className}`, id: `${area.id}-markdown`, spellcheck: true, ariaLabel: `${label} (${area.dataset.labelSource})` });
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) if (view.dom.hasAttribute(name)) text.setAttribute(name, view.dom.getAttribute(name));
  const caption = make("div", { className: "editor__caption", ariaHidden: "true" }, area.dataset.labelPreview);
  const pair = make("div", { className: "editor__pair" });
  const focused = view.hasFocus();
  view.dom.before(pair);
  pair.append(text, caption, view.dom);

  const remember = () => {
    const said = host.html(view.state.doc);
    texts.delete(said);
    texts.set(said, text.value);
    if (texts.size > most) texts.delete(texts.keys().next().value);
  };
  /** Shows another text; the caret stands behind what changed. */
  const show = (value) => {
    if (value === text.value) return;
    const { start, end } = difference(text.value, value);
    text.setRangeText(value.slice(start, value.length - end), start, text.value.length - end, "end");
  };
  const changed = () => {
    show(texts.get(host.html(view.state.doc)) ?? write(view.state.doc));
    remember();
  };
  const typed = () => {
    const tr = change(view.state, read(text.value));
    if (tr) view.dispatch(tr.setMeta("markdown", true));
    remember();
  };
  const put = (value, from = text.selectionStart, to = text.selectionEnd, caret = "end") => {
    text.setRangeText(value, from, to, caret);
    typed();
  };
  const act = (name) => {
    if (document.activeElement === view.dom) return false;
    const { selectionStart: from, selectionEnd: to, value } = text;
    const chosen = value.slice(from, to);
    if (host[name]) host[name]();
    else if (name === "table") put(tableText);
    else if (name === "code" && chosen.includes("\n")) put(`\`\`\`\n${chosen}\n\`\`\``);
    else if (round[name]) {
      put(round[name].join(chosen));
      if (!chosen) text.selectionStart = text.selectionEnd = from + round[name][0].length;
    } else if (before[name]) {
      const start = value.lastIndexOf("\n", from - 1) + 1;
      put(value.slice(start, to).replace(/^/gm, before[name]), start, to);
    } else return false;
    text.focus();
    return true;
  };
  // where a picture on its way will stand
  const spots = {
    begin: (name) => put(`![${name}](…)`),
    end(name, image) {
      const mark = `![${name}](…)`;
      const at = text.value.indexOf(mark);
      const [from, to] = at < 0 ? [text.value.length, text.value.length] : [at, at + mark.length];
      put(image ? `![${image.alt.replace(/[\\[\]]/g, "\\$&")}](${image.src})` : "", from, to, "preserve");
    },
  };
  const files = (event, data) => {
    const all = [...(data?.files ?? [])];
    if (all.length === 0 || data.types.includes("text/plain")) return;
    event.preventDefault();
    host.take(all, view.state.doc.content.size, spots);
  };
  text.addEventListener("input", typed);
  text.addEventListener("paste", (event) => files(event, event.clipboardData));
  text.addEventListener("drop", (event) => files(event, event.dataTransfer));
  text.addEventListener("beforeinput", (event) => {
    if (!/^history/.test(event.inputType)) return;
    event.preventDefault();
    act(event.inputType === "historyUndo" ? "undo" : "redo");
  });
  text.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.charCodeAt(0) < 128 ? event.key.toLowerCase() : event.code.slice(3).toLowerCase();
    if (key === "m" && event.ctrlKey && !event.shiftKey) host.leave();
    else if (!letters[key] || !act(key === "z" && event.shiftKey ? "redo" : letters[key])) return;
    event.preventDefault();
  });
  text.addEventListener("scroll", () => {
    const over = text.scrollHeight - text.clientHeight;
    if (over > 0) view.dom.scrollTop = (text.scrollTop / over) * (view.dom.scrollHeight - view.dom.clientHeight);
  });

  text.value = texts.get(host.html(view.state.doc)) ?? write(view.state.doc);
  remember();
  const { attributes } = view.props;
  view.setProps({ attributes: { ...attributes, "aria-label": `${label} (${area.dataset.labelPreview})` } });
  if (focused) text.focus();
  return {
    act,
    spots,
    changed: (tr) => tr.getMeta("markdown") || changed(),
    focus: () => text.focus(),
    insert: (words) => put(words),
    /** Where what the caret's block becomes ends in the document. */
    at: () => {
      const blocks = Math.min(Math.max(1, read(text.value.slice(0, text.selectionStart)).childCount), view.state.doc.childCount);
      let end = 0;
      for (let i = 0; i < blocks; i++) end += view.state.doc.child(i).nodeSize;
      return end - 1;
    },
    close() {
      const back = document.activeElement === text;
      view.setProps({ attributes });
      pair.replaceWith(view.dom);
      if (back) view.focus();
    },
  };
}
