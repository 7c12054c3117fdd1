// recipients.js: a new address on copy becomes a chip that says who it is, and
// contacts are offered as one types. The form goes on sending one field with
// addresses between commas, so that drafts and the server know nothing of chips.

import { $, $$, icon, make, partial } from "./core.js";

const wait = 200; // ms of silence before contacts are asked for
const long = 4; // recipients from which "clear all" is offered
const whole = /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]{2,}$/;
let lists = 0;

const ask = async (field, query, signal) => {
  const url = new URL(field.dataset.copies, location.href);
  url.searchParams.set("q", query);
  const response = await fetch(url, { headers: partial(), signal });
  return response.ok ? response.text() : "";
};

/** Chooses "Reply", where single people count. */
function choose(box) {
  const reply = $("input[name=reply_mode][value=reply]", box);
  if (!reply || reply.checked) return;
  reply.checked = true;
  reply.dispatchEvent(new Event("change", { bubbles: true }));
}

function enhance(field) {
  const box = field.closest("[data-recipients]");
  const id = `copies-${++lists}`;
  const entry = make("input", { className: field.className, id: field.id, placeholder: field.placeholder, autocomplete: "off", spellcheck: false });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) entry.setAttribute(name, value);
  for (const name of ["aria-invalid", "aria-describedby"]) if (field.hasAttribute(name)) entry.setAttribute(name, field.getAttribute(name));
  const chips = make("ul", { className: "to", "aria-live": "polite", hidden: true });
  const list = make("div", { className: "pick", id, role: "listbox", hidden: true });
  const clear = make("button", { className: "btn btn--ghost btn--sm", type: "button", hidden: true }, field.dataset.clear);
  const begin = field.value;
  field.type = "hidden";
  field.removeAttribute("id");
  field.before(chips);
  field.after(entry, clear);
  ($("main") ?? document.body).append(list);
  let timer, asking;

  const addresses = () => $$("[data-address]", chips).map((c) => c.dataset.address);
  const options = () => $$("[role=option]", list);
  const active = () => options().find((o) => o.ariaSelected === "true");

  function sync() {
    field.value = [...addresses(), entry.value.trim()].filter(Boolean).join(", ");
    chips.hidden = chips.childElementCount === 0;
    clear.hidden = $$("input[name=to]", box).length + chips.childElementCount < long;
  }
  /** Tells the form, which saves its draft. */
  const changed = () => {
    sync();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    entry.setAttribute("aria-expanded", "false");
    entry.removeAttribute("aria-activedescendant");
  }

  function select(option) {
    for (const o of options()) o.ariaSelected = String(o === option);
    if (!option) return entry.removeAttribute("aria-activedescendant");
    entry.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function show(html) {
    list.innerHTML = html;
    for (const o of options()) if (addresses().includes(o.dataset.address)) o.remove();
    options().forEach((o, i) => (o.id = `${id}-${i}`));
    list.hidden = false;
    entry.setAttribute("aria-expanded", "true");
    select(whole.test(entry.value.trim()) ? null : options()[0]);
    const at = entry.getBoundingClientRect();
    const size = list.getBoundingClientRect();
    const below = at.bottom + size.height + 8 < innerHeight;
    list.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
    list.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - size.height - 4)}px`;
  }

  function offer() {
    clearTimeout(timer);
    const query = entry.value.trim();
    if (query.length < 2) return close();
    timer = setTimeout(async () => {
      asking?.abort();
      asking = new AbortController();
      try {
        const html = await ask(field, query, asking.signal);
        if (html && document.activeElement === entry && entry.value.trim() === query) show(html);
      } catch {
        // the next key asks again
      }
    }, wait);
  }

  function dress(chip, { name, why, tone }) {
    chip.className = `to__one ${tone}`;
    chip.title = chip.dataset.address;
    const off = make("button", { className: "to__off", type: "button", ariaLabel: field.dataset.remove.replace("{name}", name) }, icon("x", true));
    chip.replaceChildren(make("span", { className: "to__name" }, name), make("span", { className: "to__why" }, why), off);
  }

  /** Asks the server who an address is. */
  async function describe(chip) {
    try {
      const html = await ask(field, chip.dataset.address);
      const found = $$("[role=option]", new DOMParser().parseFromString(html, "text/html")).find((o) => o.dataset.address === chip.dataset.address);
      if (found && chip.isConnected) dress(chip, found.dataset);
    } catch {
      // the address stands for itself
    }
  }

  function add(address, known) {
    address = address.toLowerCase();
    if (addresses().includes(address)) return;
    const chip = make("span", { "data-address": address });
    dress(chip, known ?? { name: address, why: "", tone: "" });
    chips.append(make("li", {}, chip));
    if (!known) describe(chip);
  }

  /** Somebody new is not "requester only"; "reply all" stays. */
  const joined = () => $("input[name=reply_mode][value=requester]:checked", box) && choose(box);

  function take(option) {
    add(option.dataset.address, option.dataset);
    entry.value = "";
    close();
    joined();
    changed();
  }

  /** Makes chips of what is typed as far as it is addresses. */
  function split(text) {
    const parts = text.split(/[,;\n]+/).map((p) => p.trim()).filter(Boolean);
    entry.value = parts.filter((p) => !whole.test(p)).join(", ");
    for (const p of parts) if (whole.test(p)) add(p);
    if (entry.value === text) return false;
    joined();
    return true;
  }

  function drop(chip) {
    chip.closest("li").remove();
    changed();
    entry.focus();
  }

  entry.addEventListener("input", () => {
    if (/[,;\n]/.test(entry.value)) split(entry.value);
    sync();
    offer();
  });
  entry.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const all = options();
    const at = all.indexOf(active());
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (list.hidden || all.length === 0) return;
        event.preventDefault();
        return select(all[(at + (event.key === "ArrowDown" ? 1 : all.length - (at < 0 ? 0 : 1))) % all.length]);
      case "Enter": // never sends a reply that is half written
      case ",":
      case ";":
        event.preventDefault();
        if (!list.hidden && active()) return take(active());
        if (split(entry.value)) {
          close();
          changed();
        }
        return;
      case "Escape":
        if (list.hidden) return;
        event.preventDefault();
        event.stopPropagation();
        return close();
      case "Backspace":
        if (entry.value === "" && chips.lastElementChild) drop($("[data-address]", chips.lastElementChild));
    }
  });
  entry.addEventListener("blur", () => {
    close();
    if (split(entry.value)) changed();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  chips.addEventListener("click", (event) => {
    const off = event.target.closest(".to__off");
    if (off) drop(off.parentElement);
  });
  clear.addEventListener("click", () => {
    chips.replaceChildren();
    for (const tick of $$("input[name=to]", box)) tick.checked = false;
    choose(box);
    changed();
    entry.focus();
  });
  document.addEventListener("swapping", ({ detail }) => detail.contains(entry) && list.remove());

  split(begin);
  sync();
}

function start(root = document) {
  for (const field of $$("input[data-copies]:not([type=hidden])", root)) enhance(field);
}

document.addEventListener("swapped", ({ detail }) => start(detail));
start();
