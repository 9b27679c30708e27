// The page's end of the import worker, with a stand-in for the worker: the test says what it answers.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { createImportClient, type ImportClient } from '../../src/worker/importClient.ts';
import type { ImportEvent, ImportJob, ImportRequest } from '../../src/worker/importProtocol.ts';
import { StandInWorker } from '../support/standInWorker.ts';

function setUp() {
  const workers: StandInWorker<ImportRequest, ImportEvent>[] = [];
  const client = createImportClient(
    () => {
      const worker = new StandInWorker<ImportRequest, ImportEvent>();
      workers.push(worker);
      return worker as unknown as Worker;
    },
    async () => new UserError('network', 'You are offline.'),
  );
  const answer = (event: ImportEvent) => workers.at(-1)!.say(event);
  return { client, workers, answer };
}

const never = new AbortController().signal;
const file = new File(['x'], 'a.pt');
const job: ImportJob = {
  files: { diffusion: file, vqgan: file, clip: file },
  name: 'A',
  license: 'unknown',
  weightType: 'fp16',
  heads: null,
  clipActivation: null,
  weights: 'averages',
  tokenizerUrl: 'https://example.org/models/portraits/',
};
const inspection = { kind: 'vqgan', weights: 9, codebookSize: 40 } as const;

/** Promises are passed on. */
const turn = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const wait = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

describe('looking at files', () => {
  it('takes one after the other, each in a worker whose memory goes with it', async () => {
    const { client, workers, answer } = setUp();
    const both = [client.inspect(file, never), client.inspect(file, never)];
    const first = expect(both[0]).rejects.toMatchObject({ code: 'checkpoint', message: 'No.' });
    await turn();
    expect(workers).toHaveLength(1);
    answer({ type: 'failed', task: 0, error: { code: 'checkpoint', message: 'No.' } });
    await first;
    expect(workers[0].terminated).toBe(true);
    await turn();
    answer({ type: 'inspected', task: 1, inspection });
    expect(await both[1]).toEqual(inspection);
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, true]);
  });

  it('can be stopped, though the file keeps the worker from hearing anything', async () => {
    const { client, workers, answer } = setUp();
    const stop = new AbortController();
    const stopped = client.inspect(file, stop.signal);
    const next = client.inspect(file, never);
    await turn();
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(workers[0].terminated).toBe(true);
    await turn();
    answer({ type: 'inspected', task: 1, inspection });
    expect(await next).toEqual(inspection);
  });

  it('has a limit, even for a worker that still answers', async () => {
    const { client, workers, answer } = setUp();
    const late = expect(client.inspect(file, never)).rejects.toThrow(/not recognised within 60 seconds/);
    await turn();
    answer({ type: 'started' });
    for (let second = 0; second < 59; second++) {
      await wait(1);
      answer({ type: 'alive' });
    }
    expect(workers[0].terminated).toBe(false);
    await wait(2);
    await late;
    expect(workers[0].terminated).toBe(true);
  });
});

describe('a conversion', () => {
  it('passes progress on, and cancels by a message', async () => {
    const { client, workers, answer } = setUp();
    const seen: number[] = [];
    const controller = new AbortController();
    const converted = client.convert(job, ({ doneBytes }) => seen.push(doneBytes), controller.signal);
    answer({ type: 'progress', task: 0, progress: { stage: 'check', doneBytes: 5, totalBytes: 9 } });
    controller.abort();
    expect(workers[0].requests.map(({ type }) => type)).toEqual(['convert', 'cancel']);
    answer({ type: 'converted', task: 0, id: null });
    expect(await converted).toBeNull();
    expect(seen).toEqual([5]);
  });

  it('that does not hear of its cancelling is ended', async () => {
    const { client, workers } = setUp();
    const controller = new AbortController();
    const converted = client.convert(job, () => {}, controller.signal);
    controller.abort();
    await wait(4);
    expect(await converted).toBeNull();
    expect(workers[0].terminated).toBe(true);
  });

  it('that dies or hangs says so', async () => {
    for (const [die, message] of [
      [(worker: EventTarget) => worker.dispatchEvent(new Event('error')), /lack of memory: close other tabs/],
      [() => vi.advanceTimersByTime(130_000), /stopped answering/],
    ] as const) {
      const { client, workers, answer } = setUp();
      const converted = client.convert(job, () => {}, never);
      answer({ type: 'started' });
      die(workers[0]);
      await expect(converted).rejects.toThrow(message);
      expect(workers[0].terminated).toBe(true);
    }
  });

  it('is not the only thing that breaks off: a look at a file and a check say what they were', async () => {
    for (const [ask, message] of [
      [(client: ImportClient) => client.inspect(file, never), /^Reading this file broke off/],
      [(client: ImportClient) => client.verify('own:a', () => {}, never), /^Checking the model broke off/],
    ] as const) {
      const { client, workers, answer } = setUp();
      const asked = expect(ask(client)).rejects.toThrow(message);
      await turn();
      answer({ type: 'started' });
      workers[0].dispatchEvent(new Event('error'));
      await asked;
    }
  });

  it('whose worker does not come up is tried once more, and then told why', async () => {
    const { client, workers } = setUp();
    const converted = client.convert(job, () => {}, never);
    workers[0].dispatchEvent(new Event('error'));
    workers[1].dispatchEvent(new Event('error'));
    await expect(converted).rejects.toThrow('You are offline.');
    expect(workers).toHaveLength(2);
  });
});
