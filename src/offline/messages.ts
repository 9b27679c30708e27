// What the page says to the service worker.

export type ToServiceWorker =
  /** The visitor wants the new version now. */
  | { readonly type: 'take over' }
  /** Fetched by this visit, perhaps before the service worker was there; those that are not the site's are passed over. */
  | { readonly type: 'keep'; readonly addresses: readonly string[] };
