// Recipes made into pictures, with the micro pack's real graphs: what a run says, from the prompt to the pictures, against the
// same steps taken one by one; and how it ends before its end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allMasked, denoise } from '../../src/diffusion/denoise.ts';
import { seededNoise } from '../../src/diffusion/random.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { planJumps } from '../../src/diffusion/timesteps.ts';
import type { Chain, ChainStep } from '../../src/engine/chain.ts';
import type { Predict } from '../../src/engine/denoiser.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { toRgba } from '../../src/engine/rgba.ts';
import type { RunEvent } from '../../src/events.ts';
import { decodeFloats } from '../../src/pack/base64Floats.ts';
import { embeddingCondition, type RecipeCondition } from '../../src/recipe/condition.ts';
import { candidates } from '../../src/recipe/plan.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { encodeFree } from '../../src/recipe/start.ts';
import type { Condition, ImageTokens, RgbaImage } from '../../src/types.ts';
import { openMicroEngine } from '../support/microEngine.ts';
import { recipeFor } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

let micro: Engine;
beforeAll(async () => {
  const opened = await openMicroEngine();
  const { manifest, device } = opened;
  // Two candidates at once, so that three are two batches; and a prefix, which this pack has none of.
  micro = {
    ...opened,
    device: { ...device, batch: 2 },
    manifest: { ...manifest, defaults: { ...manifest.defaults, promptPrefix: 'a photograph of ' } },
  };
});
afterAll(() => micro?.dispose());

type Picture = Extract<RunEvent, { type: 'image' }>;
const isPicture = (event: RunEvent): event is Picture => event.type === 'image';
type Step = Extract<RunEvent, { type: 'step' }>;
const isStep = (event: RunEvent): event is Step => event.type === 'step';

const text = (words: string) => ({ kind: 'text', text: words }) as const;
const ofHat = { condition: text('a woman with a hat'), steps: 4 };

/** Three candidates in four steps, with a change. */
function recipesOf(
  engine: Engine,
  { count = 3, ...change }: Partial<Recipe> & { count?: number } = {},
): Recipe[] {
  return candidates(recipeFor(engine, { ...ofHat, ...change }), count);
}

function run(
  engine: Engine,
  change: Partial<Recipe> & { count?: number } = {},
  signal: AbortSignal = new AbortController().signal,
) {
  return generate(engine, recipesOf(engine, change), signal);
}

async function eventsOf(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** All that a run of one batch should come to but the words about the texts, by hand. */
async function byHand(recipes: readonly Recipe[], indices: readonly number[]) {
  const { manifest, denoiser, encodeText, encodeImage, decode, tokenize } = micro;
  const { timesteps, codebookSize, conditionSize, image } = manifest;
  const { sampler, steps, guidance, truncation } = recipes[indices[0]];
  const schedule = createSchedule(timesteps, codebookSize, manifest.schedule);
  const jumps = planJumps(sampler, timesteps, steps);
  const vectorOf = (condition: RecipeCondition | undefined) =>
    condition?.kind === 'text'
      ? encodeText(tokenize(`a photograph of ${condition.text}`).ids)
      : (decodeFloats(manifest.emptyTextEmbedding, conditionSize) as Condition);
  const conditions: Condition[] = [];
  const avoided: Condition[] = [];
  for (const index of indices) {
    conditions.push(await vectorOf(recipes[index].condition));
    avoided.push(await vectorOf(recipes[index].avoid));
  }
  // Both branches as candidates of their own.
  const rows = guidance === 1 ? conditions : [...conditions, ...avoided];
  const unguided = await denoiser.condition(rows, Array(rows.length).fill(null), 1);
  const twice = (tokens: ImageTokens) =>
    guidance === 1 ? tokens : (Int32Array.of(...tokens, ...tokens) as ImageTokens);
  const predict: Predict = (tokens, timestep) => unguided(twice(tokens), timestep);
  const noise = indices.map((index) => seededNoise(recipes[index].seed));
  const start = allMasked(schedule, indices.length, 36);
  const decoded = async (tokens: ImageTokens) =>
    Promise.all(indices.map((_, i) => decode(tokens.slice(36 * i, 36 * (i + 1)) as ImageTokens)));
  const made: RunEvent[] = [];
  for await (const done of denoise({ schedule, jumps, guidance, truncation, noise, start, predict })) {
    const { step, timestep } = done;
    const tokens = done.tokens.slice() as ImageTokens;
    made.push({ type: 'step', progress: { step, steps: jumps.length, timestep, indices, tokens } });
    // The first preview is due at once, and the others when there was time: they are held elsewhere.
    if (step === 1 && jumps.length > 1) {
      const frames = (await decoded(done.guess)).map((pixels) => toRgba(pixels, image));
      made.push({ type: 'preview', indices, frames });
    }
    if (step < jumps.length) continue;
    for (const [i, pixels] of (await decoded(done.guess)).entries()) {
      const embedding = await encodeImage(pixels);
      // Both have length 1.
      const score = embedding.reduce((sum, value, d) => sum + value * conditions[i][d], 0);
      made.push({
        type: 'image',
        index: indices[i],
        image: toRgba(pixels, image),
        score: expect.closeTo(score, 6),
      });
    }
  }
  return made;
}

/** Without the words about texts, and without previews after the first of a batch, which depend on the clock. */
function steady(all: readonly RunEvent[]): RunEvent[] {
  let step = 0;
  return all.filter((event) => {
    if (event.type === 'step') step = event.progress.step;
    return event.type !== 'encoded' && (event.type !== 'preview' || step === 1);
  });
}

describe('a run', () => {
  it.each<Partial<Recipe>>([
    {},
    { guidance: 1, truncation: { kind: 'none' }, sampler: 'authors-fast', steps: 3 },
    { guidance: 3, truncation: { kind: 'topK', k: 5 }, steps: 5, seed: 7 },
    { guidance: 3, avoid: text('a beard') },
  ])('of three candidates, two at once, is the method step by step: %o', async (change) => {
    const recipes = recipesOf(micro, change);
    const all = await eventsOf(run(micro, change));
    expect(all[0]).toEqual({
      type: 'encoded',
      index: 0,
      what: 'prompt',
      tokenCount: 10,
      tokenLimit: 77,
      truncated: false,
      read: expect.any(Number),
    });
    expect(steady(all)).toEqual([...(await byHand(recipes, [0, 1])), ...(await byHand(recipes, [2]))]);
    const pictures = all.filter(isPicture);
    expect(new Set(pictures.map(({ image }) => String(image.data))).size).toBe(3);
    expect(new Set(pictures.map(({ score }) => score)).size).toBe(3);
  });

  /** Texts, seeds and what to avoid of their own; two ways of taking steps, in turn. */
  const various = () =>
    [
      { condition: text('a hat'), seed: 5, steps: 4, avoid: text('a beard') },
      { condition: text('a hat'), seed: 900, steps: 3 },
      { condition: text('a man'), seed: 2, steps: 4 },
      { condition: text('a beard'), seed: 5, steps: 3, avoid: text('a man') },
      { condition: text('a hat'), seed: 6, steps: 4, avoid: text('red hair') },
    ].map((change) => recipeFor(micro, { guidance: 3, ...change }));

  it('puts those together that take the same steps, each under its own place in the list', async () => {
    const recipes = various();
    const all = await eventsOf(generate(micro, recipes, new AbortController().signal));
    expect(steady(all)).toEqual([
      ...(await byHand(recipes, [0, 2])),
      ...(await byHand(recipes, [1, 3])),
      ...(await byHand(recipes, [4])),
    ]);
  });

  it('draws the same tokens however many go together', async () => {
    const lastTokens = async (batch: number) => {
      const engine = { ...micro, device: { ...micro.device, batch } };
      const last: number[][] = [];
      for (const { progress } of (
        await eventsOf(generate(engine, various(), new AbortController().signal))
      ).filter(isStep)) {
        const { indices, tokens } = progress;
        for (const [row, index] of indices.entries())
          last[index] = [...tokens.subarray(36 * row, 36 * (row + 1))];
      }
      return last;
    };
    const alone = await lastTokens(1);
    expect(new Set(alone.map(String)).size).toBe(5);
    expect(await lastTokens(2)).toEqual(alone);
    expect(await lastTokens(64)).toEqual(alone);
  });

  it('reads every text once, and tells of each', async () => {
    const all = await eventsOf(generate(micro, various(), new AbortController().signal));
    const told = all.flatMap((event) => (event.type === 'encoded' ? [[event.index, event.what]] : []));
    // "a beard", "a man" and "a hat" were met before the fourth and fifth ask for them.
    expect(told).toEqual([
      [0, 'prompt'],
      [0, 'avoid'],
      [2, 'prompt'],
      [4, 'avoid'],
    ]);
  });

  it('makes any candidate again alone, and the seeds go on at 0 behind the last', async () => {
    const recipes = recipesOf(micro, { seed: 2 ** 32 - 2 });
    expect(recipes.map(({ seed }) => seed)).toEqual([2 ** 32 - 2, 2 ** 32 - 1, 0]);
    const pictures = (await eventsOf(run(micro, { seed: 2 ** 32 - 2 }))).filter(isPicture);
    for (const picture of pictures) {
      const again = await eventsOf(run(micro, { seed: recipes[picture.index].seed, count: 1 }));
      expect(again.filter(isPicture)).toEqual([
        { ...picture, index: 0, score: expect.closeTo(picture.score, 6) },
      ]);
    }
  });

  it('says how much of a long prompt was read', async () => {
    const [encoded] = await eventsOf(run(micro, { condition: text('hat '.repeat(100)), steps: 1, count: 1 }));
    // Start, "a photograph of", a hundred hats, end.
    expect(encoded).toMatchObject({ tokenCount: 105, tokenLimit: 77, truncated: true, read: 4 * 72 - 1 });
  });

  it.each<[string, Partial<Recipe>, RegExp]>([
    ['more steps than there are', { steps: 101 }, /asks for 101 steps, and this model has at most 100/],
    ['a number out of its range', { seed: -1 }, /seed should be a whole number from 0/],
    ['another model', { model: { id: 'other', fingerprint: null } }, /for the model “other”/],
    [
      'other weights',
      { model: { id: 'micro', fingerprint: '0'.repeat(24) } },
      /other weights of “micro” \(another denoiser/,
    ],
    ['other arithmetic', { arithmetic: 'half' }, /for half precision/],
    [
      'an embedding of another length',
      {
        condition: {
          kind: 'between',
          from: text('a'),
          to: embeddingCondition(Float32Array.of(1)),
          at: 0.5,
        },
      },
      /asks for an embedding of 1 numbers, and this model has/,
    ],
    [
      'tokens of another grid',
      { start: { kind: 'tokens', tokens: [0], free: encodeFree([true]), timestep: 50 } },
      /asks for 1 tokens, and this model has 36/,
    ],
  ])('refuses %s before anything is computed, wherever it stands in the list', async (_, change, message) => {
    const encodeText = () => expect.fail('a prompt was encoded');
    const good = recipeFor(micro, ofHat);
    const engine = { ...micro, encodeText };
    const asked = generate(engine, [good, { ...good, ...change }], new AbortController().signal);
    expect(await refusal(() => asked.next())).toMatch(message);
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
    await eventsOf(run(engine, { count: 2, steps: 5 }));
    expect(log.previews).toBe(2 * 4);
  });

  it('do not come again before their share of the time allows', async () => {
    const { engine, log } = taking(1e9);
    await eventsOf(run(engine, { count: 2, steps: 5 }));
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
      const events = await eventsOf(run(engine, { condition: text(prompt), count: 1, steps: 2 }));
      return events.filter(isPicture)[0].image;
    };
    const prefixed = await pictureOf(micro, 'a hat');
    expect(prefixed).toEqual(await pictureOf(bare, 'a photograph of a hat'));
    expect(prefixed).not.toEqual(await pictureOf(bare, 'a hat'));
  });
});
