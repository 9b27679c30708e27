// Writes pickles (protocol 2) by hand, honest ones and others. Each function gives the bytes that leave one value on
// the stack.
import type { DType } from '../../src/convert/tensors.ts';

const encoder = new TextEncoder();

export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Bytes given as numbers, strings (their UTF-8) and arrays. */
export function bytes(...parts: (number | string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return concatenate(
    parts.map((part) => {
      if (typeof part === 'number') return Uint8Array.of(part);
      return typeof part === 'string' ? encoder.encode(part) : part;
    }),
  );
}

/** Little-endian integer of 1, 2, 4 or 8 bytes. */
export function le(value: number | bigint, length: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigInt64(0, BigInt(value), true);
  return out.slice(0, length);
}

/** PROTO 2, the value, STOP. */
export const pickle = (...value: Uint8Array[]) => bytes(0x80, 2, ...value, '.');
export const none = bytes('N');
export const bool = (value: boolean) => bytes(value ? 0x88 : 0x89);
export const int = (value: number) =>
  Math.abs(value) < 2 ** 31 ? bytes('J', le(value, 4)) : bytes(0x8a, 8, le(value, 8));
export const str = (text: string) => {
  const utf8 = encoder.encode(text);
  return bytes('X', le(utf8.length, 4), utf8);
};
export const tuple = (...items: Uint8Array[]) => bytes('(', ...items, 't');
export const list = (...items: Uint8Array[]) => bytes(']', '(', ...items, 'e');
export const dict = (items: readonly (readonly [key: string | Uint8Array, value: Uint8Array])[]) =>
  bytes('}(', ...items.flatMap(([key, value]) => [typeof key === 'string' ? str(key) : key, value]), 'u');
export const global = (module: string, name: string) => bytes(`c${module}\n${name}\n`);
export const reduce = (callable: Uint8Array, ...args: Uint8Array[]) => bytes(callable, tuple(...args), 'R');
/** NEWOBJ without arguments, then BUILD with the attributes. */
export const instance = (className: Uint8Array, state: Uint8Array) => bytes(className, ')', 0x81, state, 'b');
export const persistent = (id: Uint8Array) => bytes(id, 'Q');

const storageClass: Record<DType, string> = {
  float64: 'DoubleStorage',
  float32: 'FloatStorage',
  float16: 'HalfStorage',
  bfloat16: 'BFloat16Storage',
  int64: 'LongStorage',
  int32: 'IntStorage',
  int16: 'ShortStorage',
  int8: 'CharStorage',
  uint8: 'ByteStorage',
  bool: 'BoolStorage',
};

export const storage = (dtype: DType, key: string, elements: number, device = 'cpu') =>
  persistent(
    tuple(str('storage'), global('torch', storageClass[dtype]), str(key), str(device), int(elements)),
  );

export interface View {
  readonly shape: readonly number[];
  /** Row-major where left out. */
  readonly strides?: readonly number[];
  readonly offset?: number;
}

/** torch._utils._rebuild_tensor_v2 over a storage. */
export const tensor = (over: Uint8Array, { shape, strides = rowMajor(shape), offset = 0 }: View) =>
  reduce(
    global('torch._utils', '_rebuild_tensor_v2'),
    over,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    bool(false),
    reduce(global('collections', 'OrderedDict')),
  );

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, d) => shape.slice(d + 1).reduce((product, size) => product * size, 1));
}
