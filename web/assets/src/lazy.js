// lazy.js fetches the rich-text editor when somebody begins to use the page:
// the first view of a page does not pay for it.

import { $, $$ } from "./core.js";

const starts = ["pointermove", "pointerdown", "touchstart", "keydown", "focusin", "dragenter"];

function fetchEditor(event) {
  if (event?.type === "pointermove" && event.movementX === 0 && event.movementY === 0) return; // the page moved under a pointer at rest
  for (const type of starts) removeEventListener(type, fetchEditor, true);
  const src = $("textarea[data-editor]")?.dataset.editor;
  if (!src || $(`script[src="${src}"]`)) return;
  const script = document.createElement("script");
  script.src = src;
  // Without it the text area stays what it is.
  script.addEventListener("error", () => document.documentElement.classList.add("plain-text"));
  document.head.append(script);
}

const areas = $$("textarea[data-editor]");
if (areas.some((a) => "before" in a.dataset || a.form?.elements.namedItem("message_kind")?.value === "html")) fetchEditor();
else if (areas.length > 0) for (const type of starts) addEventListener(type, fetchEditor, { capture: true, passive: true });
