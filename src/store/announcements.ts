// What a screen reader is told of a run: the start, each quarter, the end, and no more.
import type { Recipe } from '../recipe/recipe.ts';
import type { Run, RunProgress } from './run.ts';

export function startAnnouncement(recipes: readonly Recipe[]): string {
  const { steps } = recipes[0];
  return `Making ${pictures(recipes.length)} in ${steps === 1 ? 'one step' : `${steps} steps`}.`;
}

/** A sentence when the run has passed a quarter, a half or three quarters since `before`, else null. */
export function quarterAnnouncement(before: number, { done, secondsLeft }: RunProgress): string | null {
  const quarter = Math.floor(done * 4);
  if (quarter === Math.floor(before * 4) || quarter === 4) return null;
  const left = secondsLeft === null ? '' : `, about ${secondsInWords(secondsLeft)} left`;
  return `${quarter * 25}% done${left}.`;
}

/** @param run as the gallery keeps it, undefined when it left nothing */
export function endAnnouncement(run: Run | undefined, cancelled: boolean): string {
  const made = run?.candidates.flatMap(({ picture }) => picture ?? []) ?? [];
  if (cancelled) return made.length ? `Stopped; ${pictures(made.length)} kept.` : 'Stopped.';
  if (made.length === 0) return 'Done.';
  const score = made[0].score.toFixed(2);
  return made.length === 1
    ? `Your picture is ready, CLIP score ${score}.`
    : `Your ${made.length} pictures are ready, best CLIP score ${score}.`;
}

function pictures(count: number): string {
  return count === 1 ? 'one picture' : `${count} pictures`;
}

function secondsInWords(seconds: number): string {
  if (seconds >= 90) return `${Math.round(seconds / 60)} minutes`;
  const whole = Math.max(1, Math.ceil(seconds));
  return whole === 1 ? 'one second' : `${whole} seconds`;
}
