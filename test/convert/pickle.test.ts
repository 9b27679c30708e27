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
import { sentence } from '../support/sentence.ts';

const value = (...parts: Uint8Array[]) => unpickle(pickle(...parts)).value;
const refusal = (...parts: Uint8Array[]) => sentence(() => unpickle(pickle(...parts)));
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
    });
  });
});

describe('code is refused, by opcode, name and byte', () => {
  test('REDUCE, as pickle.dumps writes os.system in protocol 0', async () => {
    const dumped = bytes('cposix\nsystem\np0\n(Vecho\np1\ntp2\nRp3\n.');
    expect(await sentence(() => unpickle(dumped))).toBe(
      "pickle: REDUCE calls posix.system at byte 31: refused, this file runs code when PyTorch opens it. Save only the model's state_dict.",
    );
  });

  test.each([
    ['REDUCE', reduce(global('builtins', 'eval'), str('1')), 'REDUCE calls builtins.eval at byte'],
    [
      'STACK_GLOBAL',
      bytes(str('os'), str('system'), 0x93, '(', str('ls'), 'tR'),
      'REDUCE calls os.system at byte',
    ],
    [
      'a dotted name',
      reduce(bytes(str('torch'), str('hub.load'), 0x93)),
      'REDUCE calls torch.hub.load at byte 28: refused',
    ],
    [
      'NEWOBJ',
      bytes(global('subprocess', 'Popen'), ')', 0x81),
      'NEWOBJ makes an object of subprocess.Popen at byte 21',
    ],
    ['NEWOBJ_EX', bytes(global('a', 'B'), ')}', 0x92), 'NEWOBJ_EX makes an object of a.B at byte 9'],
    ['INST', bytes('(ios\nsystem\n'), 'INST makes an object of os.system at byte 3'],
    ['OBJ', bytes('(', global('os', 'system'), 'o'), 'OBJ makes an object of os.system at byte 14'],
    ['BUILD', bytes(global('os', 'environ'), '}b'), 'BUILD sets the state of os.environ at byte 15'],
    ['__torch__ cannot be called', reduce(global('__torch__', 'f')), 'REDUCE calls __torch__.f at byte'],
  ])('%s', async (_, pickled, expected) => {
    const message = await refusal(pickled);
    expect(message).toContain(`pickle: ${expected}`);
    expect(message).toMatch(/refused, this file runs code|not supported/);
  });

  test.each([
    ['EXT1', bytes(0x82, 1)],
    ['NEXT_BUFFER', bytes(0x97)],
    ['PERSID', bytes('P1\n')],
    ['0xff', bytes(0xff)],
  ])('opcode %s', async (name, pickled) => {
    expect(await refusal(pickled)).toMatch(`pickle: unsupported opcode ${name} at byte 2`);
  });

  test('a kind of tensor that is not dense, and a storage of another type', async () => {
    expect(await refusal(reduce(global('torch._utils', '_rebuild_sparse_tensor'), int(1)))).toMatch(
      'REDUCE calls torch._utils._rebuild_sparse_tensor at byte 46: not supported.',
    );
    const complex = tuple(
      str('storage'),
      global('torch', 'ComplexFloatStorage'),
      str('0'),
      str('cpu'),
      int(1),
    );
    expect(await refusal(persistent(complex))).toMatch(
      'names a storage of torch.ComplexFloatStorage: not supported',
    );
    const module = tuple(str('module'), global('a', 'Net'), str('net.py'), str('import os'));
    expect(await refusal(persistent(module))).toMatch('brings the source code of a whole model');
  });

  test('names are cleaned before they are shown', async () => {
    const name = `\u001b[31m${'x'.repeat(3000)}`;
    const message = await refusal(reduce(bytes(str('m'), str(name), 0x93)));
    expect(message.length).toBeLessThan(300);
    expect(message).not.toContain('\u001b');
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
    expect(await refusal(pickled)).toMatch(
      /^pickle: \d+ bytes should follow at byte \d+, but only 1 are left/,
    );
  });

  test('an integer of megabytes', async () => {
    expect(await refusal(bytes(0x8b, le(2 ** 20, 4), new Uint8Array(2 ** 20)))).toMatch(
      'LONG4 at byte 2 holds an integer of 1048576 bytes',
    );
    expect(await refusal(bytes(`L${'9'.repeat(2000)}L\n`))).toMatch('LONG at byte 2 holds "999');
  });

  test('a memo entry beyond what the file could fill', async () => {
    expect(await refusal(bytes('Nr', le(0xfffffff0, 4)))).toMatch(
      'LONG_BINPUT at byte 3 uses memo entry 4294967280, more than a file of 9 bytes can have',
    );
    expect(await refusal(bytes('Np-1\n'))).toMatch('uses memo entry -1');
    expect(await refusal(bytes('h', 9))).toMatch(
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
    expect(await refusal(repeat('}', 2_000_000))).toMatch('more than 1000000 steps by byte');
  });

  test('dicts copied over and over', async () => {
    const pairs = list(...Array.from({ length: 20_000 }, (_, i) => tuple(int(i), none)));
    const copies = Array.from({ length: 100 }, () =>
      bytes(global('collections', 'OrderedDict'), 'h', 0, 0x85, 'R'),
    );
    expect(await refusal(pairs, bytes('q', 0), ...copies)).toMatch('more than 1000000 steps');
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
      expect(await sentence(() => unpickle(whole.slice(0, length)))).toMatch(/cut off/);
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
    ['a storage of negative size', storage('float32', '0', -1), 'names a storage of torch.FloatStorage'],
  ])('%s', async (_, pickled, expected) => {
    expect(await refusal(pickled)).toMatch(expected);
  });
});
