// The worker's end of the wire with a real engine in it: the micro pack, and Node's runtime in place of the browser's.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { candidates } from '../../src/recipe/plan.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import type { ImageTokens } from '../../src/types.ts';
import type { Event, Request } from '../../src/worker/protocol.ts';
import { convertMicroPack, packInMemory } from '../support/microPack.ts';
import { plain } from '../support/recipes.ts';

/** What the worker is given as a runtime; a test may put another in its place. */
const runtime = vi.hoisted(() => ({ open: async (): Promise<unknown> => null }));
vi.mock('../../src/engine/runtime.ts', () => ({ openRuntime: () => runtime.open() }));

const packUrl = 'https://example.org/micro/';
/** Of whatever weights the micro model has here. */
const recipe: Recipe = { ...plain, model: { id: 'micro', fingerprint: null }, steps: 4 };

const said: Event[] = [];
const scope = {
  onmessage: (_: MessageEvent<Request>) => {},
  postMessage: (event: Event) => said.push(event),
};

beforeAll(async () => {
  const pack = packInMemory(await convertMicroPack());
  vi.stubGlobal('fetch', (url: string) => pack(url.slice(packUrl.length)));
  vi.stubGlobal('self', scope);
  // Node 20 has none.
  vi.stubGlobal('navigator', { userAgent: 'Node' });
  // Not import(): its types are a worker's.
  await vi.importActual('../../src/worker/host.ts');
});
afterAll(() => vi.unstubAllGlobals());
beforeEach(() => {
  said.length = 0;
  runtime.open = () => openNodeRuntime(1);
});

const ask = (request: object) => scope.onmessage({ data: request } as MessageEvent<Request>);
const open = (address = packUrl) =>
  ask({ type: 'open', packUrl: address, provider: 'wasm', oneThread: true });
const start = (run: number, change: Partial<Recipe> = {}, count = 2) =>
  ask({ type: 'generate', run, recipes: candidates({ ...recipe, ...change }, count) });

/** The worker's first word of that kind since the test began. */
function heard<Type extends Event['type']>(
  type: Type,
  which: (event: Extract<Event, { type: Type }>) => boolean = () => true,
): Promise<Extract<Event, { type: Type }>> {
  const wanted = (event: Event): event is Extract<Event, { type: Type }> =>
    event.type === type && which(event as Extract<Event, { type: Type }>);
  return vi.waitFor(() => said.find(wanted) ?? expect.fail(`no ${type}: ${JSON.stringify(said.at(-1))}`), {
    timeout: 100_000,
    interval: 1,
  });
}

/** Types of what was said of a run, in order. */
const typesOf = (run: number) =>
  said.flatMap((event) =>
    event.type === 'run' && event.run === run
      ? [event.event.type]
      : (event.type === 'finished' || event.type === 'failed') && event.run === run
        ? [event.type]
        : [],
  );

describe('before a model is open', () => {
  it('a run fails in one sentence', async () => {
    start(1);
    expect(await heard('failed')).toMatchObject({
      run: 1,
      error: { code: 'settings', message: 'No model is open yet: wait until it is loaded.' },
    });
  });
});

describe('with a model', () => {
  it('a run asked for while it is loaded is served when it is, under its own number', async () => {
    open();
    start(7, { steps: 1 });
    expect(await heard('finished')).toEqual({ type: 'finished', run: 7, cancelled: false });
    const order = said.map(({ type }) => type);
    expect(order.indexOf('loading')).toBeLessThan(order.indexOf('ready'));
    expect(order.indexOf('ready')).toBeLessThan(order.indexOf('run'));
    expect(await heard('ready')).toMatchObject({ manifest: { id: 'micro' }, device: { provider: 'wasm' } });
    expect(typesOf(7)).toEqual(['encoded', 'step', 'image', 'image', 'finished']);
  });

  it('a cancel ends the run within a step, is no failure, and the next run goes on at once', async () => {
    start(1, { steps: 100 });
    await heard('run', ({ event }) => event.type === 'step');
    ask({ type: 'cancel', run: 1 });
    start(2, { steps: 1 }, 1);
    expect(await heard('finished', ({ run }) => run === 1)).toMatchObject({ cancelled: true });
    expect(typesOf(1).filter((type) => type === 'step').length).toBeLessThan(10);
    expect(await heard('finished', ({ run }) => run === 2)).toMatchObject({ cancelled: false });
    expect(said.some(({ type }) => type === 'failed')).toBe(false);
  });

  it('a run goes on where another engine left it, and as many go at once as are asked for', async () => {
    start(1, { steps: 4 }, 2);
    await heard('finished');
    const stepsOf = (run: number) =>
      said.flatMap((event) =>
        event.type === 'run' && event.run === run && event.event.type === 'step'
          ? [event.event.progress]
          : [],
      );
    const images = (run: number) =>
      said.flatMap((event) =>
        event.type === 'run' && event.run === run && event.event.type === 'image'
          ? [String(event.event.image.data)]
          : [],
      );
    const [, { tokens }] = stepsOf(1);
    ask({ type: 'open', packUrl, provider: 'wasm', oneThread: true, most: 1 });
    const begun = [0, 1].map((row) => ({ step: 2, tokens: tokens.slice(36 * row, 36 * (row + 1)) }));
    ask({ type: 'generate', run: 2, recipes: candidates({ ...recipe, steps: 4 }, 2), begun });
    await heard('finished', ({ run }) => run === 2);
    expect(stepsOf(2).map(({ step, indices }) => [step, ...indices])).toEqual([
      [3, 0],
      [4, 0],
      [3, 1],
      [4, 1],
    ]);
    expect(images(2)).toEqual(images(1));
  });

  it('a run that is cancelled while it waits never begins, and one that is over cannot be', async () => {
    start(1, { steps: 2 });
    start(2, { steps: 2 });
    ask({ type: 'cancel', run: 2 });
    expect(await heard('finished', ({ run }) => run === 2)).toMatchObject({ cancelled: true });
    expect(typesOf(1)).toContain('image');
    expect(typesOf(2)).toEqual(['finished']);
    expect(() => ask({ type: 'cancel', run: 1 })).not.toThrow();
  });

  it('a picture is embedded for the recipes of others like it; what is none says so', async () => {
    const own = { ...recipe, steps: 1 };
    start(1, own, 1);
    const step = await heard('run', ({ event }) => event.type === 'step');
    if (step.event.type !== 'step') throw new Error('no step');
    const { tokens } = step.event.progress;
    ask({ type: 'embed', run: 2, tokens });
    const { embedding } = await heard('embedded');
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    start(3, { ...own, condition: embeddingCondition(embedding), seed: 7 }, 1);
    ask({ type: 'embed', run: 4, tokens: new Int32Array(3) });
    expect(await heard('finished', ({ run }) => run === 3)).toMatchObject({ cancelled: false });
    expect(await heard('failed')).toMatchObject({ run: 4 });
  });

  it('a picture is taken up as tokens, and shown as they show it; one of another size says so', async () => {
    const data = Uint8ClampedArray.from({ length: 4 * 144 }, (_, i) => (i % 4 === 3 ? 255 : (37 * i) % 256));
    ask({ type: 'encode', run: 1, image: { width: 12, height: 12, data } });
    const { picture } = await heard('taken up');
    expect(picture.tokens).toHaveLength(36);
    expect(picture.image).toMatchObject({ width: 12, height: 12 });
    expect(picture.image.data).toHaveLength(4 * 144);
    ask({ type: 'encode', run: 2, image: { width: 4, height: 4, data: new Uint8ClampedArray(64) } });
    expect(await heard('failed')).toMatchObject({
      run: 2,
      error: { code: 'settings', message: expect.stringContaining('has 4 x 4 pixels') },
    });
  });

  it('what is asked about a picture is answered; a question that is called back says nothing', async () => {
    const tokens = new Int32Array(36);
    const texts = ['a hat', 'red hair'];
    ask({ type: 'study', run: 1, question: { kind: 'weigh', tokens, texts } });
    ask({ type: 'study', run: 2, question: { kind: 'weigh', tokens, texts } });
    ask({ type: 'cancel', run: 1 });
    ask({ type: 'study', run: 3, question: { kind: 'locate', tokens, asked: 'a hat', other: 'red hair' } });
    ask({ type: 'study', run: 4, question: { kind: 'weigh', tokens: new Int32Array(3), texts } });
    expect((await heard('studied', ({ run }) => run === 2)).values).toHaveLength(2);
    expect((await heard('studied', ({ run }) => run === 3)).values).toHaveLength(36);
    expect(await heard('failed')).toMatchObject({ run: 4, error: { code: 'settings' } });
    expect(said.some((event) => 'run' in event && event.run === 1)).toBe(false);
  });

  it('a step is looked at again when the run before it has ended; one that never was says so', async () => {
    const own = { ...recipe, steps: 2 };
    start(1, own, 1);
    const second = await heard('run', ({ event }) => event.type === 'step' && event.progress.step === 2);
    const [first] = said.flatMap((event) =>
      event.type === 'run' && event.event.type === 'step' ? event.event.progress.tokens : [],
    );
    if (second.event.type !== 'step') throw new Error('no step');
    const step = { recipe: own, step: 2, before: first, after: second.event.progress.tokens };
    await heard('finished');
    said.length = 0;
    start(2, { ...own, steps: 20 }, 1);
    ask({ type: 'look', run: 3, step, draw: true, likeliest: 3 });
    ask({ type: 'look', run: 4, step, draw: false, likeliest: 0 });
    ask({ type: 'look', run: 5, step: { ...step, step: 3 }, draw: true, likeliest: 0 });
    const { look } = await heard('looked', ({ run }) => run === 3);
    expect(look.image?.data.length).toBe(4 * 12 * 12);
    expect(look.confidence).toHaveLength(36);
    const { likeliest, ...figures } = look;
    expect(likeliest?.codes).toHaveLength(3 * 36);
    expect((await heard('looked', ({ run }) => run === 4)).look).toEqual({ ...figures, image: null });
    expect(await heard('failed')).toMatchObject({ run: 5, error: { code: 'recipe' } });
    const order = said.map(({ type }) => type);
    expect(order.indexOf('finished')).toBeLessThan(order.indexOf('looked'));
  });

  it('tokens are drawn; those that are no codes say so', async () => {
    const tokens = new Int32Array(36).fill(3) as ImageTokens;
    ask({ type: 'draw', run: 1, tokens });
    const { image } = await heard('drawn');
    expect(image).toMatchObject({ width: 12, height: 12 });
    expect(new Set(image.data).size).toBeGreaterThan(1);
    ask({ type: 'draw', run: 2, tokens: new Int32Array(3) as ImageTokens });
    expect(await heard('failed')).toMatchObject({ run: 2 });
  });

  it('a run that fails says why, and the next one is served', async () => {
    start(1, { steps: 0 });
    start(2, { steps: 1 }, 1);
    expect(await heard('failed')).toMatchObject({
      run: 1,
      error: { code: 'recipe', message: expect.stringContaining('steps should be a whole number') },
    });
    expect(await heard('finished')).toEqual({ type: 'finished', run: 2, cancelled: false });
  });

  it('another opening lets the first model go, whether it works out or not', async () => {
    open('https://example.org/nowhere/');
    start(3);
    expect(await heard('failed', ({ run }) => run === null)).toMatchObject({
      error: { code: 'pack-missing', message: expect.stringContaining('pack.json is not there') },
    });
    expect(await heard('failed', ({ run }) => run === 3)).toMatchObject({
      error: { message: expect.stringContaining('No model is open') },
    });
  });

  it('a fault that is no one’s sentence is told as it is', async () => {
    runtime.open = async () => {
      throw new TypeError('no such thing');
    };
    open();
    expect(await heard('failed')).toEqual({
      type: 'failed',
      run: null,
      error: { code: 'internal', message: 'no such thing' },
    });
  });

  it('every session of a model is released when another is opened', async () => {
    let live = 0;
    runtime.open = async () => {
      const { ort, ...rest } = await openNodeRuntime(1);
      const create = async (...given: Parameters<typeof ort.InferenceSession.create>) => {
        const session = await ort.InferenceSession.create(...given);
        const { release } = session;
        live++;
        session.release = () => {
          live--;
          return release.call(session);
        };
        return session;
      };
      return { ...rest, ort: { ...ort, InferenceSession: { create } } };
    };
    for (let opening = 0; opening < 2; opening++) {
      said.length = 0;
      open();
      await heard('ready');
      expect(live).toBe(5);
    }
  });
});
