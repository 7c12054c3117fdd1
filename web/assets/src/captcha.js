// captcha.js: the proof of work of the registration form. Where it cannot run
// (crypto is for secure addresses only) the question stays.

import "altcha/external";
import { $, $$, make } from "./core.js";

const able = Boolean(globalThis.crypto?.subtle && globalThis.Worker && globalThis.$altcha);

function begin(place) {
  const say = place.dataset;
  const question = $("[data-question]", place);
  globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(say.worker));
  const words = {
    label: say.label, verifying: say.verifying, verified: say.verified, error: say.error, expired: say.expired,
    waitAlert: say.wait, verificationRequired: say.required, loading: say.verifying, verify: say.label, footer: "", ariaLinkLabel: "",
    enterCode: "", enterCodeAria: "", getAudioChallenge: "", reload: "",
  };
  globalThis.$altcha.i18n.set("en", words);
  const widget = make("altcha-widget");
  widget.setAttribute("language", "en"); // the words above are the reader's
  widget.setAttribute("name", "altcha");
  widget.className = "check small";
  widget.setAttribute("configuration", JSON.stringify({
    challenge: JSON.parse(say.work), hideFooter: true, hideLogo: true, humanInteractionSignature: false, minDuration: 0,
    workers: Math.min(4, navigator.hardwareConcurrency || 2),
  }));
  const form = place.closest("form");
  let sending = null; // the button that was pressed before the work was done
  const ask = (yes) => {
    question.hidden = !yes;
    widget.hidden = yes;
    for (const input of $$("input", question)) input.disabled = !yes;
    if (yes && sending) $("input", question).focus();
    if (yes) sending = sending?.removeAttribute("aria-busy");
  };
  const work = () => {
    if (widget.getState?.() !== "verified" && widget.getState?.() !== "verifying") widget.verify().catch(() => ask(true));
  };
  const send = () => {
    if (!sending) return;
    if ($("[name=altcha]", widget)?.value) form.requestSubmit(sending);
    else setTimeout(send, 20);
  };
  ask(false);
  widget.addEventListener("statechange", (event) => {
    if (event.detail?.state === "error") ask(true);
    if (event.detail?.state === "verified") send();
  });
  place.append(widget);
  // The work begins when the person does, so that it is done before they are. A
  // form that is sent sooner waits for it.
  form.addEventListener("focusin", work, { once: true });
  form.addEventListener("submit", (event) => {
    if (widget.hidden || $("[name=altcha]", widget)?.value) return;
    event.preventDefault();
    event.stopPropagation();
    sending = event.submitter ?? $("button:not([type=button])", form);
    sending.setAttribute("aria-busy", "true");
    work();
  }, true);
}

if (able) $$("[data-proof]:not([data-asked])").forEach(begin);
