// A start from a picture's tokens: some masked, the others there to stay.
import { createSchedule } from '../diffusion/schedule.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { encodeFree, type RecipeStart } from './start.ts';

export type ScheduledModel = Pick<PackManifest, 'codebookSize' | 'timesteps' | 'schedule'>;

/**
 * A picture's tokens with those masked that may change.
 * @param tokens codes; where one is K, it has to be free. [positions]
 * @param free whether each may change, one at least. [positions]
 * @param timestep the first that the denoiser sees
 */
export function maskedStart(
  tokens: ArrayLike<number>,
  free: readonly boolean[],
  timestep: number,
  { codebookSize }: Pick<ScheduledModel, 'codebookSize'>,
): Extract<RecipeStart, { kind: 'tokens' }> {
  return {
    kind: 'tokens',
    tokens: Array.from(tokens, (token, position) => (free[position] ? codebookSize : token)),
    free: encodeFree(free),
    timestep,
  };
}

/** The timestep at which so many tokens are masked in the model's schedule, as the denoiser met them in its training. */
export function timestepOfMasked(
  free: readonly boolean[],
  { codebookSize, timesteps, schedule }: ScheduledModel,
): number {
  const masked = free.filter(Boolean).length / free.length;
  const { gammaBar } = createSchedule(timesteps, codebookSize, schedule);
  const reached = gammaBar.findIndex((gamma) => gamma >= masked);
  return reached < 0 ? timesteps - 1 : reached;
}
