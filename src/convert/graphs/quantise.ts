// Weights in a quarter of their bytes: 8-bit codes, and one scale for every output channel.
import { elementCount, type Weight } from '../weights.ts';

/**
 * Where the output channels of a weight lie. `first`: the rows of a table, the kernels of a convolution
 * [out, in, ...]. `last`: the columns of a matrix [..., in, out], for each matrix of a stack by itself.
 */
export type Channels = 'first' | 'last';

export interface Quantised {
  /** round(value / scale), -127..127: int8, in the weight's shape and order. */
  readonly codes: { readonly shape: readonly number[]; load(): Promise<Uint8Array> };
  /** max |value| / 127 of each channel, in a shape that multiplies the codes. */
  readonly scales: Weight;
}

/** value ~ code * scale, to within half a scale. */
export function quantised(weight: Weight, channels: Channels): Quantised {
  const { shape } = weight;
  const last = shape.length - 1;
  // Seen as [blocks, inputs, columns]: one scale for each block and column.
  const [blocks, inputs, columns] =
    channels === 'first'
      ? [shape[0], elementCount(shape.slice(1)), 1]
      : [elementCount(shape.slice(0, last - 1)), shape[last - 1], shape[last]];
  const scaleShape = shape.map((size, axis) => {
    const kept = channels === 'first' ? axis === 0 : axis !== last - 1;
    return kept ? size : 1;
  });

  const scalesOf = (values: Float32Array) => {
    const scales = new Float32Array(blocks * columns);
    for (let row = 0; row < blocks * inputs; row++) {
      const block = Math.floor(row / inputs);
      for (let column = 0; column < columns; column++) {
        const channel = block * columns + column;
        scales[channel] = Math.max(scales[channel], Math.abs(values[row * columns + column]));
      }
    }
    // A channel of zeros needs any scale but zero.
    return scales.map((largest) => (largest === 0 ? 1 : largest / 127));
  };
  return {
    codes: {
      shape,
      load: async () => {
        const values = await weight.load();
        const scales = scalesOf(values);
        const codes = new Int8Array(values.length);
        for (let row = 0; row < blocks * inputs; row++) {
          const block = Math.floor(row / inputs);
          for (let column = 0; column < columns; column++) {
            const at = row * columns + column;
            codes[at] = Math.round(values[at] / scales[block * columns + column]);
          }
        }
        return new Uint8Array(codes.buffer);
      },
    },
    scales: { shape: scaleShape, load: async () => scalesOf(await weight.load()) },
  };
}
