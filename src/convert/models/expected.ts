// All tensors that a model of a kind must have, with the sizes that the ones there tell.
import type { CheckpointTensors } from '../tensors.ts';
import { clipShape, clipTensors } from './clip.ts';
import { diffusionShape, diffusionTensors } from './diffusion.ts';
import type { Expected, ModelKind } from './sizes.ts';
import { vqganShape, vqganTensors } from './vqgan.ts';

/**
 * @param tensors CLIP's under OpenAI's names
 * @throws {UserError} when too little is there to tell the sizes
 */
export function expectedTensors(tensors: CheckpointTensors, kind: ModelKind): Expected {
  switch (kind) {
    case 'diffusion':
      return diffusionTensors(diffusionShape(tensors));
    case 'vqgan':
      // Any number of groups: it changes no tensor's shape.
      return vqganTensors(vqganShape(tensors, 1));
    case 'clip':
      return clipTensors(clipShape(tensors));
    default:
      return kind satisfies never;
  }
}
