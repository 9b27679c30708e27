// A worker under watch. One that runs out of memory, or into a loop, sends no word of it.
import { listenForSilence, type Silence } from '../silence.ts';
import type { Ping, Sign } from './signs.ts';

/** How a worker came to its end: before its first word, by an error, without a word, or by not answering for too long. */
export type Ending = 'unstarted' | 'crashed' | 'gone' | 'silent';

export interface LiveWorker<Request> {
  post(request: Request): void;
  /** Seconds of silence that are borne from now on; null while nothing is asked of it. */
  expectWord(seconds: number | null): void;
  end(): void;
}

/** Seconds until the worker's script runs, on the slowest line that is worth waiting for. */
const START_PATIENCE = 60;

interface Listener<Event> {
  readonly onEvent: (event: Event) => void;
  /** Told once; the worker is no more. Not told of `end()`. */
  readonly onEnding: (ending: Ending) => void;
}

/** Watches a worker from its start, and passes on what it says but for the signs of life. */
export function watchWorker<Request, Event extends { readonly type: string }>(
  worker: Worker,
  { onEvent, onEnding }: Listener<Event>,
): LiveWorker<Request> {
  let alive = true;
  let started = false;
  let patience: number | null = null;
  const watch = new AbortController();
  const silence: Silence = listenForSilence(
    () => (started ? (patience ?? Number.POSITIVE_INFINITY) : START_PATIENCE),
    () => ended('silent'),
    () => {
      if (started && patience !== null) worker.postMessage({ type: 'ping' } satisfies Ping);
    },
  );

  function end() {
    alive = false;
    silence.end();
    watch.abort();
    worker.terminate();
  }

  function ended(ending: Ending) {
    if (!alive) return;
    end();
    onEnding(started ? ending : 'unstarted');
  }

  worker.addEventListener('message', ({ data }: MessageEvent<Event | Sign>) => {
    // A message already under way outlives terminate().
    if (!alive) return;
    started = true;
    silence.broken();
    if (isSign(data)) {
      if (data.type === 'lifeline') whenFree(data.lock, watch.signal, () => ended('gone'));
    } else onEvent(data);
  });
  for (const type of ['error', 'messageerror']) worker.addEventListener(type, () => ended('crashed'));

  return {
    post: (request) => worker.postMessage(request),
    expectWord(seconds) {
      patience = seconds;
      silence.broken();
    },
    end,
  };
}

function isSign(data: { readonly type: string }): data is Sign {
  return data.type === 'started' || data.type === 'lifeline' || data.type === 'alive';
}

/** A lock is free again when its holder is gone, whatever it died of. */
function whenFree(lock: string, signal: AbortSignal, act: () => void): void {
  navigator.locks.request(lock, { signal }, act).catch(() => {});
}
