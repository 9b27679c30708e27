/** What decides whether a page may have several threads. */
export interface Surrounding {
  readonly isIsolated: boolean;
  /** Over https, or on this machine. */
  readonly isSecure: boolean;
  readonly isFramed: boolean;
  readonly hasServiceWorkers: boolean;
}

/** Why a page runs on one thread, and what to do, in one sentence; null where isolation is not what it lacks. */
export function whyOneThread({
  isIsolated,
  isSecure,
  isFramed,
  hasServiceWorkers,
}: Surrounding): string | null {
  if (isIsolated) return null;
  const slow = 'Pictures take longer here, as the page runs on one thread';
  if (!isSecure) return `${slow}: for several, open it over https.`;
  if (isFramed) return `${slow}: for several, open it in a tab of its own.`;
  if (!hasServiceWorkers) {
    return `${slow}: for several, open it in a window that is not private, or have its server send the headers of docs/hosting.md.`;
  }
  return `${slow}: for several, reload it, or try another browser.`;
}
