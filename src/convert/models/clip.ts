// CLIP with a vision transformer, under OpenAI's names: its sizes, and the tensors that these sizes ask for.
import { UserError } from '../../errors.ts';
import type { CheckpointTensors } from '../tensors.ts';
import { checkAsked, countOf, type Expected, type Place, shapeList, sizeAt } from './sizes.ts';

/** OpenAI's heads are always 64 wide; their number is never stored. */
const HEAD_SIZE = 64;

/** Between the two layers of an MLP: x sigmoid(1.702 x), OpenAI's, or x Phi(x), which open_clip begins with. */
export const clipActivations = ['quick-gelu', 'gelu'] as const;
export type ClipActivation = (typeof clipActivations)[number];

export interface Tower {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly hiddenSize: number;
}

export interface ClipShape {
  /** D */
  readonly embedSize: number;
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Side of the picture, in pixels. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly text: Tower;
  readonly vision: Tower;
  /** No shape tells: OpenAI's, unless clipActivation() finds or is told another. */
  readonly activation: ClipActivation;
}

/** @throws {UserError} when too little is there to tell the sizes, or a width is no multiple of 64. */
export function clipShape(tensors: CheckpointTensors): ClipShape {
  const size = (...places: Place[]) => sizeAt(tensors, 'CLIP', places);
  const tower = (prefix: string, width: number): Tower => {
    if (width % HEAD_SIZE !== 0) {
      throw new UserError(
        'checkpoint',
        `CLIP's ${prefix} has width ${width}, which is not a multiple of its head size ${HEAD_SIZE}.`,
      );
    }
    const layers = countOf(tensors, `${prefix}.resblocks.#.`);
    checkAsked('CLIP', layers * 12, tensors);
    return {
      layers,
      width,
      heads: width / HEAD_SIZE,
      hiddenSize: size(
        [`${prefix}.resblocks.0.mlp.c_fc.weight`, 0],
        [`${prefix}.resblocks.0.mlp.c_fc.bias`, 0],
        [`${prefix}.resblocks.0.mlp.c_proj.weight`, 1],
      ),
    };
  };
  const patchSize = size(['visual.conv1.weight', 2], ['visual.conv1.weight', 3]);
  const patches = size(['visual.positional_embedding', 0]) - 1;
  const side = Math.round(Math.sqrt(patches));
  if (side * side !== patches) {
    throw new UserError('checkpoint', `CLIP's pictures have ${patches} patches, which is not a square.`);
  }
  return {
    embedSize: size(['text_projection', 1], ['visual.proj', 1]),
    contextLength: size(['positional_embedding', 0]),
    vocabularySize: size(['token_embedding.weight', 0]),
    imageSize: side * patchSize,
    patchSize,
    activation: 'quick-gelu',
    text: tower(
      'transformer',
      size(['token_embedding.weight', 1], ['positional_embedding', 1], ['ln_final.weight', 0]),
    ),
    vision: tower(
      'visual.transformer',
      size(['visual.class_embedding', 0], ['visual.positional_embedding', 1], ['visual.ln_pre.weight', 0]),
    ),
  };
}

/** All tensors of such a model. */
export function clipTensors(shape: ClipShape): Expected {
  const { shapes, tensor, weightAndBias } = shapeList();
  const { text, vision, embedSize, patchSize } = shape;
  const tower = (prefix: string, { layers, width, hiddenSize }: Tower) => {
    for (let layer = 0; layer < layers; layer++) {
      const block = `${prefix}.resblocks.${layer}`;
      tensor(`${block}.attn.in_proj_weight`, [3 * width, width]);
      tensor(`${block}.attn.in_proj_bias`, [3 * width]);
      weightAndBias(`${block}.attn.out_proj`, [width, width]);
      weightAndBias(`${block}.ln_1`, [width]);
      weightAndBias(`${block}.ln_2`, [width]);
      weightAndBias(`${block}.mlp.c_fc`, [hiddenSize, width]);
      weightAndBias(`${block}.mlp.c_proj`, [width, hiddenSize]);
    }
  };
  tensor('token_embedding.weight', [shape.vocabularySize, text.width]);
  tensor('positional_embedding', [shape.contextLength, text.width]);
  tower('transformer', text);
  weightAndBias('ln_final', [text.width]);
  tensor('text_projection', [text.width, embedSize]);
  tensor('visual.conv1.weight', [vision.width, 3, patchSize, patchSize]);
  tensor('visual.class_embedding', [vision.width]);
  tensor('visual.positional_embedding', [(shape.imageSize / patchSize) ** 2 + 1, vision.width]);
  weightAndBias('visual.ln_pre', [vision.width]);
  tower('visual.transformer', vision);
  weightAndBias('visual.ln_post', [vision.width]);
  tensor('visual.proj', [vision.width, embedSize]);
  return {
    shapes,
    // Names that begin so and go on otherwise (positional_embedding_res, text_projection.bias) change the arithmetic.
    parts:
      /^(transformer\.|visual|token_embedding|positional_embedding|ln_final|text_projection|text_model\.|vision_model\.)/,
    ignored: /^(transformer\..*)?attn_mask$/,
  };
}
