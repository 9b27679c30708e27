import { describe, expect, test } from 'vitest';
import { unpickle } from '../../src/convert/pickle.ts';
import {
  bool,
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
} from '../support/pickleWriter.ts';
import { refusal } from '../support/refusal.ts';

const value = (...parts: Uint8Array[]) => unpickle(pickle(...parts)).value;
const refused = (...parts: Uint8Array[]) => refusal(() => unpickle(pickle(...parts)));
const repeat = (text: string, times: number) => bytes(text.repeat(times));

describe('values', () => {
  test('numbers of every spelling', () => {
    const numbers = list(
      ...[
        bytes('K', 255),
        bytes('M', 0xff, 0xff),
        bytes('J', le(-5, 4)),
        bytes(0x8a, 0),
        bytes(0x8a, 1, 0x80),
      ],
      ...[
        bytes(0x8a, 2, 0xff, 0),
        bytes(0x8b, le(2, 4), 0, 1),
        bytes('I-12\n'),
        bytes('L7L\n'),
        bytes('I01\n'),
      ],
      ...[bytes('G', 0xc0, 4, 0, 0, 0, 0, 0, 0), bytes('F1.5e3\n'), bytes(0x8a, 9, new Uint8Array(8), 1)],
    );
    expect(value(numbers)).toEqual([255, 65535, -5, 0, -128, 255, 256, -12, 7, 1, -2.5, 1500, 2n ** 64n]);
  });

  test('text and bytes of every spelling', () => {
    const texts = list(
      ...[
        str('héllo'),
        bytes(0x8c, 2, 'ab'),
        bytes(0x8d, le(2, 8), 'cd'),
        bytes('U', 1, 'e'),
        bytes('T', le(1, 4), 'f'),
      ],
      ...[bytes("S'g'\n"), bytes('Vh\n')],
    );
    expect(value(texts)).toEqual(['héllo', 'ab', 'cd', 'e', 'f', 'g', 'h']);
    const raw = list(
      ...[bytes('C', 1, 1), bytes('B', le(1, 4), 2), bytes(0x8e, le(1, 8), 3), bytes(0x96, le(1, 8), 4)],
    );
    expect(value(raw)).toEqual([1, 2, 3, 4].map((byte) => Uint8Array.of(byte)));
  });

  test('lists, tuples, sets and dicts, filled one by one or together', () => {
    expect(value(bytes(']', int(1), 'a('), int(2), int(3), bytes('e'))).toEqual([1, 2, 3]);
    expect(value(int(1), int(2), int(3), bytes(0x87, 0x85))).toEqual([[1, 2, 3]]);
    expect(value(bytes('('), int(1), int(2), bytes('l'))).toEqual([1, 2]);
    expect(value(bytes(0x8f, '('), int(1), int(2), bytes(0x90))).toEqual([1, 2]);
    expect(value(bytes('('), str('a'), none, bytes('d'), str('b'), bool(true), bytes('s'))).toEqual(
      new Map<string, unknown>([
        ['a', null],
        ['b', true],
      ]),
    );
  });

  test('the memo, by number and in order, gives the same thing and no copy', () => {
    const [first, second, third] = value(
      bytes('(', ']q', 0xff, 'r', le(70_000, 4), 0x94, 'h', 0xff, 'j', le(2, 4), 't'),
      repeat('N0', 50_000),
    ) as unknown[];
    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  test('POP, POP_MARK and DUP', () => {
    expect(value(int(1), int(2), bytes('0('), int(3), bytes('1(0'), bytes(0x32, 0x86))).toEqual([1, 1]);
  });

  test('an OrderedDict of Python 3 and of Python 2, with attributes', () => {
    const expected = new Map([['a', 1]]);
    const ordered = global('collections', 'OrderedDict');
    expect(value(ordered, bytes(')R('), str('a'), int(1), bytes('u'), dict([]), bytes('b'))).toEqual(
      expected,
    );
    expect(value(reduce(ordered, list(list(str('a'), int(1)))))).toEqual(expected);
  });

  test('a NumPy scalar, a class as a key and a torch.dtype stay names', () => {
    const dtype = bytes(reduce(global('numpy', 'dtype'), str('f8')), tuple(int(3), str('<')), 'b');
    const encoded = reduce(global('_codecs', 'encode'), str('....'), str('latin1'));
    const root = value(
      dict([
        [global('pytorch_lightning.callbacks', 'ModelCheckpoint'), int(1)],
        ['score', reduce(global('numpy.core.multiarray', 'scalar'), dtype, encoded)],
        ['dtype', global('torch', 'float16')],
      ]),
    ) as Map<unknown, unknown>;
    expect([...root.keys()][0]).toEqual({
      kind: 'global',
      name: 'pytorch_lightning.callbacks.ModelCheckpoint',
    });
    expect(root.get('score')).toMatchObject({ className: 'numpy.core.multiarray.scalar' });
    expect(root.get('dtype')).toEqual({ kind: 'global', name: 'torch.float16' });
  });

  test('a TorchScript object holds its attributes', () => {
    const root = value(instance(global('__torch__.a', 'B'), dict([['training', bool(false)]])));
    expect(root).toEqual({
      kind: 'instance',
      className: '__torch__.a.B',
      state: new Map([['training', false]]),
      items: null,
    });
  });
});

describe('code is refused, by opcode, name and byte', () => {
  test('REDUCE, as pickle.dumps writes os.system in protocol 0', async () => {
    const dumped = bytes('cposix\nsystem\np0\n(Vecho\np1\ntp2\nRp3\n.');
    expect(await refusal(() => unpickle(dumped))).toBe(
      "pickle: REDUCE calls “posix.system” at byte 31: refused, this file runs code when PyTorch opens it. Save only the model's state_dict.",
    );
  });

  test.each([
    ['REDUCE', reduce(global('builtins', 'eval'), str('1')), 'REDUCE calls “builtins.eval” at byte'],
    [
      'STACK_GLOBAL',
      bytes(str('os'), str('system'), 0x93, '(', str('ls'), 'tR'),
      'REDUCE calls “os.system” at byte',
    ],
    [
      'a dotted name',
      reduce(bytes(str('torch'), str('hub.load'), 0x93)),
      'REDUCE calls “torch.hub.load” at byte 28: refused',
    ],
    [
      'NEWOBJ',
      bytes(global('subprocess', 'Popen'), ')', 0x81),
      'NEWOBJ makes an object of “subprocess.Popen” at byte 21',
    ],
    [
      'NEWOBJ_EX',
      bytes(global('os', 'popen'), ')}', 0x92),
      'NEWOBJ_EX makes an object of “os.popen” at byte 14',
    ],
    ['INST', bytes('(ios\nsystem\n'), 'INST makes an object of “os.system” at byte 3'],
    ['OBJ', bytes('(', global('os', 'system'), 'o'), 'OBJ makes an object of “os.system” at byte 14'],
    ['BUILD', bytes(global('os', 'environ'), '}b'), 'BUILD sets the state of “os.environ” at byte 15'],
    [
      'a module inside a module',
      reduce(bytes(str('torch'), str('os.system'), 0x93)),
      'REDUCE calls “torch.os.system” at byte',
    ],
    [
      'a name from the memo',
      bytes(str('system'), 'q', 9, '0', str('os'), 'h', 9, 0x93, '(', str('ls'), 'tR'),
      'REDUCE calls “os.system” at byte',
    ],
    [
      'a function given the class to make',
      reduce(global('copyreg', '_reconstructor'), global('subprocess', 'Popen'), none),
      'REDUCE makes an object of “subprocess.Popen” at byte',
    ],
    [
      'inside the arguments of another call',
      reduce(
        global('builtins', 'getattr'),
        reduce(global('builtins', '__import__'), str('os')),
        str('system'),
      ),
      'REDUCE calls “builtins.__import__” at byte',
    ],
  ])('%s', async (_, pickled, expected) => {
    const message = await refused(pickled);
    expect(message).toContain(`pickle: ${expected}`);
    expect(message).toMatch('refused, this file runs code');
  });

  test.each([
    ['EXT1', bytes(0x82, 1)],
    ['NEXT_BUFFER', bytes(0x97)],
    ['PERSID', bytes('P1\n')],
    ['0xff', bytes(0xff)],
  ])('opcode %s', async (name, pickled) => {
    expect(await refused(pickled)).toMatch(`pickle: unsupported opcode ${name} at byte 2`);
  });

  test('names are cleaned before they are shown', async () => {
    const name = `\u001b[31m${'x'.repeat(400)}`;
    const message = await refused(reduce(bytes(str('os'), str(name), 0x93)));
    expect(message).not.toContain('\u001b');
  });
});

describe('passengers: what nobody needs is an inert name', () => {
  const inert = (className: string) => ({ kind: 'instance', className });

  test.each<[string, Uint8Array, string]>([
    ['a path', reduce(global('pathlib', 'PosixPath'), str('/data')), 'pathlib.PosixPath'],
    ['argparse.Namespace', instance(global('argparse', 'Namespace'), dict([])), 'argparse.Namespace'],
    ['a date', reduce(global('datetime', 'datetime'), bytes('C', 2, 7, 230)), 'datetime.datetime'],
    ['an enum', reduce(global('mine.settings', 'Mode'), int(2)), 'mine.settings.Mode'],
    [
      'a deque, filled like a list',
      bytes(reduce(global('collections', 'deque'), list(), int(9)), '(', int(1), 'e'),
      'collections.deque',
    ],
    ['NEWOBJ_EX', bytes(global('a', 'B'), ')}', 0x92), 'a.B'],
    ['INST, of protocol 0', bytes('(', int(1), 'ia\nB\n'), 'a.B'],
    ['OBJ', bytes('(', global('a', 'B'), int(1), 'o'), 'a.B'],
    [
      'an object of protocol 1',
      reduce(global('copy_reg', '_reconstructor'), global('a', 'B'), global('__builtin__', 'object'), none),
      'a.B',
    ],
    ['what a call returned, called', bytes(reduce(global('a', 'f')), ')R'), 'a.f'],
    ['a function of TorchScript', reduce(global('__torch__', 'f')), '__torch__.f'],
    [
      'a class and its source code',
      bytes(persistent(tuple(str('module'), global('a', 'Net'), str('n.py'), str('import os'))), ')', 0x81),
      'a.Net',
    ],
  ])('%s', (_, pickled, className) => {
    expect(value(pickled)).toMatchObject(inert(className));
  });

  test('an object that is filled like a dict keeps its items, one with attributes its attributes', () => {
    const filled = bytes(global('easydict', 'EasyDict'), ')', 0x81, '(', str('a'), int(1), 'u');
    expect(value(filled)).toMatchObject({ items: new Map([['a', 1]]) });
    const built = instance(global('a', 'B'), dict([['x', int(2)]]));
    expect(value(built)).toMatchObject({ state: new Map([['x', 2]]) });
  });

  test('BUILD on a class of someone else changes nothing; on a list or tensor it is damage', async () => {
    expect(value(global('a', 'B'), dict([['x', int(1)]]), bytes('b'))).toEqual({
      kind: 'global',
      name: 'a.B',
    });
    expect(await refused(list(), dict([]), bytes('b'))).toMatch('BUILD at byte');
    const weight = tensor(storage('float32', '0', 1), { shape: [1] });
    expect(await refused(weight, tuple(), bytes('b'))).toMatch('sets the state of a tensor');
  });

  test.each<[string, Uint8Array, string]>([
    ['sparse', reduce(global('torch._utils', '_rebuild_sparse_tensor'), int(1)), 'sparse'],
    ['quantised', reduce(global('torch._utils', '_rebuild_qtensor'), int(1)), 'q'],
    [
      'complex',
      reduce(
        global('torch._utils', '_rebuild_tensor_v2'),
        persistent(
          tuple(str('storage'), global('torch', 'ComplexFloatStorage'), str('0'), str('cpu'), int(1)),
        ),
        ...[int(0), tuple(int(1)), tuple(int(1)), bool(false), dict([])],
      ),
      'complex64',
    ],
    [
      'float8',
      reduce(
        global('torch._utils', '_rebuild_tensor_v3'),
        persistent(tuple(str('storage'), global('torch', 'UntypedStorage'), str('0'), str('cpu'), int(1))),
        ...[int(0), tuple(int(1)), tuple(int(1)), bool(false), dict([]), global('torch', 'float8_e4m3fn')],
      ),
      'float8_e4m3fn',
    ],
  ])('a tensor that cannot be read: %s', (_, pickled, type) => {
    expect(value(pickled)).toEqual({ kind: 'unreadable', type });
  });
});

describe('hostile sizes cost nothing', () => {
  test.each([
    ['BINUNICODE8', bytes(0x8d, le(2n ** 62n, 8))],
    ['BINBYTES8', bytes(0x8e, le(2 ** 40, 8))],
    ['BYTEARRAY8', bytes(0x96, le(-1, 8))],
    ['BINUNICODE', bytes('X', le(-1, 4))],
    ['BINBYTES', bytes('B', le(-1, 4))],
    ['BINSTRING', bytes('T', le(2 ** 31, 4))],
  ])('%s longer than the file', async (_, pickled) => {
    expect(await refused(pickled)).toMatch(
      /^pickle: \d+ bytes should follow at byte \d+, but only 1 are left/,
    );
  });

  test('an integer of megabytes', async () => {
    expect(await refused(bytes(0x8b, le(2 ** 20, 4), new Uint8Array(2 ** 20)))).toMatch(
      'LONG4 at byte 2 holds an integer of 1048576 bytes',
    );
    expect(await refused(bytes(`L${'9'.repeat(2000)}L\n`))).toMatch('LONG at byte 2 holds “999');
  });

  test('a memo entry beyond what the file could fill', async () => {
    expect(await refused(bytes('Nr', le(0xfffffff0, 4)))).toMatch(
      'LONG_BINPUT at byte 3 uses memo entry 4294967280, more than a file of 9 bytes can have',
    );
    expect(await refused(bytes('Np-1\n'))).toMatch('uses memo entry -1');
    expect(await refused(bytes('h', 9))).toMatch(
      'BINGET at byte 2 asks for memo entry 9, which was never kept',
    );
  });

  test('lists within lists, 200,000 deep, open without recursion', () => {
    let root = value(repeat(']', 200_000), repeat('a', 199_999));
    let depth = 0;
    for (; Array.isArray(root) && root.length > 0; depth++) root = root[0];
    expect(depth).toBe(199_999);
  });

  test('doubling through the memo gives references and no copies', () => {
    // x = [x_before, x_before], a thousand times over: 2^1000 leaves.
    const steps = Array.from({ length: 1000 }, (_, i) =>
      bytes('](', 'j', le(i, 4), 'j', le(i, 4), 'er', le(i + 1, 4), '0'),
    );
    const root = value(bytes(']r', le(0, 4), '0'), ...steps, bytes('j', le(1000, 4))) as unknown[];
    expect(root[0]).toBe(root[1]);
  });

  test('a list that holds itself', () => {
    const root = value(bytes(']q', 0, 'h', 0, 'a')) as unknown[];
    expect(root[0]).toBe(root);
  });

  test('millions of small objects', async () => {
    expect(await refused(repeat('}', 1_000_000))).toMatch('take more memory or work to read');
  });

  test('one list of pairs with one key made a dict over and over', async () => {
    const pairs = list(...Array.from({ length: 20_000 }, () => tuple(int(1), none)));
    const copies = Array.from({ length: 200 }, () =>
      bytes(global('collections', 'OrderedDict'), 'h', 0, 0x85, 'R'),
    );
    expect(await refused(pairs, bytes('q', 0), ...copies)).toMatch('take more memory or work to read');
  });

  test('two equal keys of megabytes that are compared over and over', async () => {
    const key = str('k'.repeat(1_000_000));
    const sets = Array.from({ length: 150 }, () => bytes('h', 1, 'Nsh', 2, 'Ns'));
    expect(await refused(bytes('}'), key, bytes('q', 1, '0'), key, bytes('q', 2, '0'), ...sets)).toMatch(
      'take more memory or work to read',
    );
  });

  test('a name of megabytes', async () => {
    expect(await refused(str('m'.repeat(5000)), str('f'), bytes(0x93))).toMatch(
      'STACK_GLOBAL at byte 5013 names a global by 5001 characters',
    );
  });

  test('a long history is no attack', () => {
    // 600,000 losses: two opcodes each, as torch.save writes them, and a tuple around every one.
    const entry = bytes('G', new Uint8Array(8), 0x85);
    const history = new Uint8Array(600_000 * entry.length);
    for (let i = 0; i < 600_000; i++) history.set(entry, i * entry.length);
    expect(value(bytes(']('), history, bytes('e'))).toHaveLength(600_000);
  });

  test('dicts copied over and over', async () => {
    const pairs = list(...Array.from({ length: 20_000 }, (_, i) => tuple(int(i), none)));
    const copies = Array.from({ length: 200 }, () =>
      bytes(global('collections', 'OrderedDict'), 'h', 0, 0x85, 'R'),
    );
    expect(await refused(pairs, bytes('q', 0), ...copies)).toMatch('take more memory or work to read');
  });
});

describe('damage', () => {
  test('cut off anywhere, it says so', async () => {
    const whole = pickle(
      dict([
        ['weight', tensor(storage('float32', '0', 6), { shape: [2, 3] })],
        ['score', reduce(global('numpy', 'dtype'), bytes('G', new Uint8Array(8)))],
      ]),
    );
    for (let length = 0; length < whole.length; length++) {
      expect(await refusal(() => unpickle(whole.slice(0, length)))).toMatch(/cut off/);
    }
  });

  test.each([
    ['an empty stack', bytes('0'), 'POP at byte 2 finds the stack empty'],
    ['nothing below a MARK is taken', bytes('N(', 0x85), 'TUPLE1 at byte 4 finds the stack empty'],
    ['no MARK', bytes('Nt'), 'TUPLE at byte 3 finds no MARK'],
    ['a key without value', bytes('}(Nu'), 'SETITEMS at byte 5 finds a key without a value'],
    ['items into a number', bytes('K', 1, '(NNu'), 'SETITEMS at byte 7 fills a number like a dict'],
    ['items into a dict', bytes('}(Ne'), 'APPENDS at byte 5 fills a dict like a list'],
    ['calling a number', bytes('K', 1, ')R'), 'REDUCE at byte 5 calls a number'],
    ['a newer protocol', bytes(0x80, 9), 'PROTO at byte 2 asks for protocol 9'],
    ['a name without end', bytes('c', 'x'.repeat(5000)), 'the name at byte 3 does not end'],
    [
      'a global of numbers',
      bytes('K', 1, 'K', 1, 0x93),
      'STACK_GLOBAL at byte 6 names a global that is no text',
    ],
    ['a tensor without storage', tensor(int(1), { shape: [1] }), 'arguments that are not supported'],
    [
      'a storage of negative size',
      storage('float32', '0', -1),
      'names a storage of “torch.FloatStorage” that is none',
    ],
  ])('%s', async (_, pickled, expected) => {
    expect(await refused(pickled)).toMatch(expected);
  });
});
