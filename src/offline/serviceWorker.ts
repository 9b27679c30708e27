// The service worker: what the page was made of is there again without a network, and with the headers that it needs.
import { contentPolicy, isolation } from './headers.ts';
import { createKeeper, type SiteFiles } from './keeper.ts';
import type { ToServiceWorker } from './messages.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build. */
declare const SITE_FILES: SiteFiles;

const { scope } = self.registration;
const keeper = createKeeper(SITE_FILES, {
  scope,
  // Other sites of this origin, as of one user of a host, have theirs.
  openCache: () => caches.open(`clip-vqdiffusion ${scope}`),
  fetch: (...request) => fetch(...request),
  headers: { ...isolation, 'Content-Security-Policy': contentPolicy },
});

self.addEventListener('install', (event) => event.waitUntil(keeper.keepShell()));
self.addEventListener('activate', (event) => {
  // Not waited for: in Firefox it is over when all workers of the page have heard of it, and the runtime's threads hear nothing
  // while they wait for work. Until the activation is over, every request of the page would hang.
  void self.clients.claim();
  event.waitUntil(sweepWhenAlone());
});

self.addEventListener('message', (event) => {
  const message: ToServiceWorker = event.data;
  switch (message.type) {
    case 'take over':
      event.waitUntil(self.skipWaiting());
      return;
    case 'keep': {
      const paths = message.addresses.flatMap((address) => keeper.pathOf(address) ?? []);
      event.waitUntil(Promise.allSettled(paths.filter(keeper.knows).map(keeper.keep)).then(sweepWhenAlone));
      return;
    }
    default:
      message satisfies never;
  }
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const path = keeper.pathOf(request.url);
  // Pieces of files, and questions to the server itself, are not for what is kept.
  if (path === null || request.method !== 'GET' || request.headers.has('range')) return;
  if (request.cache === 'no-store') return;
  // Of the rest of the site, packs above all, nothing is kept, and nothing has to pass through here.
  if (!keeper.knows(path) && !path.startsWith('assets/')) return;
  event.respondWith(keeper.answer(path, request, (work) => event.waitUntil(work)));
});

/** Another tab may still need files of the version that it was opened in. */
async function sweepWhenAlone(): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (windows.length < 2) await keeper.sweep();
}
