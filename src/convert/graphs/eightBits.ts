// Weights in a quarter of their bytes: 8-bit codes, and one scale for every output channel.
import { elementCount, type Weight } from '../weights.ts';
import { madeTogether, type Stored } from './stored.ts';

/**
 * Where the output channels of a weight lie. `first`: the rows of a table, the kernels of a convolution
 * [out, in, ...]. `last`: the columns of a matrix [..., in, out], for each matrix of a stack by itself.
 */
export type Channels = 'first' | 'last';

export interface EightBits {
  /** round(value / scale), -127..127: int8, in the weight's shape and order. */
  readonly codes: Stored;
  /** max |value| / 127 of each channel: float32, in a shape that multiplies the codes. */
  readonly scales: Stored;
}

/** value ~ code * scale, to within half a scale. */
export function eightBits(weight: Weight, channels: Channels): EightBits {
  const { shape } = weight;
  const last = shape.length - 1;
  // Seen as [blocks, inputs, columns]: one scale for each block and column.
  const sizes: Sizes =
    channels === 'first'
      ? [shape[0], elementCount(shape.slice(1)), 1]
      : [elementCount(shape.slice(0, last - 1)), shape[last - 1], shape[last]];
  const isKept = (axis: number) => (channels === 'first' ? axis === 0 : axis !== last - 1);
  const part = madeTogether(async () => quantised(await weight.load(), sizes));
  return {
    codes: { shape, load: () => part('codes') },
    scales: {
      shape: shape.map((size, axis) => (isKept(axis) ? size : 1)),
      load: () => part('scales'),
    },
  };
}

type Sizes = readonly [blocks: number, inputs: number, columns: number];

function quantised(values: Float32Array, [blocks, inputs, columns]: Sizes) {
  const scales = new Float32Array(blocks * columns);
  const codes = new Int8Array(values.length);
  for (let block = 0; block < blocks; block++) {
    const begin = block * inputs * columns;
    for (let column = 0; column < columns; column++) {
      let largest = 0;
      for (let at = begin + column; at < begin + inputs * columns; at += columns) {
        largest = Math.max(largest, Math.abs(values[at]));
      }
      // A channel of zeros needs any scale but zero.
      const scale = largest === 0 ? 1 : Math.fround(largest / 127);
      scales[block * columns + column] = scale;
      for (let at = begin + column; at < begin + inputs * columns; at += columns) {
        codes[at] = Math.round(values[at] / scale);
      }
    }
  }
  return { codes, scales };
}
