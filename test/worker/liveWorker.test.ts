// A worker's signs of life, from its end of the wire to the page's, over locks like a browser's.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Ending, watchWorker } from '../../src/worker/liveWorker.ts';
import { type Sign, showLife } from '../../src/worker/signs.ts';
import { StandInWorker } from '../support/standInWorker.ts';

type Word = { readonly type: 'word' };
type Grant = () => unknown;

/** Locks of a name go to one after the other; `drop` is what a browser does when a holder dies. */
class Locks {
  readonly #waiting = new Map<string, Grant[]>();
  request(name: string, ...rest: [Grant] | [{ signal: AbortSignal }, Grant]): Promise<unknown> {
    const [grant, signal] = rest.length === 1 ? [rest[0]] : [rest[1], rest[0].signal];
    const queue = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, queue);
    return new Promise((resolve, reject) => {
      const granted = () => resolve(grant());
      queue.push(granted);
      signal?.addEventListener('abort', () => {
        queue.splice(queue.indexOf(granted), 1);
        reject(signal.reason);
      });
      if (queue.length === 1) granted();
    });
  }
  waiting(name: string): number {
    return this.#waiting.get(name)!.length - 1;
  }
  drop(name: string): void {
    const queue = this.#waiting.get(name)!;
    queue.shift();
    queue[0]?.();
  }
}

let locks: Locks;
beforeEach(() => {
  vi.useFakeTimers();
  locks = new Locks();
  vi.stubGlobal('navigator', { locks });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A worker that runs, and what the page hears of it. */
function alive() {
  const worker = new StandInWorker<unknown, Sign | Word>();
  const words: Word[] = [];
  const endings: Ending[] = [];
  const live = watchWorker<unknown, Word>(worker as unknown as Worker, {
    onEvent: (word) => words.push(word),
    onEnding: (ending) => endings.push(ending),
  });
  const signs: Sign[] = [];
  showLife((sign) => {
    signs.push(sign);
    worker.say(sign);
  });
  return { worker, words, endings, live, signs };
}
const lockOf = (signs: readonly Sign[]) => {
  const sign = signs.find(({ type }) => type === 'lifeline');
  return sign?.type === 'lifeline' ? sign.lock : expect.fail('no lifeline');
};

it('a worker that dies without a word is told gone at once, and no sign is taken for a word', () => {
  const { worker, words, endings, live, signs } = alive();
  expect(signs.map(({ type }) => type)).toEqual(['started', 'lifeline']);
  live.expectWord(1000);
  worker.say({ type: 'word' });
  expect([words, endings]).toEqual([[{ type: 'word' }], []]);
  locks.drop(lockOf(signs));
  expect(endings).toEqual(['gone']);
  expect(worker.terminated).toBe(true);
  worker.say({ type: 'word' });
  expect(words).toHaveLength(1);
});

it('each worker has a lifeline of its own', () => {
  const [one, other] = [alive(), alive()];
  locks.drop(lockOf(one.signs));
  expect([one.endings, other.endings]).toEqual([['gone'], []]);
});

it('a worker that is ended is no more waited for', async () => {
  const { endings, live, signs } = alive();
  expect(locks.waiting(lockOf(signs))).toBe(1);
  live.end();
  expect(locks.waiting(lockOf(signs))).toBe(0);
  locks.drop(lockOf(signs));
  // Else the request that was called back would be told as an error that nobody caught.
  await vi.advanceTimersByTimeAsync(0);
  expect(endings).toEqual([]);
});

it('without locks, as over http, a worker still says that it runs', () => {
  vi.stubGlobal('navigator', {});
  expect(alive().signs).toEqual([{ type: 'started' }]);
});

it('a worker whose script does not run within a minute has not started', () => {
  const endings: Ending[] = [];
  watchWorker(new StandInWorker<unknown, Word>() as unknown as Worker, {
    onEvent: () => {},
    onEnding: (ending) => endings.push(ending),
  });
  vi.advanceTimersByTime(59_000);
  expect(endings).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(endings).toEqual(['unstarted']);
});
