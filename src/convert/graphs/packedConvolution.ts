// 3x3 convolution, zero padding 1, as a product by one matrix of packed weights.
import { computed, type Weight, type WeightFinder } from '../weights.ts';
import type { Builder, Value } from './builder.ts';
import type { Bits } from './packedMatrix.ts';
import { packedProduct } from './packedProduct.ts';

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Convolution with `<key>.weight` [out, in, 3, 3] and `<key>.bias` [out]. Either every position gathers the inputs of
 * its neighbourhood and they are multiplied, or every position is multiplied by all nine taps and each gathers and sums
 * what concerns it: whichever is the smaller array. [N, positions, in] -> [N, positions, out]
 */
export function packedConvolution(
  g: Builder,
  find: WeightFinder,
  key: string,
  grid: Grid,
  bits: Bits,
  x: Value,
): Value {
  const kernel = find(`${key}.weight`);
  const [channelsOut, channelsIn] = kernel.shape as [number, number, number, number];
  const positions = grid.rows * grid.columns;
  let sums: Value;
  if (channelsIn <= channelsOut) {
    const neighbours = g.gather(padded(g, grid, x), g.places('neighbours', neighbourPlaces(grid)), 1);
    const inputs = g.reshape(neighbours, [0, positions, 9 * channelsIn]);
    sums = packedProduct(g, `${key}.weight`, inputs, tapsBesideInputs(kernel), bits);
  } else {
    const products = padded(g, grid, packedProduct(g, `${key}.weight`, x, tapsBesideOutputs(kernel), bits));
    const byPlaceAndTap = g.reshape(products, [0, 9 * paddedPositions(grid), channelsOut]);
    const own = g.gather(byPlaceAndTap, g.places('own_taps', ownTapPlaces(grid)), 1);
    const byTap = g.reshape(own, [0, 9, positions, channelsOut]);
    sums = g.op('ReduceSum', [byTap, g.integers([1])], { keepdims: 0 });
  }
  return g.add(sums, g.weight(`${key}.bias`, find(`${key}.bias`)));
}

const TAPS = [0, 1, 2];

const paddedPositions = ({ rows, columns }: Grid) => (rows + 2) * (columns + 2);

/** A border of zeros around the grid. [N, rows * columns, channels] -> [N, (rows + 2) * (columns + 2), channels] */
function padded(g: Builder, grid: Grid, x: Value): Value {
  const { rows, columns } = grid;
  const bordered = g.op('Pad', [g.reshape(x, [0, rows, columns, -1]), g.integers([0, 1, 1, 0, 0, 1, 1, 0])]);
  return g.reshape(bordered, [0, paddedPositions(grid), -1]);
}

/** Where in the padded grid the inputs of each position lie. [rows * columns * 9] */
function neighbourPlaces({ rows, columns }: Grid): Int32Array {
  return Int32Array.from(
    counting(rows).flatMap((row) =>
      counting(columns).flatMap((column) =>
        TAPS.flatMap((y) => TAPS.map((x) => (row + y) * (columns + 2) + column + x)),
      ),
    ),
  );
}

/** Where among all products, [places of the padded grid, taps], those for each position lie. [9 * rows * columns] */
function ownTapPlaces({ rows, columns }: Grid): Int32Array {
  return Int32Array.from(
    TAPS.flatMap((y) =>
      TAPS.flatMap((x) =>
        counting(rows).flatMap((row) =>
          counting(columns).map((column) => ((row + y) * (columns + 2) + column + x) * 9 + 3 * y + x),
        ),
      ),
    ),
  );
}

const counting = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A kernel [out, in, 3, 3] as [out, taps * in]. */
function tapsBesideInputs(kernel: Weight): Weight {
  const [outCount, inCount] = kernel.shape as [number, number, number, number];
  return computed([outCount, 9 * inCount], [kernel], (from) => {
    const to = new Float32Array(from.length);
    for (let out = 0; out < outCount; out++) {
      for (let into = 0; into < inCount; into++) {
        for (let tap = 0; tap < 9; tap++) {
          to[(out * 9 + tap) * inCount + into] = from[(out * inCount + into) * 9 + tap];
        }
      }
    }
    return to;
  });
}

/** A kernel [out, in, 3, 3] as [taps * out, in]. */
function tapsBesideOutputs(kernel: Weight): Weight {
  const [outCount, inCount] = kernel.shape as [number, number, number, number];
  return computed([9 * outCount, inCount], [kernel], (from) => {
    const to = new Float32Array(from.length);
    for (let out = 0; out < outCount; out++) {
      for (let into = 0; into < inCount; into++) {
        for (let tap = 0; tap < 9; tap++) {
          to[(tap * outCount + out) * inCount + into] = from[(out * inCount + into) * 9 + tap];
        }
      }
    }
    return to;
  });
}
