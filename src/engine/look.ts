// One step of a picture that there is, looked at again: what it looked like, and how sure the denoiser was.
import { weighTokens } from '../diffusion/confidence.ts';
import { likeliestCodes } from '../diffusion/likeliest.ts';
import { halves, hideHalves, isLook, judge, type Look } from '../diffusion/redraw.ts';
import type { Jump } from '../diffusion/timesteps.ts';
import { UserError } from '../errors.ts';
import type { StepLook } from '../events.ts';
import { checkRecipe, replayObstacle } from '../recipe/fit.ts';
import { jumpsOf } from '../recipe/jumps.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { TrailStep } from '../recipe/trail.ts';
import type { ImageTokens } from '../types.ts';
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

  async function weighJump(
    recipe: Recipe,
    jump: Jump,
    before: ImageTokens,
    after: ImageTokens,
    count: number,
  ) {
    const predict = await predictFor(recipe);
    const logits = await predict(before, jump.timestep);
    const { guidance } = recipe;
    const codes = manifest.codebookSize;
    return {
      ...weighTokens(logits, guidance, after, codes),
      ...(count > 0 && {
        likeliest: likeliestCodes(logits, guidance, after.length, codes, Math.min(count, codes)),
      }),
    };
  }

  /** How likely each token is by what the others show: what the second look decides by. */
  async function judgeWhole({ condition }: Recipe, look: Look, tokens: ImageTokens): Promise<Float32Array> {
    const { grid, codebookSize } = manifest;
    const half = halves(grid.rows * grid.columns, look.round);
    const wanted = (await evaluate(condition)).condition;
    const predict = await denoiser.condition([wanted, wanted], [null, null], 1);
    const logits = await predict(hideHalves(tokens, half, codebookSize), look.timestep);
    return Float32Array.from(judge(logits, tokens, half, codebookSize), Math.exp);
  }

  return async ({ recipe, step, before, after }, draw, likeliest = 0) => {
    checkRecipe(recipe, manifest);
    const obstacle = replayObstacle(recipe, manifest, device.arithmetic);
    if (obstacle !== null) throw new UserError('recipe', obstacle);
    const { codebookSize, grid, timesteps } = manifest;
    const taken = jumpsOf(recipe, timesteps)[step - 1];
    const fits = (tokens: ArrayLike<number>) =>
      tokens.length === grid.rows * grid.columns &&
      Array.from(tokens).every((token) => token >= 0 && token <= codebookSize);
    if (!taken || !fits(before) || !fits(after)) {
      throw new UserError(
        'recipe',
        'The steps that were kept are not those of its recipe: make the picture again to look at them.',
      );
    }
    const { guess, ...figures } = isLook(taken)
      ? { guess: before, confidence: await judgeWhole(recipe, taken, before) }
      : await weighJump(recipe, taken, before, after, likeliest);
    return { image: draw ? toRgba(await decode(guess), manifest.image) : null, ...figures };
  };
}
