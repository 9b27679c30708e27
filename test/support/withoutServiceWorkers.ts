/**
 * In a page, before its own scripts: a browser without service workers, as in some private windows. For tests that answer
 * the page's requests themselves, too: a service worker would answer in their place.
 */
export function withoutServiceWorkers(): void {
  // @ts-expect-error Browsers without them lack the name.
  delete Navigator.prototype.serviceWorker;
}
