// toolbar.js is the row of buttons above the editor: one tab stop, arrows move
// inside it.

import { toggleMark } from "prosemirror-commands";
import { undo, undoDepth } from "prosemirror-history";

import { $, $$, icon, make } from "../core.js";
import { code, list, quote } from "./keys.js";
import { schema } from "./schema.js";
import { addColumn, addRow, deleteColumn, deleteRow, deleteTable, insertTable, place } from "./table.js";

const { nodes, marks } = schema;

const inside = (type) => (state) => {
  const { $from } = state.selection;
  for (let d = $from.depth; d > 0; d--) if ($from.node(d).type === type) return true;
  return false;
};
const has = (type) => (state) => {
  const { from, to, empty, $from } = state.selection;
  return Boolean(empty ? type.isInSet(state.storedMarks ?? $from.marks()) : state.doc.rangeHasMark(from, to, type));
};

// name, icon, what it does, whether it is on; null parts groups.
const tools = [
  ["bold", "bold", toggleMark(marks.strong), has(marks.strong)],
  ["italic", "italic", toggleMark(marks.em), has(marks.em)],
  ["underline", "under", toggleMark(marks.underline), has(marks.underline)],
  null,
  ["number", "olist", list(nodes.ordered_list), inside(nodes.ordered_list)],
  ["bullet", "list", list(nodes.bullet_list), inside(nodes.bullet_list)],
  ["quote", "quote", quote, inside(nodes.blockquote)],
  ["code", "code", code, (state) => has(marks.code)(state) || inside(nodes.code_block)(state)],
  ["href", "link", null, has(marks.link)],
  ["table", "table", insertTable],
  ["image", "image", null],
  null,
  ["undo", "reopen", undo],
  ["canned", "bolt", null],
  ["markdown", "markdown", null],
];

const inTable = [
  ["rowAdd", addRow],
  ["columnAdd", addColumn],
  ["rowDrop", deleteRow],
  ["columnDrop", deleteColumn],
  ["tableDrop", deleteTable],
];

const labelOf = (area, name) => area.dataset[`label${name[0].toUpperCase()}${name.slice(1)}`];

/** The bar above view's text; acts are what the buttons without a command do, elsewhere(name) does it in the text's Markdown, if that is written in. */
export function toolbar(area, view, acts, elsewhere) {
  const run = (command) => {
    command(view.state, view.dispatch, view);
    view.focus();
  };
  const one = (entry) => {
    if (!entry) return make("hr");
    const [name, mark, command, on] = entry;
    if (!command && !acts[name]) return null;
    const label = labelOf(area, name);
    const button = make("button", { className: "btn btn--ghost btn--icon", type: "button", ariaLabel: label, title: label, tabIndex: -1, "data-tool": name }, icon(mark));
    if (on) button.setAttribute("aria-pressed", "false");
    if (name === "markdown") Object.assign(button, { ariaPressed: "false" }).dataset.act = label; // the palette has it
    button.addEventListener("click", () => elsewhere(name) || (command ? run(command) : acts[name]()));
    return button;
  };
  const table = make(
    "div",
    { className: "editor__table", hidden: true },
    ...inTable.map(([name, command]) => {
      const button = make("button", { className: "btn btn--ghost btn--sm", type: "button", tabIndex: -1, "data-tool": name }, labelOf(area, name));
      button.addEventListener("click", () => run(command));
      return button;
    }),
  );
  const bar = make("div", { className: "editor__bar", role: "toolbar", ariaLabel: labelOf(area, "toolbar") }, ...tools.map(one).filter(Boolean), table);
  bar.setAttribute("aria-controls", view.dom.id);
  $("button", bar).tabIndex = 0;
  bar.addEventListener("keydown", rove);
  bar.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault()); // the text keeps its selection
  const pressed = tools.filter((t) => t?.[3]).map(([name, , , on]) => [$(`[data-tool=${name}]`, bar), on]);
  const back = $("[data-tool=undo]", bar);
  bar.show = (state) => {
    for (const [button, on] of pressed) button.ariaPressed = String(on(state));
    back.ariaDisabled = String(undoDepth(state) === 0);
    table.hidden = !place(state);
  };
  return bar;
}

function rove(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const all = $$("button", event.currentTarget).filter((b) => b.checkVisibility());
  const next = all[(all.indexOf(document.activeElement) + by + all.length) % all.length];
  for (const b of $$("button", event.currentTarget)) b.tabIndex = b === next ? 0 : -1;
  next.focus();
}

/** The line that asks for a link's address; ask() shows it. */
export function linkLine(area, view) {
  const url = make("input", { className: "input input--sm grow", type: "url", ariaLabel: area.dataset.labelUrl, placeholder: "https://" });
  const apply = make("button", { className: "btn btn--sm", type: "button" }, area.dataset.labelApply);
  const remove = make("button", { className: "btn btn--sm btn--ghost", type: "button" }, area.dataset.labelUnlink);
  const line = make("div", { className: "editor__link", hidden: true }, url, apply, remove);
  const close = () => {
    line.hidden = true;
    view.focus();
  };
  // the whole link that the caret is in, or the selection
  const range = () => {
    const { from, to, empty, $from } = view.state.selection;
    if (!empty) return { from, to };
    const link = marks.link.isInSet($from.marks());
    if (!link) return { from, to };
    let [start, end] = [from, to];
    $from.parent.forEach((node, offset) => {
      const at = $from.start() + offset;
      if (link.isInSet(node.marks) && at <= from && at + node.nodeSize >= to) [start, end] = [at, at + node.nodeSize];
    });
    return { from: start, to: end };
  };
  const set = () => {
    let href = url.value.trim();
    if (href && !/^[a-z]+:/i.test(href)) href = href.includes("@") ? `mailto:${href}` : `https://${href}`;
    if (!/^(https?:\/\/|mailto:|tel:)\S+$/i.test(href)) return url.focus();
    const { from, to } = range();
    const mark = marks.link.create({ href });
    const tr = view.state.tr.removeMark(from, to, marks.link);
    if (from === to) tr.insert(from, schema.text(href, [mark]));
    else tr.addMark(from, to, mark);
    view.dispatch(tr);
    close();
  };
  apply.addEventListener("click", set);
  remove.addEventListener("click", () => {
    const { from, to } = range();
    view.dispatch(view.state.tr.removeMark(from, to, marks.link));
    close();
  });
  line.addEventListener("keydown", (event) => {
    if (event.key === "Enter") set();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  line.ask = () => {
    const { $from } = view.state.selection;
    url.value = marks.link.isInSet($from.marks())?.attrs.href ?? "";
    line.hidden = false;
    url.focus();
    url.select();
    return true;
  };
  return line;
}
