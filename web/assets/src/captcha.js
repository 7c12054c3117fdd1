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
  widget.setAttribute("auto", "onsubmit");
  widget.setAttribute("configuration", JSON.stringify({
    challenge: JSON.parse(say.work), hideFooter: true, hideLogo: true, humanInteractionSignature: false, minDuration: 0,
    workers: Math.min(4, navigator.hardwareConcurrency || 2),
  }));
  const asked = (yes) => {
    question.hidden = !yes;
    for (const input of $$("input", question)) input.disabled = !yes;
  };
  asked(false);
  widget.addEventListener("statechange", (event) => {
    if (event.detail?.state === "error") asked(true);
  });
  place.append(widget);
  // The work begins when the person does, so that it is done before they are.
  place.closest("form").addEventListener("focusin", () => {
    if (widget.getState?.() === "unverified") widget.verify().catch(() => asked(true));
  }, { once: true });
}

if (able) $$("[data-proof]").forEach(begin);
