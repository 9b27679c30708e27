// What a checkpoint file is, by its keys and shapes alone: no weights are read.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { openCheckpoint } from './checkpoint.ts';
import { checkKind, checkTensors, recognise } from './models/check.ts';
import { type ClipActivation, clipShape, clipTensors } from './models/clip.ts';
import { toldActivation } from './models/clipActivation.ts';
import { authorsHeads } from './models/config.ts';
import { diffusionShape, diffusionTensors } from './models/diffusion.ts';
import { openAiClip } from './models/huggingFaceClip.ts';
import type { Expected, ModelKind } from './models/sizes.ts';
import { vqganShape, vqganTensors } from './models/vqgan.ts';
import type { ByteSource } from './source.ts';
import type { CheckpointTensors } from './tensors.ts';
import { elementCount } from './weights.ts';

export type { ClipActivation, ModelKind };

/** A whole model of a kind we convert: how many weights, and the sizes that a person may know it by. */
export type Inspection = {
  readonly weights: number;
  /** Where in the file the model was found and which of several, as a sentence; absent where it is the plain file. */
  readonly note?: string;
  /** There where the file holds the model both averaged over the training and plain. */
  readonly hasBoth?: true;
} & (
  | {
      readonly kind: 'diffusion';
      readonly layers: number;
      readonly width: number;
      readonly rows: number;
      readonly columns: number;
      readonly codebookSize: number;
      /** Attention heads as the authors would have chosen them; null when they must be asked for. */
      readonly heads: number | null;
    }
  | { readonly kind: 'vqgan'; readonly codebookSize: number }
  | {
      readonly kind: 'clip';
      readonly embedSize: number;
      readonly vocabularySize: number;
      /** Null when it must be asked for. */
      readonly activation: ClipActivation | null;
    }
);

/**
 * Recognises a checkpoint, and makes sure that all its tensors are there.
 * @throws {UserError} `checkpoint`, saying what the file is instead, or what it lacks
 */
export async function inspectCheckpoint(source: ByteSource): Promise<Inspection> {
  const checkpoint = await openCheckpoint(source);
  const found = {
    ...(checkpoint.note !== undefined && { note: checkpoint.note }),
    ...(checkpoint.hasBoth && { hasBoth: true as const }),
  };
  const tensors = openAiClip(checkpoint.tensors);
  const kind = recognise(tensors);
  if (kind === null) {
    const some = [...tensors.keys()].slice(0, 3).map((name) => quoted(name, 40));
    throw new UserError(
      'checkpoint',
      `The file is neither a diffusion transformer nor a VQGAN nor a CLIP: it holds ${some.join(', ') || 'no tensors at all'}.`,
    );
  }
  checkKind(tensors, kind);
  switch (kind) {
    case 'diffusion': {
      const shape = diffusionShape(tensors);
      const weights = checkedWeights(tensors, kind, diffusionTensors(shape));
      const { layers, width, rows, columns, codebookSize } = shape;
      return {
        kind,
        weights,
        ...found,
        layers,
        width,
        rows,
        columns,
        codebookSize,
        heads: authorsHeads(width),
      };
    }
    case 'vqgan': {
      const shape = vqganShape(tensors);
      const weights = checkedWeights(tensors, kind, vqganTensors(shape));
      return { kind, weights, ...found, codebookSize: shape.codebookSize };
    }
    case 'clip': {
      const shape = clipShape(tensors);
      const weights = checkedWeights(tensors, kind, clipTensors(shape));
      const activation = await toldActivation(tensors, shape);
      const { embedSize, vocabularySize } = shape;
      return { kind, weights, ...found, embedSize, vocabularySize, activation };
    }
    default:
      return kind satisfies never;
  }
}

/** How many weights there are, once all are. */
function checkedWeights(tensors: CheckpointTensors, kind: ModelKind, expected: Expected): number {
  checkTensors(tensors, kind, expected);
  return [...expected.shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
}
