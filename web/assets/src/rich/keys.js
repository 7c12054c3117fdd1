// keys.js: what keys and Markdown signs do in the editor.

import { baseKeymap, chainCommands, exitCode, lift, newlineInCode, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";

import { schema } from "./schema.js";
import { nextCell } from "./table.js";

const { nodes, marks } = schema;

const isIn = (state, type) => {
  const { $from } = state.selection;
  for (let d = $from.depth; d > 0; d--) if ($from.node(d).type === type) return true;
  return false;
};

/** Makes a list of the selection, or lifts it out of one. */
export const list = (type) => (state, dispatch, view) => {
  if (isIn(state, type)) return liftListItem(nodes.list_item)(state, dispatch, view);
  return wrapInList(type)(state, dispatch, view);
};

export const quote = (state, dispatch, view) => (isIn(state, nodes.blockquote) ? lift(state, dispatch, view) : wrapIn(nodes.blockquote)(state, dispatch, view));

/** Some words become code in the line, whole lines a block. */
export function code(state, dispatch) {
  const { $from, $to, empty } = state.selection;
  if ($from.parent.type === nodes.code_block) return setBlockType(nodes.paragraph)(state, dispatch);
  const part = !empty && $from.sameParent($to) && $from.parentOffset + ($from.parent.content.size - $to.parentOffset) > 0;
  return part || marks.code.isInSet(state.storedMarks ?? $from.marks()) ? toggleMark(marks.code)(state, dispatch) : setBlockType(nodes.code_block)(state, dispatch);
}

const newline = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

// Ctrl Enter is the form's.
const { "Mod-Enter": _, Escape: __, ...base } = baseKeymap;

/** The keymaps, the special one first; link(view) asks for an address, markdown() shows the text as Markdown. */
export const keys = (link, markdown) => [
  keymap({
    "Mod-b": toggleMark(marks.strong),
    "Mod-i": toggleMark(marks.em),
    "Mod-u": toggleMark(marks.underline),
    "Mod-l": (state, dispatch, view) => link(view),
    "Mod-e": toggleMark(marks.code),
    "Ctrl-m": () => {
      markdown();
      return true;
    },
    "Mod-z": undo,
    "Shift-Mod-z": redo,
    "Mod-y": redo,
    "Shift-Enter": chainCommands(newlineInCode, newline),
    Enter: splitListItem(nodes.list_item),
    Tab: chainCommands(nextCell(1), sinkListItem(nodes.list_item)),
    "Shift-Tab": chainCommands(nextCell(-1), liftListItem(nodes.list_item)),
    ArrowDown: (state, dispatch) => {
      const { $head, empty } = state.selection;
      if (!empty || $head.parent.type !== nodes.code_block || $head.pos < state.doc.content.size - 1) return false;
      return exitCode(state, dispatch);
    },
  }),
  keymap(base),
];

/** Words between signs get a mark when the last sign is typed. */
function marked(sign, type) {
  const s = sign.replace(/[*~`]/g, "\\$&");
  const first = sign[0] === "`" ? "`" : `\\${sign[0]}`;
  return new InputRule(new RegExp(`(^|[^${first}\\w])${s}([^\\s${first}](?:[^${first}]*[^\\s${first}])?)${s}$`), (state, match, start, end) => {
    const from = start + match[1].length;
    if (state.doc.rangeHasMark(from, end, marks.code) || state.doc.resolve(from).parent.type.spec.code) return null;
    return state.tr.replaceWith(from, end, schema.text(match[2], [type.create()])).removeStoredMark(type);
  });
}

/** Markdown's signs at a line's start and round words. */
export const rules = inputRules({
  rules: [
    wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
    wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
    wrappingInputRule(
      /^(\d{1,3})[.)]\s$/,
      nodes.ordered_list,
      (match) => ({ order: Number(match[1]) }),
      (match, node) => node.childCount + node.attrs.order === Number(match[1]),
    ),
    textblockTypeInputRule(/^```$/, nodes.code_block),
    marked("**", marks.strong),
    marked("*", marks.em),
    marked("~~", marks.strike),
    marked("`", marks.code),
  ],
});
