// 3x3 convolution by Winograd's F(2x2, 3x3): Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks"
// (arXiv 1509.09308). A tile of 2x2 outputs takes 16 multiplications instead of 36. Written in plain operators, so that
// every device's matrix product does the work.
import { computed, type Weight, type WeightFinder } from '../weights.ts';
import type { Builder, Value } from './builder.ts';

// The one-dimensional transforms of a tile's inputs, of the kernel and of the products, eq. 6.
const inputs = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
const taps = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
const outputs = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];

export interface Grid {
  /** Even. */
  readonly rows: number;
  /** Even. */
  readonly columns: number;
}

/**
 * Convolution with `<key>.weight` [out, in, 3, 3] and `<key>.bias` [out], zero padding 1.
 * [N, rows, columns, in] -> [N, rows, columns, out]
 */
export function winogradConvolution(
  g: Builder,
  find: WeightFinder,
  key: string,
  { rows, columns }: Grid,
  x: Value,
): Value {
  const kernel = find(`${key}.weight`);
  const [channelsOut, channelsIn] = kernel.shape as [number, number, number, number];
  const padded = g.op('Pad', [x, g.integers([0, 1, 1, 0, 0, 1, 1, 0])]);
  const places = g.reshape(padded, [0, (rows + 2) * (columns + 2), channelsIn]);
  // [16 places of a tile, tiles * N * in]
  const tiles = g.reshape(
    g.gather(g.transpose(places, [1, 0, 2]), tilePlaces(g, { rows, columns })),
    [16, -1],
  );
  const transformed = g.reshape(g.matmul(both(g, inputs), tiles), [16, -1, channelsIn]);
  // Of constants alone: the runtime computes it when it opens the graph, and the file keeps the nine taps.
  const kernels = g.matmul(
    both(g, taps),
    g.reshape(g.weight(`${key}.weight`, tapsFirst(kernel)), [9, channelsIn * channelsOut]),
  );
  const products = g.matmul(transformed, g.reshape(kernels, [16, channelsIn, channelsOut]));
  const sums = g.matmul(both(g, outputs), g.reshape(products, [16, -1]));
  // [row in tile, column in tile, tile rows, tile columns, N, out] -> [N, rows, columns, out]
  const tiled = g.reshape(sums, [2, 2, rows / 2, columns / 2, -1, channelsOut]);
  const joined = g.reshape(g.transpose(tiled, [4, 2, 0, 3, 1, 5]), [-1, rows, columns, channelsOut]);
  return g.add(joined, g.weight(`${key}.bias`, find(`${key}.bias`)));
}

/** Which place of the padded grid each of a tile's 4x4 inputs is. [16, tiles] */
function tilePlaces(g: Builder, { rows, columns }: Grid): Value {
  const even = (count: number) => Array.from({ length: count / 2 }, (_, i) => 2 * i);
  const places = [0, 1, 2, 3].flatMap((y) =>
    [0, 1, 2, 3].flatMap((x) =>
      even(rows).flatMap((row) => even(columns).map((column) => (row + y) * (columns + 2) + column + x)),
    ),
  );
  return g.reshape(g.integers(places), [16, -1]);
}

/** A transform of rows and columns at once: the Kronecker product of the one-dimensional one with itself. */
function both(g: Builder, matrix: readonly (readonly number[])[]): Value {
  const values = matrix.flatMap((row) =>
    matrix.flatMap((other) => row.flatMap((a) => other.map((b) => a * b))),
  );
  const shape = [matrix.length ** 2, matrix[0].length ** 2];
  return g.exact(
    'transform',
    computed(shape, [], () => Float32Array.from(values)),
  );
}

/** A kernel [out, in, 3, 3] as [taps, in, out]. */
function tapsFirst(kernel: Weight): Weight {
  const [outCount, inCount] = kernel.shape as [number, number, number, number];
  return computed([9, inCount, outCount], [kernel], (from) => {
    const to = new Float32Array(from.length);
    for (let out = 0; out < outCount; out++) {
      for (let into = 0; into < inCount; into++) {
        for (let tap = 0; tap < 9; tap++) {
          to[(tap * inCount + into) * outCount + out] = from[(out * inCount + into) * 9 + tap];
        }
      }
    }
    return to;
  });
}
