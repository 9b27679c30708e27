// ids int32 [N, context] -> CLIP text embedding f32 [N, D], L2-normalised.
import type { WeightType } from '../../pack/manifest.ts';
import type { ClipShape } from '../models/clip.ts';
import type { Graph } from '../onnx.ts';
import type { Weight, WeightFinder } from '../weights.ts';
import { type Builder, startGraph, type Value } from './builder.ts';
import { clipTower } from './clipTower.ts';
import { distinctRows } from './distinctRows.ts';
import { eightBits } from './eightBits.ts';
import { causalMask, l2Normalised, layerNorm } from './layers.ts';

/** The text tower of CLIP. */
export async function textEncoder(
  find: WeightFinder,
  clip: ClipShape,
  weightType: WeightType,
): Promise<Graph> {
  const { contextLength, text } = clip;
  const g = startGraph('text_encoder', weightType);
  const ids = g.input('ids', 'int32', [contextLength]);

  const positions = g.table('positional_embedding', find('positional_embedding'));
  const embedded = g.add(await tokenEmbedding(g, find('token_embedding.weight'), ids), positions);
  const state = clipTower(
    g,
    find,
    'transformer',
    text,
    clip.activation,
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

/** Rows of the embedding table, each stored once where the list of places takes less than that spares. */
async function tokenEmbedding(g: Builder, table: Weight, ids: Value): Promise<Value> {
  const { rows, places } = await distinctRows(table);
  const [count, columns] = table.shape as [number, number];
  const rowBytes = columns * (g.weightType === 'fp32' ? 4 : 1);
  if ((count - rows.shape[0]) * rowBytes <= places.byteLength) return lookUp(g, table, ids);
  return lookUp(g, rows, g.gather(g.places('token_places', places), ids));
}

/** Rows of a table, stored as int8 unless in fp32 graphs: it is most of a small text encoder. */
function lookUp(g: Builder, table: Weight, ids: Value): Value {
  if (g.weightType === 'fp32') return g.gather(g.exact('token_embedding', table), ids);
  const { codes, scales } = eightBits(table, 'first');
  const rows = g.constant('token_embedding', 'int8', codes);
  const scale = g.constant('token_embedding.scale', 'float32', scales);
  return g.multiply(g.cast(g.gather(rows, ids), 'float32'), g.gather(scale, ids));
}

/** The state at the first position of the largest id, which is the end token's. [N, context, W] -> [N, W] */
function atEndToken(g: Builder, ids: Value, state: Value): Value {
  const position = g.op('ArgMax', [ids], { axis: 1, keepdims: 1, select_last_index: 0 });
  return g.op('GatherND', [state, position], { batch_dims: 1 });
}
