import { describe, expect, test } from 'vitest';
import { float16ToFloat32, float32ToFloat16 } from '../../src/convert/float16.ts';

const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);

/** IEEE 754, the definition: sign, five bits of exponent, ten of fraction. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

describe('half precision', () => {
  test('all 65,536 halves widen to their value', () => {
    const values = float16ToFloat32(halves);
    const wrong = [...halves].filter((bits) => !Object.is(values[bits], halfValue(bits)));
    expect(wrong).toEqual([]);
  });

  test('all halves come back from float32, NaNs as quiet NaNs of the same sign', () => {
    const back = float32ToFloat16(float16ToFloat32(halves));
    const quiet = (bits: number) => (Number.isNaN(halfValue(bits)) ? bits | 0x200 : bits);
    const wrong = [...halves].filter((bits) => back[bits] !== quiet(bits));
    expect(wrong).toEqual([]);
  });

  test('between any two neighbours the nearer wins, and the even one where they are as near', () => {
    const wrong: number[] = [];
    const bits = new Uint32Array(3);
    const values = new Float32Array(bits.buffer);
    for (let low = 0; low < 0x7c00; low++) {
      // The value after the largest half would be 65536: from the middle on it is infinity.
      const above = low === 0x7bff ? 65536 : halfValue(low + 1);
      values[1] = (halfValue(low) + above) / 2;
      bits[0] = bits[1] - 1;
      bits[2] = bits[1] + 1;
      for (const sign of [0, 0x8000]) {
        const signed = sign === 0 ? values : values.map((value) => -value);
        const [before, tie, after] = float32ToFloat16(signed).map((half) => half ^ sign);
        if (before !== low || tie !== (low & 1 ? low + 1 : low) || after !== low + 1) wrong.push(low | sign);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('what is too large is infinity, what is too small is zero, with the sign', () => {
    const largest = 3.4028234663852886e38;
    const smallest = 2 ** -149;
    const values = Float32Array.of(65519.996, 65520, 1e6, largest, -largest, smallest, -smallest, -0);
    expect([...float32ToFloat16(values)]).toEqual([
      0x7bff, 0x7c00, 0x7c00, 0x7c00, 0xfc00, 0x0000, 0x8000, 0x8000,
    ]);
  });

  test('a part of a larger array is converted, and only that', () => {
    const values = Float32Array.of(9, 1, -2, 9).subarray(1, 3);
    expect([...float32ToFloat16(values)]).toEqual([0x3c00, 0xc000]);
  });
});
