// Signs of life: what the page's end of a wire and the worker say to each other whatever the work is.

/** Asks for a sign. */
export interface Ping {
  readonly type: 'ping';
}

export type Sign =
  /** The first word of all: the worker's script runs. */
  | { readonly type: 'started' }
  /** The worker holds this lock as long as it lives. */
  | { readonly type: 'lifeline'; readonly lock: string }
  | { readonly type: 'alive' };

/** Called by a worker as it starts. */
export function showLife(post: (sign: Sign) => void): void {
  post({ type: 'started' });
  // No other word of a worker's end reaches the page. Pages without https have no locks, and must wait for a silence.
  if (!navigator.locks) return;
  const lock = `worker ${crypto.randomUUID()}`;
  const hold = () => {
    post({ type: 'lifeline', lock });
    return new Promise<never>(() => {});
  };
  navigator.locks.request(lock, hold).catch(() => {});
}
