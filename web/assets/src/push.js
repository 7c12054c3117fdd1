// push.js: this browser asks to be told, and is known in the list of those that
// are.

import { $, $$, on, partial } from "./core.js";

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
      localStorage.setItem(kept, me());
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
    $("[data-push-end]", device).addEventListener("submit", () => {
      localStorage.removeItem(kept);
      void mine.unsubscribe();
    });
  }
}

// The desk forgets a browser with the sign-in in it. One whose sign-in ran out
// says so again when the same person is back; who signs out is not followed.
const kept = "deskbell-push"; // who asked
const said = "deskbell-push-said"; // when, in this tab
const me = () => $("#m-me .menu__head")?.textContent ?? "";

async function again() {
  const { pushTo, worker } = $("#bell").dataset;
  if (!me() || localStorage.getItem(kept) !== me() || Date.now() - Number(sessionStorage.getItem(said)) < 600000) return;
  const registration = await navigator.serviceWorker.getRegistration(new URL(".", new URL(worker, location.href)).pathname);
  const mine = await registration?.pushManager.getSubscription();
  if (!mine) return;
  const body = new URLSearchParams({ endpoint: mine.endpoint, p256dh: text(mine.getKey("p256dh")), auth: text(mine.getKey("auth")) });
  const response = await fetch(pushTo, { method: "POST", body, headers: partial() });
  if (response.ok) sessionStorage.setItem(said, Date.now());
}

if ("serviceWorker" in navigator && "PushManager" in window) {
  if (form?.dataset.keyPublic) begin();
  else if ($("#bell")) again().catch(() => {}); // the next page says it again
}
on("submit", "form[action$='/logout']", () => localStorage.removeItem(kept));
