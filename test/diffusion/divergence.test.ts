// How far apart two rows of logits are.
import { expect, it } from 'vitest';
import { divergence } from '../../src/diffusion/divergence.ts';
import type { Logits } from '../../src/types.ts';

it('is the Kullback-Leibler divergence of their distributions, whatever is added to either', () => {
  const [p, q] = [
    [0.5, 0.25, 0.25],
    [0.25, 0.25, 0.5],
  ];
  const logits = Float32Array.from([
    ...p.map((x) => Math.log(x) + 3),
    ...q.map((x) => Math.log(x) - 90),
  ]) as Logits;
  const expected = p.reduce((sum, x, i) => sum + x * Math.log(x / q[i]), 0);
  expect(divergence(logits, 0, 3, 3)).toBeCloseTo(expected, 5);
  expect(divergence(logits, 3, 3, 3)).toBe(0);
  // Not the same the other way round.
  const uneven = Float32Array.of(0, 1, 0, 4) as Logits;
  expect(divergence(uneven, 0, 2, 2)).toBeGreaterThan(1.3 * divergence(uneven, 2, 0, 2));
});
