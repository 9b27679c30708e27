// Layers that several graphs share. Sequences are [N, positions, channels].
import { transposed, type WeightFinder } from '../weights.ts';
import type { Builder, Value } from './builder.ts';

/** x W^T + b, from a PyTorch Linear's `<key>.weight` [out, in] and `<key>.bias` [out]. */
export function linear(g: Builder, find: WeightFinder, key: string, x: Value): Value {
  const product = g.matmul(x, g.weight(`${key}.weight`, transposed(find(`${key}.weight`))));
  return g.add(product, g.weight(`${key}.bias`, find(`${key}.bias`)));
}

/** LayerNorm with the checkpoint's scale and shift; eps 1e-5 everywhere. */
export function layerNorm(g: Builder, find: WeightFinder, key: string, x: Value): Value {
  const scale = g.weight(`${key}.weight`, find(`${key}.weight`));
  return g.layerNorm(x, scale, g.weight(`${key}.bias`, find(`${key}.bias`)), 1e-5);
}

/** x * sigmoid(1.702 x) */
export function quickGelu(g: Builder, x: Value): Value {
  return g.multiply(x, g.sigmoid(g.multiply(x, g.scalar(1.702))));
}

/** x * sigmoid(x): SiLU, also called swish. */
export function silu(g: Builder, x: Value): Value {
  return g.multiply(x, g.sigmoid(x));
}

/**
 * softmax(Q K^T / sqrt(head size)) V, head by head. Query, key, value: [N, positions, channels].
 * `causal` lets a position see itself and what comes before.
 */
export function attention(
  g: Builder,
  [query, key, value]: readonly [Value, Value, Value],
  heads: number,
  causal = false,
): Value {
  return g.fused('MultiHeadAttention', [query, key, value], {
    num_heads: heads,
    unidirectional: causal ? 1 : 0,
  });
}

/** x / |x|, without an epsilon, as CLIP does. */
export function l2Normalised(g: Builder, x: Value): Value {
  return g.divide(x, g.op('ReduceL2', [x], { axes: [-1], keepdims: 1 }));
}
