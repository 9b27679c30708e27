// What `npm run fullsize` does with the denoiser, in miniature: each precision held against a run in single precision.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WeightType } from '../../src/pack/manifest.ts';
import type { ImageTokens } from '../../src/types.ts';
import { convertMicroPack } from '../support/microPack.ts';
import { type Evaluate, heldOutInputs, worstOfHeldOut } from './heldOut.ts';
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

/** p(x_0) of one condition, input by input. */
const evaluator =
  (predict: Predict): Evaluate =>
  async (inputs) => {
    const answers: Float32Array[] = [];
    for (const { tokens, timestep } of inputs) {
      const pair = await predict(tokens as ImageTokens, timestep);
      answers.push(pair.slice(0, pair.length / 2));
    }
    return Float32Array.from(answers.flatMap((answer) => [...answer]));
  };

test('inputs held out are at timesteps of their own, as masked as the way is there', async () => {
  await withDenoiser('fp32', async (predict, manifest) => {
    const inputs = heldOutInputs(manifest, 2).flat();
    expect(inputs.map(({ timestep }) => timestep)).toEqual([91, 75, 58, 41, 25, 8]);
    const masked = inputs.map(({ tokens }) => tokens.filter((token) => token === 40).length);
    expect(masked).toEqual([...masked].sort((a, b) => b - a));
    expect(masked[0]).toBeGreaterThan(masked[5] + 20);
    const path = join(folder, 'held-out');
    expect(await worstOfHeldOut(evaluator(predict), manifest, 2, path)).toBeNull();
    expect(await worstOfHeldOut(evaluator(predict), manifest, 2, path)).toEqual({ logits: 0, divergence: 0 });
    // Of one answer that is another, the difference is what is found.
    const other: Evaluate = async (inputs) => {
      const answers = await evaluator(predict)(inputs);
      if (inputs[0].timestep === 25) answers[answers.length - 1] += 2;
      return answers;
    };
    const { logits, divergence } = (await worstOfHeldOut(other, manifest, 2, path))!;
    expect(logits).toBeCloseTo(2, 5);
    expect(divergence).toBeGreaterThan(0);
  });
});

// Twice what was measured, in nats a position. These weights are random and few: logits have a standard deviation of 3.
test.each([
  ['fp16', 1.8e-6],
  ['int8', 8e-4],
  ['q4', 0.036],
] as const)('%s strays from it a little', async (weightType, limit) => {
  const { divergence } = await withDenoiser(weightType, (predict, manifest) =>
    straying(predict, manifest, reference),
  );
  expect(divergence).toBeGreaterThan(0);
  expect(divergence).toBeLessThan(limit);
});
