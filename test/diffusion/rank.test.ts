import { expect, it } from 'vitest';
import { cosine, rank } from '../../src/diffusion/rank.ts';

it('a cosine tells directions, whatever the lengths', () => {
  expect(cosine(Float32Array.of(3, 4), Float32Array.of(60, 80))).toBeCloseTo(1, 12);
  expect(cosine(Float32Array.of(3, 4), Float32Array.of(-4, 3))).toBeCloseTo(0, 12);
  expect(cosine(Float32Array.of(2, 0), Float32Array.of(-5, 5))).toBeCloseTo(-Math.SQRT1_2, 12);
});

it('equal scores stay in their order', () => expect(rank([0.2, 0.5, 0.5, 0.1])).toEqual([1, 2, 0, 3]));
