// Hugging Face's container: what it holds, and what cannot be right.
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { bytesSource } from '../../src/convert/source.ts';
import { goldenTensors } from '../support/checkpoints.ts';
import { makeSafetensors, withHeader } from '../support/safetensorsWriter.ts';
import { sentence } from '../support/sentence.ts';

const open = (file: Uint8Array) => openCheckpoint(bytesSource(file));
const refusal = (file: Uint8Array) => sentence(() => open(file));

const codes: Record<string, string> = { float32: 'F32', float16: 'F16', int64: 'I64' };

test('tensors come back with type, shape and every byte', async () => {
  const tensors = await goldenTensors('clip_small_2head.pt');
  const written = await Promise.all(
    [...tensors].map(async ([name, { dtype, shape, bytes }]) => {
      return [name, { dtype: codes[dtype], shape, data: await bytes() }] as const;
    }),
  );
  const { container, tensors: found } = await open(makeSafetensors(Object.fromEntries(written)));
  expect(container).toBe('safetensors');
  expect([...found.keys()]).toEqual([...tensors.keys()]);
  for (const [name, { dtype, shape, bytes, float32 }] of tensors) {
    const same = found.get(name)!;
    expect([name, same.dtype, same.shape]).toEqual([name, dtype, shape]);
    expect(await same.bytes()).toEqual(await bytes());
    expect(await same.float32()).toEqual(await float32());
  }
});

describe('refused, with one sentence', () => {
  const weight = (changes: object) =>
    withHeader(
      JSON.stringify({ weight: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...changes } }),
      new Uint8Array(8),
    );

  test.each<[string, Uint8Array, string]>([
    ['a header cut off', weight({}).subarray(0, 40), 'it is cut off or damaged'],
    ['weights cut off', weight({}).subarray(0, -1), 'it is cut off'],
    ['no JSON', withHeader('{"weight": '), 'header is not JSON'],
    ['a type that we lack', weight({ dtype: 'F8_E4M3' }), 'stored as F8_E4M3, which is not supported'],
    ['no type', weight({ dtype: 4 }), 'do not fit together'],
    ['no shape', weight({ shape: 'two' }), 'do not fit together'],
    ['a shape of another size', weight({ shape: [3] }), 'do not fit together'],
    ['a negative place', weight({ data_offsets: [-8, 0] }), 'do not fit together'],
    ['a place that runs backwards', weight({ shape: [0], data_offsets: [8, 4] }), 'do not fit together'],
    ['no tensor at all', withHeader('{"weight":null}'), 'do not fit together'],
  ])('%s', async (_, file, expected) => {
    expect(await refusal(file)).toContain(expected);
  });
});
