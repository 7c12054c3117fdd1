// image.js: pictures that are pasted or dropped go to the server at once and
// stand in the text where they were put.

import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";

import { $, make } from "../core.js";
import { schema } from "./schema.js";

const key = new PluginKey("pictures");
const taken = /^image\/(png|jpeg|gif|webp)$/;

export const isPicture = (file) => taken.test(file.type);

/** Keeps the places of pictures on their way while the text round them changes. */
export const pictures = () =>
  new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, set) {
        set = set.map(tr.mapping, tr.doc);
        const act = tr.getMeta(key);
        if (act?.add) {
          const mark = make("span", { className: "rich__wait", role: "status" }, make("progress", { ariaLabel: act.name }), act.name);
          set = set.add(tr.doc, [Decoration.widget(act.pos, mark, { id: act.add })]);
        }
        if (act?.gone) set = set.remove(set.find(null, null, (spec) => spec.id === act.gone));
        return set;
      },
    },
    props: { decorations: (state) => key.getState(state) },
  });

/** Whether pictures are on their way. */
export const waiting = (view) => key.getState(view.state).find().length > 0;

/** Puts picture files at pos, or where spots of the text's Markdown says; what the server does not take goes to refused(text). */
export async function put(view, to, files, pos, refused, spots) {
  for (const file of files) {
    const id = {};
    const name = /^image\.\w+$/.test(file.name) ? file.name.replace("image", `image-${new Date().toISOString().slice(0, 19).replace(/\D/g, "")}`) : file.name;
    spots?.begin(name);
    view.dispatch(view.state.tr.setMeta(key, { add: id, pos: Math.min(pos, view.state.doc.content.size), name }));
    let answer = {};
    try {
      const body = new FormData();
      body.append("attachments", file, name);
      const response = await fetch(to, { method: "POST", body, headers: { "HX-Request": "true" } });
      answer = await response.json().catch(() => ({}));
      if (response.status !== 201 && !answer.message) answer.again = true;
    } catch {
      answer.again = true;
    }
    if (view.isDestroyed) return;
    const [at] = key.getState(view.state).find(null, null, (spec) => spec.id === id);
    const tr = view.state.tr.setMeta(key, { gone: id });
    const image = answer.id && { src: `/attachments/${answer.id}`, alt: answer.name };
    if (at && image && !spots) tr.insert(at.from, schema.nodes.image.create(image));
    view.dispatch(tr);
    spots?.end(name, image);
    if (!answer.id) refused(answer.again ? null : answer.message, file);
  }
  view.dom.dispatchEvent(new CustomEvent("pictures", { bubbles: true }));
}

/** The ids of the uploads that stand in a text. */
export function idsIn(doc) {
  const ids = new Set();
  doc.descendants((node) => {
    if (node.type === schema.nodes.image) ids.add(node.attrs.src.split("/").pop());
  });
  return [...ids];
}

/** Lists each file that stands in the text once: there. */
export function unlist(form, ids) {
  for (const id of ids) {
    const row = $(`.files input[name=upload][value="${id}"]`, form)?.closest(".file");
    row?.remove();
  }
}
