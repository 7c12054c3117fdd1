// push.js: this browser asks to be told, and is known in the list of those that
// are.

import { $, $$ } from "./core.js";

const form = $("[data-push-add]");
const word = form && $("[data-push-word]", form);

const bytes = (key) => Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const scope = () => new URL(".", new URL(form.dataset.worker, location.href)).pathname;

async function present() {
  const registration = await navigator.serviceWorker.getRegistration(scope());
  return registration?.pushManager.getSubscription();
}

// The service worker must be at work before it can be subscribed for.
async function ready() {
  const registration = await navigator.serviceWorker.register(form.dataset.worker, { scope: scope() });
  const worker = registration.installing ?? registration.waiting;
  if (!registration.active && worker) {
    await new Promise((done) => worker.addEventListener("statechange", () => worker.state === "activated" && done()));
  }
  return registration;
}

async function subscribe() {
  const registration = await ready();
  const key = bytes(form.dataset.keyPublic);
  const old = await registration.pushManager.getSubscription();
  if (old && text(old.options.applicationServerKey ?? new ArrayBuffer(0)) !== form.dataset.keyPublic) await old.unsubscribe();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  form.elements.endpoint.value = subscription.endpoint;
  form.elements.p256dh.value = text(subscription.getKey("p256dh"));
  form.elements.auth.value = text(subscription.getKey("auth"));
}

async function begin() {
  const button = $("[data-push-button]", form);
  button.disabled = false;
  word.textContent = "";
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    if ((await Notification.requestPermission()) !== "granted") {
      word.textContent = form.dataset.denied;
      return;
    }
    button.ariaBusy = "true";
    try {
      await subscribe();
      form.submit();
    } catch {
      word.textContent = form.dataset.failed;
    }
    button.ariaBusy = null;
  });
  const mine = await present();
  for (const device of $$("[data-push-device]")) {
    if (!mine?.endpoint.endsWith(device.dataset.pushDevice)) continue;
    $("[data-push-here]", device).hidden = false;
    button.hidden = true;
    $("[data-push-end]", device).addEventListener("submit", () => void mine.unsubscribe());
  }
}

if (form && "serviceWorker" in navigator && "PushManager" in window && form.dataset.keyPublic) begin();
