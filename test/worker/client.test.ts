import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { StepLook } from '../../src/events.ts';
import type { Condition, ImageTokens } from '../../src/types.ts';
import { createEngineClient } from '../../src/worker/client.ts';
import { openingPatience, runPatience } from '../../src/worker/patience.ts';
import type { Event as EngineEvent, Request } from '../../src/worker/protocol.ts';
import { grey, microManifest, microRecipes, onWasm, stepEvent } from '../support/page.ts';
import { StandInWorker } from '../support/standInWorker.ts';

function setUp() {
  const workers: StandInWorker<Request, EngineEvent>[] = [];
  const starts: boolean[] = [];
  const client = createEngineClient(
    () => {},
    (again) => {
      starts.push(again);
      const worker = new StandInWorker<Request, EngineEvent>();
      workers.push(worker);
      return worker as unknown as Worker;
    },
    async () => new UserError('runtime', 'The server sends host.js with a wrong type.'),
  );
  return { client, workers, starts };
}

// What a test leaves waiting would otherwise be given up half a minute later, in the middle of another one.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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
      { type: 'open', packUrl: 'https://example.org/p/', provider: 'wasm', oneThread: false },
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
    const run = client.generate(microRecipes, ({ type }) => seen.push(type), new AbortController().signal);
    const request = worker.requests[1];
    if (request.type !== 'generate') throw new Error(`asked for ${request.type}`);
    expect(request.recipes).toEqual(microRecipes);
    worker.say({ type: 'run', run: request.run, event: stepEvent(1, 10, 0, 4) });
    worker.say({ type: 'run', run: request.run + 7, event: stepEvent(2, 10, 0, 4) });
    worker.say({ type: 'finished', run: request.run, cancelled: false });
    expect(await run).toEqual({ cancelled: false });
    expect(seen).toEqual(['step']);
  });

  it('of an engine that was lost goes on in another, with fewer at once', async () => {
    const { client, workers } = await opened();
    const open = client.open('https://example.org/p/', 'auto', nothing, 2);
    expect(workers[1].requests[0]).toMatchObject({ type: 'open', most: 2 });
    workers[1].say(ready);
    await open;
    const begun = [{ step: 3, tokens: Int32Array.of(0, 1, 2, 3) as ImageTokens }, null];
    void client.generate(microRecipes.slice(0, 2), nothing, new AbortController().signal, begun);
    expect(workers[1].requests[1]).toMatchObject({ type: 'generate', begun });
  });

  it('that was cancelled before it began asks for nothing', async () => {
    const { client, worker } = await opened();
    expect(await client.generate(microRecipes, nothing, AbortSignal.abort())).toEqual({ cancelled: true });
    expect(worker.requests).toHaveLength(1);
  });

  it('is cancelled by its signal, and the worker lives on', async () => {
    const { client, worker } = await opened();
    const stop = new AbortController();
    const run = client.generate(microRecipes, nothing, stop.signal);
    stop.abort();
    expect(worker.requests.at(-1)).toEqual({ type: 'cancel', run: 0 });
    worker.say({ type: 'finished', run: 0, cancelled: true });
    expect(await run).toEqual({ cancelled: true });
    expect(worker.terminated).toBe(false);
  });
});

describe('an embedding', () => {
  const tokens = Int32Array.of(0, 1, 2, 3) as ImageTokens;
  const embedding = Float32Array.of(1, 0, 0, 0) as Condition;

  it('is asked for beside a run, and each gets its own answer', async () => {
    const { client, worker } = await opened();
    const run = client.generate(microRecipes, nothing, new AbortController().signal);
    const [good, bad] = [client.embed(tokens), client.embed(tokens)];
    expect(worker.requests.slice(2)).toEqual([
      { type: 'embed', run: 1, tokens },
      { type: 'embed', run: 2, tokens },
    ]);
    worker.say({ type: 'embedded', run: 1, embedding });
    worker.say({ type: 'failed', run: 2, error: { code: 'device', message: 'No memory.' } });
    worker.say({ type: 'finished', run: 0, cancelled: false });
    expect(await good).toBe(embedding);
    await expect(bad).rejects.toMatchObject({ code: 'device', message: 'No memory.' });
    expect(await run).toEqual({ cancelled: false });
  });

  it('ends with its worker, whether that is lost, silent or replaced', async () => {
    for (const [end, reason] of [
      [(worker: StandInWorker<Request, EngineEvent>) => worker.dispatchEvent(new Event('error')), 'lost'],
      [() => vi.advanceTimersByTime(40_000), 'lost'],
    ] as const) {
      const { client, worker } = await opened();
      const asked = client.embed(tokens);
      end(worker);
      await expect(asked).rejects.toMatchObject({ code: reason });
      await expect(client.embed(tokens)).rejects.toMatchObject({ code: 'lost' });
    }
    const { client, workers } = await opened();
    const asked = client.embed(tokens);
    void client.open('https://example.org/q/', 'auto', nothing);
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    // Nor is there one while another opens.
    await expect(client.embed(tokens)).rejects.toMatchObject({ code: 'lost' });
    expect(workers[1].requests).toHaveLength(1);
  });
});

describe('a picture that is taken up', () => {
  it('is answered beside others, and has the time that opening the encoder takes', async () => {
    const { client, worker } = await opened();
    const image = grey(7);
    const [good, bad] = [client.encode(image), client.encode(image)];
    expect(worker.requests.slice(1)).toEqual([
      { type: 'encode', run: 0, image },
      { type: 'encode', run: 1, image },
    ]);
    // The encoder has 1 MB.
    const patience = openingPatience(1e6) + runPatience(microManifest, onWasm, 1);
    vi.advanceTimersByTime(1000 * (patience - 1));
    const picture = { tokens: Int32Array.of(0, 1, 2, 3) as ImageTokens, image: grey(8) };
    worker.say({ type: 'taken up', run: 0, picture });
    expect(await good).toBe(picture);
    vi.advanceTimersByTime(1000 * (patience + 10));
    await expect(bad).rejects.toMatchObject({ code: 'lost' });
    expect(worker.terminated).toBe(true);
  });
});

describe('a drawing of tokens', () => {
  it('is asked for, and gets its own answer', async () => {
    const { client, worker } = await opened();
    const tokens = Int32Array.of(0, 1, 2, 3) as ImageTokens;
    const [good, bad] = [client.draw(tokens), client.draw(tokens)];
    expect(worker.requests.slice(1)).toEqual([
      { type: 'draw', run: 0, tokens },
      { type: 'draw', run: 1, tokens },
    ]);
    const image = grey(4);
    worker.say({ type: 'failed', run: 1, error: { code: 'internal', message: 'No.' } });
    worker.say({ type: 'drawn', run: 0, image });
    expect(await good).toBe(image);
    await expect(bad).rejects.toMatchObject({ message: 'No.' });
  });
});

describe('a look at a step', () => {
  const tokens = Int32Array.of(0, 1, 2, 3) as ImageTokens;
  const step = { recipe: microRecipes[0], step: 2, before: tokens, after: tokens };
  const look: StepLook = { image: null, confidence: Float32Array.of(1, 0.5, 0.25, 0.125) };

  it('is asked for as it is wished, and each gets its own answer', async () => {
    const { client, worker } = await opened();
    const [figures, drawn] = [client.look(step, false), client.look(step, true, 5)];
    expect(worker.requests.slice(1)).toEqual([
      { type: 'look', run: 0, step, draw: false, likeliest: 0 },
      { type: 'look', run: 1, step, draw: true, likeliest: 5 },
    ]);
    worker.say({ type: 'failed', run: 1, error: { code: 'recipe', message: 'Not this one.' } });
    worker.say({ type: 'looked', run: 0, look });
    expect(await figures).toBe(look);
    await expect(drawn).rejects.toMatchObject({ code: 'recipe', message: 'Not this one.' });
  });

  it('ends with its worker, and a silent one is waited for no longer than for a picture', async () => {
    const { client, worker } = await opened();
    const asked = client.look(step, true);
    vi.advanceTimersByTime(40_000);
    expect(worker.terminated).toBe(true);
    await expect(asked).rejects.toMatchObject({ code: 'lost' });
    const { client: other } = await opened();
    const replaced = other.look(step, true);
    void other.open('https://example.org/q/', 'auto', nothing);
    await expect(replaced).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a question about a picture', () => {
  const tokens = Int32Array.of(0, 1, 2, 3) as ImageTokens;
  const question = { kind: 'weigh', tokens, texts: ['a hat'] } as const;

  it('is answered, or called back at once; its worker is told, and an answer that comes late is no matter', async () => {
    const { client, worker } = await opened();
    const controller = new AbortController();
    const kept = client.study(question, new AbortController().signal);
    const left = client.study(question, controller.signal);
    controller.abort();
    await expect(left).rejects.toMatchObject({ name: 'AbortError' });
    expect(worker.requests.slice(1)).toEqual([
      { type: 'study', run: 0, question },
      { type: 'study', run: 1, question },
      { type: 'cancel', run: 1 },
    ]);
    const values = Float32Array.of(0.25, 0.5);
    worker.say({ type: 'studied', run: 1, values });
    worker.say({ type: 'studied', run: 0, values });
    expect(await kept).toBe(values);
    await expect(client.study(question, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(worker.requests).toHaveLength(4);
  });
});

describe('a worker that does not come up', () => {
  it('is started once more, with one thread and past what the browser kept', async () => {
    const { client, workers, starts } = setUp();
    const open = client.open('https://example.org/p/', 'auto', nothing);
    workers[0].dispatchEvent(new Event('error'));
    expect(starts).toEqual([false, true]);
    expect(workers[1].requests[0]).toMatchObject({ type: 'open', provider: 'auto', oneThread: true });
    workers[1].say(ready);
    expect((await open).device).toBe(onWasm);
  });

  it('twice fails with the reason that the server gives away', async () => {
    const { client, workers, starts } = setUp();
    const open = client.open('https://example.org/p/', 'auto', nothing);
    workers[0].dispatchEvent(new Event('error'));
    workers[1].dispatchEvent(new Event('error'));
    await expect(open).rejects.toMatchObject({ code: 'runtime', message: /host\.js with a wrong type/ });
    expect(starts).toHaveLength(2);
    expect(workers.every(({ terminated }) => terminated)).toBe(true);
  });

  it.each<[string, (worker: StandInWorker<Request, EngineEvent>) => void]>([
    [
      'says that its threads do not start',
      (worker) => worker.say({ type: 'failed', run: null, error: { code: 'threads', message: 'None.' } }),
    ],
    ['breaks off over them', (worker) => worker.dispatchEvent(new Event('error'))],
  ])('or %s gets one thread', async (_, fail) => {
    const { client, workers } = setUp();
    const open = client.open('https://example.org/p/', 'wasm', nothing);
    workers[0].say({ type: 'started' });
    fail(workers[0]);
    expect(workers[0].terminated).toBe(true);
    expect(workers[1].requests[0]).toMatchObject({ oneThread: true });
    workers[1].say(ready);
    await open;
  });
});

describe('a worker that is lost', () => {
  const wait = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

  it('in a run says so, and the next opening starts another', async () => {
    const { client, worker, workers } = await opened();
    const run = client.generate(microRecipes, nothing, new AbortController().signal);
    worker.dispatchEvent(new Event('error'));
    await expect(run).rejects.toMatchObject({
      code: 'lost',
      message: /^The engine stopped, perhaps for lack/,
    });
    const again = client.generate(microRecipes, nothing, new AbortController().signal);
    await expect(again).rejects.toMatchObject({ code: 'lost' });
    const open = client.open('https://example.org/p/', 'auto', nothing);
    workers[1].say(ready);
    expect((await open).manifest).toBe(microManifest);
  });

  it('in silence is ended after some time, whether the run was cancelled or not', async () => {
    const { client, worker } = await opened();
    const stop = new AbortController();
    const run = client.generate(microRecipes, nothing, stop.signal);
    wait(20);
    stop.abort();
    expect(worker.terminated).toBe(false);
    wait(20);
    expect(worker.terminated).toBe(true);
    await expect(run).rejects.toMatchObject({ code: 'lost', message: /^The engine stopped answering/ });
  });

  it('is not one that answers, however long a run takes', async () => {
    const { client, worker } = await opened();
    void client.generate(microRecipes, nothing, new AbortController().signal);
    for (let minute = 0; minute < 10; minute++) {
      wait(29);
      expect(worker.requests.at(-1)).toEqual({ type: 'ping' });
      worker.say({ type: 'alive' });
    }
    expect(worker.terminated).toBe(false);
  });

  it('is not one that has nothing to do, or has done it', async () => {
    const { client, worker } = await opened();
    wait(3600);
    void client.generate(microRecipes, nothing, new AbortController().signal);
    worker.say({ type: 'finished', run: 0, cancelled: false });
    wait(3600);
    expect(worker.terminated).toBe(false);
    expect(worker.requests.some(({ type }) => type === 'ping')).toBe(false);
  });

  it('while it opens a model says that', async () => {
    const { client, workers } = setUp();
    const open = client.open('https://example.org/p/', 'auto', nothing);
    workers[0].say({ type: 'started' });
    workers[0].say({
      type: 'loading',
      progress: { stage: 'prepare', loadedBytes: 22e6, totalBytes: 22e6 },
    });
    wait(45);
    expect(workers[0].terminated).toBe(false);
    wait(45);
    await expect(open).rejects.toMatchObject({ code: 'lost', message: /while it opened the model/ });
    expect(workers).toHaveLength(1);
  });

  it('is waited for by the work there is: a large model on a slow device is silent for minutes', async () => {
    const authors = {
      ...microManifest,
      image: { width: 256, height: 256 },
      grid: { rows: 16, columns: 16 },
      graphs: { ...microManifest.graphs, denoiser: { q4: { file: 'd.onnx', bytes: 3e8, sha256: '' } } },
    };
    const seconds = (pictures: number) => runPatience(authors, { batch: 64 }, pictures);
    expect(seconds(1)).toBeGreaterThan(120);
    expect(seconds(4) - seconds(1)).toBeGreaterThan(300);
    expect(runPatience(microManifest, { batch: 64 }, 4)).toBeLessThan(32);
  });
});
