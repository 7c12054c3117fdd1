// pick.js: a "/" at a line's start offers canned replies, an "@" offers
// colleagues. What is typed behind it filters, arrows choose, Enter inserts.

import { DOMParser as Reader } from "prosemirror-model";
import { Plugin } from "prosemirror-state";

import { $, $$, make, partial } from "../core.js";
import { schema } from "./schema.js";

const kinds = {
  canned: { sign: /^\/([^/]{0,60})$/, whole: true },
  mentions: { sign: /(?:^|\s)@([\p{L}\p{N}.-]*(?: [\p{L}\p{N}.-]*)?)$/u, whole: false },
};

/** The word that is being typed behind a sign: { kind, from, query }. */
function typed(state, sources) {
  const { $from, empty } = state.selection;
  if (!empty || !$from.parent.isTextblock || $from.parent.type.spec.code) return null;
  const before = $from.parent.textBetween(0, $from.parentOffset, "\n", "\ufffc").split("\n").pop();
  for (const kind of Object.keys(kinds)) {
    const found = sources[kind] && kinds[kind].sign.exec(before);
    if (found) return { kind, query: found[1], from: $from.pos - found[1].length - 1 };
  }
  return null;
}

/** The plugin; sources are the addresses to ask by kind, insert(kind, option) says what choosing does. */
export function picker(sources, label, insert) {
  let list;
  let now = null; // what is being picked
  let refused = -1; // where Escape was pressed
  let spaced = -1; // behind the space that a choice brought along
  let asking;
  let timer;

  const close = (view) => {
    now = null;
    clearTimeout(timer);
    asking?.abort();
    list?.remove();
    list = undefined;
    view?.dom.removeAttribute("aria-activedescendant");
    view?.dom.removeAttribute("aria-controls");
  };

  const select = (view, option) => {
    for (const o of $$("[role=option]", list)) o.ariaSelected = String(o === option);
    if (!option) return view.dom.removeAttribute("aria-activedescendant");
    view.dom.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const show = (view, html) => {
    if (!list) {
      list = make("div", { className: "pick", role: "listbox", ariaLabel: label(now.kind), id: "pick" });
      list.addEventListener("mousedown", (event) => {
        event.preventDefault();
        const option = event.target.closest("[role=option]");
        if (option) choose(view, option);
      });
      ($("main") ?? document.body).append(list);
      view.dom.setAttribute("aria-controls", "pick");
    }
    list.innerHTML = html;
    $$("[role=option]", list).forEach((o, i) => (o.id = `pick-${i}`));
    select(view, $("[role=option]", list));
    const caret = view.coordsAtPos(now.from);
    const box = list.getBoundingClientRect();
    const below = caret.bottom + box.height + 8 < innerHeight;
    list.style.left = `${Math.max(8, Math.min(caret.left, innerWidth - box.width - 8))}px`;
    list.style.top = `${below ? caret.bottom + 4 : Math.max(8, caret.top - box.height - 4)}px`;
  };

  const ask = (view) => {
    clearTimeout(timer);
    timer = setTimeout(
      async () => {
        asking?.abort();
        asking = new AbortController();
        const url = new URL(sources[now.kind], location.href);
        url.searchParams.set("q", now.query);
        try {
          const response = await fetch(url, { headers: partial(), signal: asking.signal });
          if (response.ok && now) show(view, await response.text());
        } catch {
          // the next key asks again
        }
      },
      list ? 120 : 0,
    );
  };

  const choose = (view, option) => {
    const { kind, from } = now;
    const to = view.state.selection.from;
    close(view);
    insert(view, kind, option, from, to);
    const { $from } = view.state.selection;
    if (kind === "mentions" && $from.nodeBefore?.text?.endsWith(" ")) spaced = $from.pos;
  };

  return new Plugin({
    view: () => ({
      update(view, before) {
        if (view.state.selection.from !== spaced) spaced = -1;
        const next = view.hasFocus() ? typed(view.state, sources) : null;
        if (!next || next.from === refused) {
          if (!next) refused = -1;
          if (now) close(view);
          return;
        }
        if (now && now.kind === next.kind && now.query === next.query && before.doc.eq(view.state.doc)) return;
        now = next;
        ask(view);
      },
      destroy: () => close(),
    }),
    props: {
      // The space that hands type behind a name is there already.
      handleTextInput(_, from, to, text) {
        const there = text === " " && from === to && from === spaced;
        spaced = -1;
        return there;
      },
      handleKeyDown(view, event) {
        if (!list || !now) return false;
        const options = $$("[role=option]", list);
        const at = options.findIndex((o) => o.ariaSelected === "true");
        switch (event.key) {
          case "ArrowDown":
          case "ArrowUp":
            if (options.length === 0) return false;
            select(view, options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
            return true;
          case "Enter":
          case "Tab":
            if (at < 0 || event.ctrlKey || event.metaKey) return false;
            choose(view, options[at]);
            return true;
          case "Escape":
            refused = now.from;
            close(view);
            event.stopPropagation();
            return true;
        }
        return false;
      },
      handleDOMEvents: {
        blur(view) {
          close(view);
        },
      },
    },
  });
}

/** HTML of ours as a slice of a text. */
export function slice(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  return Reader.fromSchema(schema).parseSlice(body);
}
