import { describe, expect, it } from 'vitest';
import { noiseTokens } from '../../src/diffusion/forward.ts';
import { seededNoise } from '../../src/diffusion/random.ts';
import { createSchedule, START } from '../../src/diffusion/schedule.ts';
import type { ImageTokens } from '../../src/types.ts';

const K = 3;
// A schedule under which all that can happen to a token happens often: at t = 0 it stays with 0.4 + 0.1, becomes each of the
// two others with 0.1, and MASK with 0.3.
const schedule = createSchedule(2, K, { alphaBar: [0.4, 0.1], gammaBar: [0.3, 0.6] });

describe('noising forward', () => {
  it('keeps, replaces and masks tokens as often as q(x_t | x_0) says', () => {
    const count = 30_000;
    const tokens = new Int32Array(count).fill(1) as ImageTokens;
    for (const [t, expected] of [
      [0, [0.1, 0.5, 0.1, 0.3]],
      [1, [0.1, 0.2, 0.1, 0.6]],
    ] as const) {
      const noised = noiseTokens(schedule, tokens, t, [seededNoise(11)]);
      expected.forEach((p, k) => {
        const share = noised.filter((token) => token === k).length / count;
        // The draws are fixed, so this cannot fail by chance.
        expect(Math.abs(share - p), `class ${k} at ${t}`).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count));
      });
    }
  });

  it('leaves tokens alone before the first timestep', () => {
    const tokens = Int32Array.of(0, 1, 2, 1) as ImageTokens;
    expect(noiseTokens(schedule, tokens, START, [seededNoise(1)])).toEqual(tokens);
  });

  it('noises each candidate by its own noise', () => {
    const tokens = Int32Array.from({ length: 80 }, (_, i) => i % K) as ImageTokens;
    const both = noiseTokens(schedule, tokens, 0, [seededNoise(1), seededNoise(2)]);
    const second = noiseTokens(schedule, tokens.slice(40) as ImageTokens, 0, [seededNoise(2)]);
    expect([...both.subarray(40)]).toEqual([...second]);
  });
});
