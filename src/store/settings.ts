// The form's values, and the way from them to recipes and back.

import { needsGuidance } from '../diffusion/guidance.ts';
import { UserError } from '../errors.ts';
import { promptOf as textsOf } from '../gallery/prompt.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { MAX_TEXT } from '../recipe/condition.ts';
import type { FoundSettings } from '../recipe/found.ts';
import { countPictures, MAX_PICTURES, planPrompt, tooMany } from '../recipe/plan.ts';
import { MAX_SEED, type Recipe, type RecipeModel, type RecipeParts } from '../recipe/recipe.ts';
import { escapeChoices } from '../recipe/wildcards.ts';
import type { Arithmetic, Sampler, Truncation } from '../types.ts';

export const maxCandidates = 16;
export const maxGuidance = 5;

/** What the model's defaults decide. */
export interface Tuning {
  readonly steps: number;
  readonly guidance: number;
  readonly truncation: Truncation;
  /** The share of tokens that is drawn once more at the end, 0..1. */
  readonly redraw: number;
  /** As a recipe of before has it, null for one of today. */
  readonly looks: 1 | null;
  readonly candidates: number;
  readonly sampler: Sampler;
}

/** The form as it stands; the seed stays a text, so that a slip can be shown and mended. */
export interface Draft extends Tuning {
  /** As written, choices like {red|blond} and all. */
  readonly prompt: string;
  /** What the pictures should not show; blank for nothing. */
  readonly avoid: string;
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
  const { steps, guidance, truncation, redraw = 0 } = defaults;
  return {
    steps,
    guidance,
    truncation,
    redraw,
    looks: null,
    candidates: Math.min(defaults.candidates, maxCandidates),
    sampler: 'exact',
  };
}

/** What is wrong with the form, if anything; sliders cannot be wrong. */
export function findComplaint(draft: Draft): Complaint | null {
  if (!draft.prompt.trim()) {
    return { field: 'prompt', message: 'Write a prompt first, or try one of the examples.' };
  }
  if (draft.prompt.length > MAX_TEXT) {
    const message = `The prompt has ${draft.prompt.length} characters: shorten it to ${MAX_TEXT}, of which the model reads the first words.`;
    return { field: 'prompt', message };
  }
  const choices = choicesComplaint(draft);
  if (choices) return { field: 'prompt', message: choices };
  const message = seedComplaint(draft.seed);
  return message ? { field: 'seed', message } : null;
}

/** One sentence when the text is no u32, else null. */
export function seedComplaint(seed: string): string | null {
  if (/^\s*\d{1,10}\s*$/.test(seed) && Number(seed) <= MAX_SEED) return null;
  const found = seed.trim();
  const what = found ? `“${found.slice(0, 24)}” isn’t one` : 'the field is empty';
  return `A seed is a whole number from 0 to ${MAX_SEED}; ${what}.`;
}

/** How many pictures the form stands for; null where its choices are too many or cannot be read. */
export function picturesAsked(draft: Draft): number | null {
  return choicesComplaint(draft) === null ? countPictures(draft.prompt, draft.candidates) : null;
}

/** One sentence when the prompt's choices are more than a run makes, or cannot be read; else null. */
function choicesComplaint({ prompt, candidates }: Draft): string | null {
  try {
    const count = countPictures(prompt, candidates);
    return count > MAX_PICTURES ? tooMany(count).message : null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The recipes of a draft without complaint, those of one choice of the prompt together. */
export function recipesOf(draft: Draft, model: RecipeModel, arithmetic: Arithmetic): Recipe[] {
  const { prompt, avoid, seed, steps, guidance, truncation, redraw, looks, candidates, sampler } = draft;
  const base: RecipeParts = {
    model,
    condition: { kind: 'text', text: prompt },
    ...(avoid.trim() && { avoid: { kind: 'text', text: avoid } }),
    seed: Number(seed),
    steps,
    guidance,
    truncation,
    redraw,
    ...(looks && { looks }),
    sampler,
    arithmetic,
  };
  return planPrompt(base, prompt, candidates);
}

/** What a recipe's condition is about, in one line; empty where it has no words, as that of a picture. */
export function promptOf({ condition }: Pick<Recipe, 'condition'>): string {
  return textsOf(condition);
}

/** The text that a recipe avoids; empty where there is none. */
export function avoidOf({ avoid }: Pick<Recipe, 'avoid'>): string {
  return avoid?.kind === 'text' ? avoid.text : '';
}

/** What a recipe says, for the form; there it makes this one picture. A prompt stays where the recipe has none. */
export function draftOf(recipe: Recipe): Partial<Draft> {
  const { condition, seed, steps, guidance, truncation, redraw, looks = null, sampler } = recipe;
  return {
    ...(condition.kind === 'text' && { prompt: escapeChoices(condition.text) }),
    avoid: avoidOf(recipe),
    seed: String(seed),
    seedLocked: true,
    steps,
    guidance,
    truncation,
    redraw,
    looks,
    candidates: 1,
    sampler,
  };
}

/** What another tool's picture tells, for the form: within what the sliders reach, and without what it does not say. */
export function draftOfFound({ prompt, avoid = '', seed, steps, guidance }: FoundSettings): Partial<Draft> {
  return {
    prompt: escapeChoices(prompt),
    avoid,
    ...(seed !== undefined && { seed: String(seed), seedLocked: true }),
    ...(steps !== undefined && { steps }),
    ...(guidance !== undefined && { guidance: Math.min(guidance, maxGuidance) }),
  };
}

/** Whether there is something to avoid, and no guidance to lead away from it. */
export function avoidsNothing({ avoid, guidance }: Draft): boolean {
  return avoid.trim() !== '' && !needsGuidance(guidance);
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
