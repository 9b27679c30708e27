// ids int32 [N, context] -> CLIP text embedding f32 [N, D], L2-normalised.
import type { WeightType } from '../../pack/manifest.ts';
import type { ClipShape } from '../models/clip.ts';
import type { Graph } from '../onnx.ts';
import type { WeightFinder } from '../weights.ts';
import { type Builder, startGraph, type Value } from './builder.ts';
import { clipTower } from './clipTower.ts';
import { causalMask, l2Normalised, layerNorm } from './layers.ts';
import { quantisedRows } from './quantisedRows.ts';

/** The text tower of CLIP. */
export function textEncoder(find: WeightFinder, clip: ClipShape, weightType: WeightType): Graph {
  const { contextLength, text } = clip;
  const g = startGraph('text_encoder', weightType);
  const ids = g.input('ids', 'int32', [contextLength]);

  const positions = g.weight('positional_embedding', find('positional_embedding'));
  const embedded = g.add(tokenEmbedding(g, find, ids), positions);
  const state = clipTower(
    g,
    find,
    'transformer',
    text,
    contextLength,
    causalMask(g, contextLength),
    embedded,
  );

  // LayerNorm sees one position at a time, so it may wait until the one position is chosen.
  const pooled = layerNorm(g, find, 'ln_final', atEndToken(g, ids, state));
  const projected = g.matmul(pooled, g.weight('text_projection', find('text_projection')));
  g.output('embedding', 'float32', [clip.embedSize], l2Normalised(g, projected));
  return g.finish();
}

/** Rows of the embedding table; in fp16 graphs stored as int8, for the table is most of a small text encoder. */
function tokenEmbedding(g: Builder, find: WeightFinder, ids: Value): Value {
  const table = find('token_embedding.weight');
  if (g.weightType === 'fp32') return g.gather(g.exact('token_embedding', table), ids);
  const { rows, scales } = quantisedRows(table);
  const codes = g.constant('token_embedding', 'int8', rows.shape, rows.load);
  const scale = g.exact('token_embedding_scale', scales);
  return g.multiply(g.cast(g.gather(codes, ids), 'float32'), g.gather(scale, ids));
}

/** The state at the first position of the largest id, which is the end token's. [N, context, W] -> [N, W] */
function atEndToken(g: Builder, ids: Value, state: Value): Value {
  const position = g.op('ArgMax', [ids], { axis: 1, keepdims: 1, select_last_index: 0 });
  return g.op('GatherND', [state, position], { batch_dims: 1 });
}
