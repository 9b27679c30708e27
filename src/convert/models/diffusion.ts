// The diffusion transformer: its sizes, and the tensors that these sizes ask for.
import { UserError } from '../../errors.ts';
import type { CheckpointTensors } from '../tensors.ts';
import { checkAsked, countOf, type Expected, hasPrefix, type Place, shapeList, sizeAt } from './sizes.ts';

export interface DiffusionShape {
  readonly layers: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
  /** K, without MASK. */
  readonly codebookSize: number;
  /** T */
  readonly timesteps: number;
  /** D */
  readonly conditionSize: number;
  /** 3x3 convolutions over the grid, or Linears. */
  readonly mlp: 'conv' | 'fc';
  readonly hiddenSize: number;
}

/** @throws {UserError} when too little is there to tell the sizes. */
export function diffusionShape(tensors: CheckpointTensors): DiffusionShape {
  const size = (...places: Place[]) => sizeAt(tensors, 'diffusion', places);
  const layers = countOf(tensors, 'transformer.blocks.#.');
  if (layers === 0) {
    throw new UserError('checkpoint', 'The diffusion checkpoint has no tensors transformer.blocks.0.*.');
  }
  checkAsked('diffusion', layers * 20, tensors);
  const block = 'transformer.blocks.0';
  const mlp = hasPrefix(tensors, `${block}.mlp.conv1.`) ? 'conv' : 'fc';
  const [first, second] = mlpKeys(mlp);
  return {
    layers,
    width: size(
      ['transformer.content_emb.emb.weight', 1],
      ['transformer.to_logits.1.weight', 1],
      [`${block}.attn.query.weight`, 0],
      [`${block}.ln1.emb.weight`, 1],
    ),
    rows: size(['transformer.content_emb.height_emb.weight', 0]),
    columns: size(['transformer.content_emb.width_emb.weight', 0]),
    codebookSize: size(['transformer.to_logits.1.weight', 0], ['transformer.to_logits.1.bias', 0]),
    timesteps: size([`${block}.ln1.emb.weight`, 0], ['log_at', 0], ['log_bt', 0], ['log_ct', 0]),
    conditionSize: size(['empty_text_embed', 1], [`${block}.ln2.emb.weight`, 1]),
    mlp,
    hiddenSize: size(
      [`${block}.mlp.${first}.weight`, 0],
      [`${block}.mlp.${first}.bias`, 0],
      [`${block}.mlp.${second}.weight`, 1],
    ),
  };
}

const mlpKeys = (mlp: DiffusionShape['mlp']) => (mlp === 'conv' ? ['conv1', 'conv2'] : ['0', '2']);

/** All tensors of such a model. */
export function diffusionTensors(shape: DiffusionShape): Expected {
  const { width, hiddenSize, codebookSize, timesteps, conditionSize, rows, columns, mlp } = shape;
  const { shapes, tensor, weightAndBias } = shapeList();
  tensor('empty_text_embed', [1, conditionSize]);
  tensor('transformer.content_emb.emb.weight', [codebookSize + 1, width]);
  tensor('transformer.content_emb.height_emb.weight', [rows, width]);
  tensor('transformer.content_emb.width_emb.weight', [columns, width]);
  for (let layer = 0; layer < shape.layers; layer++) {
    const block = `transformer.blocks.${layer}`;
    tensor(`${block}.ln1.emb.weight`, [timesteps, width]);
    weightAndBias(`${block}.ln1.linear`, [2 * width, width]);
    weightAndBias(`${block}.ln2.emb`, [width, conditionSize]);
    weightAndBias(`${block}.ln2.linear`, [2 * width, width]);
    for (const name of ['key', 'query', 'value', 'proj']) {
      weightAndBias(`${block}.attn.${name}`, [width, width]);
    }
    const kernel = mlp === 'conv' ? [3, 3] : [];
    const [first, second] = mlpKeys(mlp);
    weightAndBias(`${block}.mlp.${first}`, [hiddenSize, width, ...kernel]);
    weightAndBias(`${block}.mlp.${second}`, [width, hiddenSize, ...kernel]);
  }
  tensor('transformer.to_logits.0.weight', [width]);
  tensor('transformer.to_logits.0.bias', [width]);
  weightAndBias('transformer.to_logits.1', [codebookSize, width]);
  return { shapes, parts: /^(transformer\.|empty_text_embed)/ };
}
