// What the VQGAN's decoder and encoder are made of. Feature maps are [N, channels, rows, columns].
import { filled, reshaped, transposed, type WeightFinder } from '../weights.ts';
import type { Builder, Value } from './builder.ts';
import { attention, silu } from './layers.ts';

const GROUPS = 32;
const EPSILON = 1e-6;

/** A convolution that keeps the map's size: `kernelSize` 1 or 3. */
export function conv(g: Builder, find: WeightFinder, key: string, kernelSize: 1 | 3, x: Value): Value {
  const pad = (kernelSize - 1) / 2;
  return g.conv(x, kernelOf(g, find, key), biasOf(g, find, key), [pad, pad, pad, pad]);
}

/** Halves the map; the authors pad on the right and at the bottom only. */
export function downsample(g: Builder, find: WeightFinder, key: string, x: Value): Value {
  return g.conv(x, kernelOf(g, find, key), biasOf(g, find, key), [0, 0, 1, 1], 2);
}

/** Doubles the map by repeating pixels, then a 3x3 convolution. */
export function upsample(g: Builder, find: WeightFinder, key: string, x: Value): Value {
  const factors = g.exact('upsample_factors', { shape: [4], load: async () => Float32Array.of(1, 1, 2, 2) });
  const larger = g.op('Resize', [x, null, factors], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
  return conv(g, find, key, 3, larger);
}

/** GroupNorm over 32 groups of channels, with scale and shift per channel. */
export function groupNorm(g: Builder, find: WeightFinder, key: string, x: Value): Value {
  const scale = find(`${key}.weight`);
  const perChannel = [scale.shape[0], 1, 1];
  // Each group as one long row, normalised by itself.
  const grouped = g.reshape(x, [0, GROUPS, -1]);
  const normalised = g.op(
    'InstanceNormalization',
    [grouped, g.exact('one', filled([GROUPS], 1)), g.exact('zero', filled([GROUPS], 0))],
    { epsilon: { float: EPSILON } },
  );
  const map = g.op('Reshape', [normalised, g.op('Shape', [x])]);
  return g.add(
    g.multiply(map, g.exact(`${key}.weight`, reshaped(scale, perChannel))),
    g.exact(`${key}.bias`, reshaped(find(`${key}.bias`), perChannel)),
  );
}

/** GroupNorm, then swish. */
export function normSwish(g: Builder, find: WeightFinder, key: string, x: Value): Value {
  return silu(g, groupNorm(g, find, key, x));
}

/** Two normalised convolutions and a way round them; where the channel count changes the way is a 1x1 convolution. */
export function residualBlock(
  g: Builder,
  find: WeightFinder,
  key: string,
  [channelsIn, channelsOut]: readonly [number, number],
  x: Value,
): Value {
  const first = conv(g, find, `${key}.conv1`, 3, normSwish(g, find, `${key}.norm1`, x));
  const second = conv(g, find, `${key}.conv2`, 3, normSwish(g, find, `${key}.norm2`, first));
  const around = channelsIn === channelsOut ? x : conv(g, find, `${key}.nin_shortcut`, 1, x);
  return g.add(around, second);
}

/** Self-attention over all positions with one head, added to its input. The 1x1 convolutions are Linears. */
export function attentionBlock(
  g: Builder,
  find: WeightFinder,
  key: string,
  { channels, rows, columns }: { channels: number; rows: number; columns: number },
  x: Value,
): Value {
  const pointwise = (name: string, sequence: Value) => {
    const matrix = reshaped(find(`${key}.${name}.weight`), [channels, channels]);
    const product = g.matmul(sequence, g.weight(`${key}.${name}.weight`, transposed(matrix)));
    return g.add(product, biasOf(g, find, `${key}.${name}`));
  };
  const flat = g.reshape(groupNorm(g, find, `${key}.norm`, x), [0, channels, rows * columns]);
  const sequence = g.transpose(flat, [0, 2, 1]);
  const seen = attention(g, [pointwise('q', sequence), pointwise('k', sequence), pointwise('v', sequence)], {
    positions: rows * columns,
    channels,
    heads: 1,
  });
  const map = g.transpose(pointwise('proj_out', seen), [0, 2, 1]);
  return g.add(x, g.reshape(map, [0, channels, rows, columns]));
}

const kernelOf = (g: Builder, find: WeightFinder, key: string) =>
  g.weight(`${key}.weight`, find(`${key}.weight`), 'first');
const biasOf = (g: Builder, find: WeightFinder, key: string) => g.weight(`${key}.bias`, find(`${key}.bias`));
