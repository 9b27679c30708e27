// Is this file the model it should be, whole and sound? Everything that is wrong is said in one message.
import { UserError } from '../../errors.ts';
import type { CheckpointTensors } from '../tensors.ts';
import { type Expected, hasPrefix, inFile, type ModelKind } from './sizes.ts';

const MAX_LISTED = 40;
/** Largest finite float16. */
const HALF_MAX = 65504;

const names: Record<ModelKind, string> = {
  diffusion: 'a diffusion transformer',
  vqgan: 'a VQGAN',
  clip: 'a CLIP',
};

/** Beginnings of keys that only one of the models has. */
export const signatures: readonly (readonly [ModelKind, string])[] = [
  ['diffusion', 'transformer.content_emb.'],
  ['diffusion', 'transformer.blocks.'],
  ['vqgan', 'decoder.up.'],
  ['vqgan', 'quantize.'],
  ['clip', 'visual.'],
  ['clip', 'token_embedding.'],
  ['clip', 'text_model.'],
  ['clip', 'vision_model.'],
];

/** Which model the keys belong to, or null. */
export function recognise(tensors: CheckpointTensors): ModelKind | null {
  return signatures.find(([, prefix]) => hasPrefix(tensors, prefix))?.[0] ?? null;
}

/** @throws {UserError} naming what the file is, when it is not a model of this kind or a variant that we lack. */
export function checkKind(tensors: CheckpointTensors, kind: ModelKind): void {
  const found = recognise(tensors);
  if (found === null) {
    const some = [...tensors.keys()].slice(0, 3).join(', ') || 'no tensors at all';
    throw new UserError('checkpoint', `The file given as --${kind} is not ${names[kind]}: it holds ${some}.`);
  }
  if (found !== kind) {
    throw new UserError(
      'checkpoint',
      `The file given as --${kind} is ${names[found]}: pass it as --${found}, and ${names[kind]} as --${kind}.`,
    );
  }
  for (const [prefix, variant] of variants[kind]) {
    if (hasPrefix(tensors, prefix)) {
      throw new UserError('checkpoint', `The file given as --${kind} is ${variant}, which is not supported.`);
    }
  }
}

/** Relatives of our models, by a key that only they have. */
const variants: Record<ModelKind, readonly (readonly [prefix: string, name: string])[]> = {
  diffusion: [
    ['transformer.blocks.0.attn1.', 'a VQ-Diffusion with cross-attention (attn1, attn2)'],
    ['transformer.blocks.0.attn2.', 'a VQ-Diffusion with cross-attention (attn2)'],
    ['transformer.condition_emb.', 'a VQ-Diffusion with its own condition embedding'],
  ],
  vqgan: [
    ['quantize.embedding.', 'a VQGAN with nearest-neighbour codes (VQModel) instead of a GumbelVQ'],
    ['quantize.mask_embed', 'a masked VQGAN variant'],
  ],
  clip: [['visual.layer1.', 'a CLIP with a ResNet picture encoder instead of a vision transformer']],
};

/** @throws {UserError} listing all missing, wrongly shaped and unknown tensors of the file. */
export function checkTensors(tensors: CheckpointTensors, kind: ModelKind, expected: Expected): void {
  const wrong: string[] = [];
  for (const [key, shape] of expected.shapes) {
    const tensor = tensors.get(key);
    if (!tensor) wrong.push(`missing ${key} [${shape}]`);
    else if (!sameShape(tensor.shape, shape)) {
      wrong.push(`${key} has shape [${tensor.shape}] instead of [${shape}]`);
    }
  }
  for (const [key, { shape }] of tensors) {
    if (!expected.shapes.has(key) && !expected.ignored.test(key)) wrong.push(`unknown ${key} [${shape}]`);
  }
  if (wrong.length) {
    throw new UserError(
      'checkpoint',
      `The file given as --${kind} does not hold ${names[kind]} as expected, ${listing(wrong)}`,
    );
  }
}

/**
 * Reads every weight once, so that a spoilt one is found before anything is written.
 * @throws {UserError} naming all tensors with NaN, infinite, or (for half precision) too large values.
 */
export async function checkValues(
  tensors: CheckpointTensors,
  kind: ModelKind,
  expected: Expected,
  forHalf: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const spoilt: string[] = [];
  const tooLarge: string[] = [];
  for (const key of expected.shapes.keys()) {
    signal?.throwIfAborted();
    const largest = largestMagnitude(await inFile(kind, () => tensors.get(key)!.float32()));
    if (!Number.isFinite(largest)) spoilt.push(key);
    else if (forHalf && largest > HALF_MAX) tooLarge.push(`${key} (${largest})`);
  }
  if (spoilt.length) {
    throw new UserError(
      'checkpoint',
      `The file given as --${kind} has NaN or infinite weights, ${listing(spoilt)}`,
    );
  }
  if (tooLarge.length) {
    throw new UserError(
      'checkpoint',
      `The file given as --${kind} has weights beyond float16's range, so convert it with --dtype fp32: ${listing(tooLarge)}`,
    );
  }
}

/** NaN if there is one. */
function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (!(magnitude <= largest)) largest = magnitude;
    if (Number.isNaN(magnitude)) return Number.NaN;
  }
  return largest;
}

function listing(items: readonly string[]): string {
  const count = `${items.length} tensor${items.length === 1 ? '' : 's'}`;
  const lines = items.slice(0, MAX_LISTED).map((item) => `\n  ${item}`);
  const rest = items.length > MAX_LISTED ? `\n  ... and ${items.length - MAX_LISTED} more` : '';
  return `${count}:${lines.join('')}${rest}`;
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);
