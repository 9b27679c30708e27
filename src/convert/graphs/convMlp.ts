// The denoiser's MLP of two 3x3 convolutions over the token grid: 93 % of all arithmetic, so written two ways.
import type { DiffusionShape } from '../models/diffusion.ts';
import { computed, type Weight, type WeightFinder } from '../weights.ts';
import type { Builder, Value } from './builder.ts';
import { quickGelu } from './layers.ts';

/**
 * `product`: every position's 3x3 neighbourhood side by side, then one matrix product. On two WASM threads the
 * built-in denoiser needs 0.7 of the time that it needs with Conv at batch 2, and 0.6 at batch 8.
 * `conv`: the Conv operator. A neighbourhood is nine times its input, which is too much memory for a large model;
 * and such a model needs a GPU anyway, whose Conv does the same inside the kernel.
 */
export type Convolution = 'product' | 'conv';

/** Bytes of one candidate's neighbourhoods up to which `product` is taken. */
const MAX_NEIGHBOURHOOD_BYTES = 4 * 2 ** 20;

export function convolutionFor({ rows, columns, hiddenSize }: DiffusionShape): Convolution {
  return rows * columns * 9 * hiddenSize * 4 <= MAX_NEIGHBOURHOOD_BYTES ? 'product' : 'conv';
}

/** conv2(quickGelu(conv1(x))), zero padding 1. [N, rows * columns, width] -> the same */
export function convMlp(
  g: Builder,
  find: WeightFinder,
  key: string,
  shape: DiffusionShape,
  convolution: Convolution,
  x: Value,
): Value {
  const { rows, columns, width } = shape;
  const positions = rows * columns;
  switch (convolution) {
    case 'product': {
      const grid = g.reshape(x, [0, rows, columns, width]);
      const hidden = quickGelu(g, neighbourhoodProduct(g, find, `${key}.conv1`, shape, grid));
      return g.reshape(neighbourhoodProduct(g, find, `${key}.conv2`, shape, hidden), [0, positions, width]);
    }
    case 'conv': {
      const grid = g.reshape(g.transpose(x, [0, 2, 1]), [0, width, rows, columns]);
      const hidden = quickGelu(g, conv3x3(g, find, `${key}.conv1`, grid));
      const out = conv3x3(g, find, `${key}.conv2`, hidden);
      return g.transpose(g.reshape(out, [0, width, positions]), [0, 2, 1]);
    }
    default:
      return convolution satisfies never;
  }
}

/** [N, in, rows, columns] -> [N, out, rows, columns] */
function conv3x3(g: Builder, find: WeightFinder, key: string, x: Value): Value {
  const kernel = g.weight(`${key}.weight`, find(`${key}.weight`));
  return g.conv(x, kernel, g.weight(`${key}.bias`, find(`${key}.bias`)), [1, 1, 1, 1]);
}

/** [N, rows, columns, in] -> [N, rows, columns, out] */
function neighbourhoodProduct(
  g: Builder,
  find: WeightFinder,
  key: string,
  { rows, columns }: DiffusionShape,
  x: Value,
): Value {
  const padded = g.op('Pad', [x, g.integers([0, 1, 1, 0, 0, 1, 1, 0])]);
  // Left, middle, right; then above, middle, below: a GPU kernel may not read nine arrays at once.
  const three = (from: Value, axis: number, size: number) =>
    g.op(
      'Concat',
      [0, 1, 2].map((begin) => g.slice(from, axis, begin, begin + size)),
      { axis: 3 },
    );
  const neighbourhoods = three(three(padded, 2, columns), 1, rows);
  const product = g.matmul(neighbourhoods, g.weight(`${key}.weight`, tapsFirst(find(`${key}.weight`))));
  return g.add(product, g.weight(`${key}.bias`, find(`${key}.bias`)));
}

/** A kernel [out, in, 3, 3] as the matrix [(row, column, in), out]. */
function tapsFirst(kernel: Weight): Weight {
  const [outputs, inputs] = kernel.shape as [number, number, number, number];
  return computed([9 * inputs, outputs], [kernel], (from) => {
    const to = new Float32Array(from.length);
    for (let output = 0; output < outputs; output++) {
      for (let input = 0; input < inputs; input++) {
        for (let tap = 0; tap < 9; tap++) {
          to[(tap * inputs + input) * outputs + output] = from[(output * inputs + input) * 9 + tap];
        }
      }
    }
    return to;
  });
}
