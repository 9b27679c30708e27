// A matrix in 4 or 8 bits a weight, packed as ONNX Runtime's MatMulNBits multiplies by it: it is never unfolded as a whole.
import { float32ToFloat16 } from '../float16.ts';
import type { Weight } from '../weights.ts';
import { madeTogether, type Stored } from './stored.ts';

export type Bits = 4 | 8;

/** So many inputs of an output channel share a scale, and with 4 bits a zero point. */
export const blockSizes: Readonly<Record<Bits, number>> = { 4: 32, 8: 128 };

/** Shares of a block's range that are tried with 4 bits: less than all of it often rounds the most of it better. */
const RANGES = [1, 0.9, 0.8];

/** Smallest normal half: a scale below it would lose its digits. */
const SMALLEST = 2 ** -14;

export interface PackedMatrix {
  /** uint8 [out, blocks, bytes of a block]; of two codes in a byte the first is the lower half. */
  readonly codes: Stored;
  /** float16 [out, blocks] */
  readonly scales: Stored;
  /** Packed like the codes. uint8 [out, ceil(blocks / 2)]; none with 8 bits, where all are 128. */
  readonly zeros: Stored | null;
}

/**
 * value ~ (code - zero) * scale, by blocks of inputs; the last block may lack some.
 * @param matrix [out, in]
 */
export function packedMatrix(matrix: Weight, bits: Bits): PackedMatrix {
  const [rows, columns] = matrix.shape as [number, number];
  const blocks = Math.ceil(columns / blockSizes[bits]);
  const part = madeTogether(async () => {
    const values = await matrix.load();
    return bits === 4 ? inFourBits(values, rows, columns) : inEightBits(values, rows, columns);
  });
  return {
    codes: { shape: [rows, blocks, (blockSizes[bits] * bits) / 8], load: () => part('codes') },
    scales: { shape: [rows, blocks], load: () => part('scales') },
    zeros: bits === 8 ? null : { shape: [rows, Math.ceil(blocks / 2)], load: () => part('zeros') },
  };
}

/** Symmetric about 128: with 8 bits a zero point of each block's own is worth nothing. */
function inEightBits(values: Float32Array, rows: number, columns: number) {
  const block = blockSizes[8];
  const blocks = Math.ceil(columns / block);
  const codes = new Uint8Array(rows * blocks * block).fill(128);
  const scales = new Float32Array(rows * blocks);
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < blocks; index++) {
      const begin = row * columns + index * block;
      const end = Math.min(begin + block, (row + 1) * columns);
      let largest = 0;
      for (let i = begin; i < end; i++) largest = Math.max(largest, Math.abs(values[i]));
      const scale = Math.max(SMALLEST, asHalf(largest / 127));
      scales[row * blocks + index] = scale;
      const first = (row * blocks + index) * block - begin;
      // Where the half was rounded down the largest is 127.06 at most, and still 127.
      for (let i = begin; i < end; i++) codes[first + i] = 128 + Math.round(values[i] / scale);
    }
  }
  return { codes, scales: float32ToFloat16(scales), zeros: new Uint8Array(0) };
}

function inFourBits(values: Float32Array, rows: number, columns: number) {
  const size = blockSizes[4];
  const blocks = Math.ceil(columns / size);
  const zeroBytes = Math.ceil(blocks / 2);
  const codes = new Uint8Array((rows * blocks * size) / 2);
  const scales = new Float32Array(rows * blocks);
  const zeros = new Uint8Array(rows * zeroBytes);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const begin = row * columns + block * size;
      const end = Math.min(begin + size, (row + 1) * columns);
      const { scale, zero } = bestGrid(values, begin, end);
      scales[row * blocks + block] = scale;
      zeros[row * zeroBytes + (block >> 1)] |= zero << (4 * (block & 1));
      const first = (row * blocks + block) * size - begin;
      for (let i = begin; i < end; i++) {
        codes[(first + i) >> 1] |= codeOf(values[i] / scale + zero) << (4 * ((first + i) & 1));
      }
    }
  }
  return { codes, scales: float32ToFloat16(scales), zeros };
}

/** Where 4-bit codes lie on the number line. */
interface Grid {
  /** A half, so that it is stored as it is. */
  readonly scale: number;
  readonly zero: number;
}

/** The one of a few with the smallest squared error. */
function bestGrid(values: Float32Array, begin: number, end: number): Grid {
  let low = 0;
  let high = 0;
  for (let i = begin; i < end; i++) {
    if (values[i] < low) low = values[i];
    else if (values[i] > high) high = values[i];
  }
  const range = high - low;
  if (range === 0) return { scale: 1, zero: 0 };
  const zero = Math.round((-15 * low) / range);
  let best = SMALLEST;
  let least = Number.POSITIVE_INFINITY;
  for (const share of RANGES) {
    const scale = fittedScale(values, begin, end, (share * range) / 15, zero);
    let error = 0;
    for (let i = begin; i < end; i++) {
      const off = values[i] - (codeOf(values[i] / scale + zero) - zero) * scale;
      error += off * off;
    }
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return { scale: best, zero };
}

/** The scale that suits the codes made with `scale` best, by least squares. */
function fittedScale(values: Float32Array, begin: number, end: number, scale: number, zero: number): number {
  let products = 0;
  let squares = 0;
  for (let i = begin; i < end; i++) {
    const code = codeOf(values[i] / scale + zero) - zero;
    products += values[i] * code;
    squares += code * code;
  }
  return Math.max(SMALLEST, asHalf(squares === 0 ? scale : products / squares));
}

/** Nearest of 0..15. */
function codeOf(place: number): number {
  return place <= 0 ? 0 : place >= 15 ? 15 : (place + 0.5) | 0;
}

/** Nearest half, of a number that is neither too large nor too small for one. */
function asHalf(value: number): number {
  // Adding and taking away 2^13 times a float32 leaves no more digits than a half has (Veltkamp's splitting).
  const single = Math.fround(value);
  const large = Math.fround(single * 8193);
  return Math.fround(large - Math.fround(large - single));
}
