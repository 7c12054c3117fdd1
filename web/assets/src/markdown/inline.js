// inline.js writes what stands in one paragraph as Markdown.

const tags = { em: "em", strong: "strong", strike: "del", underline: "u" };

// How a paragraph may be written; the first that reads back the same is taken.
export const ways = [{ em: "*", strong: "**", strike: "~~" }, { em: "_", strong: "**", strike: "~~" }, {}];

const entity = (c) => (c === "\u00a0" ? "&nbsp;" : `&#${c.codePointAt(0)};`);

/** Text whose signs are no marks. */
function plain(text) {
  return text
    .replace(/\\(?=[!-/:-@[-`{-~]|$)/g, "\\\\")
    .replace(/[`*]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/~(?=~)|(?<=~)~/g, "\\~")
    .replace(/\](?=[[(:]|$)/g, "\\]")
    .replace(/<(?=[a-z/!?])/gi, "\\<")
    .replace(/&(?=#?\w+;)/g, "\\&");
}

/** Spaces at the ends stay. */
const ends = (text) => text.replace(/^\s+|\s+$/g, (spaces) => [...spaces].map(entity).join(""));

/** A line whose beginning is no sign of a block. */
function line(text) {
  const kept = ends(text);
  if (/^(?:#{1,6}(?:\s|$)|>|[-+](?:\s|$)|[-+=|:][-+=|:\s]*$|~~~)/.test(kept)) return `\\${kept}`;
  return kept.replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}

function codeSpan(text) {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^`|`$/.test(text) || /^ .*[^ ].* $/.test(text) ? " " : "";
  return fence + pad + text + pad + fence;
}

const title = (text) => text.replace(/[\\[\]`*_<&]/g, "\\$&");
const address = (href) => (/[\s()<>]/.test(href) || href === "" ? `<${href.replace(/[<>]/g, encodeURIComponent)}>` : href);
const html = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/** One leaf of a paragraph. */
function leaf(node, way, inCell, edge) {
  switch (node.type.name) {
    case "hard_break":
      return edge || inCell ? "<br>" : "\n";
    case "image":
      return `![${title(node.attrs.alt)}](${address(node.attrs.src)})`;
    case "mention":
      return `<span data-mention="${html(node.attrs.id)}">@${plain(node.attrs.name)}</span>`;
  }
  if (!node.marks.some((m) => m.type.name === "code")) return plain(node.text);
  return way.em ? codeSpan(node.text) : `<code>${plain(html(node.text))}</code>`;
}

/** A paragraph's text. In a table it is one line. */
export function inline(parent, way, inCell = false) {
  const nodes = [];
  parent.forEach((node) => nodes.push(node));
  const open = [];
  let out = "";
  const begin = ({ type }) => (type.name === "link" ? "[" : (way[type.name] ?? `<${tags[type.name]}>`));
  const end = ({ type, attrs }) => (type.name === "link" ? `](${address(attrs.href)})` : (way[type.name] ?? `</${tags[type.name]}>`));
  const runs = (mark, from) => {
    let to = from;
    while (to < nodes.length && mark.isInSet(nodes[to].marks)) to++;
    return to;
  };
  nodes.forEach((node, i) => {
    const marks = node.marks.filter((m) => m.type.name !== "code");
    const stays = open.findIndex((m) => !m.isInSet(marks));
    if (stays >= 0) for (const m of open.splice(stays).reverse()) out += end(m);
    const [link] = marks.filter((m) => m.type.name === "link");
    if (marks.length === 1 && node.isText && node.marks.length === 1 && node.text === link?.attrs.href && /^[a-z]+:[^\s<>]+$/i.test(node.text) && !open.length && runs(link, i) === i + 1) {
      out += `<${node.text}>`;
      return;
    }
    const more = marks.filter((m) => !m.isInSet(open)).sort((a, b) => runs(b, i) - runs(a, i));
    for (const m of more) out += begin(m);
    open.push(...more);
    const broken = (n) => !n || n.type.name === "hard_break";
    out += leaf(node, way, inCell, broken(nodes[i - 1]) || broken(nodes[i + 1]));
  });
  for (const m of open.reverse()) out += end(m);
  if (inCell) return ends(out).replace(/\|/g, "\\|");
  return out.split("\n").map(line).join("\n");
}
