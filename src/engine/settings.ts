import { UserError } from '../errors.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { GenerateSettings } from '../types.ts';

export const MAX_CANDIDATES = 64;
export const MAX_GUIDANCE = 100;
/** Far more than the tokens that any text encoder reads; the repair of text takes longer than a step beyond. */
export const MAX_PROMPT_CHARACTERS = 10_000;

/**
 * @throws {UserError} `settings`, naming the first setting out of its range
 */
export function checkSettings(settings: GenerateSettings, { timesteps, codebookSize }: PackManifest): void {
  const { prompt, seed, steps, guidance, truncation, candidates } = settings;
  if (!prompt.trim()) throw new UserError('settings', 'The prompt is empty: write what you want to see.');
  if (prompt.length > MAX_PROMPT_CHARACTERS) {
    throw new UserError(
      'settings',
      `The prompt has ${prompt.length} characters: shorten it to ${MAX_PROMPT_CHARACTERS}, of which the model reads the first words.`,
    );
  }
  whole('seed', seed, 0, 2 ** 32 - 1);
  whole('number of steps', steps, 1, timesteps);
  whole('number of candidates', candidates, 1, MAX_CANDIDATES);
  within('guidance', guidance, 0, MAX_GUIDANCE);
  if (truncation.kind === 'topR') within('truncation', truncation.r, 0, 1);
  if (truncation.kind === 'topK') whole('truncation', truncation.k, 1, codebookSize);
}

function whole(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new UserError(
      'settings',
      `The ${name} must be a whole number from ${low} to ${high}, not ${value}.`,
    );
  }
}

function within(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new UserError('settings', `The ${name} must be from ${low} to ${high}, not ${value}.`);
  }
}
