// The values of a grid's axis as people write them: 10, 25, 50; 1-5; 1-5 (+2); 1-9 [3]; and for words, red, blond, black.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import type { Axis } from './grid.ts';
import { MAX_PICTURES, tooMany } from './plan.ts';
import { MAX_GUIDANCE, MAX_SEED } from './recipe.ts';

type NumberField = Exclude<Axis['field'], 'words'>;

/** What an axis of numbers takes. */
interface Numbers {
  /** Of one value. */
  readonly name: string;
  readonly least: number;
  /** Null for the model's own. */
  readonly most: number | null;
  readonly isWhole: boolean;
  /** From one value of a range to the next, where it does not say. */
  readonly stride: number;
  readonly example: string;
}

type Bounded = Numbers & { readonly most: number };

const kinds: Readonly<Record<NumberField, Numbers>> = {
  steps: {
    name: 'number of steps',
    least: 1,
    most: null,
    isWhole: true,
    stride: 1,
    example: '5, 10, 25 or 10-50 (+10)',
  },
  guidance: {
    name: 'guidance',
    least: 0,
    most: MAX_GUIDANCE,
    isWhole: false,
    stride: 1,
    example: '1, 1.5, 2 or 1-3 (+0.5)',
  },
  truncation: {
    name: 'truncation',
    least: 0,
    most: 1,
    isWhole: false,
    stride: 0.1,
    example: '0.7, 0.85, off or 0.6-1 (+0.1)',
  },
  seed: {
    name: 'seed',
    least: 0,
    most: MAX_SEED,
    isWhole: true,
    stride: 1,
    example: '1, 2, 3 or 100-103',
  },
};

/**
 * @param timesteps of the open model
 * @throws {UserError} `settings`, a sentence that quotes what cannot be read and says what can
 */
export function readAxis(field: Axis['field'], text: string, timesteps: number): Axis {
  if (field === 'words') return readWords(text);
  const kind = kinds[field];
  const numbers = { ...kind, most: kind.most ?? timesteps };
  const parts = splitValues(text).filter(Boolean);
  if (!parts.length) throw wrong(`There is no ${numbers.name} yet`, numbers);
  const values: number[] = [];
  for (const part of parts) {
    values.push(...readPart(part, field, numbers));
    if (values.length > MAX_PICTURES) throw tooMany(values.length);
  }
  if (field !== 'truncation') return { field, values };
  return { field, values: values.map((r) => (r >= 1 ? { kind: 'none' } : { kind: 'topR', r })) };
}

function readPart(part: string, field: NumberField, numbers: Bounded): number[] {
  if (field === 'truncation' && part.toLowerCase() === 'off') return [1];
  const [, first, last, stride, count] =
    /^(\d+(?:\.\d+)?)(?:\s*(?:-|–|\.\.)\s*(\d+(?:\.\d+)?)(?:\s*\(\+?(\d+(?:\.\d+)?)\)|\s*\[(\d{1,4})\])?)?$/.exec(
      part,
    ) ?? [];
  const ends = [first, last ?? first].map(Number);
  const fits = (value: number) =>
    value >= numbers.least && value <= numbers.most && (!numbers.isWhole || Number.isInteger(value));
  if (first === undefined || !ends.every(fits))
    throw wrong(`${quoted(part, 24)} is no ${numbers.name}`, numbers);
  const by = stride === undefined ? numbers.stride : Number(stride);
  if (by === 0 || count === '0') throw wrong(`${quoted(part, 24)} gets nowhere`, numbers);
  const values = range(ends[0], ends[1], by, count === undefined ? null : Number(count));
  // 0.1 + 0.2 is to be called 0.3.
  return values.map((value) => Number(value.toFixed(numbers.isWhole ? 0 : 4)));
}

/** `range(1, 5, 2, null)` is 1, 3, 5; with a count, so many from end to end. Downwards too. */
function range(from: number, to: number, by: number, count: number | null): number[] {
  const length = Math.abs(to - from);
  const total = count ?? Math.floor(length / by + 1e-9) + 1;
  if (total > MAX_PICTURES) throw tooMany(total);
  const step = count === null ? by : length / Math.max(1, count - 1);
  return Array.from({ length: total }, (_, i) => from + Math.sign(to - from) * step * i);
}

function readWords(text: string): Axis {
  const [find, ...others] = splitValues(text);
  if (!find || !others.length) {
    throw new UserError(
      'settings',
      'Write words of the prompt, and after commas what takes their place, like red, blond, black.',
    );
  }
  return { field: 'words', find, values: [find, ...others] };
}

/** Between commas; a value in straight quotation marks may hold some. `a, "b, c"` gives `a` and `b, c`. */
function splitValues(text: string): string[] {
  const values = [''];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === ',' && !isQuoted) values.push('');
    else values[values.length - 1] += character;
  }
  return values.map((value) => value.trim().replace(/^"([^"]*)"$/, '$1'));
}

function wrong(found: string, { least, most, isWhole, example }: Bounded): UserError {
  const values = isWhole ? 'whole numbers' : 'numbers';
  return new UserError('settings', `${found}: write ${values} from ${least} to ${most}, like ${example}.`);
}
