// What `npm run fullsize` does with the denoiser, in miniature: each precision held against a run in single precision.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WeightType } from '../../src/pack/manifest.ts';
import { convertMicroPack } from '../support/microPack.ts';
import { nativePack } from './nativeGraphs.ts';
import {
  follow,
  guidedPair,
  nullCondition,
  type Predict,
  readTrajectory,
  straying,
  type Trajectory,
  writeTrajectory,
} from './trajectory.ts';

let folder: string;
let reference: Trajectory;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trajectory-'));
  reference = await withDenoiser('fp32', follow);
});
afterAll(() => rm(folder, { recursive: true }));

/** Converts, and runs the denoiser under some condition and the null condition in native ONNX Runtime. */
async function withDenoiser<T>(
  weightType: WeightType,
  use: (predict: Predict, manifest: ReturnType<typeof nativePack>['manifest']) => Promise<T>,
): Promise<T> {
  for (const [path, bytes] of await convertMicroPack(weightType)) await writeFile(join(folder, path), bytes);
  const { manifest, withGraph } = nativePack(folder, () => {});
  const size = manifest.conditionSize;
  const conditions = Float32Array.from(
    { length: 2 * size },
    (_, index) => Math.sin(index) / Math.sqrt(size / 2),
  );
  conditions.set(nullCondition(manifest), size);
  const modulation = await withGraph('conditioner', (run) =>
    run({ condition: new ort.Tensor('float32', conditions, [2, size]) }),
  );
  return withGraph('denoiser', (run) => use(guidedPair(run, modulation, manifest), manifest));
}

test('a run is the same when it is run again, and when it was on disk', async () => {
  const path = join(folder, 'run');
  await withDenoiser('fp32', async (predict, manifest) => {
    expect(readTrajectory(path, manifest)).toBeNull();
    writeTrajectory(path, reference);
    expect(readTrajectory(path, manifest)).toEqual(reference);
    expect(await straying(predict, manifest, reference)).toEqual({ divergence: 0, changed: 0 });
  });
});

// Nats a position: measured 9e-7, 4e-4 and 0.018. These weights are random and few: logits have a standard deviation of 3.
test.each([
  ['fp16', 5e-6],
  ['int8', 1e-3],
  ['q4', 0.04],
] as const)('%s strays from it a little', async (weightType, limit) => {
  const { divergence } = await withDenoiser(weightType, (predict, manifest) =>
    straying(predict, manifest, reference),
  );
  expect(divergence).toBeGreaterThan(0);
  expect(divergence).toBeLessThan(limit);
});
