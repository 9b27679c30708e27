// Steps looked at again, against the run that took them: the micro pack's real graphs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { weighTokens } from '../../src/diffusion/confidence.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { createLooker } from '../../src/engine/look.ts';
import { jumpsOf } from '../../src/recipe/jumps.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { decodeFree, encodeFree } from '../../src/recipe/start.ts';
import { trailStep } from '../../src/recipe/trail.ts';
import type { ImageTokens, RgbaImage } from '../../src/types.ts';
import { convertMicroPack, packInMemory } from '../support/microPack.ts';
import { recipeFor } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

let micro: Engine;
beforeAll(async () => {
  micro = await openEngine({
    fetchFile: packInMemory(await convertMicroPack()),
    provider: 'wasm',
    openRuntime: () => openNodeRuntime(1),
    onProgress: () => {},
  });
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
      for (const value of confidence) expect(value).toSatisfy((share: number) => share > 0 && share <= 1);
    }
  });

  it('says of a second look how likely each token was by what the others show', async () => {
    const recipe = recipeFor(micro, { steps: 4, guidance: 3, redraw: 0.25, condition: text('a hat') });
    const { trail } = await runOf(recipe);
    const { confidence } = await createLooker(micro)(trailStep(recipe, trail, 5), false);
    const masked = [...trail.rows[4].keys()].filter((i) => trail.rows[4][i] === trail.mask);
    expect(masked).toHaveLength(9);
    const order = [...confidence.keys()].sort((one, other) => confidence[one] - confidence[other]);
    expect(new Set(order.slice(0, 9))).toEqual(new Set(masked));
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
    ]) {
      expect(await refusal(() => look(step, true))).toMatch(/^The steps that were kept are not those/);
    }
    const beyond = { ...good, recipe: { ...recipe, steps: timesteps + 1 } };
    expect(await refusal(() => look(beyond, true))).toContain(`at most ${timesteps}`);
    const other = { ...recipe, model: { id: 'faces', fingerprint: null } };
    expect(await refusal(() => look({ ...good, recipe: other }, true))).toContain('is for the model');
  });
});
