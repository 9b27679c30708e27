import { describe, expect, it } from 'vitest';
import { createEngineClient } from '../../src/worker/client.ts';
import type { Event as EngineEvent, Request } from '../../src/worker/protocol.ts';
import { microManifest, microSettings, onWasm, stepEvent } from '../support/page.ts';

/** Stands in for a browser's Worker: keeps what is posted, and says what the test tells it to. */
class StandInWorker extends EventTarget {
  readonly requests: Request[] = [];
  terminated = false;
  postMessage(request: Request) {
    this.requests.push(request);
  }
  terminate() {
    this.terminated = true;
  }
  say(data: EngineEvent) {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

function setUp() {
  const workers: StandInWorker[] = [];
  const client = createEngineClient(() => {
    const worker = new StandInWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  });
  return { client, workers };
}

const ready: EngineEvent = { type: 'ready', manifest: microManifest, device: onWasm };
const nothing = () => {};

async function opened() {
  const { client, workers } = setUp();
  const open = client.open('https://example.org/p/', 'auto', nothing);
  workers[0].say(ready);
  await open;
  return { client, workers, worker: workers[0] };
}

describe('opening', () => {
  it('passes progress on and ends with manifest and device', async () => {
    const { client, workers } = setUp();
    const seen: number[] = [];
    const open = client.open('https://example.org/p/', 'wasm', ({ loadedBytes }) => seen.push(loadedBytes));
    expect(workers[0].requests).toEqual([
      { type: 'open', packUrl: 'https://example.org/p/', provider: 'wasm' },
    ]);
    workers[0].say({ type: 'loading', progress: { stage: 'download', loadedBytes: 5, totalBytes: 9 } });
    workers[0].say(ready);
    expect(await open).toEqual({ manifest: microManifest, device: onWasm });
    expect(seen).toEqual([5]);
  });

  it('fails with the worker’s own sentence', async () => {
    const { client, workers } = setUp();
    const open = client.open('https://example.org/p/', 'auto', nothing);
    workers[0].say({ type: 'failed', run: null, error: { code: 'pack-missing', message: 'Nothing there.' } });
    await expect(open).rejects.toMatchObject({
      name: 'UserError',
      code: 'pack-missing',
      message: 'Nothing there.',
    });
  });

  it('again ends the worker before, whose last words count no more', async () => {
    const { client, workers } = setUp();
    const first = client.open('https://example.org/a/', 'auto', nothing);
    const second = client.open('https://example.org/b/', 'auto', nothing);
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(workers[0].terminated).toBe(true);
    workers[0].say({ type: 'failed', run: null, error: { code: 'network', message: 'Too late.' } });
    workers[1].say(ready);
    expect((await second).device).toBe(onWasm);
  });
});

describe('a run', () => {
  it('hears its own events until it is finished', async () => {
    const { client, worker } = await opened();
    const seen: string[] = [];
    const run = client.generate(microSettings, ({ type }) => seen.push(type), new AbortController().signal);
    const request = worker.requests[1];
    if (request.type !== 'generate') throw new Error(`asked for ${request.type}`);
    expect(request.settings).toEqual(microSettings);
    worker.say({ type: 'run', run: request.run, event: stepEvent(1, 10, 0, 4) });
    worker.say({ type: 'run', run: request.run + 7, event: stepEvent(2, 10, 0, 4) });
    worker.say({ type: 'finished', run: request.run, cancelled: false });
    expect(await run).toEqual({ cancelled: false });
    expect(seen).toEqual(['step']);
  });

  it('is cancelled by its signal, and the worker lives on', async () => {
    const { client, worker } = await opened();
    const stop = new AbortController();
    const run = client.generate(microSettings, nothing, stop.signal);
    stop.abort();
    expect(worker.requests.at(-1)).toEqual({ type: 'cancel', run: 0 });
    worker.say({ type: 'finished', run: 0, cancelled: true });
    expect(await run).toEqual({ cancelled: true });
    expect(worker.terminated).toBe(false);
  });

  it('fails in one sentence when the worker dies, and the next opening starts another', async () => {
    const { client, worker, workers } = await opened();
    const run = client.generate(microSettings, nothing, new AbortController().signal);
    worker.dispatchEvent(new Event('error'));
    await expect(run).rejects.toMatchObject({ code: 'internal', message: /open the model again/ });
    await expect(client.generate(microSettings, nothing, new AbortController().signal)).rejects.toMatchObject(
      {
        message: /No model is open/,
      },
    );
    const open = client.open('https://example.org/p/', 'auto', nothing);
    workers[1].say(ready);
    expect((await open).manifest).toBe(microManifest);
  });
});
