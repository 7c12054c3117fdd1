// worker.js: shows what is pushed to this browser, and leads to it. It keeps
// nothing and touches no page.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let m = {};
  try {
    m = event.data?.json() ?? {};
  } catch {
    // shown without words: a browser wants to see something for each message
  }
  event.waitUntil(
    self.registration.showNotification(m.title ?? "Deskbell", {
      body: m.body ?? "",
      tag: m.tag,
      renotify: Boolean(m.tag),
      lang: m.lang ?? "",
      data: { url: m.url ?? "/agent/notifications" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/agent/notifications", self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(
    (async () => {
      const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const tab = tabs.find((t) => new URL(t.url).pathname.startsWith("/agent"));
      if (!tab) return self.clients.openWindow(url.href);
      await tab.focus();
      return tab.navigate(url.href).catch(() => self.clients.openWindow(url.href));
    })(),
  );
});
