// picture f32 [N, 3, S, S], CLIP-normalised -> CLIP image embedding f32 [N, D], L2-normalised.
import type { WeightType } from '../../pack/manifest.ts';
import type { ClipShape } from '../models/clip.ts';
import type { Graph } from '../onnx.ts';
import { computed, filled, type WeightFinder } from '../weights.ts';
import { startGraph } from './builder.ts';
import { clipTower } from './clipTower.ts';
import { l2Normalised, layerNorm } from './layers.ts';

/** The vision transformer of CLIP. */
export function imageEncoder(find: WeightFinder, clip: ClipShape, weightType: WeightType): Graph {
  const { imageSize, patchSize, vision } = clip;
  const patches = (imageSize / patchSize) ** 2;
  const g = startGraph('image_encoder', weightType);
  const image = g.input('image', 'float32', [3, imageSize, imageSize]);

  const kernel = g.weight('visual.conv1', find('visual.conv1.weight'), 'first');
  // There is no bias, but the WebGPU provider of onnxruntime-web 1.30 fails on a Conv without one.
  const noBias = g.exact('no_bias', filled([vision.width], 0));
  const grid = g.conv(image, kernel, noBias, [0, 0, 0, 0], patchSize);
  const sequence = g.transpose(g.reshape(grid, [0, vision.width, patches]), [0, 2, 1]);

  // The class token comes first: an empty place there, which the position table fills.
  const withPlace = g.op('Pad', [sequence, g.integers([0, 1, 0, 0, 0, 0])]);
  const embedded = g.add(withPlace, g.table('positions_and_class', positionsAndClass(find)));
  const state = layerNorm(g, find, 'visual.ln_pre', embedded);
  const seen = clipTower(g, find, 'visual.transformer', vision, clip.activation, 1 + patches, null, state);

  const classToken = g.reshape(g.slice(seen, 1, 0, 1), [0, vision.width]);
  const pooled = layerNorm(g, find, 'visual.ln_post', classToken);
  const projected = g.matmul(pooled, g.weight('visual.proj', find('visual.proj')));
  g.output('embedding', 'float32', [clip.embedSize], l2Normalised(g, projected));
  return g.finish();
}

/** The position table with the class token's embedding added to its first row. [1 + patches, width] */
function positionsAndClass(find: WeightFinder) {
  const positions = find('visual.positional_embedding');
  return computed(positions.shape, [positions, find('visual.class_embedding')], (table, classToken) =>
    table.map((value, index) => value + (index < classToken.length ? classToken[index] : 0)),
  );
}
