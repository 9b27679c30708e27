import { describe, expect, it } from 'vitest';
import { exp } from '../../src/diffusion/exp.ts';
import { guide } from '../../src/diffusion/guidance.ts';
import { posterior, posteriorStep } from '../../src/diffusion/posterior.ts';
import { createSchedule, START, transition } from '../../src/diffusion/schedule.ts';
import { FLOOR, floorLogits, LOG_FLOOR, softmax } from '../../src/diffusion/start.ts';
import { createTruncate } from '../../src/diffusion/truncate.ts';
import type { Truncation } from '../../src/types.ts';
import { classesLast, maxAbsDifference } from '../support/compare.ts';
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

/** log p(x_0), up to a constant, of every row of golden logits [3, 40, 36]. */
function startRows(name: string): Float64Array[] {
  const logits = Float32Array.from(goldenRows(forward, name));
  return Array.from({ length: rows }, (_, row) => {
    const out = new Float64Array(codes);
    floorLogits(logits, row * codes, out);
    return out;
  });
}

/** Rows of K values with the MASK column that the authors carry along. */
function withMask(list: readonly Float64Array[]): number[] {
  return list.flatMap((row) => [...row, LOG_FLOOR]);
}

describe('start prediction', () => {
  it.each(['t0', 't1', 't37', 't99', 't_mixed'])('is the authors’ predict_start at %s', (t) => {
    const expected = goldenRows(startGolden, `predict_start.${t}`);
    const starts = startRows(`logits.${t}`);
    starts.forEach(softmax);
    expect(maxAbsDifference(withMask(starts.map((row) => row.map(Math.log))), expected)).toBeLessThan(2e-5);
  });
});

describe('logits that are no numbers', () => {
  it.each([
    [Number.NaN, 0, 1],
    [0, Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 0, 1],
    Array(3).fill(Number.NEGATIVE_INFINITY),
  ])('stop the run instead of drawing noise: %s, %s, %s', (...logits) => {
    const out = new Float64Array(3);
    floorLogits(Float32Array.from(logits), 0, out);
    expect(() => softmax(out)).toThrow(/logits that are no numbers/);
  });
});

describe('logits far below the best', () => {
  it('are raised to the authors’ floor before guidance can turn them into winners', () => {
    // Conditional -100 against unconditional -200: guided without floors, the second code would win at scale 3.
    const floored = (logits: readonly number[]) => {
      const out = new Float64Array(3);
      floorLogits(Float32Array.from(logits), 0, out);
      return out;
    };
    const conditional = floored([0, -100, -1]);
    expect([...conditional]).toEqual([0, expect.closeTo(-70 + Math.log(1 + Math.exp(-1)), 12), -1]);
    guide(conditional, floored([0, -200, -1]), 3);
    softmax(conditional);
    expect(conditional[1]).toBe(FLOOR);
    expect(conditional[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
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
    const conditional = startRows('logits.t37');
    const unconditional = startRows('logits.null_raw.t37');
    conditional.forEach((row, i) => {
      if (guidance !== 1) guide(row, unconditional[i], guidance);
      softmax(row);
      createTruncate(row)(truncations[truncation]);
    });
    const logs = conditional.map((row) => row.map(Math.log));
    expect(maxAbsDifference(withMask(logs), goldenRows(guidedGolden, name))).toBeLessThan(5e-5);
  });

  it('covers three guidance scales with four truncations', () => expect(cases).toHaveLength(12));
});

describe('truncation', () => {
  it('keeps what a full sort keeps, ties to the lower index', () => {
    const draw = mulberry32(7);
    const memory = new Float64Array(200);
    const truncate = createTruncate(memory);
    for (let round = 0; round < 300; round++) {
      // Coarse values make ties, a wide spread makes tails that underflow.
      const spread = [0.5, 3, 40][round % 3];
      const row = Float64Array.from({ length: 200 }, () => -Math.floor(draw() * 20) * spread * 0.1);
      softmax(row);
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
      memory.set(row);
      truncate({ kind: 'topR', r });
      expect([...memory]).toEqual([...row].map((p, k) => (keptByMass.has(k) ? p : FLOOR)));
      memory.set(row);
      truncate({ kind: 'topK', k: topK });
      expect([...memory]).toEqual([...row].map((p, k) => (keptByCount.has(k) ? p : FLOOR)));
    }
  });

  it('keeps the best code at 0, and everything at 1 when the rest has mass', () => {
    const best = Float64Array.of(0.1, 0.2, 0.6, 0.1);
    createTruncate(best)({ kind: 'topR', r: 0 });
    expect([...best]).toEqual([FLOOR, FLOOR, 0.6, FLOOR]);
    const all = Float64Array.of(0.1, 0.2, 0.6, 0.1);
    createTruncate(all)({ kind: 'topR', r: 1 });
    expect([...all]).toEqual([0.1, 0.2, 0.6, 0.1]);
  });
});

describe('exp', () => {
  it('is e^x to a few units in the last place', () => {
    const draw = mulberry32(8);
    for (let i = 0; i < 20_000; i++) {
      const x = -706 * draw() ** 3;
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(2 ** -50);
    }
    expect(exp(0)).toBe(1);
  });

  it('ends at 0, and hides no faulty number', () => {
    expect([-708, -1e9, Number.NEGATIVE_INFINITY].map(exp)).toEqual([0, 0, 0]);
    expect(exp(Number.NaN)).toBeNaN();
  });
});

describe('posterior', () => {
  const schedule = createSchedule(100, codes, ends);
  const tokens = forward.numbers('x_t');

  /** Rows of K probabilities from golden rows of 41 logs. */
  function startOf(logs: Float64Array, row: number): Float64Array {
    return logs.subarray(row * (codes + 1), row * (codes + 1) + codes).map(Math.exp);
  }

  function posteriorRows(logs: Float64Array, timestepOf: (row: number) => number, stride = 1): number[] {
    const out = new Float64Array(codes + 1);
    return Array.from({ length: rows }, (_, row) => {
      const t = timestepOf(row);
      const step = posteriorStep(schedule, t, t - stride);
      posterior(step, startOf(logs, row), tokens[row], out);
      return [...out.map(Math.log)];
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

  it('starts from all MASK as the authors do from log 0', () => {
    const out = new Float64Array(codes + 1);
    const logStart = goldenRows(posteriorGolden, 'log_x0.soft');
    const expected = goldenRows(posteriorGolden, 'q_posterior.soft.initial_minus_inf.t99');
    for (let row = 0; row < rows; row++) {
      const range = [row * (codes + 1), (row + 1) * (codes + 1)] as const;
      posterior(posteriorStep(schedule, 99, 98), startOf(logStart, row), codes, out);
      expect(maxAbsDifference(out.map(Math.log), expected.subarray(...range))).toBeLessThan(1e-5);
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
    const out = new Float64Array(K + 1);
    for (let t = 0; t < T; t++) {
      for (let s = START; s < t; s++) {
        const weights = Array.from({ length: K }, () => draw() + 0.01);
        const total = weights.reduce((a, b) => a + b);
        const p = weights.map((weight) => weight / total);
        const start = Float64Array.from(p);
        const [toT, toS, jump] = [matrix(t, START), matrix(s, START), matrix(t, s)];
        for (let token = 0; token <= K; token++) {
          posterior(posteriorStep(schedule, t, s), start, token, out);
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
    const out = new Float64Array(41);
    posterior(posteriorStep(long, 60, 20), start, 40, out);
    const stays = long.gammaBar[20] / long.gammaBar[60];
    expect(out[40]).toBeCloseTo(stays, 10);
  });
});
