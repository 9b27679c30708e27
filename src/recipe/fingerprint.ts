// Tells weights apart that have one name: 32 bits for each of three parts, of the SHA-256 that pack.json lists anyway.
import { crc32 } from '../crc32.ts';
import type { GraphFiles, PackFile, PackManifest } from '../pack/manifest.ts';
import { chosenFile } from '../pack/packFiles.ts';
import type { Recipe } from './recipe.ts';

const partNames = ['denoiser', 'decoder', 'text encoder'] as const;
export type ModelPart = (typeof partNames)[number];
const DIGITS = 8;

/**
 * Of all that decides a picture beside its recipe, where graphs are stored in several ways of those that are opened:
 * the denoiser with its conditioner, schedule and null condition; the decoder; the text encoder with its tokenizer and
 * prompt prefix. Against mistakes, not against forgers. 24 hexadecimal digits.
 */
export function modelFingerprint(manifest: PackManifest): string {
  const { graphs, tokenizer, schedule, timesteps, emptyTextEmbedding, defaults } = manifest;
  const { type, alphaBar, gammaBar } = schedule;
  const denoiser = [
    ...hashes(graphs.denoiser),
    ...hashes(graphs.conditioner),
    type,
    ...alphaBar,
    ...gammaBar,
    timesteps,
    emptyTextEmbedding,
  ];
  const textEncoder = [
    ...hashes(graphs.text_encoder),
    tokenizer.model.sha256,
    tokenizer.config.sha256,
    defaults.promptPrefix,
  ];
  return [denoiser, hashes(graphs.decoder), textEncoder].map(checksum).join('');
}

/**
 * The recipe with these weights written down where it names the model and none: version 1 did not, and what is made of
 * such a one now should.
 */
export function withFingerprint(recipe: Recipe, manifest: PackManifest): Recipe {
  const { id, fingerprint } = recipe.model;
  if (fingerprint !== null || id !== manifest.id) return recipe;
  return { ...recipe, model: { id, fingerprint: modelFingerprint(manifest) } };
}

/** The parts in which two fingerprints differ. */
export function differingParts(one: string, other: string): ModelPart[] {
  const part = (fingerprint: string, i: number) => fingerprint.slice(DIGITS * i, DIGITS * (i + 1));
  return partNames.filter((_, i) => part(one, i) !== part(other, i));
}

function hashes(stored: GraphFiles): string[] {
  const { file } = chosenFile(stored);
  return [file, ...(file.data ?? [])].map(({ sha256 }: PackFile) => sha256);
}

function checksum(values: readonly (string | number)[]): string {
  // JSON in ASCII: a prefix may hold any character.
  const text = encodeURIComponent(JSON.stringify(values).toWellFormed());
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return crc32(bytes).toString(16).padStart(DIGITS, '0');
}
