// One request, and its body as it comes, for as long as something comes.
import { PassingFault } from './faults.ts';
import type { Limits } from './patience.ts';

/** Of the time in which something must come. */
const SLICES = 10;

export interface Reply {
  readonly response: Response;
  /** Each piece of the body once. @throws {PassingFault} */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** From now on this signal ends it, and no longer the one it was asked under. */
  follow(signal: AbortSignal): void;
  /** Lets go of the connection. Nothing happens to a reply that has ended. */
  end(): void;
}

/** @throws {PassingFault} when no answer comes; the signal's reason */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  { stall, leastBytes }: Limits,
  signal: AbortSignal,
): Promise<Reply> {
  signal.throwIfAborted();
  const ending = new AbortController();
  let followed = signal;
  let since = 0;
  let waited = 0;
  const stop = () => ending.abort(followed.reason);
  // In slices: a machine that slept, or was busy, has waited for one of them and not for all.
  const timer = setInterval(() => {
    if (++waited === SLICES) ending.abort(new PassingFault('The server stopped sending'));
  }, stall / SLICES);
  const follow = (next: AbortSignal) => {
    followed.removeEventListener('abort', stop);
    followed = next;
    if (next.aborted) stop();
    else next.addEventListener('abort', stop, { once: true });
  };
  const end = () => {
    clearInterval(timer);
    followed.removeEventListener('abort', stop);
    ending.abort(new DOMException('Let go.', 'AbortError'));
  };
  /** Browsers tell nothing but that something broke. */
  const why = (error: unknown) => {
    const found = ending.signal.aborted ? ending.signal.reason : new PassingFault(broken(), 0);
    end();
    if (found instanceof PassingFault) found.cause = error;
    return found;
  };

  follow(signal);
  // What is kept here needs no second place in the browser's cache, which is no good at parts of files either.
  const response = await fetch(url, { headers, cache: 'no-store', signal: ending.signal }).catch((error) => {
    throw why(error);
  });

  async function* pieces(): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    try {
      for (;;) {
        const read = await reader?.read().catch((error) => {
          throw why(error);
        });
        if (!read || read.done) return;
        since += read.value.length;
        if (since >= leastBytes) {
          since = 0;
          waited = 0;
        }
        yield read.value;
      }
    } finally {
      end();
    }
  }
  return { response, pieces: pieces(), follow, end };
}

function broken(): string {
  return globalThis.navigator?.onLine === false ? 'You are offline' : 'The connection broke';
}
