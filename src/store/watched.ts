// Steps of the picture that is seen large, as far as the engine has looked at them again.
import type { StepLook } from '../events.ts';
import type { RgbaImage } from '../types.ts';

export interface Watched {
  /** Of the picture. */
  readonly id: string;
  /** What it looked like, by step. */
  readonly frames: ReadonlyMap<number, RgbaImage>;
  /** How probable the denoiser found each token, by step. [positions] */
  readonly confidence: ReadonlyMap<number, Float32Array>;
  /** What is waited for: the engine's answer, or the end of a run that has the engine; null while nothing is. */
  readonly waits: 'look' | 'run' | null;
  /** Why no step can be looked at, in a sentence. */
  readonly problem: string | null;
}

/** A step that is to be looked at. */
export interface Wish {
  readonly step: number;
  /** Whether its picture is wanted as well. */
  readonly draw: boolean;
}

/** For pictures of steps: those of a hundred steps of 256 x 256 pixels take less than half of it. */
const FRAME_BYTES = 64e6;

export function watchedFrom(id: string): Watched {
  return { id, frames: new Map(), confidence: new Map(), waits: null, problem: null };
}

/** The first wish that is still to be met; null for none. */
export function unmet({ frames, confidence }: Watched, wishes: readonly Wish[]): Wish | null {
  return wishes.find(({ step, draw }) => !(draw ? frames : confidence).has(step)) ?? null;
}

/**
 * With one look more. Pictures beyond a bound go, those that are the farthest from the wanted step first.
 * @param bound bytes of pictures
 */
export function withLook(
  watched: Watched,
  step: number,
  { image, confidence }: StepLook,
  wanted: number,
  bound = FRAME_BYTES,
): Watched {
  const known = new Map(watched.confidence).set(step, confidence);
  if (!image) return { ...watched, confidence: known };
  const distance = ([at]: readonly [number, RgbaImage]) => Math.abs(at - wanted);
  const nearest = [...new Map(watched.frames).set(step, image)].sort((a, b) => distance(a) - distance(b));
  const most = Math.max(1, Math.floor(bound / image.data.length));
  return { ...watched, confidence: known, frames: new Map(nearest.slice(0, most)) };
}

/**
 * The step whose picture is shown at a step: its own, else the nearest of those that are there, the earlier one of two.
 * @param last its picture is always there
 */
export function nearestStep(frames: Watched['frames'], step: number, last: number): number {
  const there = [...frames.keys(), last];
  return there.reduce((best, each) => {
    const [near, far] = [Math.abs(each - step), Math.abs(best - step)];
    return near < far || (near === far && each < best) ? each : best;
  });
}
