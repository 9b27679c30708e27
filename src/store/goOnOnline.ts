import type { AppStore } from './store.ts';

/**
 * Opens the model again as soon as the network is back, where it was the network that it failed for: what had come is kept,
 * and the rest follows.
 */
export function goOnOnline(
  store: AppStore,
  page: Pick<EventTarget, 'addEventListener'>,
  reopenPack: () => Promise<void>,
): void {
  page.addEventListener('online', () => {
    const { pack } = store.getState();
    if (pack.kind === 'failed' && pack.error.code === 'network') void reopenPack();
  });
}
