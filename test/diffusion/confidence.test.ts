import { describe, expect, it } from 'vitest';
import { weighTokens } from '../../src/diffusion/confidence.ts';
import { denoise } from '../../src/diffusion/denoise.ts';
import { seededNoise } from '../../src/diffusion/random.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { planJumps } from '../../src/diffusion/timesteps.ts';
import type { ImageTokens, Logits } from '../../src/types.ts';
import { mulberry32 } from '../support/mulberry32.ts';

const tokens = (...values: number[]) => Int32Array.from(values) as ImageTokens;
const logs = (...probabilities: number[]) => probabilities.map(Math.log);

describe('how sure the denoiser was', () => {
  it('is the probability of the token, and of the likeliest code where there is none', () => {
    const logits = Float32Array.from([
      ...logs(0.7, 0.2, 0.1),
      ...logs(0.05, 0.05, 0.9),
      ...logs(0.3, 0.6, 0.1),
    ]);
    const { guess, confidence } = weighTokens(logits as Logits, 1, tokens(1, 3, 0), 3);
    expect([...guess]).toEqual([1, 2, 0]);
    expect([...confidence]).toEqual([0.2, 0.9, 0.3].map((value) => expect.closeTo(value, 6)));
  });

  it('is of what guidance makes of both branches, as the step drew from that', () => {
    const logits = Float32Array.from([...logs(0.6, 0.4), ...logs(0.5, 0.5)]);
    const { confidence } = weighTokens(logits as Logits, 2, tokens(0), 2);
    // 0.36 / 0.5 to 0.16 / 0.5
    expect(confidence[0]).toBeCloseTo(0.36 / (0.36 + 0.16), 6);
  });

  it('fills in what the loop fills in, whatever it truncates', async () => {
    const draw = mulberry32(5);
    const [codes, positions] = [30, 50];
    const logits = Float32Array.from({ length: 2 * positions * codes }, () => 8 * draw()) as Logits;
    const jump = planJumps('exact', 100, 4)[1];
    const start = new Int32Array(positions).fill(codes) as ImageTokens;
    const steps = denoise({
      schedule: createSchedule(100, codes, { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] }),
      jumps: [jump],
      guidance: 3,
      truncation: { kind: 'topR', r: 0.5 },
      noise: [seededNoise(3)],
      start,
      predict: async () => logits,
    });
    const { value } = await steps.next();
    if (!value) throw new Error('no step');
    const weighed = weighTokens(logits, 3, value.tokens, codes);
    expect(new Set(value.tokens).has(codes)).toBe(true);
    expect([...weighed.guess]).toEqual([...value.guess]);
    // What is likeliest has more than an even share.
    for (const [i, token] of value.tokens.entries()) {
      if (token === codes) expect(weighed.confidence[i]).toBeGreaterThan(1 / codes);
    }
  });

  it('is not told of logits that are no numbers', () => {
    const logits = Float32Array.of(0, Number.NaN, 0) as Logits;
    expect(() => weighTokens(logits, 1, tokens(0), 3)).toThrow('no numbers');
  });
});
