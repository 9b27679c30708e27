import { expect, it } from 'vitest';
import { stepInWords } from '../../src/ui/viewer/stepWords.ts';

it('says how much a step has set, and what a second look took back, and a third', () => {
  const rows = [
    [5, 1, 5],
    [2, 1, 0],
    [5, 1, 5],
    [2, 1, 5],
    [2, 5, 4],
  ].map((row) => Int32Array.from(row));
  const words = rows.map((_, i) => stepInWords({ mask: 5, rows }, i + 1));
  expect(words).toEqual([
    'Step 1 of 5: 1 of 3 tokens set',
    'Step 2 of 5: 3 of 3 tokens set',
    'Step 3 of 5: second look, 2 unlikely tokens taken back',
    'Step 4 of 5: 2 of 3 tokens set',
    'Step 5 of 5: third look, one unlikely token taken back',
  ]);
});
