// write.js writes a text of the editor as Markdown that reads back as the same
// text. What Markdown has no sign for stands as HTML: each block is read back,
// and one that would come back another is written as HTML.

import { inline, ways } from "./inline.js";

/** A block as HTML without an empty line, at which Markdown would end it. */
const asHTML = (node) => {
  const { domSerializer } = node.type.schema.cached; // the editor has made it
  return domSerializer.serializeNode(node).outerHTML.replace(/\n/g, "&#10;").replace(/<\/?tbody>/g, "").replace(/(<table>|<\/tr>)/g, "$1\n");
};

const within = (text, first, rest) => first + text.replace(/\n(?!\n|$)/g, `\n${rest}`);

function quote(text) {
  return text
    .split("\n")
    .map((l) => (l ? `> ${l}` : ">"))
    .join("\n");
}

/** The head's cells in the first row and none elsewhere, a paragraph in each: what Markdown calls a table. */
function table(node, way) {
  const rows = [];
  node.forEach((row, _, y) => {
    const cells = [];
    row.forEach((cell) => {
      const { colspan, rowspan } = cell.attrs;
      if ((cell.type.name === "table_header") !== (y === 0) || colspan > 1 || rowspan > 1 || cell.childCount !== 1 || cell.firstChild.type.name !== "paragraph") return;
      cells.push(inline(cell.firstChild, way, true));
    });
    rows.push(cells.length === row.childCount && cells.length === node.firstChild.childCount ? `| ${cells.join(" | ")} |` : null);
  });
  if (rows.includes(null)) return asHTML(node);
  return [rows[0], `|${" --- |".repeat(node.firstChild.childCount)}`, ...rows.slice(1)].join("\n");
}

const isEmpty = (node) => node.type.name === "paragraph" && node.content.size === 0;

// Whether a list may stand close: no item holds more than a line and lists.
function isTight(node) {
  let tight = true;
  node.forEach((item) => item.forEach((child, _, i) => (tight &&= i === 0 || /_list$/.test(child.type.name))));
  return tight;
}

/** A list; other is whether one of the same kind stands before it, from which it must differ. */
function list(node, way, other) {
  const tight = isTight(node);
  const items = [];
  node.forEach((item, _, i) => {
    const mark = node.type.name === "ordered_list" ? `${node.attrs.order + i}${other ? ")" : "."}` : other ? "*" : "-";
    const text = item.childCount === 1 && isEmpty(item.firstChild) ? "" : ` ${within(blocks(item, way, tight), "", " ".repeat(mark.length + 1))}`;
    items.push(mark + text);
  });
  return items.join(tight ? "\n" : "\n\n");
}

function block(node, way, other) {
  switch (node.type.name) {
    case "paragraph":
      return isEmpty(node) ? "<br>" : inline(node, way);
    case "blockquote":
      return quote(blocks(node, way));
    case "code_block": {
      const longest = Math.max(2, ...(node.textContent.match(/`+/g) ?? []).map((run) => run.length));
      const fence = "`".repeat(longest + 1);
      return `${fence}\n${node.textContent}${node.textContent ? "\n" : ""}${fence}`;
    }
    case "bullet_list":
    case "ordered_list":
      return list(node, way, other);
    case "table":
      return table(node, way);
    case "horizontal_rule":
      return "---";
  }
  return asHTML(node);
}

/** The blocks of a node, an empty line between them unless tight. */
function blocks(parent, way, tight) {
  let out = "";
  let other = false;
  parent.forEach((node, _, i) => {
    other = i > 0 && parent.child(i - 1).type === node.type && !other;
    const close = tight && (node.attrs.order ?? 1) === 1; // only a list from 1 may follow its line at once
    out += (i === 0 ? "" : close ? "\n" : "\n\n") + block(node, way, other);
  });
  return out;
}

/** Makes the function that writes: read makes a text of Markdown, html is what is posted of a text. */
export function writer(read, html) {
  return (doc) => {
    const of = (node) => doc.type.create(null, node);
    const best = (node, other) => {
      if (isEmpty(node)) return "<br>";
      const want = html(of(node));
      for (const way of ways) {
        const text = block(node, way, other);
        if (html(read(text)) === want) return text;
      }
      return asHTML(node);
    };
    const parts = [];
    let other = false;
    let last = doc.childCount;
    while (last > 0 && isEmpty(doc.child(last - 1))) last--; // nobody gets them
    for (let i = 0; i < last; i++) {
      other = i > 0 && doc.child(i - 1).type === doc.child(i).type && !other;
      parts.push(best(doc.child(i), other));
    }
    const want = html(doc);
    const plain = parts.join("\n\n");
    if (html(read(plain)) === want) return plain;
    const apart = parts.join("\n\n<!-- -->\n\n");
    if (html(read(apart)) === want) return apart;
    const all = [];
    doc.forEach((node) => all.push(asHTML(node)));
    return all.join("\n\n");
  };
}
