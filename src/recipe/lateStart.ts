// A start in the middle of the way: some of a picture's tokens masked, the others there to stay.
import { createSchedule } from '../diffusion/schedule.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { encodeFree, type RecipeStart } from './start.ts';

export type ScheduledModel = Pick<PackManifest, 'codebookSize' | 'timesteps' | 'schedule'>;

/**
 * A picture's tokens with those masked that may change. The first timestep is the one at which so many tokens are masked in
 * the model's schedule: what the denoiser sees then is like what it was trained on.
 * @param tokens codes; K is for the caller to set free. [positions]
 * @param free whether each may change, one at least. [positions]
 */
export function lateStart(
  tokens: ArrayLike<number>,
  free: readonly boolean[],
  { codebookSize, timesteps, schedule }: ScheduledModel,
): Extract<RecipeStart, { kind: 'tokens' }> {
  const masked = free.filter(Boolean).length / free.length;
  const { gammaBar } = createSchedule(timesteps, codebookSize, schedule);
  const reached = gammaBar.findIndex((gamma) => gamma >= masked);
  return {
    kind: 'tokens',
    tokens: Array.from(tokens, (token, position) => (free[position] ? codebookSize : token)),
    free: encodeFree(free),
    timestep: reached < 0 ? timesteps - 1 : reached,
  };
}
