// The page's end of the import worker, with a stand-in for the worker: the test says what it answers.
import { describe, expect, it } from 'vitest';
import { createImportClient } from '../../src/worker/importClient.ts';
import type { ImportEvent, ImportJob, ImportRequest } from '../../src/worker/importProtocol.ts';

function setUp() {
  const workers: { target: EventTarget; sent: ImportRequest[]; ended: boolean }[] = [];
  const client = createImportClient(() => {
    const worker = { target: new EventTarget(), sent: [] as ImportRequest[], ended: false };
    workers.push(worker);
    return Object.assign(worker.target, {
      postMessage: (request: ImportRequest) => worker.sent.push(request),
      terminate: () => {
        worker.ended = true;
      },
    }) as unknown as Worker;
  });
  const answer = (event: ImportEvent) =>
    workers.at(-1)!.target.dispatchEvent(new MessageEvent('message', { data: event }));
  return { client, workers, answer };
}

const file = new File(['x'], 'a.pt');
const job: ImportJob = {
  files: { diffusion: file, vqgan: file, clip: file },
  name: 'A',
  license: 'unknown',
  weightType: 'fp16',
  heads: null,
  tokenizerUrl: 'https://example.org/models/toon/',
};
const inspection = { kind: 'vqgan', weights: 9, codebookSize: 40 } as const;

describe('the import client', () => {
  it('starts a worker for its tasks and ends it, with its memory, after the last one', async () => {
    const { client, workers, answer } = setUp();
    const both = [client.inspect(file), client.inspect(file)];
    expect(workers).toHaveLength(1);
    answer({ type: 'inspected', task: 1, inspection });
    expect(workers[0].ended).toBe(false);
    answer({ type: 'failed', task: 0, error: { code: 'checkpoint', message: 'No.' } });
    expect(workers[0].ended).toBe(true);
    await expect(both[0]).rejects.toMatchObject({ code: 'checkpoint', message: 'No.' });
    expect(await both[1]).toEqual(inspection);
    void client.inspect(file);
    expect(workers).toHaveLength(2);
  });

  it('passes progress on, and cancels by a message', async () => {
    const { client, workers, answer } = setUp();
    const seen: number[] = [];
    const controller = new AbortController();
    const converted = client.convert(job, ({ doneBytes }) => seen.push(doneBytes), controller.signal);
    answer({ type: 'progress', task: 0, progress: { stage: 'check', doneBytes: 5, totalBytes: 9 } });
    controller.abort();
    expect(workers[0].sent.map(({ type }) => type)).toEqual(['convert', 'cancel']);
    answer({ type: 'converted', task: 0, id: null });
    expect(await converted).toBeNull();
    expect(seen).toEqual([5]);
  });

  it('tells all who wait when the worker dies', async () => {
    const { client, workers } = setUp();
    const converted = client.convert(job, () => {}, new AbortController().signal);
    workers[0].target.dispatchEvent(new Event('error'));
    await expect(converted).rejects.toThrow(/out of memory: close other pages and convert again/);
    expect(workers[0].ended).toBe(true);
  });
});
