// Layers that several graphs share. Sequences are [N, positions, channels].
import { computed, transposed, type WeightFinder } from '../weights.ts';
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

/** x * sigmoid(1.702 x), in one kernel. */
export function quickGelu(g: Builder, x: Value): Value {
  return g.fused('QuickGelu', [x], { alpha: { float: 1.702 } });
}

/** x Phi(x), with the exact distribution of the normal; in one kernel. */
export function gelu(g: Builder, x: Value): Value {
  return g.fused('Gelu', [x], {});
}

/** x * sigmoid(x): SiLU, also called swish. */
export function silu(g: Builder, x: Value): Value {
  return g.multiply(x, g.sigmoid(x));
}

/** Sizes of an attention: channels are split evenly among the heads. */
export interface AttentionShape {
  readonly positions: number;
  readonly channels: number;
  readonly heads: number;
}

/**
 * softmax(Q K^T / sqrt(head size) + mask) V, head by head. Query, key, value: [N, positions, channels];
 * mask: [1, 1, positions, positions]. Single operators: com.microsoft.MultiHeadAttention is no faster in WASM,
 * and its WebGPU kernel of onnxruntime-web 1.30 gives wrong numbers on the software adapter.
 */
export function attention(
  g: Builder,
  [query, key, value]: readonly [Value, Value, Value],
  { positions, channels, heads }: AttentionShape,
  mask: Value | null = null,
): Value {
  const headSize = channels / heads;
  const split = (x: Value, order: readonly number[]) =>
    g.transpose(g.reshape(x, [0, positions, heads, headSize]), order);
  const scores = g.multiply(
    g.matmul(split(query, [0, 2, 1, 3]), split(key, [0, 2, 3, 1])),
    g.scalar(headSize ** -0.5),
  );
  const shares = g.softmax(mask === null ? scores : g.add(scores, mask));
  const seen = g.matmul(shares, split(value, [0, 2, 1, 3]));
  return g.reshape(g.transpose(seen, [0, 2, 1, 3]), [0, positions, channels]);
}

/** Lets a position see itself and what comes before. [1, 1, positions, positions] */
export function causalMask(g: Builder, positions: number): Value {
  return g.exact(
    'causal_mask',
    computed([1, 1, positions, positions], [], () =>
      Float32Array.from({ length: positions * positions }, (_, index) =>
        index % positions > Math.floor(index / positions) ? -1e9 : 0,
      ),
    ),
  );
}

/** x / |x|, without an epsilon, as CLIP does. */
export function l2Normalised(g: Builder, x: Value): Value {
  return g.divide(x, g.op('ReduceL2', [x], { axes: [-1], keepdims: 1 }));
}
