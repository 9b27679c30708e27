// Tabs of this page tell each other which records they changed. Only ids are told: each reads the records for itself.
import { idPattern } from './record.ts';

export interface Tabs {
  tell(ids: readonly string[]): void;
  close(): void;
}

/** @param onTold another tab changed these records, removals and restorals included */
export function openTabs(name: string, onTold: (ids: readonly string[]) => void): Tabs {
  if (typeof BroadcastChannel === 'undefined') return { tell() {}, close() {} };
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    // A newer page may say something else.
    if (Array.isArray(data) && data.every((id) => typeof id === 'string' && idPattern.test(id))) onTold(data);
  };
  return {
    tell: (ids) => channel.postMessage(ids),
    close: () => channel.close(),
  };
}
