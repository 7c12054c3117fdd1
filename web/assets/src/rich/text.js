// text.js: the editor's document as HTML and back.

import { DOMParser as Reader, DOMSerializer } from "prosemirror-model";

import { make } from "../core.js";
import { schema } from "./schema.js";

const reader = Reader.fromSchema(schema);
const writer = DOMSerializer.fromSchema(schema);
const inert = document.implementation.createHTMLDocument("");

/** A text's HTML as the server gets it. */
export function html(doc) {
  if (doc.content.size <= 2 && doc.textContent === "") return "";
  const box = inert.createElement("div");
  writer.serializeFragment(doc.content, { document: inert }, box);
  for (const p of box.querySelectorAll("td > p:only-child, th > p:only-child, li > p:first-child")) {
    if (p.parentElement.localName !== "li" || !p.parentElement.querySelector(":scope > p ~ p")) p.replaceWith(...p.childNodes);
  }
  while (box.lastChild?.localName === "p" && !box.lastChild.querySelector("img, span") && box.lastChild.textContent.trim() === "") box.lastChild.remove();
  for (const p of box.querySelectorAll("p:empty")) p.append(inert.createElement("br")); // an empty line is one
  return box.innerHTML;
}

/** Text as HTML: empty lines part paragraphs. */
export function paragraphs(text) {
  const box = make("div");
  for (const block of text.split(/\n{2,}/)) {
    const p = make("p");
    block.split("\n").forEach((line, i) => p.append(...(i ? [make("br")] : []), line));
    box.append(p);
  }
  return box.innerHTML;
}

/** HTML as a document of the editor; options are ProseMirror's for parsing. */
export function read(text, options) {
  return reader.parse(new DOMParser().parseFromString(text, "text/html").body, options);
}

export const isEmpty = (doc) => doc.childCount === 1 && doc.firstChild.type === schema.nodes.paragraph && doc.content.size === 2;
