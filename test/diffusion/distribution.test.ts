import { expect, it } from 'vitest';
import {
  createDistribution,
  massBesides,
  placeOfLikeliest,
  probabilityOf,
  setProbability,
} from '../../src/diffusion/distribution.ts';
import { mulberry32 } from '../support/mulberry32.ts';

it('a distribution says of every class what an array of all would say', () => {
  const draw = mulberry32(4);
  const distribution = createDistribution(20);
  for (let round = 0; round < 100; round++) {
    distribution.count = 0;
    distribution.others = draw();
    const all = new Array<number>(20).fill(distribution.others);
    // Some classes more than once; in the end, mostly, not all of them.
    const changes = 1 + Math.floor(draw() * 40);
    for (let i = 0; i < changes; i++) {
      const klass = Math.floor(draw() * 20);
      all[klass] = draw();
      setProbability(distribution, klass, all[klass]);
    }
    const own = distribution.classes.slice(0, distribution.count);
    expect(own).toEqual(own.slice().sort());
    all.forEach((probability, klass) => {
      expect(probabilityOf(distribution, klass)).toBe(probability);
      const besides = all.reduce((sum, value, k) => (k === klass ? sum : sum + value), 0);
      expect(massBesides(distribution, klass)).toBeCloseTo(besides, 12);
    });
    const sum = all.reduce((a, b) => a + b);
    expect(massBesides(distribution, 20)).toBeCloseTo(sum, 12);
    const largest = Math.max(...[...own].map((klass) => all[klass]));
    expect(own[placeOfLikeliest(distribution)]).toBe(all.indexOf(largest));
  }
});
