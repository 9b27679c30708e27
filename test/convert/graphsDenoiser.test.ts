// Conditioner and denoiser against the authors' logits (test/golden/diffusion/README.md has the recipe).
import { beforeAll, describe, expect, test } from 'vitest';
import { conditioner } from '../../src/convert/graphs/conditioner.ts';
import type { Convolution } from '../../src/convert/graphs/convMlp.ts';
import { denoiser } from '../../src/convert/graphs/denoiser.ts';
import { diffusionShape } from '../../src/convert/models/diffusion.ts';
import type { CheckpointTensors } from '../../src/convert/tensors.ts';
import { weightFinder } from '../../src/convert/weights.ts';
import type { WeightType } from '../../src/pack/manifest.ts';
import { changed, goldenTensors, tensorOf } from '../support/checkpoints.ts';
import { maxDifference, openGraph, type RunGraph } from '../support/onnx.ts';
import { readGolden } from '../support/safetensors.ts';

const golden = readGolden('diffusion/forward.safetensors');
const HEADS = 4;
const [batch, codes, positions, width] = [3, 40, 36, 48];
let tensors: CheckpointTensors;
beforeAll(async () => {
  tensors = await goldenTensors('diffusion_tiny.pt');
});

interface Network {
  condition: RunGraph;
  denoise: RunGraph;
}

async function openNetwork(
  from: CheckpointTensors,
  weightType: WeightType,
  convolution?: Convolution,
): Promise<Network> {
  const find = weightFinder(from);
  const shape = diffusionShape(from);
  return {
    condition: await openGraph(conditioner(find, shape, weightType)),
    denoise: await openGraph(denoiser(find, shape, HEADS, weightType, convolution)),
  };
}

/** Logits in the goldens' order. [batch, codes, positions] */
async function logitsOf(
  { condition, denoise }: Network,
  timesteps: readonly number[],
  conditions: ArrayLike<number> = golden.numbers('cond'),
): Promise<Float64Array> {
  const { modulation } = await condition({
    condition: { data: Float32Array.from(conditions), shape: [batch, width] },
  });
  const { logits } = await denoise({
    tokens: { data: Int32Array.from(golden.numbers('x_t')), shape: [batch, positions] },
    timestep: { data: Int32Array.from(timesteps), shape: [batch] },
    modulation,
  });
  expect(logits.shape).toEqual([batch, positions, codes]);
  return Float64Array.from({ length: batch * codes * positions }, (_, index) => {
    const position = index % positions;
    const code = Math.floor(index / positions) % codes;
    const row = Math.floor(index / positions / codes);
    return logits.data[(row * positions + position) * codes + code];
  });
}

const cases: [golden: string, timesteps: number[]][] = [
  ['logits.t0', [0, 0, 0]],
  ['logits.t1', [1, 1, 1]],
  ['logits.t37', [37, 37, 37]],
  ['logits.t99', [99, 99, 99]],
  ['logits.t_mixed', [0, 37, 99]],
];

describe.each([
  ['fp32', 'winograd', 2e-5],
  ['fp32', 'conv', 2e-5],
  // Weights rounded to half precision: measured 0.007, on logits with a standard deviation of 3.
  ['fp16', 'winograd', 0.02],
  ['fp16', 'conv', 0.02],
  // Rounded to 8 bits a weight: measured 0.16.
  ['int8', 'winograd', 0.3],
  ['int8', 'conv', 0.3],
] as const)('denoiser, %s, %s', (weightType, convolution, tolerance) => {
  let network: Network;
  beforeAll(async () => {
    network = await openNetwork(tensors, weightType, convolution);
  });

  test.each(cases)('%s', async (name, timesteps) => {
    const found = await logitsOf(network, timesteps);
    expect(maxDifference(found, golden.numbers(name))).toBeLessThan(tolerance);
  });

  test('the null condition as stored', async () => {
    const empty = golden.numbers('empty_text_embed');
    const found = await logitsOf(network, [37, 37, 37], [...empty, ...empty, ...empty]);
    expect(maxDifference(found, golden.numbers('logits.null_raw.t37'))).toBeLessThan(tolerance);
  });
});

test('an MLP of Linears is one of convolutions that see the middle of their neighbourhood only', async () => {
  const linears: Record<string, null | ReturnType<typeof tensorOf>> = {};
  const middles: typeof linears = {};
  for (const block of ['transformer.blocks.0', 'transformer.blocks.1']) {
    for (const [conv, linear] of [
      ['conv1', '0'],
      ['conv2', '2'],
    ]) {
      const kernel = tensors.get(`${block}.mlp.${conv}.weight`)!;
      const values = await kernel.float32();
      const middle = Float32Array.from({ length: values.length / 9 }, (_, i) => values[i * 9 + 4]);
      linears[`${block}.mlp.${linear}.weight`] = tensorOf(kernel.shape.slice(0, 2), middle);
      linears[`${block}.mlp.${linear}.bias`] = tensors.get(`${block}.mlp.${conv}.bias`)!;
      linears[`${block}.mlp.${conv}.weight`] = null;
      linears[`${block}.mlp.${conv}.bias`] = null;
      const alone = values.map((value, i) => (i % 9 === 4 ? value : 0));
      middles[`${block}.mlp.${conv}.weight`] = tensorOf(kernel.shape, alone);
    }
  }
  const withLinears = changed(tensors, linears);
  expect(diffusionShape(withLinears)).toMatchObject({ mlp: 'fc', hiddenSize: 4 * width });
  const found = await logitsOf(await openNetwork(withLinears, 'fp32'), [0, 37, 99]);
  const expected = await logitsOf(await openNetwork(changed(tensors, middles), 'fp32'), [0, 37, 99]);
  expect(maxDifference(found, expected)).toBeLessThan(2e-5);
  expect(maxDifference(found, golden.numbers('logits.t_mixed'))).toBeGreaterThan(0.1);
});
