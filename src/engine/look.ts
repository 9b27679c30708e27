// One step of a picture that there is, looked at again: what it looked like, and how sure the denoiser was.
import { weighTokens } from '../diffusion/confidence.ts';
import { likeliestCodes } from '../diffusion/likeliest.ts';
import { UserError } from '../errors.ts';
import type { StepLook } from '../events.ts';
import { checkRecipe, replayObstacle } from '../recipe/fit.ts';
import { jumpsOf } from '../recipe/jumps.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { TrailStep } from '../recipe/trail.ts';
import type { Predict } from './denoiser.ts';
import type { Engine } from './engine.ts';
import { createEvaluator } from './evaluate.ts';
import { toRgba } from './rgba.ts';

/**
 * @param draw whether the picture is wanted as well, which takes the decoder as much time again
 * @param likeliest how many of the likeliest codes of each position are wanted as well, at most as many as there are
 * @throws {UserError} `settings` or `recipe` for a step that the opened model cannot have taken
 */
export type Looker = (step: TrailStep, draw: boolean, likeliest?: number) => Promise<StepLook>;

type LookingEngine = Pick<Engine, 'manifest' | 'device' | 'tokenize' | 'encodeText' | 'denoiser' | 'decode'>;

/**
 * Looks at single steps: one evaluation of the denoiser each, from the tokens that it saw then. The prompts of the picture
 * looked at last stay prepared. On a GPU the logits come to the CPU for it, as they do not in the loop.
 */
export function createLooker(engine: LookingEngine): Looker {
  const { manifest, device, denoiser, decode } = engine;
  const evaluate = createEvaluator(engine);
  let prepared: { readonly key: string; readonly predict: Predict } | null = null;

  async function predictFor({ condition, avoid, guidance }: Recipe): Promise<Predict> {
    const key = JSON.stringify([condition, avoid, guidance]);
    if (prepared?.key === key) return prepared.predict;
    const wanted = (await evaluate(condition)).condition;
    const avoided = avoid ? (await evaluate(avoid)).condition : null;
    const predict = await denoiser.condition([wanted], [avoided], guidance);
    prepared = { key, predict };
    return predict;
  }

  return async ({ recipe, step, before, after }, draw, likeliest = 0) => {
    checkRecipe(recipe, manifest);
    const obstacle = replayObstacle(recipe, manifest, device.arithmetic);
    if (obstacle !== null) throw new UserError('recipe', obstacle);
    const { codebookSize, grid, timesteps } = manifest;
    const jump = jumpsOf(recipe, timesteps)[step - 1];
    const fits = (tokens: ArrayLike<number>) =>
      tokens.length === grid.rows * grid.columns &&
      Array.from(tokens).every((token) => token >= 0 && token <= codebookSize);
    if (!jump || !fits(before) || !fits(after)) {
      throw new UserError(
        'recipe',
        'The steps that were kept are not those of its recipe: make the picture again to look at them.',
      );
    }
    const predict = await predictFor(recipe);
    const logits = await predict(before, jump.timestep);
    const { guess, confidence } = weighTokens(logits, recipe.guidance, after, codebookSize);
    return {
      image: draw ? toRgba(await decode(guess), manifest.image) : null,
      confidence,
      ...(likeliest > 0 && {
        likeliest: likeliestCodes(
          logits,
          recipe.guidance,
          after.length,
          codebookSize,
          Math.min(likeliest, codebookSize),
        ),
      }),
    };
  };
}
