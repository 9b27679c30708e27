// The tiny checkpoints of test/golden, opened by the converter's own reader.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { bytesSource } from '../../src/convert/source.ts';
import type { CheckpointTensor, CheckpointTensors } from '../../src/convert/tensors.ts';

/** A file of test/golden/checkpoints, unpacked where it is gzipped. */
export function goldenFile(name: string): Uint8Array {
  const bytes = readFileSync(new URL(`../golden/checkpoints/${name}`, import.meta.url));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

export async function goldenTensors(name: string): Promise<CheckpointTensors> {
  return (await openCheckpoint(bytesSource(goldenFile(name)))).tensors;
}

/** A tensor made for a test. */
export function tensorOf(shape: readonly number[], values: Float32Array): CheckpointTensor {
  return {
    dtype: 'float32',
    shape,
    float32: async () => values,
    bytes: async () => new Uint8Array(Float32Array.from(values).buffer),
  };
}

/** The same tensors with some replaced, added, or (null) left out. */
export function changed(
  tensors: CheckpointTensors,
  changes: Readonly<Record<string, CheckpointTensor | null>>,
): CheckpointTensors {
  const copy = new Map(tensors);
  for (const [key, tensor] of Object.entries(changes)) {
    if (tensor) copy.set(key, tensor);
    else copy.delete(key);
  }
  return copy;
}
