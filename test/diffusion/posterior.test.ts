import { describe, expect, it } from 'vitest';
import { createDistribution, setProbability } from '../../src/diffusion/distribution.ts';
import { exp, LOG_FLOOR } from '../../src/diffusion/exp.ts';
import { guide, needsGuidance } from '../../src/diffusion/guidance.ts';
import { type PosteriorStep, posterior, posteriorStep, ZERO } from '../../src/diffusion/posterior.ts';
import {
  createSchedule,
  cumulative,
  START,
  type Transition,
  transition,
} from '../../src/diffusion/schedule.ts';
import { createStart, FLOOR } from '../../src/diffusion/start.ts';
import type { Truncation } from '../../src/types.ts';
import { classesLast, maxAbsDifference } from '../support/compare.ts';
import { dense } from '../support/dense.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { readGolden } from '../support/safetensors.ts';

const ends = { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] } as const;
const codes = 40;
const rows = 3 * 36;
const forward = readGolden('diffusion/forward.safetensors');
const startGolden = readGolden('diffusion/predict_start.safetensors');
const guidedGolden = readGolden('diffusion/cf_predict_start.safetensors');
const posteriorGolden = readGolden('diffusion/q_posterior.safetensors');

/** A golden tensor [3, 41, 36] as rows of 41 classes. */
function goldenRows(golden: typeof forward, name: string): Float64Array {
  return classesLast(golden.numbers(name), golden.tensor(name).shape);
}

interface Guided {
  readonly conditional: ArrayLike<number>;
  readonly unconditional?: ArrayLike<number>;
  readonly guidance?: number;
  readonly truncation?: Truncation;
}

/** p(x_0) of one row of logits. */
function startOf({
  conditional,
  unconditional,
  guidance = 1,
  truncation = { kind: 'none' },
}: Guided): Float64Array {
  const size = conditional.length;
  const logits = Float32Array.from([...Array.from(conditional), ...Array.from(unconditional ?? conditional)]);
  const logs = new Float64Array(size);
  const out = createDistribution(size);
  createStart(size)(logs, guide(logits, 0, size, guidance, logs), truncation, out);
  return dense(out);
}

/** Golden logits [3, 40, 36] as rows of 40 codes. */
function goldenLogits(name: string): Float64Array[] {
  const logits = goldenRows(forward, name);
  return Array.from({ length: rows }, (_, row) => logits.subarray(row * codes, (row + 1) * codes));
}

/** Rows of K values with the MASK column that the authors carry along. */
function withMask(list: readonly Float64Array[]): number[] {
  return list.flatMap((row) => [...row, LOG_FLOOR]);
}

// Limits of differences are twice what was measured; exp, forms of zero and sums cost a few 1e-6 in the authors' float32.
describe('start prediction', () => {
  it.each(['t0', 't1', 't37', 't99', 't_mixed'])('is the authors’ predict_start at %s', (t) => {
    const expected = goldenRows(startGolden, `predict_start.${t}`);
    const starts = goldenLogits(`logits.${t}`).map((conditional) => startOf({ conditional }));
    expect(maxAbsDifference(withMask(starts.map((row) => row.map(Math.log))), expected)).toBeLessThan(2e-6);
  });
});

describe('logits that are no numbers', () => {
  const wrong = [
    [Number.NaN, 0, 1],
    [0, Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 0, 1],
    Array(3).fill(Number.NEGATIVE_INFINITY),
  ];
  it.each(wrong)('stop the run instead of drawing noise: %s, %s, %s', (...logits) => {
    const sound = [0, 1, 2];
    for (const guidance of [0, 1, 3]) {
      for (const [conditional, unconditional] of [
        [logits, sound],
        [sound, logits],
        [logits, logits],
      ]) {
        expect(() => startOf({ conditional, unconditional, guidance })).toThrow(/logits that are no numbers/);
      }
    }
  });
});

describe('logits far below the best', () => {
  it('are raised to the authors’ floor before guidance can turn them into winners', () => {
    // Conditional -100 against unconditional -200: guided without floors, the second code would win at scale 3.
    const [conditional, unconditional] = [
      [0, -100, -1],
      [0, -200, -1],
    ];
    const p = startOf({ conditional, unconditional, guidance: 3 });
    expect(p[1]).toBe(FLOOR);
    expect(p[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    // With the conditional floor at -70 + log(1 + 1/e) and the other code's not reached, the scale counts.
    const logs = new Float64Array(3);
    const max = guide(Float32Array.of(...conditional, 0, -30, -1), 0, 3, 2, logs);
    expect([...logs, max]).toEqual([0, expect.closeTo(-110 + 2 * Math.log(1 + Math.exp(-1)), 12), -1, 0]);
  });

  it('lie that far below the logsumexp, which is above the best', () => {
    // -69.5 is within 70 of the best, but not of log(3 e^0).
    const logs = new Float64Array(4);
    guide(Float32Array.of(0, 0, 0, -69.5, 0, 0, 0, -30), 0, 4, 3, logs);
    expect(logs[3]).toBeCloseTo(-30 + 3 * (Math.log(3) - 70 + 30), 10);
    guide(Float32Array.of(0, 0, 0, -30, 0, 0, 0, -69.5), 0, 4, 3, logs);
    expect(logs[3]).toBeCloseTo(3 * -30 - 2 * (Math.log(3) - 70), 10);
  });

  it('are those of the row itself, of each branch, wherever its best stands', () => {
    const logs = new Float64Array(2);
    // Two positions of two codes, and the same without the prompt; another depth in each of the four.
    const logits = Float32Array.of(0, -1, 0, -80, 0, -1, 0, -1);
    guide(logits, 2, 6, 3, logs);
    expect(logs[1]).toBeCloseTo(-1 + 3 * (-70 + 1), 10);
    // The best without the prompt comes last.
    guide(Float32Array.of(0, 0, -90, 0), 0, 2, 3, logs);
    expect([...logs]).toEqual([expect.closeTo(-70 + 3 * 70, 10), 0]);
  });

  it('may be -infinity', () => {
    const p = startOf({
      conditional: [0, Number.NEGATIVE_INFINITY, -1],
      unconditional: [0, 0, 0],
      guidance: 3,
    });
    expect(p[1]).toBe(FLOOR);
  });
});

describe('guidance and truncation', () => {
  const truncations: Record<string, Truncation> = {
    none: { kind: 'none' },
    '0.85r': { kind: 'topR', r: 0.85 },
    '0.5r': { kind: 'topR', r: 0.5 },
    '20p': { kind: 'topK', k: 20 },
  };
  const cases = guidedGolden.names
    .map((name) => /^cf\.g(\d+\.\d+)\.(none|[\d.]+[rp])\.t37$/.exec(name))
    .filter((match) => match !== null)
    .map(([name, guidance, truncation]) => ({ name, guidance: Number(guidance), truncation }));

  it.each(cases)('$name', ({ name, guidance, truncation }) => {
    const unconditional = goldenLogits('logits.null_raw.t37');
    const logs = goldenLogits('logits.t37').map((conditional, row) =>
      startOf({
        conditional,
        unconditional: unconditional[row],
        guidance,
        truncation: truncations[truncation],
      }).map(Math.log),
    );
    expect(maxAbsDifference(withMask(logs), goldenRows(guidedGolden, name))).toBeLessThan(8e-6);
  });

  it('spares the other branch as close to 1 as the authors do', () => {
    const scales = [0, 0.9989, 0.9991, 1, 1.0009, 1.0011, 7.5];
    expect(scales.map(needsGuidance)).toEqual([true, true, false, false, false, true, true]);
  });

  it('covers three guidance scales with four truncations; the others need the network', () => {
    expect(cases).toHaveLength(12);
    // trajectories.test.ts has them.
    const others = guidedGolden.names.filter((name) => !cases.some((each) => each.name === name));
    expect(others).toEqual(['cf.g1.15.0.85r.t99', 'cf.g1.15.0.85r.t0']);
  });
});

describe('truncation', () => {
  it('keeps what a full sort keeps, ties to the lower index', () => {
    const draw = mulberry32(7);
    for (let round = 0; round < 300; round++) {
      // Coarse values make ties, a wide spread makes tails that underflow.
      const spread = [0.5, 3, 40][round % 3];
      const conditional = Float32Array.from({ length: 200 }, () => -Math.floor(draw() * 20) * spread * 0.1);
      const row = startOf({ conditional });
      const order = [...Array(200).keys()].sort((i, j) => row[j] - row[i] || i - j);
      const topK = 1 + Math.floor(draw() * 200);
      const r = draw();
      let before = 0;
      const keptByMass = new Set(
        order.filter((k) => {
          const keep = before < r - 1e-12;
          before += row[k];
          return keep;
        }),
      );
      const keptByCount = new Set(order.slice(0, topK));
      const byMass = startOf({ conditional, truncation: { kind: 'topR', r } });
      expect([...byMass]).toEqual([...row].map((p, k) => (keptByMass.has(k) ? p : FLOOR)));
      const byCount = startOf({ conditional, truncation: { kind: 'topK', k: topK } });
      expect([...byCount]).toEqual([...row].map((p, k) => (keptByCount.has(k) ? p : FLOOR)));
    }
  });

  it('keeps the best code at 0, and everything at 1 when the rest has mass', () => {
    const conditional = [0.1, 0.2, 0.6, 0.1].map(Math.log);
    const all = startOf({ conditional });
    expect(maxAbsDifference(all, [0.1, 0.2, 0.6, 0.1])).toBeLessThan(1e-8);
    const best = startOf({ conditional, truncation: { kind: 'topR', r: 0 } });
    expect([...best]).toEqual([FLOOR, FLOOR, all[2], FLOOR]);
    expect(startOf({ conditional, truncation: { kind: 'topR', r: 1 } })).toEqual(all);
  });
});

describe('exp', () => {
  it('is e^x to a few units in the last place', () => {
    const draw = mulberry32(8);
    let worst = 0;
    for (let i = 0; i < 20_000; i++) {
      const x = LOG_FLOOR * draw() ** 3;
      worst = Math.max(worst, Math.abs(exp(x) / Math.exp(x) - 1));
    }
    expect(worst).toBeLessThan(2 ** -50);
    expect(exp(0)).toBe(1);
  });

  it('reaches down to its end, and hides no faulty number', () => {
    expect(exp(LOG_FLOOR) / FLOOR).toBeCloseTo(1, 14);
    expect(exp(Number.NaN)).toBeNaN();
  });
});

/** p(x_s | x_t) of a whole p(x_0). */
function jumped(step: PosteriorStep, start: Float64Array, token: number): Float64Array {
  const sparse = createDistribution(start.length);
  sparse.others = FLOOR;
  start.forEach((probability, code) => {
    if (probability > FLOOR) setProbability(sparse, code, probability);
  });
  const out = createDistribution(start.length + 1);
  posterior(step, sparse, token, out);
  return dense(out);
}

describe('posterior', () => {
  const schedule = createSchedule(100, codes, ends);
  const tokens = forward.numbers('x_t');

  /** Rows of K probabilities from golden rows of 41 logs. */
  function goldenStart(logs: Float64Array, row: number): Float64Array {
    return logs.subarray(row * (codes + 1), row * (codes + 1) + codes).map(Math.exp);
  }

  function posteriorRows(logs: Float64Array, timestepOf: (row: number) => number, stride = 1): number[] {
    return Array.from({ length: rows }, (_, row) => {
      const t = timestepOf(row);
      const step = posteriorStep(schedule, t, t - stride);
      return [...jumped(step, goldenStart(logs, row), tokens[row]).map(Math.log)];
    }).flat();
  }

  it.each(['soft', 'truncated'])('is the authors’ q_posterior for the %s start', (kind) => {
    for (const t of [0, 1, 50, 99]) {
      const actual = posteriorRows(goldenRows(posteriorGolden, `log_x0.${kind}`), () => t);
      const expected = goldenRows(posteriorGolden, `q_posterior.${kind}.t${t}`);
      expect(maxAbsDifference(actual, expected), `t ${t}`).toBeLessThan(1e-5);
    }
  });

  it('takes another timestep for each candidate', () => {
    const actual = posteriorRows(
      goldenRows(posteriorGolden, 'log_x0.soft'),
      (row) => [0, 50, 99][Math.floor(row / 36)],
    );
    expect(maxAbsDifference(actual, goldenRows(posteriorGolden, 'q_posterior.soft.t_mixed'))).toBeLessThan(
      1e-5,
    );
  });

  it('undoes what the authors’ q_pred does: from p(x_0) to p(x_t), and one step on from x_t', () => {
    /** One row of logs of K + 1 classes under a transition. */
    const moved = (logs: Float64Array, { alpha, beta, gamma }: Transition) => {
      const p = logs.map(Math.exp);
      return p.map((value, k) => Math.log(k === codes ? value * (1 - gamma) + gamma : value * alpha + beta));
    };
    const logStart = goldenRows(posteriorGolden, 'log_x0.soft');
    const logTokens = Float64Array.from({ length: rows * (codes + 1) }, (_, i) =>
      i % (codes + 1) === tokens[Math.floor(i / (codes + 1))] ? 0 : Math.log(ZERO),
    );
    const check = (name: string, from: Float64Array, by: Transition) => {
      const expected = goldenRows(posteriorGolden, name);
      for (let at = 0; at < from.length; at += codes + 1) {
        const found = moved(from.subarray(at, at + codes + 1), by);
        expect(maxAbsDifference(found, expected.subarray(at, at + codes + 1)), name).toBeLessThan(4e-6);
      }
    };
    for (const t of [START, 0, 49, 99]) check(`q_pred.soft.t${t}`, logStart, cumulative(schedule, t));
    for (const t of [0, 49, 99]) {
      check(`q_pred_one_timestep.x_t.t${t}`, logTokens, transition(schedule, t, t - 1));
    }
  });

  it('starts from all MASK as the authors do from log 0', () => {
    const logStart = goldenRows(posteriorGolden, 'log_x0.soft');
    const expected = goldenRows(posteriorGolden, 'q_posterior.soft.initial_minus_inf.t99');
    for (let row = 0; row < rows; row++) {
      const range = [row * (codes + 1), (row + 1) * (codes + 1)] as const;
      const out = jumped(posteriorStep(schedule, 99, 98), goldenStart(logStart, row), codes);
      expect(maxAbsDifference(out.map(Math.log), expected.subarray(...range))).toBeLessThan(4e-6);
    }
  });
});

describe('exact strided posterior', () => {
  // Brute force: the transition matrices of eq. 7, multiplied out, and Bayes' rule.
  const K = 5;
  const T = 8;
  const schedule = createSchedule(T, K, { alphaBar: [0.9, 0.05], gammaBar: [0.02, 0.8] });

  /** q(x_t = row | x_s = column), by multiplying single steps. [(K + 1)^2] */
  function matrix(t: number, s: number): number[][] {
    let product = Array.from({ length: K + 1 }, (_, i) =>
      Array.from({ length: K + 1 }, (_, j) => Number(i === j)),
    );
    for (let i = s + 1; i <= t; i++) {
      const { alpha, beta, gamma } = transition(schedule, i, i - 1);
      const step = Array.from({ length: K + 1 }, (_, to) =>
        Array.from({ length: K + 1 }, (_, from) => {
          if (from === K) return Number(to === K);
          if (to === K) return gamma;
          return to === from ? alpha + beta : beta;
        }),
      );
      product = step.map((row) =>
        product[0].map((_, j) => row.reduce((sum, value, k) => sum + value * product[k][j], 0)),
      );
    }
    return product;
  }

  it('equals sums over products of transition matrices, for every token and jump', () => {
    const draw = mulberry32(3);
    for (let t = 0; t < T; t++) {
      for (let s = START; s < t; s++) {
        const weights = Array.from({ length: K }, () => draw() + 0.01);
        const total = weights.reduce((a, b) => a + b);
        const p = weights.map((weight) => weight / total);
        const start = Float64Array.from(p);
        const [toT, toS, jump] = [matrix(t, START), matrix(s, START), matrix(t, s)];
        for (let token = 0; token <= K; token++) {
          const out = jumped(posteriorStep(schedule, t, s), start, token);
          for (let k = 0; k <= K; k++) {
            const expected = p.reduce(
              (sum, pj, j) => sum + (pj * jump[token][k] * toS[k][j]) / toT[token][j],
              0,
            );
            expect(Math.abs(out[k] - expected), `t ${t} s ${s} token ${token} class ${k}`).toBeLessThan(
              1e-10,
            );
          }
        }
      }
    }
  });

  it('carries the mass of two small jumps', () => {
    // Unmasking probability of a MASK token from t to s is (gbar_t - gbar_s) / gbar_t, whatever p(x_0) is.
    const long = createSchedule(100, 40, ends);
    const start = new Float64Array(40).fill(1 / 40);
    const out = jumped(posteriorStep(long, 60, 20), start, 40);
    const stays = long.gammaBar[20] / long.gammaBar[60];
    expect(out[40]).toBeCloseTo(stays, 10);
  });
});
