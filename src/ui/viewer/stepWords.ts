// What a step did, in words.
import type { StepTokens } from '../../gallery/steps.ts';

/** "Step 3 of 16: 77 of 256 tokens set", and of a look "Step 11 of 16: second look, 26 unlikely tokens taken back". */
export function stepInWords({ mask, rows }: StepTokens, step: number): string {
  const tokens = rows[step - 1];
  const before = rows[step - 2];
  const doubted = before ? tokens.filter((token, i) => token === mask && before[i] !== mask).length : 0;
  const isSet = tokens.filter((token) => token !== mask).length;
  const what =
    doubted > 0
      ? `second look, ${doubted === 1 ? 'one unlikely token' : `${doubted} unlikely tokens`} taken back`
      : `${isSet} of ${tokens.length} tokens set`;
  return `Step ${step} of ${rows.length}: ${what}`;
}
