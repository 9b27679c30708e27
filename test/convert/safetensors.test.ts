// Hugging Face's container: what it holds, and what cannot be right.
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { openSafetensors } from '../../src/convert/safetensors.ts';
import { bytesSource } from '../../src/convert/source.ts';
import { goldenTensors } from '../support/checkpoints.ts';
import { refusal } from '../support/refusal.ts';
import { makeSafetensors, withHeader } from '../support/safetensorsWriter.ts';

const open = (file: Uint8Array) => openCheckpoint(bytesSource(file));
const refused = (file: Uint8Array) => refusal(() => open(file));

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
    // Buffer's own comparison: toEqual takes seconds for a million numbers.
    expect(Buffer.compare(await same.bytes(), await bytes()), name).toBe(0);
    const values = [await same.float32(), await float32()].map(({ buffer }) => Buffer.from(buffer));
    expect(Buffer.compare(values[0], values[1]), name).toBe(0);
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
    ['weights cut off', weight({}).subarray(0, -1), '8 bytes, and 7 are there: it is cut off'],
    ['no JSON', withHeader('{"weight": '), 'header is not JSON'],
    ['no object', withHeader('{}[]'), 'header is not JSON'],
    ['a type that is no name', weight({ dtype: 'f32 ' }), 'do not fit together'],
    ['a type that we lack, of another size', weight({ dtype: 'U16' }), 'do not fit together'],
    ['no type', weight({ dtype: 4 }), 'do not fit together'],
    ['no shape', weight({ shape: 'two' }), 'do not fit together'],
    ['a shape of another size', weight({ shape: [3] }), 'do not fit together'],
    ['a negative place', weight({ data_offsets: [-8, 0] }), 'do not fit together'],
    ['a place that runs backwards', weight({ shape: [0], data_offsets: [8, 4] }), 'do not fit together'],
    ['no tensor at all', withHeader('{"weight":null}'), 'do not fit together'],
    ['a list in place of a tensor', withHeader('{"weight":["F32",[2],[0,8]]}'), 'do not fit together'],
    ['sizes whose product is beyond', weight({ shape: [2 ** 32, 2 ** 32] }), 'do not fit together'],
    ['metadata that is no text', withHeader('{"__metadata__":{"a":1}}'), 'something else than texts'],
    ['a name that is half a character', withHeader('{"\\ud800":{}}'), 'a name that is no UTF-8'],
  ])('%s', async (_, file, expected) => {
    const found = await refused(file);
    expect(found).toContain(expected);
  });

  test('a name that is no UTF-8', async () => {
    const file = weight({});
    file[file.indexOf('weight'.charCodeAt(0))] = 0xff;
    expect(await refused(file)).toContain('header is no UTF-8: it is damaged');
  });
});

/** What the format's own reader (safetensors 0.8.0) says of a file; here the same is read, and the same refused. */
const placed = (places: readonly (readonly [name: string, begin: number, end: number])[], length: number) => {
  const entries = places.map(
    ([name, begin, end]) =>
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: 'U8', shape: [end - begin], data_offsets: [begin, end] })}`,
  );
  return withHeader(`{${entries}}`, new Uint8Array(length));
};

describe('places', () => {
  test.each<[string, Uint8Array, string[]]>([
    [
      'in another order than the names',
      placed(
        [
          ['b', 4, 8],
          ['a', 0, 4],
        ],
        8,
      ),
      ['b', 'a'],
    ],
    [
      'of empty tensors between',
      placed(
        [
          ['a', 0, 4],
          ['none', 4, 4],
          ['b', 4, 8],
        ],
        8,
      ),
      ['a', 'none', 'b'],
    ],
    [
      'of one tensor, twice in the header',
      placed(
        [
          ['a', 0, 4],
          ['a', 0, 4],
        ],
        4,
      ),
      ['a'],
    ],
    ['of no tensor', withHeader('{"__metadata__":{"format":"pt"}}'), []],
    [
      'after a header that begins and ends with blanks',
      withHeader('\n\t {"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}  ', new Uint8Array(1)),
      ['a'],
    ],
  ])('are read: %s', async (_, file, names) => {
    expect([...(await open(file)).tensors.keys()]).toEqual(names);
  });

  test.each<[string, Uint8Array, string]>([
    [
      'that overlap',
      placed(
        [
          ['a', 0, 4],
          ['b', 2, 6],
        ],
        6,
      ),
      '“b” begins at byte 2 and not at 4',
    ],
    [
      'that are the same',
      placed(
        [
          ['a', 0, 4],
          ['b', 0, 4],
        ],
        4,
      ),
      '“b” begins at byte 0 and not at 4',
    ],
    [
      'of a tensor that is there twice and differs',
      placed(
        [
          ['a', 0, 4],
          ['a', 4, 8],
        ],
        8,
      ),
      '“a” begins at byte 4 and not at 0',
    ],
    ['with a hole before', placed([['a', 4, 8]], 8), '“a” begins at byte 4 and not at 0'],
    [
      'with a hole between',
      placed(
        [
          ['a', 0, 4],
          ['b', 5, 9],
        ],
        9,
      ),
      '“b” begins at byte 5 and not at 4',
    ],
    [
      'with an empty tensor within another',
      placed(
        [
          ['a', 0, 4],
          ['none', 2, 2],
        ],
        4,
      ),
      '“none” begins at byte 2 and not at 4',
    ],
    ['with bytes after', placed([['a', 0, 4]], 5), '1 bytes after its last tensor'],
    ['with bytes and no tensor', withHeader('{}', new Uint8Array(3)), '3 bytes after its last tensor'],
  ])('are refused: %s', async (_, file, expected) => {
    expect(await refused(file)).toContain(expected);
  });
});

test('tensors of types that we lack are left out, and each has its sentence', async () => {
  const file = makeSafetensors({
    weight: { dtype: 'F32', shape: [1], data: new Uint8Array(4) },
    scale: { dtype: 'F8_E4M3', shape: [3], data: new Uint8Array(3) },
    newer: { dtype: 'F3_E1M1', shape: [9], data: new Uint8Array(4) },
    packed: { dtype: 'F4', shape: [4], data: new Uint8Array(2) },
  });
  const unread = new Map<string, string>();
  expect([...(await openSafetensors(bytesSource(file), unread)).keys()]).toEqual(['weight']);
  expect([...unread.keys()]).toEqual(['scale', 'newer', 'packed']);
  expect(unread.get('scale')).toContain('“scale” is stored as “F8_E4M3”, which is not supported');
});

test('a header of more tensors than any model has is not even read', async () => {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, 21_000_000, true);
  const asked: number[] = [];
  const source = {
    byteLength: 21_000_008,
    slice: async (start: number, end: number) => {
      asked.push(end);
      return length.slice(start, end);
    },
  };
  expect(await refusal(() => openSafetensors(source))).toContain('no model of this kind has so many tensors');
  expect(asked).toEqual([8]);
});
