import { describe, expect, it } from 'vitest';
import { createDistribution, type Distribution, setProbability } from '../../src/diffusion/distribution.ts';
import { exponential, LEAST_EXPONENTIAL, seededNoise } from '../../src/diffusion/random.ts';
import { sampleClass } from '../../src/diffusion/sample.ts';

describe('seeded noise', () => {
  it('is the same for the same key, in any order, and fixed for all time', () => {
    // Pictures made once must come out again: these four numbers may never change.
    const noise = seededNoise(1234567890);
    expect(
      [noise(99, 0, 0), noise(99, 63, 512), noise(0, 5, 7), seededNoise(0)(0, 0, 0)].map((u) => u * 2 ** 24),
    ).toEqual([6052536, 7110822, 12802439, 983800]);
    expect(noise(99, 0, 0)).toBe(seededNoise(1234567890)(99, 0, 0));
  });

  it.each(['seed', 'timestep', 'position', 'class'] as const)(
    'is uniform and uncorrelated along %s',
    (axis) => {
      // 65,536 neighbours along one axis: a chi-square over 256 bins, and the correlation of each draw with the next.
      const count = 1 << 16;
      const draws = Float64Array.from({ length: count }, (_, i) => {
        const key = { seed: 7, timestep: 50, position: 3, class: 11, [axis]: i };
        return seededNoise(key.seed)(key.timestep, key.position, key.class);
      });
      const bins = new Float64Array(256);
      for (const u of draws) bins[Math.floor(u * 256)]++;
      const expected = count / bins.length;
      const chiSquare = bins.reduce((sum, observed) => sum + (observed - expected) ** 2 / expected, 0);
      // 255 degrees of freedom: mean 255, deviation 22.6; the draws are fixed, so this cannot fail by chance.
      expect(chiSquare).toBeGreaterThan(255 - 4 * 22.6);
      expect(chiSquare).toBeLessThan(255 + 4 * 22.6);
      let correlation = 0;
      for (let i = 1; i < count; i++) correlation += (draws[i] - 0.5) * (draws[i - 1] - 0.5) * 12;
      expect(Math.abs(correlation / count)).toBeLessThan(4 / Math.sqrt(count));
    },
  );

  it('stays on the grid of 2^-24 below 1, where the noise is bounded', () => {
    expect(exponential(0)).toBeCloseTo(69.0776, 4);
    expect(-Math.log(LEAST_EXPONENTIAL)).toBeCloseTo(16.6355, 4);
  });
});

/** Those classes, each with its probability, and others up to a number of classes. */
function distributionOf(own: ArrayLike<number>, others = 0, classes = own.length): Distribution {
  const distribution = createDistribution(classes);
  distribution.others = others;
  for (let k = 0; k < own.length; k++) setProbability(distribution, k, own[k]);
  return distribution;
}

describe('sampleClass', () => {
  it('draws each class as often as its probability says', () => {
    const p = [0.5, 0.25, 0.2, 0.05, 0];
    const unnormalised = distributionOf(p.map((value) => value * 20));
    const counts = [0, 0, 0, 0, 0];
    const draws = 40_000;
    for (let i = 0; i < draws; i++) counts[sampleClass(unnormalised, seededNoise(5), 42, i)]++;
    p.forEach((value, k) => {
      expect(Math.abs(counts[k] / draws - value)).toBeLessThan(
        4 * Math.sqrt((value * (1 - value)) / draws) + 1e-12,
      );
    });
  });

  it('passes over hopeless classes without changing the draw', () => {
    for (let i = 0; i < 500; i++) {
      const noise = seededNoise(i);
      const logs = Float64Array.from({ length: 64 }, (_, k) => -40 * noise(1, 1, k));
      // The authors' form: argmax of log p + Gumbel noise, over all classes.
      let best = -1;
      let bestValue = Number.NEGATIVE_INFINITY;
      logs.forEach((value, k) => {
        const noisy = value - Math.log(exponential(noise(2, 0, k)));
        if (noisy > bestValue) [best, bestValue] = [k, noisy];
      });
      expect(sampleClass(distributionOf(logs.map(Math.exp)), noise, 2, 0)).toBe(best);
    }
  });

  it('draws from the others as often as from classes of that probability', () => {
    for (let i = 0; i < 500; i++) {
      const noise = seededNoise(i);
      const others = 10 ** (-9 * noise(1, 1, 0));
      const own = [0.5, 0.25, others];
      const listed = distributionOf([...own, ...Array(61).fill(others)]);
      expect(sampleClass(distributionOf(own, others, 64), noise, 2, 0)).toBe(
        sampleClass(listed, noise, 2, 0),
      );
    }
  });

  it('passes over no class that wins by little', () => {
    // -ln(1 - x) is x and some more: the second has 0.4 % more behind it.
    const noise = (_: number, __: number, klass: number) => 1 - [0.001, 0.000995][klass];
    expect(sampleClass(distributionOf([1, 0.999]), noise, 0, 0)).toBe(1);
  });

  it('takes the first of equals', () => {
    expect(sampleClass(distributionOf(new Float64Array(8).fill(1)), () => 0.5, 0, 0)).toBe(0);
    expect(sampleClass(distributionOf([0.5, 1], 1, 8), () => 0.5, 0, 0)).toBe(1);
    // The second is twice as likely, and has twice the noise against it: -ln(1/4) is twice -ln(1/2).
    expect(sampleClass(distributionOf([0.5, 1]), (_, __, klass) => [0.5, 0.25][klass], 0, 0)).toBe(0);
    const last = createDistribution(8);
    last.others = 1;
    setProbability(last, 7, 1);
    expect(sampleClass(last, () => 0.5, 0, 0)).toBe(0);
  });
});
