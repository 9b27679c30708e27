// The element types of tensors: their sizes, their bytes as numbers, their values as float32.
import { float16ToFloat32 } from './float16.ts';
import type { CheckpointTensor, DType } from './tensors.ts';

const elementBytes = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
  untyped: 1,
} as const satisfies Record<DType | 'untyped', number>;

/** Size of one element of a storage. */
export function bytesPerElement(dtype: DType | 'untyped'): number {
  return elementBytes[dtype];
}

type ElementArray =
  | typeof Float64Array
  | typeof Float32Array
  | typeof BigInt64Array
  | typeof BigUint64Array
  | typeof Int32Array
  | typeof Uint32Array
  | typeof Int16Array
  | typeof Uint16Array
  | typeof Int8Array;

/** Bytes seen as numbers; copied only where they do not lie on the numbers' boundary. */
export function elements<Type extends ElementArray>(
  type: Type,
  bytes: Uint8Array<ArrayBuffer>,
): InstanceType<Type> {
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  const length = aligned.byteLength / type.BYTES_PER_ELEMENT;
  return new type(aligned.buffer, aligned.byteOffset, length) as InstanceType<Type>;
}

/** Values as float32: float64 is rounded, int64 too beyond 2^24; bool gives 0 and 1. bytes of n elements -> [n] */
export function widen(dtype: DType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  switch (dtype) {
    case 'float32':
      return elements(Float32Array, bytes);
    case 'float64':
      return new Float32Array(elements(Float64Array, bytes));
    case 'float16':
      return float16ToFloat32(elements(Uint16Array, bytes));
    case 'bfloat16': {
      // The upper half of a float32.
      const out = new Uint32Array(elements(Uint16Array, bytes));
      for (let i = 0; i < out.length; i++) out[i] <<= 16;
      return new Float32Array(out.buffer);
    }
    case 'int64':
      return Float32Array.from(elements(BigInt64Array, bytes), Number);
    case 'int32':
      return new Float32Array(elements(Int32Array, bytes));
    case 'int16':
      return new Float32Array(elements(Int16Array, bytes));
    case 'int8':
      return new Float32Array(elements(Int8Array, bytes));
    case 'uint8':
    case 'bool':
      return new Float32Array(bytes);
    default:
      dtype satisfies never;
      throw new Error(`unknown dtype ${dtype}`);
  }
}

/** A tensor whose row-major bytes are read when they are asked for. */
export function tensorOfBytes(
  dtype: DType,
  shape: readonly number[],
  bytes: () => Promise<Uint8Array<ArrayBuffer>>,
): CheckpointTensor {
  return { dtype, shape, bytes, float32: async () => widen(dtype, await bytes()) };
}
