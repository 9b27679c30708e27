// Inputs by the thousand for a parser: made by a generator that knows the format, from a seed, and each held to an answer.
//
// 2,000 a parser in `npm test`; `npm run fuzz` tries 100,000 of each, and `npm run fuzz -- pack --inputs 5000 --seed 2` so
// many others of those in test/pack. A failure names its input by number.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { mulberry32 } from './mulberry32.ts';
import { checkedRefusal } from './refusal.ts';

const count = Number(import.meta.env.VITE_FUZZ ?? 2000);
const seed = Number(import.meta.env.VITE_FUZZ_SEED ?? 1);

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
/** Bytes that inputs may leave behind before they are collected, so that what is measured is not the sum of many. */
const LEFTOVERS = 100 * 2 ** 20;

/** Chance for a generator. */
export interface Dice {
  /** 0..1 */
  share(): number;
  /** 0..below-1 */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  /** A size: mostly small, at times up to `most`. */
  size(most: number): number;
}

function dice(chance: () => number): Dice {
  const below = (limit: number) => Math.floor(chance() * limit);
  return {
    share: chance,
    below,
    pick: (items) => items[below(items.length)],
    // The exponent's square keeps large sizes rare.
    size: (most) => Math.floor(most ** (chance() * chance())),
  };
}

export interface Answers {
  /** Of a thousand inputs, how many were no fault. */
  readonly taken: number;
  /** The sentences of the others, without what they quote. */
  readonly refusals: ReadonlySet<string>;
}

/**
 * Holds every answer to 300 characters and 2 s, and all of them together to 300 MB.
 * @param answer throws UserError where it refuses, whose sentence is held to its form; any other error is a fault
 */
export async function fuzz(answer: (dice: Dice) => unknown): Promise<Answers> {
  const before = process.resourceUsage().maxRSS;
  const begunWith = process.memoryUsage.rss();
  const refusals = new Set<string>();
  let taken = 0;
  let longest = { seconds: 0, input: 0 };
  for (let i = 0; i < count; i++) {
    const begun = process.cpuUsage();
    try {
      await answer(dice(mulberry32(seed * 1_000_003 + i)));
      taken++;
    } catch (error) {
      try {
        refusals.add(checkedRefusal(error).replace(/“[^”]*”|\d+/g, '#'));
      } catch (cause) {
        throw new Error(`input ${i} of seed ${seed}`, { cause });
      }
    }
    const { user, system } = process.cpuUsage(begun);
    // Of the processor, which other work on the machine does not lengthen.
    const seconds = (user + system) / 1e6;
    if (seconds > longest.seconds) longest = { seconds, input: i };
    expect(seconds, `seconds for input ${i}`).toBeLessThan(2);
    if (process.memoryUsage.rss() - begunWith > LEFTOVERS) collectGarbage();
  }
  // Kilobytes. The collector is lazy, so this is still more than any one input needs.
  const megabytes = (process.resourceUsage().maxRSS - before) / 1024;
  if (import.meta.env.VITE_FUZZ) {
    console.log(
      `${count} inputs of seed ${seed}: ${taken} taken, ${count - taken} refused; the longest took ${(1000 * longest.seconds).toFixed(0)} ms (input ${longest.input}); ${megabytes.toFixed(0)} MB more at most`,
    );
  }
  expect(megabytes, 'megabytes more').toBeLessThan(300);
  return { taken: (1000 * taken) / count, refusals };
}

/** A value of JSON that no format expects: deep, wide, long, negative, or just odd. */
function oddValue(d: Dice, deepest: number): unknown {
  const n = d.size(50_000);
  switch (d.below(9)) {
    case 0:
      return nest(Math.min(n, deepest), d.below(2) === 0);
    case 1:
      return new Array(n).fill(d.pick([0, '', null, 'a', [], {}]));
    case 2:
      return oddText(d);
    case 3:
      return d.pick([-1, -0, 0.5, 1e300, -1e300, 2 ** 53, 2 ** 32, 2 ** 31, 1e-300, 65_536]);
    case 4:
      return d.pick([null, true, false, '', 0]);
    case 5:
      return Object.fromEntries(Array.from({ length: Math.min(n, 2000) }, (_, i) => [`k${i}`, i]));
    case 6:
      return JSON.parse('{"__proto__":{"file":"a"},"constructor":1,"length":3}');
    case 7: {
      // One thing at many places.
      const shared = nest(10, false);
      return Array.from({ length: Math.min(n, 1000) }, () => shared);
    }
    default:
      return d.below(100) - 50;
  }
}

function nest(depth: number, inObjects: boolean): unknown {
  let value: unknown = 0;
  for (let i = 0; i < depth; i++) value = inObjects ? { a: value } : [value];
  return value;
}

/** Texts that are long, repeat what a repair or a regular expression stumbles over, or are no good text. */
export function oddText(d: Dice, most = 50_000): string {
  const piece = d.pick([
    'a',
    ' ',
    'amp;',
    '&',
    '&#38;',
    '&lt;',
    '\n',
    '\u202e',
    '\0',
    '\ud800',
    '\u0301',
    'Ã©',
    'â€œ',
    '\x1b[',
    '=',
    '../',
    '<|endoftext|>',
    '日',
    'ﬃ',
    "'s",
    '9',
    '\u200d',
    'é',
    '__proto__',
  ]);
  return (d.pick(['', '&', 'a', '\x1b[']) + piece.repeat(d.size(most) / piece.length + 1)).slice(0, most);
}

/**
 * The tree with one to three of its places changed: odd, gone, doubled, or with a neighbour's value.
 * @param deepest nest in it; JSON.stringify takes a few thousand
 */
export function mutated(tree: unknown, d: Dice, deepest = 50_000): unknown {
  const copy = { root: structuredClone(tree) };
  for (let times = 1 + d.below(3); times > 0; times--) {
    let at: Record<string, unknown> = copy;
    let key = 'root';
    while (hasItems(at[key]) && d.below(5) > 0) {
      at = at[key] as Record<string, unknown>;
      key = d.pick(Object.keys(at));
    }
    if (at === copy && d.below(20) > 0) continue;
    switch (d.below(5)) {
      case 0:
        if (Array.isArray(at)) at.splice(Number(key), 1);
        else delete at[key];
        break;
      case 1:
        if (Array.isArray(at)) at.push(...new Array(d.size(1000)).fill(at[Number(key)]));
        else at[`${key}2`] = at[key];
        break;
      case 2:
        at[key] = at[d.pick(Object.keys(at))];
        break;
      default:
        at[key] =
          typeof at[key] === 'number' && d.below(2)
            ? (at[key] as number) + d.below(5) - 2
            : oddValue(d, deepest);
    }
  }
  return copy.root;
}

function hasItems(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
