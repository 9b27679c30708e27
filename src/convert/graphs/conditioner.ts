// condition f32 [N, D] -> modulation f32 [N, layers, 2 * width]: scale then shift of every block's ln2.
import type { WeightType } from '../../pack/manifest.ts';
import type { DiffusionShape } from '../models/diffusion.ts';
import type { Graph } from '../onnx.ts';
import { stacked, transposed, type WeightFinder } from '../weights.ts';
import { startGraph } from './builder.ts';
import { silu } from './layers.ts';

/** linear(silu(emb(condition))) for all layers at once. It hangs on the prompt alone, so it runs once a prompt. */
export function conditioner(find: WeightFinder, shape: DiffusionShape, weightType: WeightType): Graph {
  const { layers, width, conditionSize } = shape;
  const all = (part: string) =>
    Array.from({ length: layers }, (_, layer) => find(`transformer.blocks.${layer}.ln2.${part}`));
  const g = startGraph('conditioner', weightType);
  const condition = g.input('condition', 'float32', [conditionSize]);

  // Layer by layer as one batched product: [N, D] x [layers, D, W] -> [layers, N, W]
  const product = (label: string, operand: typeof condition) => {
    const matrices = g.weight(`${label}.weight`, stacked(all(`${label}.weight`).map(transposed)));
    const biases = g.reshape(g.exact(`${label}.bias`, stacked(all(`${label}.bias`))), [layers, 1, -1]);
    return g.add(g.matmul(operand, matrices), biases);
  };
  const modulation = product('linear', silu(g, product('emb', condition)));
  g.output('modulation', 'float32', [layers, 2 * width], g.transpose(modulation, [1, 0, 2]));
  return g.finish();
}
