// Checkpoints made by hand: what PyTorch may write, and what nobody honest would.
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { type ByteSource, bytesSource } from '../../src/convert/source.ts';
import { UserError } from '../../src/errors.ts';
import { makeLegacy } from '../support/legacyWriter.ts';
import {
  bytes,
  dict,
  global,
  instance,
  int,
  le,
  list,
  none,
  persistent,
  pickle,
  reduce,
  storage,
  str,
  tensor,
  tuple,
  type View,
} from '../support/pickleWriter.ts';
import { refusal } from '../support/refusal.ts';
import { makeCheckpoint, makeZip } from '../support/zipWriter.ts';

const open = (file: Uint8Array) => openCheckpoint(bytesSource(file));
const refused = (file: Uint8Array) => refusal(() => open(file));
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const counting = floats(...Array.from({ length: 12 }, (_, i) => i));

/** A file whose one tensor, `weight`, is a view of twelve float32: 0, 1, 2 ... */
const viewFile = (view: View) =>
  makeCheckpoint(pickle(dict([['weight', tensor(storage('float32', '0', 12), view)]])), { 0: counting });
const read = async (file: Uint8Array, name = 'weight') => [
  ...(await (await open(file)).tensors.get(name)!.float32()),
];

describe('views', () => {
  test.each<[string, View, number[]]>([
    ['whole', { shape: [3, 4] }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['rows', { shape: [2, 2], offset: 5 }, [5, 6, 7, 8]],
    ['transposed', { shape: [4, 3], strides: [1, 4] }, [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]],
    ['columns', { shape: [3, 2], strides: [4, 1], offset: 2 }, [2, 3, 6, 7, 10, 11]],
    ['every third', { shape: [2, 1, 2], strides: [6, 99, 3], offset: 1 }, [1, 4, 7, 10]],
    ['permuted', { shape: [2, 3, 2], strides: [1, 4, 2] }, [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]],
    ['expanded', { shape: [2, 3], strides: [0, 1], offset: 9 }, [9, 10, 11, 9, 10, 11]],
    ['one of many dimensions', { shape: [1, 1, 2], strides: [7, 5, 1], offset: 3 }, [3, 4]],
    ['scalar', { shape: [], offset: 11 }, [11]],
    ['empty', { shape: [0, 4], offset: 12 }, []],
  ])('%s', async (_, view, expected) => {
    expect(await read(viewFile(view))).toEqual(expected);
  });

  test('all element types, as float32 and strided in their own bytes', async () => {
    const types = [
      ['float64', 8, Float64Array.of(0.1, -2, 3, 4), [Math.fround(0.1), -2, 3, 4]],
      ['float16', 2, Uint16Array.of(0x3c00, 0xc000, 0x7c00, 0x0001), [1, -2, Infinity, 2 ** -24]],
      ['bfloat16', 2, Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001), [1, -2, Infinity, 2 ** -133]],
      ['int64', 8, BigInt64Array.of(-1n, 2n, 3n, 2n ** 40n), [-1, 2, 3, 2 ** 40]],
      ['int32', 4, Int32Array.of(-1, 2, 3, 4), [-1, 2, 3, 4]],
      ['int16', 2, Int16Array.of(-1, 2, 3, 4), [-1, 2, 3, 4]],
      ['int8', 1, Int8Array.of(-1, 2, 3, 4), [-1, 2, 3, 4]],
      ['uint8', 1, Uint8Array.of(255, 2, 3, 4), [255, 2, 3, 4]],
      ['bool', 1, Uint8Array.of(0, 1, 1, 0), [0, 1, 1, 0]],
    ] as const;
    for (const [dtype, size, array, [a, b, c, d]] of types) {
      const data = new Uint8Array(array.buffer);
      const file = makeCheckpoint(
        pickle(
          dict([
            ['plain', tensor(storage(dtype, 'k', 4), { shape: [4] })],
            ['turned', tensor(storage(dtype, 'k', 4), { shape: [2, 2], strides: [1, 2] })],
          ]),
        ),
        { k: data },
      );
      const { tensors } = await open(file);
      expect(tensors.get('plain')!.dtype).toBe(dtype);
      expect([...(await tensors.get('plain')!.float32())]).toEqual([a, b, c, d]);
      expect([...(await tensors.get('turned')!.float32())]).toEqual([a, c, b, d]);
      const [first, second, third, fourth] = [0, 1, 2, 3].map((i) => data.subarray(i * size, (i + 1) * size));
      expect(await tensors.get('turned')!.bytes()).toEqual(bytes(first, third, second, fourth));
    }
  });

  test('a file in a Buffer that is not aligned, and results that are the reader’s own', async () => {
    const file = viewFile({ shape: [12] });
    const shifted = Buffer.alloc(file.length + 1).subarray(1);
    shifted.set(file);
    const weight = (await openCheckpoint(bytesSource(shifted))).tensors.get('weight')!;
    (await weight.float32()).fill(99);
    expect([...(await weight.float32())]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('a parameter, with and without attributes, a typed tensor and one over untyped bytes', async () => {
    const plain = tensor(storage('float32', '0', 2), { shape: [2] });
    const hooks = reduce(global('collections', 'OrderedDict'));
    const [size, strides] = [tuple(int(2)), tuple(int(1))];
    const untyped = persistent(
      tuple(str('storage'), global('torch.storage', 'UntypedStorage'), str('0'), str('cuda:3'), int(8)),
    );
    const dtype = global('torch', 'float32');
    const v3 = global('torch._utils', '_rebuild_tensor_v3');
    const file = makeCheckpoint(
      pickle(
        dict([
          ['parameter', reduce(global('torch._utils', '_rebuild_parameter'), plain, bytes(0x88), hooks)],
          [
            'state',
            reduce(
              global('torch._utils', '_rebuild_parameter_with_state'),
              plain,
              bytes(0x88),
              hooks,
              dict([]),
            ),
          ],
          ['untyped', reduce(v3, untyped, int(0), size, strides, bytes(0x89), hooks, dtype)],
          [
            'typed',
            reduce(
              ...[
                global('torch._tensor', '_rebuild_from_type_v2'),
                v3,
                global('torch.nn.parameter', 'Parameter'),
              ],
              ...[tuple(untyped, int(0), size, strides, bytes(0x89), hooks, dtype), dict([])],
            ),
          ],
        ]),
      ),
      { 0: floats(1.5, -2) },
    );
    for (const name of ['parameter', 'state', 'untyped', 'typed']) {
      expect([name, await read(file, name)]).toEqual([name, [1.5, -2]]);
    }
  });

  test('a lazily negated view is not read as if it were not', async () => {
    const negated = bytes(
      global('torch._utils', '_rebuild_tensor_v2'),
      tuple(storage('float32', '0', 1), int(0), tuple(), tuple(), none, none, dict([['neg', bytes(0x88)]])),
      'R',
    );
    expect(await refused(makeCheckpoint(pickle(dict([['weight', negated]])), { 0: floats(1) }))).toMatch(
      'Tensor “weight” is of a type that is not supported (“a view that is not computed yet”)',
    );
  });
});

describe('only what is needed is read', () => {
  function recorded(file: Uint8Array): { source: ByteSource; total: () => number } {
    const inner = bytesSource(file);
    let total = 0;
    return {
      source: {
        byteLength: inner.byteLength,
        slice: (start, end) => {
          total += end - start;
          return inner.slice(start, end);
        },
      },
      total: () => total,
    };
  }
  const million = new Uint8Array(4_000_000);
  const root = dict([
    ['all', tensor(storage('float32', '0', 1_000_000), { shape: [1000, 1000] })],
    ['row', tensor(storage('float32', '0', 1_000_000), { shape: [1000], offset: 5000 })],
    [
      'columns',
      tensor(storage('float32', '0', 1_000_000), { shape: [10, 2], strides: [1000, 1], offset: 5000 }),
    ],
  ]);

  test.each([
    ['zip', makeCheckpoint(pickle(root), { 0: million })],
    ['legacy', makeLegacy(root, { 0: { elements: 1_000_000, data: million } })],
  ])('%s', async (kind, file) => {
    const { source, total } = recorded(file);
    const { tensors } = await openCheckpoint(source);
    // The legacy form's pickles do not tell their length, so a window is read.
    const opening = kind === 'zip' ? 70_000 : 2 ** 20 + 1000;
    expect(total()).toBeLessThan(opening);
    const before = total();
    await tensors.get('row')!.float32();
    expect(total() - before).toBeLessThan(4000 + 200);
    await tensors.get('columns')!.float32();
    expect(total() - before).toBeLessThan(4000 + 9 * 4000 + 8 + 200);
  });
});

describe('the legacy form', () => {
  test('storages in the order of the list, and views of storages', async () => {
    const viewed = persistent(
      tuple(
        ...[str('storage'), global('torch', 'FloatStorage'), str('b'), str('cuda:0'), int(12)],
        tuple(str('view'), int(4), int(3)),
      ),
    );
    const root = dict([
      ['bytes', tensor(storage('uint8', 'a', 3), { shape: [3] })],
      ['weight', tensor(viewed, { shape: [2], offset: 1 })],
    ]);
    const file = makeLegacy(root, {
      a: { elements: 3, data: Uint8Array.of(1, 2, 3) },
      b: { elements: 12, data: counting },
    });
    expect(await read(file, 'bytes')).toEqual([1, 2, 3]);
    expect(await read(file)).toEqual([5, 6]);
  });

  test('pickles of protocol 4, which begin with the header of a frame', async () => {
    const root = dict([['weight', tensor(storage('float32', '0', 12), { shape: [12] })]]);
    const file = makeLegacy(root, { 0: { elements: 12, data: counting } });
    const framed = bytes(0x80, 4, 0x95, le(13, 8), file.subarray(2));
    expect((await read(framed)).length).toBe(12);
  });

  test('contents longer than the first window', async () => {
    const root = dict([
      ['note', str('x'.repeat(3_000_000))],
      ['weight', tensor(storage('float32', '0', 12), { shape: [12] })],
    ]);
    expect((await read(makeLegacy(root, { 0: { elements: 12, data: counting } }))).length).toBe(12);
  });

  const root = dict([['weight', tensor(storage('float32', '0', 12), { shape: [12] })]]);
  test.each([
    [
      'another count',
      makeLegacy(root, { 0: { elements: 11, data: counting } }),
      'has 11 elements instead of 12',
    ],
    ['a missing storage', makeLegacy(root), 'lacks storage “0”'],
    [
      'a storage too many',
      makeLegacy(root, { 0: { elements: 12, data: counting }, 1: { elements: 0, data: bytes() } }),
      'storage “1” is listed, but nothing uses it',
    ],
    [
      'contents cut off',
      makeLegacy(root, { 0: { elements: 12, data: counting.subarray(4) } }),
      'storage “0” reaches to byte',
    ],
    ['code', makeLegacy(reduce(global('os', 'system'), str('ls'))), 'REDUCE calls “os.system” at byte'],
  ])('%s', async (_, file, expected) => {
    expect(await refused(file)).toMatch(expected);
  });

  test('a declared length that would fill memory', async () => {
    const inner = makeLegacy(bytes(0x8d, le(2 ** 35, 8)));
    const source = { ...bytesSource(inner), byteLength: 2 ** 36 };
    const padded: ByteSource = {
      byteLength: source.byteLength,
      slice: async (start, end) => {
        if (end - start > 2 ** 27) throw new Error('too much was read');
        const out = new Uint8Array(end - start);
        out.set(inner.subarray(start, end));
        return out;
      },
    };
    expect(await refusal(() => openCheckpoint(padded))).toMatch('table of contents goes on beyond byte');
  });
});

describe('where the state_dict is', () => {
  const weights = (name: string) => dict([[name, tensor(storage('float32', '0', 12), { shape: [12] })]]);
  const file = (root: Uint8Array) => makeCheckpoint(pickle(root), { 0: counting });

  test.each([
    [
      'Lightning',
      dict([
        ['state_dict', weights('a')],
        ['ema', weights('b')],
      ]),
      'state_dict',
      'a',
    ],
    [
      'the average before the model in training',
      dict([
        ['model', weights('m')],
        ['ema', weights('e')],
      ]),
      'ema',
      'e',
    ],
    [
      'the only one',
      dict([
        ['epoch', int(3)],
        ['net', weights('n')],
        ['args', dict([])],
      ]),
      'net',
      'n',
    ],
    [
      'beside an optimiser',
      dict([
        ['model', weights('m')],
        ['optimizer', dict([['state', dict([[int(0), weights('x')]])]])],
      ]),
      'model',
      'm',
    ],
    [
      'the file itself',
      dict([
        ['w', tensor(storage('float32', '0', 12), { shape: [12] })],
        ['_extra_state', none],
      ]),
      undefined,
      'w',
    ],
  ])('%s', async (_, root, section, name) => {
    const checkpoint = await open(file(root));
    expect([checkpoint.section, ...checkpoint.tensors.keys()]).toEqual([section, name]);
  });

  test.each([
    [
      'several',
      dict([
        ['g', weights('a')],
        ['d', weights('b')],
      ]),
      'holds several sets of weights (“g”, “d”), and none is a model',
    ],
    [
      'none',
      dict([
        ['epoch', int(1)],
        ['lr', int(2)],
      ]),
      "holds no model's weights, but “epoch”, “lr”",
    ],
    ['an empty dict', dict([]), "holds no model's weights, but an empty dict"],
    ['a list', list(int(1)), "holds no model's weights, but a list"],
    ['one tensor', tensor(storage('float32', '0', 12), { shape: [12] }), "no model's weights, but a tensor"],
  ])('refused: %s', async (_, root, expected) => {
    expect(await refused(file(root))).toMatch(expected);
  });

  test('TorchScript modules, by the path of attributes, in their order', async () => {
    const holder = global('__torch__.torch.nn', 'Module');
    const weight = (key: string) => tensor(storage('float32', key, 12), { shape: [12] });
    const inner = instance(
      holder,
      dict([
        ['training', bytes(0x88)],
        ['weight', weight('0')],
      ]),
    );
    const root = instance(
      holder,
      dict([
        ['first', inner],
        ['scale', weight('0')],
        ['2', inner],
        ['list', list(weight('0'))],
      ]),
    );
    expect([...(await open(file(root))).tensors.keys()]).toEqual(['first.weight', 'scale', '2.weight']);
  });

  test('TorchScript modules that contain themselves, or each other twice', async () => {
    const holder = global('__torch__', 'M');
    const loop = bytes(holder, ')', 0x81, 'q', 0, dict([['me', bytes('h', 0)]]), 'b');
    expect(await refused(file(loop))).toMatch("holds no model's weights, but an object");
    const leaf = bytes(
      instance(holder, dict([['w', tensor(storage('float32', '0', 12), { shape: [12] })]])),
      'q',
      0,
    );
    const doubled = Array.from({ length: 60 }, (_, i) =>
      bytes(
        '0',
        instance(
          holder,
          dict([
            ['a', bytes('h', i)],
            ['b', bytes('h', i)],
          ]),
        ),
        'q',
        i + 1,
      ),
    );
    // 2^60 places of one tensor: some are followed, and none is asked for.
    const { tensors } = await open(file(bytes(leaf, ...doubled)));
    expect(tensors.size).toBeGreaterThan(0);
    expect(tensors.size).toBeLessThanOrEqual(64);
  });
});

describe('tensors that do not fit', () => {
  test.each<[string, View, string]>([
    [
      'too large',
      { shape: [13] },
      'Tensor “weight” has shape [13], strides [1] and offset 0, but its storage has only 12 elements',
    ],
    ['offset beyond', { shape: [1], offset: 12 }, 'its storage has only 12 elements'],
    ['strides beyond', { shape: [2, 2], strides: [11, 1] }, 'its storage has only 12 elements'],
    [
      'a size beyond 2^53',
      { shape: [2 ** 52, 2 ** 52], strides: [2 ** 52, 1] },
      'its storage has only 12 elements',
    ],
    [
      'a gigantic repeat',
      { shape: [2 ** 40], strides: [0] },
      '1099511627776 values from a storage of 12 elements',
    ],
    [
      'a repeat beyond 2^53',
      { shape: [2 ** 50, 2 ** 50], strides: [0, 0] },
      'values from a storage of 12 elements',
    ],
    ['a negative size', { shape: [-1] }, 'has a shape, strides or offset that no tensor can have'],
    ['a negative stride', { shape: [2], strides: [-1], offset: 5 }, 'that no tensor can have'],
    ['a negative offset', { shape: [1], offset: -1 }, 'that no tensor can have'],
    ['an inexact size', { shape: [2 ** 60] }, 'that no tensor can have'],
    ['strides missing', { shape: [2, 2], strides: [1] }, 'that no tensor can have'],
    ['too many dimensions', { shape: new Array(65).fill(1) }, 'that no tensor can have'],
  ])('%s', async (_, view, expected) => {
    expect(await refused(viewFile(view))).toContain(expected);
  });

  test('a storage that is missing, or not as large as the tensors believe', async () => {
    const root = pickle(dict([['weight', tensor(storage('float32', '0', 12), { shape: [2] })]]));
    expect(await refused(makeCheckpoint(root))).toMatch('lacks storage “0”');
    expect(await refused(makeCheckpoint(root, { 0: new Uint8Array(44) }))).toBe(
      'Storage “0” should have 12 elements of FloatStorage, but its entry has 44 bytes: the file is damaged. Fetch it again.',
    );
  });
});

describe('files that are something else', () => {
  test.each<[string, Uint8Array, string]>([
    ['empty', bytes(), 'is empty: fetch it again'],
    ['a web page', bytes('\n<!DOCTYPE html><html><body>404</body></html>'), 'is a web page'],
    [
      'a Git LFS pointer',
      bytes('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
      'git lfs pull',
    ],
    ['gzip', bytes(0x1f, 0x8b, 8, 0), 'compressed with gzip'],
    ['a tar archive', bytes(new Uint8Array(257), 'ustar', new Uint8Array(300)), 'is a tar archive'],
    ['another pickle', pickle(dict([])), 'is a Python pickle, but not one that torch.save wrote'],
    ['noise', bytes(3, 200, 17, 99, 250, 1, 2, 3, 4, 5), 'begins with 03 c8 11 63 fa 01 02 03'],
    [
      'a zip of something',
      makeZip([{ name: 'readme.txt', data: bytes('hello') }]),
      'has no data.pkl, but “readme.txt”',
    ],
    ['an empty zip', makeZip([]), 'has no data.pkl, but nothing at all'],
    [
      'two checkpoints',
      makeZip(['a', 'b'].map((name) => ({ name: `${name}/data.pkl`, data: pickle(none) }))),
      'holds 2 PyTorch files',
    ],
  ])('%s', async (_, file, expected) => {
    expect(await refused(file)).toMatch(expected);
  });

  test('a big-endian file', async () => {
    const files = [
      { name: 'm/data.pkl', data: pickle(none) },
      { name: 'm/byteorder', data: bytes('big') },
    ];
    expect(await refused(makeZip(files))).toMatch('saved on a big-endian machine');
  });

  test('data.pkl with a changed byte', async () => {
    const file = viewFile({ shape: [12] });
    file[file.findIndex((_, i) => file[i] === 119 && file[i + 1] === 101)] ^= 1;
    expect(await refused(file)).toMatch('check sum of entry “archive/data.pkl” does not match');
  });
});

test('a file that is taken away while it is read', async () => {
  const inner = bytesSource(viewFile({ shape: [12] }));
  let gone = false;
  const source: ByteSource = {
    byteLength: inner.byteLength,
    slice: async (start, end) => {
      if (gone) throw new DOMException('gone', 'NotReadableError');
      return inner.slice(start, end);
    },
  };
  const { tensors } = await openCheckpoint(source);
  gone = true;
  await expect(tensors.get('weight')!.float32()).rejects.toThrow(UserError);
});
