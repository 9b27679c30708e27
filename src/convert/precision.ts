// What a pack's precision means for each of its graphs.
import type { GraphName, WeightType } from '../pack/manifest.ts';

/**
 * The VQGAN's graphs work on pixels, where eight bits a weight begin to show, and are a small part of a pack: they stay
 * in half precision when the others are stored in less.
 */
export function weightTypeOf(graph: GraphName, chosen: WeightType): WeightType {
  const onPixels = graph === 'decoder' || graph === 'encoder';
  return onPixels && chosen === 'int8' ? 'fp16' : chosen;
}
