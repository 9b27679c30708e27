// What a pack's precision means for each of its graphs.
import type { GraphName, WeightType } from '../pack/manifest.ts';

/**
 * The VQGAN's graphs work on pixels, where eight bits a weight begin to show, and are a small part of a pack: they stay
 * in half precision when others are stored in less. Four bits are for the denoiser, which is most of a large pack.
 */
export function weightTypeOf(graph: GraphName, chosen: WeightType): WeightType {
  if (chosen === 'fp32' || chosen === 'fp16') return chosen;
  if (graph === 'decoder' || graph === 'encoder') return 'fp16';
  return graph === 'denoiser' ? chosen : 'int8';
}
