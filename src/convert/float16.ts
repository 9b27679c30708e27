// Half precision, both ways, by bits. Not Float16Array: Node 20 and older browsers lack it.

/** 2^-14, the smallest normal half, as float32 bits. */
const smallestNormal = 0x38800000;
/** 65536, the first power of two beyond the halves, as float32 bits. */
const beyondLargest = 0x47800000;
const infinity32 = 0x7f800000;

let widened: Uint32Array | undefined;

/** float32 bits of every half. [65536] */
function wideningTable(): Uint32Array {
  if (widened) return widened;
  const table = new Uint32Array(0x10000);
  const value = new Float32Array(1);
  const bits = new Uint32Array(value.buffer);
  for (let half = 0; half < 0x10000; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) {
      value[0] = fraction * 2 ** -24;
      table[half] = sign | bits[0];
    } else {
      const exponent32 = exponent === 31 ? 255 : exponent + 112;
      table[half] = sign | (exponent32 << 23) | (fraction << 13);
    }
  }
  widened = table;
  return table;
}

/** Exact; NaNs keep sign and payload. bits [n] -> [n] */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const table = wideningTable();
  // Moved as integers, because a float copy may change a NaN's bits.
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]];
  return new Float32Array(out.buffer);
}

/** Nearest half, ties to even; beyond 65520 infinity; NaNs stay NaN and quiet. values [n] -> bits [n] */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    out[i] = ((bits[i] >>> 16) & 0x8000) | halfMagnitude(bits[i] & 0x7fffffff);
  }
  return out;
}

/** Half bits of a non-negative float32's bits. */
function halfMagnitude(bits: number): number {
  if (bits >= beyondLargest) {
    return bits > infinity32 ? 0x7e00 | ((bits >>> 13) & 0x1ff) : 0x7c00;
  }
  if (bits >= smallestNormal) {
    // Rebias the exponent; half of the last kept place, less one where that place is even, rounds ties to even.
    return (bits - 0x38000000 + 0xfff + ((bits >>> 13) & 1)) >>> 13;
  }
  // Subnormal halves are multiples of 2^-24; less than half of that cannot round up.
  const exponent = bits >>> 23;
  if (exponent < 102) return 0;
  const fraction = (bits & 0x7fffff) | 0x800000;
  const shift = 126 - exponent;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return rest > tie || (rest === tie && (kept & 1) === 1) ? kept + 1 : kept;
}
