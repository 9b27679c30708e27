// From a list of recipes to their pictures.
import { cosine } from '../diffusion/rank.ts';
import { isLook } from '../diffusion/redraw.ts';
import { createSchedule } from '../diffusion/schedule.ts';
import { UserError } from '../errors.ts';
import type { Frame, RunEvent } from '../events.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { batchesOf } from '../recipe/batches.ts';
import type { Begun } from '../recipe/begun.ts';
import { checkRecipe, replayObstacle } from '../recipe/fit.ts';
import { jumpsOf } from '../recipe/jumps.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { decodeFree, type RecipeStart } from '../recipe/start.ts';
import type { Condition } from '../types.ts';
import { checkPicture } from './checkOutput.ts';
import type { Engine } from './engine.ts';
import { createEvaluator } from './evaluate.ts';
import { messages } from './messages.ts';
import { previewPacer } from './previewPacer.ts';
import { toRgba } from './rgba.ts';
import type { GivenTokens } from './starts.ts';

/**
 * Yields every step, previews now and then, and each finished picture. Recipes that take the same steps in the same way
 * go through the denoiser together, as many as the device takes. An abort takes effect within one step and ends the run
 * by throwing the signal's reason; what was yielded before stays good.
 * @param begun where each recipe goes on, null for its beginning; its steps are counted from there
 * @throws {UserError} `settings` or `recipe`, before anything is computed, when one of them cannot be made here as it says
 */
export async function* generate(
  engine: Engine,
  recipes: readonly Recipe[],
  signal: AbortSignal,
  begun: readonly (Begun | null)[] = [],
): AsyncGenerator<RunEvent, void> {
  const { manifest, device } = engine;
  for (const recipe of recipes) {
    checkRecipe(recipe, manifest);
    const obstacle = replayObstacle(recipe, manifest, device.arithmetic);
    if (obstacle !== null) throw new UserError('recipe', obstacle);
  }
  const schedule = createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule);
  const evaluate = createEvaluator(engine);

  const from = recipes.map((recipe, index) => placeToGoOn(recipe, begun[index] ?? null, manifest));
  const stepsDone = (index: number) => from[index]?.step ?? 0;

  for (const indices of batchesOf(recipes, device.batch, stepsDone)) {
    const { guidance, truncation } = recipes[indices[0]];
    const jumps = jumpsOf(recipes[indices[0]], manifest.timesteps);
    const done = stepsDone(indices[0]);
    const conditions: Condition[] = [];
    const avoided: (Condition | null)[] = [];
    for (const index of indices) {
      const { condition, avoid } = recipes[index];
      const prompt = await evaluate(condition);
      const avoiding = avoid ? await evaluate(avoid) : null;
      conditions.push(prompt.condition);
      avoided.push(avoiding?.condition ?? null);
      for (const reading of prompt.readings) yield { type: 'encoded', index, what: 'prompt', ...reading };
      for (const reading of avoiding?.readings ?? [])
        yield { type: 'encoded', index, what: 'avoid', ...reading };
      await messages(signal);
    }
    const seeds = indices.map((index) => recipes[index].seed);
    const chain = await engine.startChain({
      schedule,
      jumps: jumps.slice(done),
      guidance,
      truncation,
      conditions,
      avoided,
      seeds,
      starts: indices.map((index) => givenTokens(recipes[index].start, from[index])),
    });
    const pacer = previewPacer();
    try {
      for await (const { step: taken, timestep, tokens } of chain.steps()) {
        const step = done + taken;
        yield { type: 'step', progress: { step, steps: jumps.length, timestep, indices, tokens } };
        await messages(signal);
        if (step < jumps.length && pacer.due()) {
          const frames: Frame[] = [];
          const before = chain.idle();
          for (const i of indices.keys()) {
            frames.push(await chain.preview(i));
            await messages(signal);
          }
          pacer.asked(before, chain.idle());
          yield { type: 'preview', indices, frames };
        }
      }
      for (const [i, index] of indices.entries()) {
        const pixels = await chain.picture(i);
        checkPicture(pixels, device.provider);
        const score = cosine(await engine.encodeImage(pixels), conditions[i]);
        yield { type: 'image', index, image: toRgba(pixels, manifest.image), score };
        await messages(signal);
      }
    } finally {
      chain.dispose();
    }
  }
}

/** Null, for the beginning, where the tokens are none to go on with: a look shows what it finds, and MASK is no code. */
function placeToGoOn(
  recipe: Recipe,
  begun: Begun | null,
  { timesteps, codebookSize, grid }: PackManifest,
): Begun | null {
  const next = begun && jumpsOf(recipe, timesteps)[begun.step];
  if (!next || begun.tokens.length !== grid.rows * grid.columns) return null;
  return isLook(next) && begun.tokens.includes(codebookSize) ? null : begun;
}

/** What a start gives, where it has been checked; or what it had come to, with the same positions to change. */
function givenTokens(start: RecipeStart, begun: Begun | null): GivenTokens | null {
  if (start.kind === 'all masked') {
    return begun && { tokens: [...begun.tokens], free: Array(begun.tokens.length).fill(true) };
  }
  const { tokens, free } = start;
  return { tokens: begun ? [...begun.tokens] : tokens, free: decodeFree(free, tokens.length)! };
}
