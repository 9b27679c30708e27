// What another tool's picture tells of how it was made: enough to fill in the form, not to make that picture.
import { MAX_TEXT } from './condition.ts';
import { MAX_GUIDANCE, MAX_STEPS } from './recipe.ts';

export interface FoundSettings {
  /** Where it was found, for a person: "A1111", "ComfyUI", "the description". */
  readonly tool: string;
  readonly prompt: string;
  /** The negative prompt. */
  readonly avoid?: string;
  /** u32; of a longer one the remainder by 2^32, so that one picture always gives one seed. */
  readonly seed?: number;
  /** As there; the model at hand may know fewer. */
  readonly steps?: number;
  readonly guidance?: number;
}

/** Names of one thing in many tools, in small letters, with _ for a space. */
const names = {
  prompt: ['positive_prompt', 'positiveprompt', 'prompt'],
  avoid: ['negative_prompt', 'negativeprompt', 'uc'],
  seed: ['seed', 'noise_seed'],
  steps: ['steps', 'num_inference_steps'],
  guidance: ['cfg_scale', 'cfgscale', 'cfg', 'guidance_scale', 'scale'],
} as const;

/**
 * Picks out of named values what this program has a place for; values of another form are passed over.
 * `[['Steps', '20'], ['CFG scale', '7']]` gives steps and guidance.
 * @returns null where there is no prompt
 */
export function pickSettings(
  tool: string,
  entries: Iterable<readonly [string, unknown]>,
): FoundSettings | null {
  const values = new Map<string, unknown>();
  for (const [name, value] of entries) {
    const key = name.toLowerCase().replaceAll(' ', '_');
    if (!values.has(key)) values.set(key, value);
  }
  const first = (kind: keyof typeof names) =>
    names[kind].map((name) => values.get(name)).find((value) => value !== undefined && value !== null);
  const prompt = asText(first('prompt'));
  if (!prompt) return null;
  const avoid = asText(first('avoid'));
  const seed = asNumber(first('seed'), 0, Number.MAX_VALUE, Number.isInteger);
  const steps = asNumber(first('steps'), 1, MAX_STEPS, Number.isInteger);
  const guidance = asNumber(first('guidance'), 0, MAX_GUIDANCE);
  return {
    tool,
    prompt,
    ...(avoid && { avoid }),
    ...(seed !== null && { seed: seed % 2 ** 32 }),
    ...(steps !== null && { steps }),
    ...(guidance !== null && { guidance }),
  };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, MAX_TEXT) : '';
}

/** A number, or its digits as a text, within the range. */
function asNumber(value: unknown, low: number, high: number, test = Number.isFinite): number | null {
  const isDigits = typeof value === 'string' && value.length < 32 && /^\s*\d+(\.\d+)?\s*$/.test(value);
  const number = isDigits ? Number(value) : value;
  return typeof number === 'number' && test(number) && number >= low && number <= high ? number : null;
}
