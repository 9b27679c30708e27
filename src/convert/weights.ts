// Weights on their way from the checkpoint into a graph: still unread, and reshaped as they are read.
import type { CheckpointTensors } from './tensors.ts';

/** A constant array of known shape, row-major, read when it is needed. */
export interface Weight {
  readonly shape: readonly number[];
  load(): Promise<Float32Array>;
}

/** Finds a tensor of the checkpoint by its state_dict key. */
export type WeightFinder = (key: string) => Weight;

/** @throws {Error} for a key that is not there: checkTensors comes first and lists those for a person. */
export function weightFinder(tensors: CheckpointTensors): WeightFinder {
  return (key) => {
    const tensor = tensors.get(key);
    if (!tensor) throw new Error(`The checkpoint has no tensor ${key}.`);
    return { shape: tensor.shape, load: () => tensor.float32() };
  };
}

export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** The same values in the same order under another shape. */
export function reshaped(weight: Weight, shape: readonly number[]): Weight {
  if (elementCount(shape) !== elementCount(weight.shape)) {
    throw new Error(`Cannot see [${weight.shape}] as [${shape}].`);
  }
  return { shape, load: weight.load };
}

/** A PyTorch Linear's [out, in] as the right-hand side [in, out] of a product. */
export function transposed(weight: Weight): Weight {
  const [rows, columns] = weight.shape as [number, number];
  return {
    shape: [columns, rows],
    load: async () => {
      const from = await weight.load();
      const to = new Float32Array(from.length);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          to[column * rows + row] = from[row * columns + column];
        }
      }
      return to;
    },
  };
}

/** Weights of one shape one after the other, along a new first axis. */
export function stacked(weights: readonly Weight[]): Weight {
  const each = weights[0].shape;
  return {
    shape: [weights.length, ...each],
    load: async () => {
      const to = new Float32Array(weights.length * elementCount(each));
      for (const [index, weight] of weights.entries())
        to.set(await weight.load(), index * elementCount(each));
      return to;
    },
  };
}

/** A weight made from others by a function of their values. */
export function computed(
  shape: readonly number[],
  from: readonly Weight[],
  values: (...loaded: Float32Array[]) => Float32Array,
): Weight {
  return { shape, load: async () => values(...(await Promise.all(from.map((weight) => weight.load())))) };
}

/** The same value everywhere. */
export function filled(shape: readonly number[], value: number): Weight {
  return { shape, load: async () => new Float32Array(elementCount(shape)).fill(value) };
}
