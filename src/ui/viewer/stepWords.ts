// What a step did, in words.
import type { StepTokens } from '../../gallery/steps.ts';

/** "Step 3 of 16: 77 of 256 tokens set", and of looks "Step 11 of 16: second look, 26 unlikely tokens taken back", then "third look". */
export function stepInWords({ mask, rows }: StepTokens, step: number): string {
  const doubted = rows.slice(0, step).map((_, i) => takenBack(mask, rows, i));
  const tokens = rows[step - 1];
  const isSet = tokens.filter((token) => token !== mask).length;
  const count = doubted[step - 1];
  const look = ['second', 'third', 'fourth'][doubted.filter(Boolean).length - 1] ?? 'another';
  const what = count
    ? `${look} look, ${count === 1 ? 'one unlikely token' : `${count} unlikely tokens`} taken back`
    : `${isSet} of ${tokens.length} tokens set`;
  return `Step ${step} of ${rows.length}: ${what}`;
}

/** How many tokens that were set before row `i` it masks again. */
function takenBack(mask: number, rows: readonly Int32Array[], i: number): number {
  return i === 0 ? 0 : rows[i].filter((token, at) => token === mask && rows[i - 1][at] !== mask).length;
}
