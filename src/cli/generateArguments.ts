// The command line of `npm run generate`.
import { UserError } from '../errors.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type Sampler, samplers, type Truncation } from '../types.ts';
import { bad, parsedNumber, rawValues, wholeNumber } from './arguments.ts';
import { parsedTruncation } from './convertArguments.ts';

/** How pictures are sampled: what --grid lists several of. */
export type SamplingSettings = Pick<Recipe, 'sampler' | 'steps' | 'guidance' | 'truncation' | 'redraw'>;

export interface GenerateArguments {
  readonly pack: string;
  /** Path of a text file, one prompt a line, or of a JSON list of prompts. */
  readonly prompts: string | null;
  /** Path of a PNG, or of recipes as JSON, in place of prompts. */
  readonly recipes: string | null;
  readonly out: string;
  /** Candidates of each prompt. */
  readonly seeds: number;
  /** Seed of the first candidate of the first prompt. */
  readonly seed: number;
  readonly threads: number;
  readonly native: boolean;
  /** Path of a JSON list of settings. */
  readonly grid: string | null;
  /** What is given on the command line; the pack's defaults fill the rest. */
  readonly settings: Partial<SamplingSettings>;
}

export const usage = `Makes pictures of many prompts with the page's engine, for evaluation: PNG files and results.jsonl.

  npm run generate -- --pack public/models/<id> --prompts prompts.txt --out FOLDER --seeds 4 --steps 25

needed
  --pack FOLDER         the pack
  --prompts FILE        one prompt a line, or JSON: a list of texts or of {"prompt": text}
  --recipes FILE        in place of prompts: a picture of this program (PNG) to make again, or recipes as JSON
  --out FOLDER          where the pictures go; a second run goes on where the first stopped

what is made
  --seeds N             pictures of each prompt (4)
  --seed N              seed of the first picture; each has its own, the same under all settings (0)
  --steps N             denoiser evaluations (the pack's default, like the next two)
  --guidance S          classifier-free guidance scale, 1 for none
  --truncation T        a share like 0.85, a count like 100p, none or 1 for all codes
  --redraw SHARE        of the tokens, the least likely ones, drawn once more at the end, 0 for none (the pack's default)
  --sampler NAME        exact, cosine or authors-fast (exact)
  --grid FILE           several settings in one run: a JSON list of {"steps", "guidance", "truncation", "sampler"},
                        what one leaves out is as given above

how
  --threads N           (2)
  --native              ONNX Runtime for Node in place of the page's WASM: the same graphs, faster
`;

/** The arguments, checked; or the usage text, when that is what was asked for. @throws {UserError} */
export function parseGenerateArguments(argv: readonly string[]): GenerateArguments | string {
  const values = rawValues(usage, argv);
  if (values.help !== undefined) return usage;
  const source = values.recipes === undefined ? 'prompts' : 'recipes';
  const missing = ['pack', source, 'out'].filter((flag) => !values[flag]?.trim());
  if (missing.length) {
    throw new UserError(
      'settings',
      `Please give ${missing.map((flag) => `--${flag}`).join(', ')}; --help explains them.`,
    );
  }
  if (values.recipes !== undefined) {
    const idle = ['prompts', 'seeds', 'seed', 'steps', 'guidance', 'truncation', 'redraw', 'sampler', 'grid'];
    const spare = idle.filter((flag) => values[flag] !== undefined).map((flag) => `--${flag}`);
    if (spare.length) {
      throw new UserError('settings', `Recipes say all that --recipes makes: leave out ${spare.join(', ')}.`);
    }
  }
  const count = (flag: string, fallback: number, least: number) =>
    wholeNumber(flag, values[flag], fallback, { least });
  const { steps, guidance, truncation, redraw, sampler } = values;
  return {
    pack: values.pack!,
    prompts: values.prompts ?? null,
    recipes: values.recipes ?? null,
    out: values.out!,
    seeds: count('seeds', 4, 1),
    seed: count('seed', 0, 0),
    threads: count('threads', 2, 1),
    native: values.native !== undefined,
    grid: values.grid ?? null,
    settings: {
      ...(steps !== undefined && { steps: count('steps', 0, 1) }),
      ...(guidance !== undefined && { guidance: parsedNumber('guidance', guidance) }),
      ...(truncation !== undefined && { truncation: parsedShare(truncation) }),
      ...(redraw !== undefined && { redraw: parsedPart('redraw', redraw) }),
      ...(sampler !== undefined && { sampler: parsedSampler(sampler) }),
    },
  };
}

/** The settings of a run: those of the grid over the command line's over the pack's. @throws {UserError} */
export function completeSettings(
  grid: unknown,
  given: Partial<SamplingSettings>,
  { defaults }: Pick<PackManifest, 'defaults'>,
): SamplingSettings[] {
  const { steps, guidance, truncation, redraw = 0 } = defaults;
  const base: SamplingSettings = { sampler: 'exact', steps, guidance, truncation, redraw, ...given };
  if (grid === null) return [base];
  if (!Array.isArray(grid) || !grid.length) throw bad('grid', brief(grid), 'a list of settings');
  return grid.map((entry: unknown) => ({ ...base, ...parsedEntry(entry) }));
}

function parsedEntry(entry: unknown): Partial<SamplingSettings> {
  if (entry === null || typeof entry !== 'object') throw bad('grid', brief(entry), 'a list of objects');
  const fields = Object.entries(entry).map(([key, value]) => {
    const text = String(value);
    switch (key) {
      case 'steps':
      case 'guidance':
        return [key, parsedNumber(`grid: ${key}`, text)];
      case 'redraw':
        return [key, parsedPart(`grid: ${key}`, text)];
      case 'truncation':
        return [key, parsedShare(text)];
      case 'sampler':
        return [key, parsedSampler(text)];
      default:
        throw bad('grid', key, 'made of steps, guidance, truncation, redraw and sampler');
    }
  });
  return Object.fromEntries(fields);
}

const brief = (value: unknown) => (JSON.stringify(value) ?? String(value)).slice(0, 60);

function parsedPart(flag: string, given: string): number {
  const value = parsedNumber(flag, given);
  if (!(value >= 0 && value <= 1)) throw bad(flag, given, 'between 0 and 1');
  return value;
}

function parsedSampler(given: string): Sampler {
  const sampler = samplers.find((known) => known === given);
  if (!sampler) throw bad('sampler', given, 'exact, cosine or authors-fast');
  return sampler;
}

/** A bare number is a share of the probability, and all of it is no truncation. */
function parsedShare(given: string): Truncation {
  const truncation = parsedTruncation(/^\d*\.?\d+$/.test(given) ? `${given}r` : given);
  return truncation.kind === 'topR' && truncation.r === 1 ? { kind: 'none' } : truncation;
}

/** A short name for a folder, the same for the same settings alone: exact-25-g1.15-t0.85. */
export function settingsName({ sampler, steps, guidance, truncation, redraw }: SamplingSettings): string {
  return `${sampler}-${steps}-g${guidance}-t${truncationText(truncation)}${redraw ? `-r${redraw}` : ''}`;
}

function truncationText(truncation: Truncation): string {
  switch (truncation.kind) {
    case 'none':
      return '1';
    case 'topR':
      return String(truncation.r);
    case 'topK':
      return `${truncation.k}p`;
    default:
      return truncation satisfies never;
  }
}
