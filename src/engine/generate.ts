// From a list of recipes to their pictures.
import { cosine } from '../diffusion/rank.ts';
import { createSchedule } from '../diffusion/schedule.ts';
import { UserError } from '../errors.ts';
import type { Frame, RunEvent } from '../events.ts';
import { batchesOf } from '../recipe/batches.ts';
import { checkRecipe, replayObstacle } from '../recipe/fit.ts';
import { jumpsOf } from '../recipe/jumps.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { decodeFree, type RecipeStart } from '../recipe/start.ts';
import type { Condition } from '../types.ts';
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
 * @throws {UserError} `settings` or `recipe`, before anything is computed, when one of them cannot be made here as it says
 */
export async function* generate(
  engine: Engine,
  recipes: readonly Recipe[],
  signal: AbortSignal,
): AsyncGenerator<RunEvent, void> {
  const { manifest, device } = engine;
  for (const recipe of recipes) {
    checkRecipe(recipe, manifest);
    const obstacle = replayObstacle(recipe, manifest, device.arithmetic);
    if (obstacle !== null) throw new UserError('recipe', obstacle);
  }
  const schedule = createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule);
  const evaluate = createEvaluator(engine);

  for (const indices of batchesOf(recipes, device.batch)) {
    const { guidance, truncation } = recipes[indices[0]];
    const jumps = jumpsOf(recipes[indices[0]], manifest.timesteps);
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
      jumps,
      guidance,
      truncation,
      conditions,
      avoided,
      seeds,
      starts: indices.map((index) => givenTokens(recipes[index].start)),
    });
    const pacer = previewPacer();
    try {
      for await (const { step, timestep, tokens } of chain.steps()) {
        yield { type: 'step', progress: { step, steps: jumps.length, timestep, indices, tokens } };
        await messages(signal);
        if (step < jumps.length && pacer.due()) {
          const frames: Frame[] = [];
          const begun = chain.idle();
          for (const i of indices.keys()) {
            frames.push(await chain.preview(i));
            await messages(signal);
          }
          pacer.asked(begun, chain.idle());
          yield { type: 'preview', indices, frames };
        }
      }
      for (const [i, index] of indices.entries()) {
        const pixels = await chain.picture(i);
        const score = cosine(await engine.encodeImage(pixels), conditions[i]);
        yield { type: 'image', index, image: toRgba(pixels, manifest.image), score };
        await messages(signal);
      }
    } finally {
      chain.dispose();
    }
  }
}

/** What a start gives, where it has been checked. */
function givenTokens(start: RecipeStart): GivenTokens | null {
  if (start.kind === 'all masked') return null;
  const { tokens, free } = start;
  return { tokens, free: decodeFree(free, tokens.length)! };
}
