// paste.js makes of what Word, Outlook, Google Docs, Excel and web pages put on
// the clipboard the few tags that a message may have. The server cleans again;
// here it is so that people see what they will send.

const bold = /font-weight\s*:\s*(bold|[6-9]00)/i;
const light = /font-weight\s*:\s*(normal|[1-4]00)/i;
const italic = /font-style\s*:\s*(italic|oblique)/i;
const struck = /text-decoration[^;]*:\s*[^;]*line-through/i;
const hidden = /mso-hide\s*:\s*all|display\s*:\s*none/i;
const listed = /mso-list\s*:\s*l(\d+)\s+level(\d+)/i;
const ignored = /mso-list\s*:\s*ignore/i;

const mostEmbedded = 20;

const drop = "style, script, template, title, meta, link, svg, picture, video, audio, iframe, object, noscript, colgroup, xml";

const unwrap = (e) => e.replaceWith(...e.childNodes);

function wrap(e, tag) {
  const w = e.ownerDocument.createElement(tag);
  w.append(...e.childNodes);
  e.append(w);
}

/** Turns Word's list paragraphs, which are a number and a style, into lists in lists. */
function lists(body) {
  let open = []; // the lists that the next paragraph may belong to, outermost first
  let last;
  for (const p of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    const found = listed.exec(p.dataset.style ?? "");
    if (!p.parentNode || !found) continue;
    if (p.previousElementSibling !== last) open = [];
    const level = Math.min(Number(found[2]), open.length + 1, 9);
    const marker = [...p.querySelectorAll("[data-style]")].find((s) => ignored.test(s.dataset.style));
    const text = (marker ?? p).textContent.trim();
    const tag = /^(\d+|[a-zа-я])[.)]/i.test(text) ? "ol" : "ul";
    marker?.remove();
    open.length = Math.min(open.length, level);
    let list = open[level - 1];
    if (list?.localName !== tag) {
      list = body.ownerDocument.createElement(tag);
      if (level > 1) open[level - 2].lastElementChild.append(list);
      else {
        p.before(list);
        last = list;
      }
      open[level - 1] = list;
    }
    const item = body.ownerDocument.createElement("li");
    item.append(...p.childNodes);
    list.append(item);
    p.remove();
  }
}

/** A picture of ours stays, a foreign one would tell its host who reads. */
function keepOwn(img) {
  const { src, alt } = Object.fromEntries(["src", "alt"].map((name) => [name, img.getAttribute(name) ?? ""]));
  if (!/^\/attachments\/\d+$/.test(src)) return img.remove();
  for (const a of [...img.attributes]) img.removeAttribute(a.name);
  img.setAttribute("src", src);
  img.setAttribute("alt", alt);
}

function keepMention(span) {
  for (const a of [...span.attributes]) if (a.name !== "data-mention") span.removeAttribute(a.name);
}

/** The pictures that clipboard HTML carries in itself, as files; cleaning takes them out. */
export function embedded(html) {
  const found = html.matchAll(/<img\b[^>]*?\ssrc\s*=\s*["']?data:(image\/(png|jpeg|gif|webp));base64,([a-z0-9+/=\s]+)/gi);
  return [...found].slice(0, mostEmbedded).flatMap(([, type, ending, data]) => {
    try {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      return [new File([bytes], `image.${ending}`, { type: type.toLowerCase() })];
    } catch {
      return []; // cut or not base64
    }
  });
}

/** HTML of the clipboard, cleaned. */
export function clean(html) {
  // parsed styles and handlers would be refused by the content security policy
  const safe = html
    .replace(/<!--[\s\S]*?-->|<!\[[^>]*>|<style\b[\s\S]*?(<\/style\s*>|$)/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)\s*=/gi, "$1data-$2="));
  const body = new DOMParser().parseFromString(safe, "text/html").body;
  for (const e of body.querySelectorAll(drop)) e.remove();
  for (const e of body.querySelectorAll("[data-style]")) if (hidden.test(e.dataset.style)) e.remove();
  lists(body);
  for (const e of [...body.querySelectorAll("*")].reverse()) {
    const style = e.dataset.style ?? "";
    const name = e.localName;
    if ((name === "b" || name === "strong") && light.test(style)) {
      unwrap(e);
      continue;
    }
    if (/^h[1-6]$/.test(name)) {
      // a message has no headings
      wrap(e, "strong");
    } else if (name === "span" || name === "font" || name.includes(":") || name === "td") {
      if (bold.test(style)) wrap(e, "strong");
      if (italic.test(style)) wrap(e, "em");
      if (struck.test(style)) wrap(e, "del");
    }
    if (name.includes(":") && /^[ \t\r\n]*$/.test(e.textContent)) e.remove(); // one with a space that does not break is a blank line
    else if (name === "span" && e.dataset.mention) keepMention(e);
    else if (name === "span" || name === "font" || name.includes(":")) unwrap(e);
    else if (name === "a" && !/^(https?|mailto|tel):/i.test(e.getAttribute("href") ?? "")) unwrap(e);
    else if (name === "img") keepOwn(e);
    else for (const a of [...e.attributes]) if (a.name !== "href" && a.name !== "start" && !a.name.endsWith("span")) e.removeAttribute(a.name);
  }
  for (const p of body.querySelectorAll("p")) {
    if (p.textContent.trim() !== "" || p.querySelector("br, img")) continue;
    // Word writes an empty line as a space that does not break
    if (p.textContent.includes("\u00a0")) p.replaceChildren(body.ownerDocument.createElement("br"));
    else p.remove();
  }
  return body.innerHTML;
}
