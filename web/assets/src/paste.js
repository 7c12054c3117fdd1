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

const drop = "style, script, template, title, meta, link, img, svg, picture, video, audio, iframe, object, noscript, colgroup, xml";

const unwrap = (e) => e.replaceWith(...e.childNodes);

function wrap(e, tag) {
  const w = e.ownerDocument.createElement(tag);
  w.append(...e.childNodes);
  e.append(w);
}

/** Turns Word's list paragraphs, which are a number and a style, into lists. */
function lists(body) {
  for (const p of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    if (!p.parentNode || !listed.test(p.dataset.style ?? "")) continue;
    const marker = [...p.querySelectorAll("[data-style]")].find((s) => ignored.test(s.dataset.style));
    const text = (marker ?? p).textContent.trim();
    const tag = /^(\d+|[a-zа-я])[.)]/i.test(text) ? "ol" : "ul";
    marker?.remove();
    const before = p.previousElementSibling;
    const list = before?.localName === tag && before.dataset.word ? before : body.ownerDocument.createElement(tag);
    if (list !== before) {
      list.dataset.word = "1";
      p.before(list);
    }
    const item = body.ownerDocument.createElement("li");
    item.append(...p.childNodes);
    list.append(item);
    p.remove();
  }
}

/** HTML of the clipboard, cleaned. */
export function clean(html) {
  // parsed styles would be refused by the content security policy
  const safe = html.replace(/<!--[\s\S]*?-->|<!\[[^>]*>|<style\b[\s\S]*?(<\/style\s*>|$)/gi, "").replace(/\sstyle\s*=/gi, " data-style=");
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
    if (name.includes(":") && e.textContent.trim() === "") e.remove();
    else if (name === "span" || name === "font" || name.includes(":")) unwrap(e);
    else if (name === "a" && !/^(https?|mailto|tel):/i.test(e.getAttribute("href") ?? "")) unwrap(e);
    else for (const a of [...e.attributes]) if (a.name !== "href" && !a.name.endsWith("span")) e.removeAttribute(a.name);
  }
  for (const p of body.querySelectorAll("p")) if (p.textContent.trim() === "" && !p.querySelector("br")) p.remove();
  return body.innerHTML;
}
