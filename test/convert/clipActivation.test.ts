// Which activation a CLIP computes with: told by how OpenAI published its weights, else asked for, and never guessed.
import { describe, expect, test } from 'vitest';
import { startGraph } from '../../src/convert/graphs/builder.ts';
import { imageEncoder } from '../../src/convert/graphs/imageEncoder.ts';
import { gelu } from '../../src/convert/graphs/layers.ts';
import { type ClipShape, clipShape } from '../../src/convert/models/clip.ts';
import { clipActivation } from '../../src/convert/models/clipActivation.ts';
import type { CheckpointTensor, CheckpointTensors } from '../../src/convert/tensors.ts';
import { weightFinder } from '../../src/convert/weights.ts';
import { goldenTensors, tensorOf } from '../support/checkpoints.ts';
import { maxDifference, openGraph } from '../support/onnx.ts';

const vitB32 = { text: { width: 512 } } as ClipShape;
const values = (...numbers: number[]) => tensorOf([numbers.length], Float32Array.from(numbers));
const half = (tensor: CheckpointTensor): CheckpointTensor => ({ ...tensor, dtype: 'float16' });

/** What the file tells, from the first layer of each tower. */
function told(bias: CheckpointTensor, norm = values(0.1), more: Record<string, CheckpointTensor> = {}) {
  const tensors = new Map(Object.entries(more));
  for (const tower of ['transformer', 'visual.transformer']) {
    tensors.set(`${tower}.resblocks.0.mlp.c_fc.bias`, bias);
    tensors.set(`${tower}.resblocks.0.ln_1.weight`, norm);
  }
  return clipActivation(tensors, vitB32, null);
}

describe('OpenAI’s CLIP', () => {
  test('is known by the numbers of its own archive', async () => {
    const numbers = { input_resolution: values(224), context_length: values(77), vocab_size: values(49408) };
    expect(await told(half(values(0.1)), half(values(0.1)), numbers)).toBe('quick-gelu');
  });
  test('is known by linear layers in half precision and norms in single', async () => {
    expect(await told(half(values(0.1)))).toBe('quick-gelu');
  });
  test('is known in single precision by values of half precision, as Hugging Face has it', async () => {
    expect(await told(values(0.5, -0.0999755859375, 0))).toBe('quick-gelu');
  });
});

describe('a CLIP of the same names and shapes', () => {
  test.each([
    ['trained in single precision', values(0.5, -0.1, 0), values(0.1)],
    ['stored in half precision throughout', half(values(0.5)), half(values(1))],
    ['with zeros, which tell nothing', values(0, 0), values(1)],
    ['in bfloat16', { ...values(0.5), dtype: 'bfloat16' as const }, values(1)],
  ])('is asked for: %s', async (_, bias, norm) => {
    const message = await told(bias, norm).catch((error: Error) => error.message);
    expect(message).toContain('pass --clip-activation quick-gelu or gelu');
    expect(message.length).toBeLessThanOrEqual(300);
  });
  test('is asked for where only one tower is OpenAI’s', async () => {
    const tensors: CheckpointTensors = new Map([
      ['transformer.resblocks.0.mlp.c_fc.bias', values(0.5)],
      ['visual.transformer.resblocks.0.mlp.c_fc.bias', values(0.1)],
    ]);
    await expect(clipActivation(tensors, vitB32, null)).rejects.toThrow('--clip-activation');
  });
  test('computes as the person says', async () => {
    expect(await clipActivation(new Map(), vitB32, 'gelu')).toBe('gelu');
  });
  test('is not asked for where nobody publishes such small ones', async () => {
    expect(await clipActivation(new Map(), { text: { width: 511 } } as ClipShape, null)).toBe('quick-gelu');
  });
});

test('GELU is x times the normal distribution, exactly', async () => {
  const g = startGraph('gelu', 'fp32');
  g.output('y', 'float32', [5], gelu(g, g.input('x', 'float32', [5])));
  const run = await openGraph(g.finish());
  const { y } = await run({ x: { data: Float32Array.of(-3, -1, 0, 1, 3), shape: [1, 5] } });
  // torch.nn.functional.gelu(torch.tensor([-3., -1, 0, 1, 3])).tolist()
  const expected = [-0.00404969, -0.15865526, 0, 0.84134474, 2.9959503];
  expect(maxDifference(y.data, expected)).toBeLessThan(1e-6);
});

test('both activations are written as they are asked for', async () => {
  const tensors = await goldenTensors('clip_small_2head.pt');
  const shape = clipShape(tensors);
  const pixels = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => Math.sin(i));
  const seen = await Promise.all(
    (['quick-gelu', 'gelu'] as const).map(async (activation) => {
      const run = await openGraph(imageEncoder(weightFinder(tensors), { ...shape, activation }, 'fp32'));
      return (await run({ image: { data: pixels, shape: [1, 3, 32, 32] } })).embedding.data;
    }),
  );
  const difference = maxDifference(seen[0], seen[1]);
  expect(difference).toBeGreaterThan(1e-4);
  expect(difference).toBeLessThan(0.1);
});
