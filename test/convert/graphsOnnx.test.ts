import { describe, expect, test } from 'vitest';
import { startGraph } from '../../src/convert/graphs/builder.ts';
import { type Graph, writeModel } from '../../src/convert/onnx.ts';
import { modelBytes, openGraph } from '../support/onnx.ts';

function doubled(load: () => Promise<Float32Array>): Graph {
  const g = startGraph('doubled', 'fp32');
  const x = g.input('x', 'float32', [2]);
  g.output('y', 'float32', [2], g.multiply(x, g.exact('factor', { shape: [2], load })));
  return g.finish();
}

describe('ONNX writer', () => {
  test('the length is known before any weight is read', async () => {
    let reads = 0;
    const file = writeModel(
      doubled(async () => {
        reads++;
        return Float32Array.of(2, 2);
      }),
    );
    expect(reads).toBe(0);
    let bytes = 0;
    for await (const chunk of file.chunks()) bytes += chunk.byteLength;
    expect(bytes).toBe(file.byteLength);
    expect(reads).toBe(1);
  });

  test('the batch is free', async () => {
    const run = await openGraph(doubled(async () => Float32Array.of(2, 3)));
    for (const batch of [1, 3]) {
      const { y } = await run({ x: { data: new Float32Array(2 * batch).fill(1), shape: [batch, 2] } });
      expect(Array.from(y.data)).toEqual(Array.from({ length: batch }, () => [2, 3]).flat());
    }
  });

  test('a weight of another size than declared is an error, not a broken file', async () => {
    await expect(modelBytes(doubled(async () => Float32Array.of(2)))).rejects.toThrow('4 bytes instead of 8');
  });

  test('attributes of every type, negative numbers and empty optional inputs arrive', async () => {
    const g = startGraph('attributes', 'fp32');
    const x = g.input('x', 'float32', [4]);
    const clipped = g.op('Clip', [x, null, g.scalar(3)]);
    const leaky = g.op('LeakyRelu', [clipped], { alpha: { float: 0.5 } });
    const normalised = g.op('ReduceL2', [leaky], { axes: [-1], keepdims: 1 });
    g.output('y', 'float32', [1], normalised);
    const run = await openGraph(g.finish());
    const { y } = await run({ x: { data: Float32Array.of(9, -8, 0, 0), shape: [1, 4] } });
    expect(Array.from(y.data)).toEqual([5]);
  });

  // Native ONNX Runtime 1.30 crashes while it optimises a LayerNormalization whose bias is an empty name.
  test('an optional input at the end is left out, one in the middle is an empty name', () => {
    const g = startGraph('optional', 'fp32');
    const x = g.input('x', 'float32', [2]);
    g.layerNorm(x, g.scalar(1), null, 1e-5);
    g.op('Clip', [x, null, g.scalar(3)]);
    const [norm, clip] = g.finish().nodes.map(({ inputs }) => inputs);
    expect(norm).toHaveLength(2);
    expect(clip).toHaveLength(3);
    expect(clip[1]).toBe('');
  });
});
