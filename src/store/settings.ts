// The form's values, and the way from them to settings that a run takes.
import type { PackManifest } from '../pack/manifest.ts';
import type { GenerateSettings, Sampler, Truncation } from '../types.ts';

export const maxSeed = 0xffffffff;
export const maxCandidates = 16;
export const maxGuidance = 5;

/** What the model's defaults decide. */
export interface Tuning {
  readonly steps: number;
  readonly guidance: number;
  readonly truncation: Truncation;
  readonly candidates: number;
  readonly sampler: Sampler;
}

/** The form as it stands; the seed stays a text, so that a slip can be shown and mended. */
export interface Draft extends Tuning {
  readonly prompt: string;
  /** The next run's seed. */
  readonly seed: string;
  /** An unlocked seed is drawn anew after every start. */
  readonly seedLocked: boolean;
}

/** What keeps the form from being run, beside the field it is about. */
export interface Complaint {
  readonly field: 'prompt' | 'seed';
  readonly message: string;
}

export function modelDefaults({ defaults }: PackManifest): Tuning {
  const { steps, guidance, truncation } = defaults;
  return {
    steps,
    guidance,
    truncation,
    candidates: Math.min(defaults.candidates, maxCandidates),
    sampler: 'exact',
  };
}

/** What is wrong with the form, if anything; sliders cannot be wrong. */
export function findComplaint(draft: Draft): Complaint | null {
  if (!draft.prompt.trim()) {
    return { field: 'prompt', message: 'Write a prompt first, or try one of the examples.' };
  }
  const message = seedComplaint(draft.seed);
  return message ? { field: 'seed', message } : null;
}

/** One sentence when the text is no u32, else null. */
export function seedComplaint(seed: string): string | null {
  if (/^\s*\d{1,10}\s*$/.test(seed) && Number(seed) <= maxSeed) return null;
  const found = seed.trim();
  const what = found ? `“${found.slice(0, 24)}” isn’t one` : 'the field is empty';
  return `A seed is a whole number from 0 to ${maxSeed}; ${what}.`;
}

/** Settings of a draft without complaint. */
export function settingsOf(draft: Draft): GenerateSettings {
  const { prompt, steps, guidance, truncation, candidates, sampler } = draft;
  return { prompt, seed: Number(draft.seed), steps, guidance, truncation, candidates, sampler };
}

/** Where the slider stands; null where its numbers do not say what is set. */
export function truncationNumber(truncation: Truncation): number | null {
  if (truncation.kind === 'topK') return null;
  return truncation.kind === 'none' ? 1 : truncation.r;
}

/** The slider's end means "keep all classes". */
export function truncationAt(r: number): Truncation {
  return r >= 1 ? { kind: 'none' } : { kind: 'topR', r };
}
