// Is this file the model it should be, whole and sound? Everything that is wrong is said in one message.
import { UserError } from '../../errors.ts';
import { listed } from '../../listing.ts';
import { quoted } from '../../quote.ts';
import type { CheckpointTensors } from '../tensors.ts';
import { type Expected, hasPrefix, inFile, type ModelKind } from './sizes.ts';

/** More are only counted. */
const MOST_NAMED = 10;
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
    const some = firstKeys(tensors);
    throw new UserError('checkpoint', `The file given as --${kind} is not ${names[kind]}: it holds ${some}.`);
  }
  if (found !== kind) {
    throw new UserError(
      'checkpoint',
      `The file given as --${kind} is ${names[found]}: pass it as --${found}, and ${names[kind]} as --${kind}.`,
    );
  }
  if (kind === 'clip') checkHalves(tensors);
  for (const [prefix, variant] of variants[kind]) {
    if (hasPrefix(tensors, prefix)) {
      throw new UserError('checkpoint', `The file given as --${kind} is ${variant}, which is not supported.`);
    }
  }
}

/** Prompts need one half of a CLIP, ranking the pictures the other. Stable Diffusion brings the first alone. */
function checkHalves(tensors: CheckpointTensors): void {
  const has = (...prefixes: string[]) => prefixes.some((prefix) => hasPrefix(tensors, prefix));
  const text = has('token_embedding.', 'transformer.', 'text_model.');
  if (text && has('visual.', 'vision_model.')) return;
  throw new UserError(
    'checkpoint',
    `The file given as --clip is only the ${text ? 'text' : 'picture'} half of a CLIP: take a whole one, such as OpenAI's ViT-B-32.pt or model.safetensors of openai/clip-vit-base-patch32.`,
  );
}

/** The first few keys, quoted. */
function firstKeys(tensors: CheckpointTensors): string {
  const shown: string[] = [];
  for (const key of tensors.keys()) if (shown.push(quoted(key, 40)) === 3) break;
  return shown.join(', ') || 'no tensors at all';
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

/** @throws {UserError} naming the first of the missing, wrongly shaped and unknown tensors of the file, counting all. */
export function checkTensors(tensors: CheckpointTensors, kind: ModelKind, expected: Expected): void {
  const wrong: string[] = [];
  for (const [key, shape] of expected.shapes) {
    const tensor = tensors.get(key);
    if (!tensor) wrong.push(`missing ${key} [${shape}]`);
    else if (!sameShape(tensor.shape, shape)) {
      wrong.push(`${key} has shape ${sizesInWords(tensor.shape)} instead of [${shape}]`);
    }
  }
  let unknown = 0;
  for (const [key, { shape }] of tensors) {
    if (expected.shapes.has(key) || !expected.parts.test(key) || expected.ignored?.test(key)) continue;
    if (unknown++ < MOST_NAMED) wrong.push(`unknown ${quoted(key, 80)} ${sizesInWords(shape)}`);
  }
  if (wrong.length) {
    const total = wrong.length + Math.max(0, unknown - MOST_NAMED);
    throw new UserError(
      'checkpoint',
      `The file given as --${kind} does not hold ${names[kind]} as expected, ${counted(wrong, total)}`,
    );
  }
}

/** Of a tensor that may have any number of sizes. */
function sizesInWords(shape: readonly number[]): string {
  return `[${shape.slice(0, 6)}${shape.length > 6 ? ',…' : ''}]`;
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
      `The file given as --${kind} has NaN or infinite weights, ${counted(spoilt)}`,
    );
  }
  if (tooLarge.length) {
    throw new UserError(
      'checkpoint',
      `The file given as --${kind} has weights beyond float16's range, so convert it with --dtype fp32: ${counted(tooLarge)}`,
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

/** The whole message stays within 300 characters. */
function counted(items: readonly string[], total = items.length): string {
  return `${total} tensor${total === 1 ? '' : 's'}: ${listed(items, 170, total)}.`;
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);
