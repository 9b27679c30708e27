// Checkpoints of several sets of tensors, as torch.save writes them.
import type { CheckpointTensors } from '../../src/convert/tensors.ts';
import { bytes, dict, pickle, storage, tensor } from './pickleWriter.ts';
import { makeCheckpoint, type ZipOptions } from './zipWriter.ts';

/** Collects the storages of all sets that go into one file. */
export function savedModels() {
  const storages: Record<string, Uint8Array> = {};
  const saved = (values: Float32Array, shape: readonly number[]) => {
    const key = String(Object.keys(storages).length);
    storages[key] = bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return tensor(storage('float32', key, values.length), { shape });
  };
  const filled = (shape: readonly number[], value: number) =>
    saved(new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value), shape);
  return {
    filled,
    /** Items of a dict: these shapes, every value the same; names changed. */
    items: (tensors: CheckpointTensors, value: number, name = (key: string) => key) =>
      [...tensors].map(([key, { shape }]): [string, Uint8Array] => [name(key), filled(shape, value)]),
    /** The whole file. */
    file: (root: Uint8Array, options?: ZipOptions) => makeCheckpoint(pickle(root), storages, options),
  };
}

export const dictOf = (...items: (readonly (readonly [string, Uint8Array])[])[]) => dict(items.flat());
