// Reads a model's sizes off its tensor shapes, even when a few tensors are missing or wrong.
import { UserError } from '../../errors.ts';
import type { CheckpointTensors } from '../tensors.ts';

/** What one file of a checkpoint should be. */
export type ModelKind = 'diffusion' | 'vqgan' | 'clip';

/**
 * Does work on one of the files.
 * @throws {UserError} what the work found wrong, with the file's name before it: there are three of them.
 */
export async function inFile<T>(kind: ModelKind, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(cause.code, `--${kind}: ${cause.message}`, { cause });
  }
}

/** The tensors a model must have. */
export interface Expected {
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /**
   * Keys of the parts that the model computes with: a tensor there that nothing expects makes it another model. Losses,
   * statistics and whatever else lies beside them are nobody's concern.
   */
  readonly parts: RegExp;
  /** Keys within these parts that may be there and are not used. */
  readonly ignored?: RegExp;
}

/** A size by the axis of a tensor that has it. */
export type Place = readonly [key: string, axis: number];

/**
 * The size that most of these places agree on (the earliest one on a tie), so that one wrong tensor is found out
 * as wrong instead of making all others so.
 * @throws {UserError} when none of the tensors is there.
 */
export function sizeAt(tensors: CheckpointTensors, model: string, places: readonly Place[]): number {
  const votes = new Map<number, number>();
  for (const [key, axis] of places) {
    const size = tensors.get(key)?.shape[axis];
    if (size !== undefined) votes.set(size, (votes.get(size) ?? 0) + 1);
  }
  if (!votes.size) {
    const keys = [...new Set(places.map(([key]) => key))];
    throw new UserError(
      'checkpoint',
      `The ${model} checkpoint has none of the tensors ${keys.slice(0, 4).join(', ')}: its sizes cannot be told.`,
    );
  }
  const most = Math.max(...votes.values());
  return [...votes].find(([, count]) => count === most)![0];
}

/**
 * One more than the highest number in the place of `#`, as in `transformer.blocks.#.`; 0 where there is none. Never more
 * than there are tensors: one key alone could otherwise ask for a list of any length.
 */
export function countOf(tensors: CheckpointTensors, pattern: string): number {
  const [before, after] = pattern.split('#') as [string, string];
  let count = 0;
  for (const key of tensors.keys()) {
    if (!key.startsWith(before)) continue;
    const number = /^(\d+)/.exec(key.slice(before.length))?.[1];
    if (number && key.startsWith(after, before.length + number.length))
      count = Math.max(count, Number(number) + 1);
  }
  return Math.min(count, tensors.size);
}

/** Whether a tensor's key begins so. */
export function hasPrefix(tensors: CheckpointTensors, prefix: string): boolean {
  for (const key of tensors.keys()) if (key.startsWith(prefix)) return true;
  return false;
}

/**
 * Names alone could ask for layers times blocks without end; a few tensors may be missing, but not most of them.
 * @param asked tensors that the numbers in the names ask for, about
 * @throws {UserError} where far more is asked for than is there
 */
export function checkAsked(model: string, asked: number, { size }: CheckpointTensors): void {
  if (asked <= 2 * size + 1000) return;
  throw new UserError(
    'checkpoint',
    `The ${model} checkpoint has ${size} tensors, and their names ask for ${asked}: it is damaged, or another model.`,
  );
}

/** Collects the shapes of a model: `weightAndBias('x', [2, 3])` is x.weight [2, 3] and x.bias [2]. */
export function shapeList() {
  const shapes = new Map<string, readonly number[]>();
  const tensor = (key: string, shape: readonly number[]) => void shapes.set(key, shape);
  return {
    shapes: shapes as ReadonlyMap<string, readonly number[]>,
    tensor,
    weightAndBias(key: string, shape: readonly number[]) {
      tensor(`${key}.weight`, shape);
      tensor(`${key}.bias`, shape.slice(0, 1));
    },
  };
}
