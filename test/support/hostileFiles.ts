// Checkpoints made to hurt a reader, by their structure: deep, wide, shared, quadratic, of negative length, without end.
// Random bytes find none of this, as they never get beyond the first wrong opcode.
import { makeLegacy } from './legacyWriter.ts';
import {
  bool,
  bytes,
  dict,
  global,
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
} from './pickleWriter.ts';
import { makeZip } from './zipWriter.ts';

type Random = () => number;

/** What an attacker throws dice for. */
export function hostileFiles(random: Random) {
  const below = (limit: number) => Math.floor(random() * limit);
  const one = <T>(...choices: readonly T[]): T => choices[below(choices.length)];
  /** Mostly a few, at times many. */
  const count = () => (below(200) === 0 ? below(4000) : below(30));
  const times = (n: number, make: (i: number) => Uint8Array) =>
    bytes(...Array.from({ length: n }, (_, i) => make(i)));
  const length = () =>
    one<number | bigint>(0, 1, 255, -1, -(2 ** 31), 2 ** 31, 2n ** 62n, 2n ** 63n - 1n, below(1000));

  /** Names that mean something to the reader, and others. */
  const name = (): string =>
    one(
      ...[
        'state_dict',
        'model',
        'ema',
        'model_ema.x',
        '_modules',
        '_parameters',
        '',
        '.',
        '__proto__',
        'constructor',
      ],
      ...['transformer.blocks.0.x', 'module.transformer.blocks.0.x', 'quantize.embed.weight', 'visual.proj'],
      `transformer.blocks.${10 ** below(17)}.attn.key.weight`,
      `${'transformer.'.repeat(below(20))}blocks.0.`,
      'k'.repeat(count()),
      '\u202e\u0000\u2028'.repeat(below(100)),
    );
  const globalName = () =>
    one(
      global('collections', 'OrderedDict'),
      global('collections', 'defaultdict'),
      global(
        'torch._utils',
        one('_rebuild_tensor_v2', '_rebuild_tensor_v3', '_rebuild_parameter', '_rebuild_qtensor'),
      ),
      global('torch._tensor', '_rebuild_from_type_v2'),
      global('torch', one('FloatStorage', 'ComplexFloatStorage', 'float16', 'float8_e4m3fn', 'Size')),
      global('copyreg', '_reconstructor'),
      global('__torch__', 'M'),
      global('mine', 'Thing'),
      global(one('os', 'builtins', 'torch.os'), one('system', 'eval')),
      bytes(str('m'.repeat(count())), str(name()), 0x93),
    );
  const size = () => one(0, 1, 2, 3, 12, -1, 2 ** 30, 2 ** 52, below(100));
  const view = () =>
    below(2) === 0
      ? tensor(storage('float32', '0', 12), { shape: [one(0, 1, 12)] })
      : tensor(
          storage(
            one('float32', 'int64', 'bool', 'bfloat16'),
            one('0', '1', 'k'.repeat(count())),
            one(12, 12, 12, 12, 3, -1),
          ),
          {
            shape: Array.from({ length: below(70) > 66 ? 65 : below(4) }, size),
            strides: Array.from({ length: below(4) }, size),
            offset: size(),
          },
        );

  /** Bytes that leave one value on the stack, if they run at all. */
  const value = (depth = 0): Uint8Array => {
    if (depth > 4) return one(none, int(below(9)), str(name()), view());
    const inner = () => value(depth + 1);
    const shapes: (() => Uint8Array)[] = [
      // Wide.
      () => list(...Array.from({ length: below(6) }, inner)),
      () => dict(Array.from({ length: below(6) }, () => [name(), inner()] as const)),
      () =>
        bytes(
          ']',
          '(',
          times(count(), () => one(none, int(1), str('x'), bytes('}'), bytes(')'))),
          'e',
        ),
      () => dict(Array.from({ length: count() }, (_, i) => [`transformer.blocks.${i}.x`, none] as const)),
      () => dict(Array.from({ length: below(40) }, () => [name(), view()] as const)),
      // Deep: lists, dicts, tuples.
      () => {
        const n = count();
        return bytes(
          times(n, () => bytes(']')),
          none,
          times(n, () => bytes('a')),
        );
      },
      () => {
        const n = count();
        return bytes(
          times(n, () => bytes('}', str('a'))),
          inner(),
          times(n, () => bytes('s')),
        );
      },
      () =>
        bytes(
          inner(),
          times(count(), () => bytes(0x85)),
        ),
      // Shared: each holds the one before it twice.
      () => {
        const levels = below(70);
        const doubled = (i: number) => bytes('0](', 'h', i, 'h', i, 'e', 'q', i + 1);
        return bytes(inner(), 'q', 0, times(levels, doubled));
      },
      () => {
        const levels = below(70);
        const twice = (i: number) =>
          dict([
            ['a', bytes('h', i)],
            ['_modules', bytes('h', i)],
          ]);
        const module = (i: number) =>
          bytes('0', global('__torch__', 'M'), ')', 0x81, twice(i), 'b', 'q', i + 1);
        return bytes(inner(), 'q', 0, times(levels, module));
      },
      // Quadratic: one long thing, used again and again.
      () => {
        const pairs = times(count(), (i) => tuple(int(one(1, i)), none));
        const again = () => bytes(global('collections', one('OrderedDict', 'Counter')), 'h', 7, 0x85, 'R0');
        return bytes('](', pairs, 'e', 'q', 7, times(below(50), again));
      },
      () => {
        const key = str('k'.repeat(count()));
        return bytes(
          '}',
          key,
          'q',
          1,
          '0',
          key,
          'q',
          2,
          '0',
          times(count(), () => bytes('h', 1, 'Nsh', 2, 'Ns')),
        );
      },
      () =>
        bytes(
          globalName(),
          'q',
          3,
          times(below(200), () => bytes('0h', 3, ')R')),
        ),
      () =>
        bytes(
          str('s'.repeat(count())),
          'q',
          4,
          times(below(200), () => bytes('0h', 4, 'h', 4, 0x93)),
        ),
      // Of negative or gigantic length.
      () => bytes(one(0x8d, 0x8e, 0x96), le(length(), 8)),
      () => bytes(one('X', 'B', 'T', '\u008b'), le(length(), 4)),
      () => bytes(one('I', 'L', 'F'), one('-1', '1e300', 'x', '9'.repeat(200)), '\n'),
      () => bytes('N', one(bytes('r', le(length(), 4)), bytes('j', le(length(), 4)), bytes('p-1\n'))),
      // Without end: things that hold themselves.
      () => bytes(']q', 5, 'h', 5, 'a'),
      () => bytes('}q', 5, str(one('model', '_modules')), 'h', 5, 's'),
      () =>
        bytes(
          global('__torch__', 'M'),
          ')',
          0x81,
          'q',
          6,
          dict([[one('me', '_modules'), bytes('h', 6)]]),
          'b',
        ),
      // Calls and objects.
      () => reduce(globalName(), ...Array.from({ length: below(4) }, inner)),
      () => bytes(globalName(), ')', 0x81, inner(), 'b'),
      () => bytes('(', globalName(), inner(), 'o'),
      () => bytes('(', inner(), one('imine\nThing\n', 'ios\nsystem\n')),
      () => bytes(inner(), inner(), one('b', 'R', 'a', '\u0081')),
      () => persistent(tuple(str(one('storage', 'module')), globalName(), inner(), inner(), int(size()))),
      () =>
        bytes(
          '(',
          times(count(), () => bytes('(')),
          inner(),
        ),
      view,
      () => bool(true),
    ];
    return shapes[below(shapes.length)]();
  };
  const root = () =>
    one(
      value,
      () => dict(Array.from({ length: 1 + below(4) }, () => [name(), one(view, value)()] as const)),
      () => bytes(dict([]), '(', str(one('state_dict', 'model')), value(), str(name()), value(), 'u'),
    )();

  /** A few bytes changed, cut off or repeated. */
  const spoilt = (file: Uint8Array): Uint8Array => {
    const copy = new Uint8Array(file);
    for (let i = below(4); i > 0; i--) copy[below(copy.length)] = below(256);
    return one(
      copy,
      copy,
      copy,
      copy.subarray(0, below(copy.length)),
      bytes(copy, copy.subarray(below(copy.length))),
    );
  };
  const maybeSpoilt = (file: Uint8Array) => (below(4) === 0 ? spoilt(file) : file);
  const floats = new Uint8Array(48);

  return {
    pickle: () => maybeSpoilt(pickle(root())),
    legacy: () => {
      const storages = one<Parameters<typeof makeLegacy>[1]>(
        {},
        { 0: { elements: one(12, -1, 2 ** 40), data: floats } },
      );
      const file = makeLegacy(root(), storages);
      if (below(3) > 0) return maybeSpoilt(file);
      // The list of storages is a pickle as well.
      return bytes(makeLegacy(root()).slice(0, -one(0, 6)), pickle(value()), floats);
    },
    zip: () => {
      const entry = (path: string, data: Uint8Array) => ({ name: path, data, deflate: below(3) === 0 });
      const files = [
        entry('a/data.pkl', pickle(root())),
        ...Array.from({ length: below(3) }, (_, i) =>
          entry(`a/data/${i}`, one(floats, new Uint8Array(count()))),
        ),
        ...(below(9) === 0 ? Array.from({ length: count() }, (_, i) => entry(`${name()}${i}`, floats)) : []),
      ];
      const archive = makeZip(files, { zip64: below(3) === 0, dataDescriptors: below(3) === 0 });
      const behind = one(bytes(), bytes(), bytes('\n'), archive.slice(-22));
      // Numbers of the end record and of the last header.
      const field = one(0, 10, 12, 16, 20);
      if (below(3) === 0)
        archive.set(le(length(), one(2, 4)).subarray(0, 22 - field), archive.length - 22 + field);
      if (below(3) === 0) archive.set(le(length(), 4), archive.length - 22 - 4 - below(60));
      return maybeSpoilt(bytes(archive, behind));
    },
  };
}
