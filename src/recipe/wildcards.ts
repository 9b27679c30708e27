// One prompt for several pictures: `{red|blond} hair` makes one for each choice, `{?red|blond} hair` takes one by the
// seed. Braces without a bar are braces, and so is what has a backslash before it.
import { seededNoise } from '../diffusion/random.ts';
import { UserError } from '../errors.ts';

/** Choices within choices. */
const MAX_NESTING = 8;
/** Keeps these draws apart from those of the chain, whose classes are below it. */
const CHOICES = 0x63686f69;

type Sequence = readonly (string | Choice)[];

interface Choice {
  /** Its place among all choices of the prompt. */
  readonly number: number;
  readonly isRandom: boolean;
  readonly options: readonly Sequence[];
}

/**
 * How many prompts this one stands for, without writing them out; Infinity beyond all bounds.
 * @throws {UserError} `settings` when choices lie too deep in one another
 */
export function countPrompts(prompt: string): number {
  return count(parse(prompt));
}

/**
 * All prompts that this one stands for, the last choice changing fastest.
 * @param seed draws the random choices; within one, every choice is random. u32
 * @throws {UserError} `settings` when they are more than `most`
 */
export function expandPrompt(prompt: string, seed: number, most: number): string[] {
  const sequence = parse(prompt);
  const total = count(sequence);
  if (total > most) {
    const many = total < 1e6 ? String(total) : 'more than a million';
    throw new UserError(
      'settings',
      `The choices of this prompt stand for ${many} pictures, and ${most} are made at most: take fewer, or {?one|by|chance}.`,
    );
  }
  const noise = seededNoise(seed);
  const draw = (choice: Choice) => Math.floor(noise(0, choice.number, CHOICES) * choice.options.length);
  return Array.from({ length: total }, (_, index) => {
    const text = pick(sequence, index, draw, false);
    // A choice of nothing leaves two spaces.
    return sequence.every((piece) => typeof piece === 'string') ? text : text.replace(/ {2,}/g, ' ').trim();
  });
}

/** The text as a prompt that stands for itself alone. */
export function escapeChoices(text: string): string {
  return text.replace(/[{|}]/g, '\\$&');
}

/** Braces that hold a bar of their own, from their first place to their last and the bars between. */
interface Group {
  readonly end: number;
  readonly bars: readonly number[];
}

function parse(prompt: string): Sequence {
  const groups = findGroups(prompt);
  let numbers = 0;

  function sequence(begin: number, end: number, depth: number): Sequence {
    const pieces: (string | Choice)[] = [];
    let text = '';
    for (let i = begin; i < end; i++) {
      const group = groups.get(i);
      if (group) {
        if (depth === MAX_NESTING) {
          throw new UserError('settings', `Choices may lie ${MAX_NESTING} deep in one another: take fewer.`);
        }
        const isRandom = prompt[i + 1] === '?';
        const cuts = [i + (isRandom ? 1 : 0), ...group.bars, group.end];
        const number = numbers++;
        const options = cuts.slice(1).map((cut, option) => sequence(cuts[option] + 1, cut, depth + 1));
        pieces.push(text, { number, isRandom, options });
        text = '';
        i = group.end;
      } else if (isEscape(prompt, i)) text += prompt[++i];
      else text += prompt[i];
    }
    return [...pieces, text];
  }

  return sequence(0, prompt.length, 0);
}

function findGroups(prompt: string): ReadonlyMap<number, Group> {
  const groups = new Map<number, Group>();
  const open: { begin: number; bars: number[] }[] = [];
  for (let i = 0; i < prompt.length; i++) {
    if (isEscape(prompt, i)) i++;
    else if (prompt[i] === '{') open.push({ begin: i, bars: [] });
    else if (prompt[i] === '|') open.at(-1)?.bars.push(i);
    else if (prompt[i] === '}') {
      const closed = open.pop();
      if (closed?.bars.length) groups.set(closed.begin, { end: i, bars: closed.bars });
    }
  }
  return groups;
}

function isEscape(prompt: string, at: number): boolean {
  return prompt[at] === '\\' && at + 1 < prompt.length && '{|}'.includes(prompt[at + 1]);
}

function count(sequence: Sequence): number {
  return sequence.reduce(
    (product, piece) => product * (typeof piece === 'string' ? 1 : countChoice(piece)),
    1,
  );
}

function countChoice({ isRandom, options }: Choice): number {
  return isRandom ? 1 : options.reduce((sum, option) => sum + count(option), 0);
}

/** Prompt number `index` of those that the sequence stands for; in random ones `draw` decides everything. */
function pick(sequence: Sequence, index: number, draw: (choice: Choice) => number, isDrawn: boolean): string {
  let left = index;
  return sequence
    .toReversed()
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if (isDrawn || piece.isRandom) return pick(piece.options[draw(piece)], 0, draw, true);
      const total = countChoice(piece);
      const own = left % total;
      left = Math.floor(left / total);
      return pickOption(piece, own, draw);
    })
    .reverse()
    .join('');
}

function pickOption({ options }: Choice, index: number, draw: (choice: Choice) => number): string {
  let left = index;
  for (const option of options) {
    const total = count(option);
    if (left < total) return pick(option, left, draw, false);
    left -= total;
  }
  throw new RangeError(`There is no option ${index}.`);
}
