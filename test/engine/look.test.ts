// What is asked about a picture that there is: its steps looked at again, against the run that took them, and what CLIP says
// of it. The micro pack's real graphs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weighTokens } from '../../src/diffusion/confidence.ts';
import { cosine } from '../../src/diffusion/rank.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { locate } from '../../src/engine/locate.ts';
import { createLooker } from '../../src/engine/look.ts';
import { weigh } from '../../src/engine/weigh.ts';
import { jumpsOf } from '../../src/recipe/jumps.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { decodeFree, encodeFree } from '../../src/recipe/start.ts';
import { trailStep } from '../../src/recipe/trail.ts';
import type { Condition, ImageTokens, RgbaImage } from '../../src/types.ts';
import { openMicroEngine } from '../support/microEngine.ts';
import { recipeFor } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

let micro: Engine;
beforeAll(async () => {
  micro = await openMicroEngine();
});
afterAll(() => micro?.dispose());

const text = (words: string) => ({ kind: 'text', text: words }) as const;

/** A run as it was seen, step by step. */
async function runOf(recipe: Recipe) {
  const { manifest, tokenize, encodeText } = micro;
  const vector = async (condition = recipe.avoid) =>
    condition?.kind === 'text' ? encodeText(tokenize(condition.text).ids) : null;
  const { start } = recipe;
  const chain = await micro.startReference({
    schedule: createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule),
    jumps: jumpsOf(recipe, manifest.timesteps),
    guidance: recipe.guidance,
    truncation: recipe.truncation,
    conditions: [(await vector(recipe.condition))!],
    avoided: [await vector()],
    seeds: [recipe.seed],
    ...(start.kind === 'tokens' && {
      starts: [{ tokens: start.tokens, free: decodeFree(start.free, start.tokens.length)! }],
    }),
  });
  const rows: ImageTokens[] = [];
  const previews: RgbaImage[] = [];
  for await (const { tokens } of chain.steps()) {
    rows.push(tokens);
    previews.push((await chain.preview(0)) as RgbaImage);
  }
  return { trail: { mask: manifest.codebookSize, rows }, previews };
}

describe('a step looked at again', () => {
  it.each<[string, Partial<Recipe>]>([
    ['with guidance', { guidance: 3 }],
    ['without guidance', { guidance: 1 }],
    ['away from something', { guidance: 3, avoid: text('a beard') }],
    ['by another sampler', { sampler: 'cosine' }],
    ['with a second look', { redraw: 0.3, guidance: 3 }],
    [
      'from given tokens',
      {
        start: {
          kind: 'tokens',
          tokens: Array(36).fill(3),
          free: encodeFree(Array.from({ length: 36 }, (_, i) => i % 2 > 0)),
          timestep: 60,
        },
      },
    ],
  ])('is to the byte what the run showed: %s', async (_, change) => {
    const recipe = recipeFor(micro, { steps: 5, condition: text('a hat'), ...change });
    const { trail, previews } = await runOf(recipe);
    const look = createLooker(micro);
    // In no order: nothing of a step stays for the next.
    const steps = previews.map((_, i) => i + 1).reverse();
    for (const step of steps) {
      const { image } = await look(trailStep(recipe, trail, step), true);
      expect(image).toEqual(previews[step - 1]);
    }
  });

  it('says how sure the denoiser was at that step, of that prompt', async () => {
    const recipe = recipeFor(micro, { steps: 4, guidance: 3, condition: text('a hat') });
    const { trail } = await runOf(recipe);
    const look = createLooker(micro);
    for (const words of ['a hat', 'a beard']) {
      const asked = trailStep({ ...recipe, condition: text(words) }, trail, 3);
      const { image, confidence } = await look(asked, false);
      const condition = await micro.encodeText(micro.tokenize(words).ids);
      const predict = await micro.denoiser.condition([condition], [null], 3);
      const logits = await predict(trail.rows[1], jumpsOf(recipe, micro.manifest.timesteps)[2].timestep);
      const expected = weighTokens(logits, 3, trail.rows[2], trail.mask).confidence;
      expect(image).toBeNull();
      expect([...confidence]).toEqual([...expected]);
      const { likeliest } = await look(asked, false, 1000);
      expect(likeliest?.count).toBe(micro.manifest.codebookSize);
      for (const value of confidence) expect(value).toSatisfy((share: number) => share > 0 && share <= 1);
    }
  });

  it('says of a second look how likely each token was by what the others show', async () => {
    const recipe = recipeFor(micro, { steps: 4, guidance: 3, redraw: 0.25, condition: text('a hat') });
    const { trail } = await runOf(recipe);
    const { confidence } = await createLooker(micro)(trailStep(recipe, trail, 5), false);
    const masked = [...trail.rows[4].keys()].filter((i) => trail.rows[4][i] === trail.mask);
    // A third of a quarter of 36 tokens.
    expect(masked).toHaveLength(3);
    const order = [...confidence.keys()].sort((one, other) => confidence[one] - confidence[other]);
    expect(new Set(order.slice(0, 3))).toEqual(new Set(masked));
  });

  it('encodes a prompt once, however many steps are looked at', async () => {
    let encoded = 0;
    const look = createLooker({
      ...micro,
      encodeText: (ids) => {
        encoded++;
        return micro.encodeText(ids);
      },
    });
    const recipe = recipeFor(micro, { steps: 3, condition: text('a hat') });
    const { trail } = await runOf(recipe);
    for (const step of [1, 2, 3]) await look(trailStep(recipe, trail, step), false);
    expect(encoded).toBe(1);
  });

  it('is refused in a sentence where it cannot have been', async () => {
    const recipe = recipeFor(micro, { steps: 3 });
    const { trail } = await runOf(recipe);
    const look = createLooker(micro);
    const good = trailStep(recipe, trail, 2);
    const { timesteps } = micro.manifest;
    for (const step of [
      { ...good, step: 4 },
      { ...good, before: new Int32Array(4) as ImageTokens },
      { ...good, after: good.after.map(() => 1000) as ImageTokens },
      { ...good, after: good.after.map(() => -1) as ImageTokens },
      // One alone.
      { ...good, before: good.before.map((token, i) => (i === 35 ? 1000 : token)) as ImageTokens },
    ]) {
      expect(await refusal(() => look(step, true))).toMatch(/^The steps that were kept are not those/);
    }
    const beyond = { ...good, recipe: { ...recipe, steps: timesteps + 1 } };
    expect(await refusal(() => look(beyond, true))).toContain(`at most ${timesteps}`);
    const other = { ...recipe, model: { id: 'faces', fingerprint: null } };
    expect(await refusal(() => look({ ...good, recipe: other }, true))).toContain('is for the model');
  });
});

const tokens = Int32Array.from({ length: 36 }, (_, i) => i % 7) as ImageTokens;
const texts = ['a hat', 'red hair'];
const { signal } = new AbortController();
/** The engine, called back at the n-th call of one of its methods. */
function calledBack(method: 'encodeText' | 'encodeImage', nth: number) {
  const controller = new AbortController();
  const calls = { count: 0 };
  const own = micro[method] as (given: unknown) => Promise<Condition>;
  const watched = async (given: unknown) => {
    if (++calls.count === nth) controller.abort(new Error('enough'));
    return own(given);
  };
  return { engine: { ...micro, [method]: watched }, calls, signal: controller.signal };
}

describe('what CLIP says of texts', () => {
  const ask = { kind: 'weigh', tokens, texts } as const;

  it('are cosines of its embeddings', async () => {
    const seen = await micro.encodeImage(await micro.decode(tokens));
    const expected: number[] = [];
    for (const text of texts) expected.push(cosine(seen, await micro.encodeText(micro.tokenize(text).ids)));
    expect([...(await weigh(micro, ask, signal))]).toEqual(expected.map(Math.fround));
  });

  it('has the model’s prefix before each, as pictures are made', async () => {
    const { manifest } = micro;
    const defaults = { ...manifest.defaults, promptPrefix: 'a ' };
    const prefixed = { ...micro, manifest: { ...manifest, defaults } };
    const [one] = await weigh(prefixed, { ...ask, texts: ['hat'] }, signal);
    const [other] = await weigh(micro, { ...ask, texts: ['a hat'] }, signal);
    expect(one).toBe(other);
  });

  it('ends between two of them when nobody waits any more', async () => {
    const { engine, calls, signal: called } = calledBack('encodeText', 2);
    const many = Array.from({ length: 9 }, (_, i) => `hat ${i}`);
    await expect(weigh(engine, { ...ask, texts: many }, called)).rejects.toThrow('enough');
    expect(calls.count).toBe(2);
  });
});

describe('where two texts differ', () => {
  const ask = { kind: 'locate', tokens, asked: 'a hat', other: 'red hair' } as const;

  it('is how far the denoiser’s guesses part, each token guessed from a half without it', async () => {
    const seen: { tokens: number[]; timestep: number }[] = [];
    const { denoiser } = micro;
    const watched: Engine = {
      ...micro,
      denoiser: {
        async condition(...given) {
          const predict = await denoiser.condition(...given);
          return (masked, timestep) => {
            seen.push({ tokens: [...masked], timestep });
            return predict(masked, timestep);
          };
        },
      },
    };
    const apart = await locate(watched, ask, signal);
    expect(apart).toHaveLength(36);
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(0);
    expect(new Set(apart).size).toBeGreaterThan(30);
    expect(seen).toHaveLength(2);
    const mask = micro.manifest.codebookSize;
    for (let i = 0; i < 36; i++) {
      // In both branches alike, and masked once.
      for (const { tokens: each } of seen) expect(each[36 + i]).toBe(each[i]);
      expect([seen[0].tokens[i], seen[1].tokens[i]].sort((a, b) => a - b)).toEqual([tokens[i], mask]);
    }
    expect(await locate(micro, ask, signal)).toEqual(apart);
    expect(await locate(micro, { ...ask, other: ask.asked }, signal)).toEqual(new Float32Array(36));
  });

  it('ends when nobody waits any more', async () => {
    const { engine, signal: called } = calledBack('encodeText', 1);
    await expect(locate(engine, ask, called)).rejects.toThrow('enough');
  });

  it('is asked, like CLIP, about finished pictures of the open model alone', async () => {
    const { codebookSize } = micro.manifest;
    for (const wrong of [tokens.slice(1), tokens.map((token, i) => (i ? token : codebookSize))]) {
      const given = wrong as ImageTokens;
      const sentence = await refusal(() => locate(micro, { ...ask, tokens: given }, signal));
      expect(sentence).toContain('no finished picture');
      expect(await refusal(() => weigh(micro, { kind: 'weigh', tokens: given, texts }, signal))).toBe(
        sentence,
      );
    }
  });
});
