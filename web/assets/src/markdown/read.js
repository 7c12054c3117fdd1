// read.js makes HTML of Markdown. The editor's schema then reads it, as it reads
// a paste: so Markdown can say nothing that a message may not hold.

import MarkdownIt from "markdown-it";

// The tags that may stand in Markdown, for what it has no sign for.
const allowed = "p|br|hr|div|span|blockquote|pre|code|kbd|samp|b|strong|i|em|u|ins|s|del|ul|ol|li|table|thead|tbody|tr|td|th|a|img";
const tag = new RegExp(`<(?!/?(?:${allowed})(?=[\\s/>]))`, "gi");
const inTag = /<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi;

/** HTML that stood in Markdown: tags we do not know are text, and attributes that the content security policy refuses lose their names. */
function tame(html) {
  return html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
    .replace(tag, "&lt;")
    .replace(inTag, (all) => all.replace(/("[^"]*"|'[^']*')|(\s)(style|on\w+)(\s*=)/gi, (found, quoted, space, name, is) => quoted ?? `${space}data-${name}${is}`));
}

const only = /^(?:\s*<br\s*\/?>)+\s*$/i;

/** A block of HTML. Line breaks alone are as many empty lines. */
function block(html) {
  const tamed = tame(html);
  return only.test(tamed) ? tamed.replace(/<br\s*\/?>/gi, "<p><br></p>") : tamed;
}

const markdown = new MarkdownIt({ html: true, breaks: true });
// a line of a list is a paragraph like others: so no line break beside it is read as a space
markdown.core.ruler.push("paragraphs", (state) => state.tokens.forEach((token) => (token.hidden = false)));
// a block of HTML begins with a tag that we know
const begins = new RegExp(`^\\s*<(?:!--|/?(?:${allowed})(?=[\\s/>]))`, "i");
const { fn: htmlBlock, alt } = markdown.block.ruler.__rules__.find(({ name }) => name === "html_block");
markdown.block.ruler.at(
  "html_block",
  (state, line, ...more) => begins.test(state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line])) && htmlBlock(state, line, ...more),
  { alt },
);
markdown.normalizeLink = markdown.normalizeLinkText = (address) => address;
const escape = markdown.utils.escapeHtml;
const code = (tokens, i) => `<pre><code>${escape(tokens[i].content.replace(/\n$/, ""))}</code></pre>\n`;

Object.assign(markdown.renderer.rules, {
  softbreak: () => "<br>",
  hardbreak: () => "<br>",
  fence: code,
  code_block: code,
  // a message has no headings
  heading_open: () => "<p><strong>",
  heading_close: () => "</strong></p>\n",
  html_inline: (tokens, i) => tame(tokens[i].content),
  html_block: (tokens, i) => block(tokens[i].content),
});

/** Markdown as HTML. */
export const toHTML = (text) => tame(markdown.render(text));
