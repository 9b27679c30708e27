// The denoiser's MLP of two 3x3 convolutions over the token grid: 93 % of all arithmetic, so written two ways.
import type { DiffusionShape } from '../models/diffusion.ts';
import type { WeightFinder } from '../weights.ts';
import type { Builder, Value } from './builder.ts';
import { quickGelu } from './layers.ts';
import { winogradConvolution } from './winograd.ts';

/**
 * `winograd`: on two WASM threads the built-in denoiser needs about half the time that it needs with Conv.
 * `conv`: the Conv operator, for grids with an odd side, and for large models: those need a GPU anyway, and
 * Winograd's products are four times as large as the layer's input.
 */
export type Convolution = 'winograd' | 'conv';

/** Bytes of one candidate's hidden layer up to which `winograd` is taken. */
const MAX_HIDDEN_BYTES = 2 ** 19;

export function convolutionFor({ rows, columns, hiddenSize }: DiffusionShape): Convolution {
  const even = rows % 2 === 0 && columns % 2 === 0;
  return even && rows * columns * hiddenSize * 4 <= MAX_HIDDEN_BYTES ? 'winograd' : 'conv';
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
    case 'winograd': {
      const grid = g.reshape(x, [0, rows, columns, width]);
      const hidden = quickGelu(g, winogradConvolution(g, find, `${key}.conv1`, shape, grid));
      const out = winogradConvolution(g, find, `${key}.conv2`, shape, hidden);
      return g.reshape(out, [0, positions, width]);
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
  const kernel = g.weight(`${key}.weight`, find(`${key}.weight`), 'first');
  return g.conv(x, kernel, g.weight(`${key}.bias`, find(`${key}.bias`)), [1, 1, 1, 1]);
}
