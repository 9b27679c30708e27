import { describe, expect, it } from 'vitest';
import { createSchedule, cumulative, START, transition } from '../../src/diffusion/schedule.ts';
import { maxAbsDifference } from '../support/compare.ts';
import { readGolden } from '../support/safetensors.ts';

const ends = { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] } as const;
const tables = [
  [100, 4096],
  [100, 40],
  [50, 4096],
  [25, 4096],
  [25, 40],
  [10, 4096],
] as const;

describe.each(tables)('schedule of %i timesteps over %i codes', (timesteps, codes) => {
  const golden = readGolden(`schedule/T${timesteps}_K${codes}.safetensors`);
  const schedule = createSchedule(timesteps, codes, ends);
  // The authors' cumulative tables carry "before the first" as an entry after the last.
  const all = [...Array(timesteps).keys(), START];
  const steps = [...Array(timesteps).keys()];

  it('has the authors’ float64 tables', () => {
    const through = all.map((t) => cumulative(schedule, t));
    const single = steps.map((t) => transition(schedule, t, t - 1));
    expect(
      maxAbsDifference(
        through.map((q) => q.alpha),
        golden.numbers('f64.att'),
      ),
    ).toBeLessThan(1e-15);
    expect(
      maxAbsDifference(
        through.map((q) => q.beta),
        golden.numbers('f64.btt'),
      ),
    ).toBeLessThan(1e-15);
    expect(
      maxAbsDifference(
        through.map((q) => q.gamma),
        golden.numbers('f64.ctt'),
      ),
    ).toBeLessThan(1e-15);
    expect(
      maxAbsDifference(
        single.map((q) => q.alpha),
        golden.numbers('f64.at'),
      ),
    ).toBeLessThan(1e-15);
    expect(
      maxAbsDifference(
        single.map((q) => q.beta),
        golden.numbers('f64.bt'),
      ),
    ).toBeLessThan(1e-15);
    expect(
      maxAbsDifference(
        single.map((q) => q.gamma),
        golden.numbers('f64.ct'),
      ),
    ).toBeLessThan(1e-15);
  });

  it('has the logs that their checkpoints store', () => {
    const through = all.map((t) => cumulative(schedule, t));
    const single = steps.map((t) => transition(schedule, t, t - 1));
    const pairs: [string, number[]][] = [
      ['log_cumprod_at', through.map((q) => q.alpha)],
      ['log_cumprod_bt', through.map((q) => q.beta)],
      ['log_cumprod_ct', through.map((q) => q.gamma)],
      ['log_at', single.map((q) => q.alpha)],
      ['log_ct', single.map((q) => q.gamma)],
      ['log_1_min_cumprod_ct', through.map((q) => 1 - q.gamma)],
      ['log_1_min_ct', single.map((q) => 1 - q.gamma)],
    ];
    for (const [name, values] of pairs) {
      const logs = values.map((value) => Math.log(value));
      expect(maxAbsDifference(logs, golden.numbers(`buf.${name}`)), name).toBeLessThan(2e-6);
    }
    // beta is a difference of nearly equal numbers; its last float64 digits differ with the order of the operations.
    const logBeta = single.map((q) => Math.log(q.beta));
    expect(maxAbsDifference(logBeta, golden.numbers('buf.log_bt'))).toBeLessThan(1e-5);
  });
});

it('a schedule of one timestep is at its first end', () => {
  expect(cumulative(createSchedule(1, 5, { alphaBar: [0.4, 0.1], gammaBar: [0.3, 0.6] }), 0)).toEqual({
    alpha: 0.4,
    beta: expect.closeTo(0.06, 15),
    gamma: 0.3,
  });
});

describe('composed transitions', () => {
  const schedule = createSchedule(100, 512, ends);

  it('are the product of the steps between', () => {
    for (const [t, s] of [
      [99, 95],
      [60, 20],
      [7, START],
      [99, START],
    ]) {
      let alpha = 1;
      let notMasked = 1;
      for (let i = s + 1; i <= t; i++) {
        const step = transition(schedule, i, i - 1);
        alpha *= step.alpha;
        notMasked *= 1 - step.gamma;
      }
      const jump = transition(schedule, t, s);
      expect(jump.alpha).toBeCloseTo(alpha, 12);
      expect(1 - jump.gamma).toBeCloseTo(notMasked, 12);
    }
  });

  it('never give a code a negative probability', () => {
    for (const codes of [2, 512, 16384]) {
      const fine = createSchedule(100, codes, ends);
      for (let t = 0; t < 100; t++) {
        for (let s = START; s < t; s++) {
          const { alpha, beta, gamma } = transition(fine, t, s);
          expect(beta).toBeGreaterThan(0);
          expect(alpha + codes * beta + gamma).toBeCloseTo(1, 12);
        }
      }
    }
  });

  it('refuse a jump that does not go back in time', () => {
    expect(() => transition(schedule, 5, 5)).toThrow('no transition from 5 to 5');
    expect(() => transition(schedule, 100, 5)).toThrow(RangeError);
    expect(() => transition(schedule, 5, -2)).toThrow(RangeError);
  });
});
