// The transformer that both CLIP towers are made of.
import type { ClipShape } from '../models/clip.ts';
import { transposed, type WeightFinder } from '../weights.ts';
import type { Builder, Value } from './builder.ts';
import { attention, gelu, layerNorm, linear, quickGelu } from './layers.ts';

/** Residual attention blocks under `<prefix>.resblocks.`; mask as for `attention`. x: [N, positions, width] */
export function clipTower(
  g: Builder,
  find: WeightFinder,
  prefix: string,
  { layers, width, heads }: ClipShape['text'],
  activation: ClipShape['activation'],
  positions: number,
  mask: Value | null,
  x: Value,
): Value {
  const activate = activation === 'gelu' ? gelu : quickGelu;
  let state = x;
  for (let layer = 0; layer < layers; layer++) {
    const block = `${prefix}.resblocks.${layer}`;
    const seen = attention(
      g,
      queryKeyValue(g, find, block, layerNorm(g, find, `${block}.ln_1`, state)),
      { positions, channels: width, heads },
      mask,
    );
    state = g.add(state, linear(g, find, `${block}.attn.out_proj`, seen));
    const hidden = linear(g, find, `${block}.mlp.c_fc`, layerNorm(g, find, `${block}.ln_2`, state));
    state = g.add(state, linear(g, find, `${block}.mlp.c_proj`, activate(g, hidden)));
  }
  return state;
}

/** One product for all three; the rows of in_proj are query, key, value, in this order. */
function queryKeyValue(g: Builder, find: WeightFinder, block: string, x: Value): [Value, Value, Value] {
  const key = `${block}.attn.in_proj_weight`;
  const bias = `${block}.attn.in_proj_bias`;
  const all = g.add(g.matmul(x, g.weight(key, transposed(find(key)))), g.weight(bias, find(bias)));
  return g.split(all, 3) as [Value, Value, Value];
}
