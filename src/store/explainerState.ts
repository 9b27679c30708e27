// What the explainer has made so far.
import type { StepLook } from '../events.ts';
import type { Trail } from '../recipe/trail.ts';
import type { RgbaImage } from '../types.ts';
import { type FigureName, rowNames } from './explained.ts';
import type { Run } from './run.ts';

export interface Figure {
  /** `waiting`: for the engine, which has other things to do first. */
  readonly status: 'idle' | 'waiting' | 'running' | 'done';
  /** Why it could not be made, in a sentence. */
  readonly problem: string | null;
  /** Its pictures, finished and under way; null before the first. */
  readonly run: Run | null;
  /** How long each took. In milliseconds. */
  readonly times: readonly number[];
}

export interface Explained {
  readonly prompt: string;
  /** u32 */
  readonly seed: number;
  readonly figures: Readonly<Record<FigureName, Figure>>;
  /** The tokens of the way's steps. */
  readonly trail: Trail | null;
  /** Each of them looked at again, by step. */
  readonly looks: ReadonlyMap<number, StepLook>;
  /** A token's surroundings with another code in its place, by choiceKey(). */
  readonly crops: ReadonlyMap<string, RgbaImage>;
}

const nothing: Figure = { status: 'idle', problem: null, run: null, times: [] };
export const figureNames: readonly FigureName[] = ['way', ...rowNames];

/** All that is made, before anything is. */
export function nothingMade(): Omit<Explained, 'prompt' | 'seed'> {
  const figures = Object.fromEntries(figureNames.map((name) => [name, nothing]));
  return {
    figures: figures as Record<FigureName, Figure>,
    trail: null,
    looks: new Map(),
    crops: new Map(),
  };
}
