// table.js makes, walks and changes tables.

import { TextSelection } from "prosemirror-state";

import { schema } from "./schema.js";

const { table, table_row: row, table_cell: cell, table_header: header, paragraph } = schema.nodes;
const empty = (type) => type.create(null, paragraph.create());

/** Where the selection is in a table: the depths of table, row and cell. */
export function place(state) {
  const { $from } = state.selection;
  for (let d = $from.depth; d > 2; d--) {
    if ($from.node(d).type === cell || $from.node(d).type === header) return { $from, cell: d, row: d - 1, table: d - 2, at: $from.index(d - 1) };
  }
  return null;
}

const into = (tr, pos) => tr.setSelection(TextSelection.near(tr.doc.resolve(pos + 1), 1)).scrollIntoView();

/** Puts a table of three columns behind the selection's block. */
export function insertTable(state, dispatch) {
  const { $from } = state.selection;
  if (place(state) || $from.node().type === schema.nodes.code_block) return false;
  const line = (type) => row.create(null, [empty(type), empty(type), empty(type)]);
  const fresh = table.create(null, [line(header), line(cell), line(cell)]);
  let depth = $from.depth;
  while (depth > 0 && !$from.node(depth - 1).canReplaceWith($from.indexAfter(depth - 1), $from.indexAfter(depth - 1), table)) depth--;
  if (depth === 0) return false;
  if (!dispatch) return true;
  const blank = $from.parent.type === paragraph && $from.parent.content.size === 0;
  const from = blank ? $from.before(depth) : $from.after(depth);
  const tr = state.tr.replaceWith(from, blank ? $from.after(depth) : from, fresh);
  if (from + fresh.nodeSize >= tr.doc.content.size) tr.insert(from + fresh.nodeSize, paragraph.create());
  dispatch(into(tr, from + 2));
  return true;
}

/** Tab and Shift Tab: the next or previous cell; behind the last a new row. */
export const nextCell = (by) => (state, dispatch) => {
  const at = place(state);
  if (!at) return false;
  const { $from } = at;
  const start = $from.start(at.table);
  const starts = [];
  $from.node(at.table).descendants((node, pos) => {
    if (node.type === cell || node.type === header) starts.push(start + pos);
    return node.type === row || node.type === table;
  });
  const here = starts.indexOf($from.before(at.cell));
  const to = starts[here + by];
  if (to === undefined && by > 0) return addRow(state, dispatch, true);
  if (to === undefined) return true;
  dispatch?.(into(state.tr, to));
  return true;
};

/** A row below the selection's. */
export function addRow(state, dispatch, first = false) {
  const at = place(state);
  if (!at) return false;
  const cells = [];
  at.$from.node(at.row).forEach((c) => cells.push(cell.create({ colspan: c.attrs.colspan, rowspan: 1 }, paragraph.create())));
  const pos = at.$from.after(at.row);
  const fresh = row.create(null, cells);
  const column = first ? 0 : at.at;
  let offset = 1;
  for (let i = 0; i < column; i++) offset += fresh.child(i).nodeSize;
  dispatch?.(into(state.tr.insert(pos, fresh), pos + offset));
  return true;
}

/** A column right of the selection's. */
export function addColumn(state, dispatch) {
  const at = place(state);
  if (!at) return false;
  const tr = state.tr;
  eachRow(at, (line, pos) => {
    let offset = pos + 1;
    const upTo = Math.min(at.at + 1, line.childCount);
    for (let i = 0; i < upTo; i++) offset += line.child(i).nodeSize;
    tr.insert(tr.mapping.map(offset), empty(line.child(Math.max(0, upTo - 1)).type));
  });
  dispatch?.(tr.scrollIntoView());
  return true;
}

/** Takes the selection's row away; the last one takes the table along. */
export function deleteRow(state, dispatch) {
  const at = place(state);
  if (!at) return false;
  if (at.$from.node(at.table).childCount === 1) return deleteTable(state, dispatch);
  dispatch?.(state.tr.delete(at.$from.before(at.row), at.$from.after(at.row)).scrollIntoView());
  return true;
}

/** Takes the selection's column away; the last one takes the table along. */
export function deleteColumn(state, dispatch) {
  const at = place(state);
  if (!at) return false;
  if (at.$from.node(at.row).childCount === 1) return deleteTable(state, dispatch);
  const tr = state.tr;
  eachRow(at, (line, pos) => {
    if (at.at >= line.childCount || line.childCount === 1) return;
    let offset = pos + 1;
    for (let i = 0; i < at.at; i++) offset += line.child(i).nodeSize;
    tr.delete(tr.mapping.map(offset), tr.mapping.map(offset + line.child(at.at).nodeSize));
  });
  dispatch?.(tr.scrollIntoView());
  return true;
}

export function deleteTable(state, dispatch) {
  const at = place(state);
  if (!at) return false;
  dispatch?.(state.tr.delete(at.$from.before(at.table), at.$from.after(at.table)).scrollIntoView());
  return true;
}

/** Calls fn(row, position) for every row of the selection's table. */
function eachRow(at, fn) {
  const start = at.$from.start(at.table);
  at.$from.node(at.table).forEach((line, offset) => fn(line, start + offset));
}
