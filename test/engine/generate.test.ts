// The recipe as a whole, with the micro pack's real graphs: what a run says, from the prompt to the pictures, against the
// same steps taken one by one; and how it ends before its end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { allMasked, denoise } from '../../src/diffusion/denoise.ts';
import { seededNoise } from '../../src/diffusion/random.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { planJumps } from '../../src/diffusion/timesteps.ts';
import type { Chain, ChainStep } from '../../src/engine/chain.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { toRgba } from '../../src/engine/rgba.ts';
import type { RunEvent } from '../../src/events.ts';
import type { GenerateSettings, ImageTokens, RgbaImage } from '../../src/types.ts';
import { convertMicroPack, packInMemory } from '../support/microPack.ts';
import { microSettings } from '../support/page.ts';

let micro: Engine;
beforeAll(async () => {
  const opened = await openEngine({
    fetchFile: packInMemory(await convertMicroPack()),
    provider: 'wasm',
    openRuntime: () => openNodeRuntime(1),
    onProgress: () => {},
  });
  const { manifest, device } = opened;
  // Two candidates at once, so that three are two batches; and a prefix, which this pack has none of.
  micro = {
    ...opened,
    device: { ...device, batch: 2 },
    manifest: { ...manifest, defaults: { ...manifest.defaults, promptPrefix: 'a photograph of ' } },
  };
});
afterAll(() => micro?.dispose());

const settings: GenerateSettings = {
  ...microSettings,
  prompt: 'a woman with a hat',
  steps: 4,
  candidates: 3,
};

type Picture = Extract<RunEvent, { type: 'image' }>;
const isPicture = (event: RunEvent): event is Picture => event.type === 'image';

function run(
  engine: Engine,
  change: Partial<GenerateSettings> = {},
  signal: AbortSignal = new AbortController().signal,
) {
  return generate(engine, { ...settings, ...change }, signal);
}

async function eventsOf(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** All that a run of one batch should come to but the words about the prompt, by hand. */
async function byHand(given: GenerateSettings, text: string, first: number, seeds: readonly number[]) {
  const { manifest, denoiser, encodeText, encodeImage, decode, tokenize } = micro;
  const { timesteps, codebookSize, image } = manifest;
  const { sampler, steps, guidance, truncation } = given;
  const schedule = createSchedule(timesteps, codebookSize, manifest.schedule);
  const jumps = planJumps(sampler, timesteps, steps);
  const condition = await encodeText(tokenize(text).ids);
  const predict = await denoiser.condition(
    seeds.map(() => condition),
    guidance,
  );
  const noise = seeds.map(seededNoise);
  const start = allMasked(schedule, seeds.length, 36);
  const decoded = async (tokens: ImageTokens) =>
    Promise.all(seeds.map((_, i) => decode(tokens.slice(36 * i, 36 * (i + 1)) as ImageTokens)));
  const made: RunEvent[] = [];
  for await (const done of denoise({ schedule, jumps, guidance, truncation, noise, start, predict })) {
    const { step, timestep } = done;
    const tokens = done.tokens.slice() as ImageTokens;
    const progress = { step, steps: jumps.length, timestep, first, count: seeds.length, tokens };
    made.push({ type: 'step', progress });
    // The first preview is due at once, and the others when there was time: they are held elsewhere.
    if (step === 1 && jumps.length > 1) {
      const frames = (await decoded(done.guess)).map((pixels) => toRgba(pixels, image));
      made.push({ type: 'preview', first, frames });
    }
    if (step < jumps.length) continue;
    for (const [i, pixels] of (await decoded(done.guess)).entries()) {
      const embedding = await encodeImage(pixels);
      // Both have length 1.
      const score = embedding.reduce((sum, value, d) => sum + value * condition[d], 0);
      made.push({
        type: 'image',
        candidate: first + i,
        seed: seeds[i],
        image: toRgba(pixels, image),
        score: expect.closeTo(score, 6),
      });
    }
  }
  return made;
}

describe('a run', () => {
  it.each<Partial<GenerateSettings>>([
    {},
    { guidance: 1, truncation: { kind: 'none' }, sampler: 'authors-fast', steps: 3 },
    { guidance: 3, truncation: { kind: 'topK', k: 5 }, steps: 5, seed: 7 },
  ])('of three candidates, two at once, is the recipe step by step: %o', async (change) => {
    const given = { ...settings, ...change };
    const text = 'a photograph of a woman with a hat';
    const all = await eventsOf(run(micro, change));
    // Previews after the first depend on the clock.
    let step = 0;
    const found = all.filter((event) => {
      if (event.type === 'step') step = event.progress.step;
      return event.type !== 'preview' || step === 1;
    });
    expect(found).toEqual([
      { type: 'encoded', tokenCount: 10, tokenLimit: 77, truncated: false, read: expect.any(Number) },
      ...(await byHand(given, text, 0, [given.seed, given.seed + 1])),
      ...(await byHand(given, text, 2, [given.seed + 2])),
    ]);
    const pictures = all.filter(isPicture);
    expect(new Set(pictures.map(({ image }) => String(image.data))).size).toBe(3);
    expect(new Set(pictures.map(({ score }) => score)).size).toBe(3);
  });

  it('makes any candidate again alone, and the seeds go on at 0 behind the last', async () => {
    const seed = 2 ** 32 - 2;
    const pictures = (await eventsOf(run(micro, { seed }))).filter(isPicture);
    expect(pictures.map((picture) => picture.seed)).toEqual([seed, seed + 1, 0]);
    for (const picture of pictures) {
      const again = await eventsOf(run(micro, { seed: picture.seed, candidates: 1 }));
      expect(again.filter(isPicture)).toEqual([
        { ...picture, candidate: 0, score: expect.closeTo(picture.score, 6) },
      ]);
    }
  });

  it('says how much of a long prompt was read', async () => {
    const [encoded] = await eventsOf(run(micro, { prompt: 'hat '.repeat(100), steps: 1, candidates: 1 }));
    // Start, "a photograph of", a hundred hats, end.
    expect(encoded).toEqual({
      type: 'encoded',
      tokenCount: 105,
      tokenLimit: 77,
      truncated: true,
      read: 4 * 72 - 1,
    });
  });

  it('refuses settings before anything is computed', async () => {
    const encodeText = () => expect.fail('the prompt was encoded');
    await expect(run({ ...micro, encodeText }, { steps: 101 }).next()).rejects.toMatchObject({
      code: 'settings',
      message: expect.stringContaining('number of steps'),
    });
  });

  it('shows no preview of the last step: the pictures come', async () => {
    const events = await eventsOf(run(micro, { steps: 1 }));
    expect(events.map(({ type }) => type)).toEqual(['encoded', 'step', 'image', 'image', 'step', 'image']);
  });
});

/** What was asked of the chains of a run. */
interface Log {
  steps: number;
  previews: number;
  pictures: number;
  started: number;
  disposed: number;
}

/** The engine with its chains watched, and changed by `change`. */
function watched(change: (chain: Chain) => Partial<Chain> = () => ({})): { engine: Engine; log: Log } {
  const log: Log = { steps: 0, previews: 0, pictures: 0, started: 0, disposed: 0 };
  const engine: Engine = {
    ...micro,
    async startChain(options) {
      log.started++;
      const real = await micro.startChain(options);
      const chain = { ...real, ...change(real) };
      return {
        ...chain,
        async *steps() {
          for await (const step of chain.steps()) {
            log.steps++;
            yield step;
          }
        },
        preview(candidate) {
          log.previews++;
          return chain.preview(candidate);
        },
        picture(candidate) {
          log.pictures++;
          return chain.picture(candidate);
        },
        dispose() {
          log.disposed++;
          chain.dispose();
        },
      };
    },
  };
  return { engine, log };
}

describe('previews', () => {
  /** As if the first preview had taken the device that long. */
  const taking = (milliseconds: number) => {
    const moments = [0, milliseconds];
    return watched(() => ({ idle: async () => moments.shift() ?? 0 }));
  };

  it('come after every step while they cost nothing', async () => {
    const { engine, log } = taking(0);
    await eventsOf(run(engine, { candidates: 2, steps: 5 }));
    expect(log.previews).toBe(2 * 4);
  });

  it('do not come again before their share of the time allows', async () => {
    const { engine, log } = taking(1e9);
    await eventsOf(run(engine, { candidates: 2, steps: 5 }));
    expect(log.previews).toBe(2);
  });
});

describe('a cancel', () => {
  const reason = new Error('cancelled by the test');

  /** Aborts at the first event that `when` names. @returns the types of all events from then on */
  async function abortedAt(engine: Engine, when: (event: RunEvent) => boolean): Promise<string[]> {
    const controller = new AbortController();
    const after: string[] = [];
    const goOn = async () => {
      for await (const event of run(engine, {}, controller.signal)) {
        if (!controller.signal.aborted && when(event)) controller.abort(reason);
        if (controller.signal.aborted) after.push(event.type);
      }
    };
    await expect(goOn()).rejects.toBe(reason);
    return after;
  }

  it('during a step ends the run with it', async () => {
    const { engine, log } = watched();
    const at = (event: RunEvent) => event.type === 'step' && event.progress.step === 2;
    expect(await abortedAt(engine, at)).toEqual(['step']);
    expect(log).toEqual({ started: 1, steps: 2, previews: expect.any(Number), pictures: 0, disposed: 1 });
  });

  it('during a picture keeps it, and makes no other', async () => {
    const { engine, log } = watched();
    expect(await abortedAt(engine, isPicture)).toEqual(['image']);
    expect(log).toMatchObject({ started: 1, pictures: 1, disposed: 1 });
  });

  it('between the previews of one step asks for no more of them', async () => {
    const controller = new AbortController();
    const { engine, log } = watched(({ preview }) => ({
      preview: (candidate) => {
        controller.abort(reason);
        return preview(candidate);
      },
    }));
    await expect(eventsOf(run(engine, {}, controller.signal))).rejects.toBe(reason);
    expect(log).toMatchObject({ steps: 1, previews: 1, pictures: 0, disposed: 1 });
  });

  it.each([
    ['step', 'while the device works: the next step is the last', { steps: 2, pictures: 0 }],
    ['image', 'while pictures are made: the next one is the last', { steps: 4, pictures: 2 }],
  ] as const)('that comes as a message, after the first %s, %s', async (type, _, expected) => {
    const { engine, log } = watched();
    const controller = new AbortController();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => controller.abort(reason);
    const goOn = async () => {
      let sent = false;
      for await (const event of run(engine, { steps: 4 }, controller.signal)) {
        if (event.type === type && !sent) port2.postMessage(null);
        sent ||= event.type === type;
      }
    };
    await expect(goOn()).rejects.toBe(reason);
    port1.close();
    expect(log.steps).toBeLessThanOrEqual(expected.steps);
    expect(log.pictures).toBeLessThanOrEqual(expected.pictures);
    expect(log.disposed).toBe(log.started);
  });
});

describe('what a chain holds is let go', () => {
  it('at the end of each batch', async () => {
    const { engine, log } = watched();
    await eventsOf(run(engine, { steps: 1 }));
    expect(log).toMatchObject({ started: 2, disposed: 2, pictures: 3 });
  });

  it('when nobody asks for the next event any more', async () => {
    const { engine, log } = watched();
    for await (const event of run(engine)) if (event.type === 'step') break;
    expect(log).toMatchObject({ started: 1, steps: 1, disposed: 1 });
  });

  it('when a step fails, and the run fails with it', async () => {
    const lost = new Error('the device is lost');
    const { engine, log } = watched(({ steps }) => ({
      async *steps(): AsyncGenerator<ChainStep, void> {
        for await (const step of steps()) {
          if (step.step === 2) throw lost;
          yield step;
        }
      },
    }));
    await expect(eventsOf(run(engine))).rejects.toBe(lost);
    expect(log).toMatchObject({ started: 1, steps: 1, disposed: 1 });
  });
});

describe('a picture', () => {
  it('of a prompt is that of the whole text, however much of it is the prefix', async () => {
    const { defaults } = micro.manifest;
    const bare: Engine = {
      ...micro,
      manifest: { ...micro.manifest, defaults: { ...defaults, promptPrefix: '' } },
    };
    const pictureOf = async (engine: Engine, prompt: string): Promise<RgbaImage> => {
      const events = await eventsOf(run(engine, { prompt, candidates: 1, steps: 2 }));
      return events.filter(isPicture)[0].image;
    };
    const prefixed = await pictureOf(micro, 'a hat');
    expect(prefixed).toEqual(await pictureOf(bare, 'a photograph of a hat'));
    expect(prefixed).not.toEqual(await pictureOf(bare, 'a hat'));
  });
});
