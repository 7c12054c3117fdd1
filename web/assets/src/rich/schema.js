// schema.js says what a message may be made of. The server's sanitiser knows
// the same elements; what is none of them loses its tags and keeps its words.

import { Schema } from "prosemirror-model";

const span = (dom) => ({ colspan: Number(dom.getAttribute("colspan") || 1), rowspan: Number(dom.getAttribute("rowspan") || 1) });
const spans = ({ colspan, rowspan }) => ({ ...(colspan > 1 && { colspan }), ...(rowspan > 1 && { rowspan }) });
const cell = (tag) => ({
  content: "filling+",
  attrs: { colspan: { default: 1 }, rowspan: { default: 1 } },
  isolating: true,
  parseDOM: [{ tag, getAttrs: span }],
  toDOM: (node) => [tag, spans(node.attrs), 0],
});
const mark = (tag, parseDOM) => ({ parseDOM, toDOM: () => [tag, 0] });
const own = /^\/attachments\/\d+$/;

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { content: "inline*", group: "block filling", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    blockquote: { content: "block+", group: "block filling", defining: true, parseDOM: [{ tag: "blockquote" }], toDOM: () => ["blockquote", 0] },
    code_block: {
      content: "text*",
      marks: "",
      group: "block filling",
      code: true,
      defining: true,
      parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
      toDOM: () => ["pre", ["code", 0]],
    },
    bullet_list: { content: "list_item+", group: "block filling", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
    ordered_list: {
      content: "list_item+",
      group: "block filling",
      attrs: { order: { default: 1 } },
      parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ order: Number(dom.getAttribute("start") || 1) }) }],
      toDOM: (node) => ["ol", node.attrs.order === 1 ? {} : { start: node.attrs.order }, 0],
    },
    list_item: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    table: { content: "table_row+", group: "block", isolating: true, parseDOM: [{ tag: "table" }], toDOM: () => ["table", ["tbody", 0]] },
    table_row: { content: "(table_cell | table_header)+", parseDOM: [{ tag: "tr" }], toDOM: () => ["tr", 0] },
    table_cell: cell("td"),
    table_header: cell("th"),
    horizontal_rule: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
    text: { group: "inline" },
    hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
    image: {
      inline: true,
      group: "inline",
      draggable: true,
      attrs: { src: {}, alt: { default: "" } },
      // a foreign picture would tell its host who reads
      parseDOM: [{ tag: "img[src]", getAttrs: (dom) => own.test(dom.getAttribute("src")) && { src: dom.getAttribute("src"), alt: dom.getAttribute("alt") ?? "" } }],
      toDOM: (node) => ["img", { src: node.attrs.src, alt: node.attrs.alt }],
    },
    mention: {
      inline: true,
      group: "inline",
      atom: true,
      attrs: { id: {}, name: {} },
      parseDOM: [{ tag: "span[data-mention]", getAttrs: (dom) => ({ id: dom.dataset.mention, name: dom.textContent.replace(/^@/, "") }) }],
      toDOM: (node) => ["span", { class: "mention", "data-mention": node.attrs.id }, `@${node.attrs.name}`],
      leafText: (node) => `@${node.attrs.name}`,
    },
  },
  marks: {
    link: {
      attrs: { href: {} },
      inclusive: false,
      parseDOM: [{ tag: "a[href]", getAttrs: (dom) => /^(https?|mailto|tel):/i.test(dom.getAttribute("href")) && { href: dom.getAttribute("href") } }],
      toDOM: (node) => ["a", { href: node.attrs.href }, 0],
    },
    em: mark("em", [{ tag: "i" }, { tag: "em" }]),
    strong: mark("strong", [{ tag: "strong" }, { tag: "b" }]),
    underline: mark("u", [{ tag: "u" }, { tag: "ins" }]),
    strike: mark("del", [{ tag: "del" }, { tag: "s" }]),
    code: { ...mark("code", [{ tag: "code" }, { tag: "kbd" }, { tag: "samp" }]), code: true },
  },
});
