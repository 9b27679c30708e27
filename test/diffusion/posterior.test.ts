import { describe, expect, it } from 'vitest';
import { guide } from '../../src/diffusion/guidance.ts';
import { posterior, posteriorStep } from '../../src/diffusion/posterior.ts';
import { createSchedule, START, transition } from '../../src/diffusion/schedule.ts';
import { predictStart } from '../../src/diffusion/start.ts';
import { truncate, truncationScratch } from '../../src/diffusion/truncate.ts';
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

/** log p(x_0) of every row of golden logits [3, 40, 36]. */
function startRows(name: string): Float64Array[] {
  const logits = Float32Array.from(goldenRows(forward, name));
  return Array.from({ length: rows }, (_, row) => {
    const out = new Float64Array(codes + 1);
    predictStart(logits, row * codes, out);
    return out;
  });
}

function flat(list: readonly Float64Array[]): number[] {
  return list.flatMap((row) => [...row]);
}

describe('start prediction', () => {
  it.each(['t0', 't1', 't37', 't99', 't_mixed'])('is the authors’ predict_start at %s', (t) => {
    const expected = goldenRows(startGolden, `predict_start.${t}`);
    expect(maxAbsDifference(flat(startRows(`logits.${t}`)), expected)).toBeLessThan(1e-5);
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
    const scratch = truncationScratch(codes);
    const conditional = startRows('logits.t37');
    const unconditional = startRows('logits.null_raw.t37');
    conditional.forEach((row, i) => {
      if (guidance !== 1) guide(row, unconditional[i], guidance);
      truncate(row, truncations[truncation], scratch);
    });
    expect(maxAbsDifference(flat(conditional), goldenRows(guidedGolden, name))).toBeLessThan(5e-5);
  });

  it('covers three guidance scales with four truncations', () => expect(cases).toHaveLength(12));
});

describe('truncation', () => {
  it('keeps what a full sort keeps, ties to the lower index', () => {
    const draw = mulberry32(7);
    const scratch = truncationScratch(200);
    for (let round = 0; round < 300; round++) {
      // Coarse values make ties, a wide spread makes underflowing tails.
      const spread = [0.5, 3, 40][round % 3];
      const row = Float64Array.from({ length: 201 }, () => -Math.floor(draw() * 20) * spread * 0.1);
      const sum = Math.log(row.subarray(0, 200).reduce((total, value) => total + Math.exp(value), 0));
      for (let k = 0; k < 200; k++) row[k] -= sum;
      const order = [...Array(200).keys()].sort((i, j) => row[j] - row[i] || i - j);
      const topK = Math.floor(draw() * 201);
      const r = draw();
      let before = 0;
      const keptByMass = new Set(
        order.filter((k) => {
          const keep = before < r - 1e-12;
          before += Math.exp(row[k]);
          return keep;
        }),
      );
      const massRow = row.slice();
      truncate(massRow, { kind: 'topR', r }, scratch);
      const countRow = row.slice();
      truncate(countRow, { kind: 'topK', k: topK }, scratch);
      const keptByCount = new Set(order.slice(0, topK));
      for (let k = 0; k < 200; k++) {
        expect(massRow[k]).toBe(keptByMass.has(k) ? row[k] : -70);
        expect(countRow[k]).toBe(keptByCount.has(k) ? row[k] : -70);
      }
    }
  });

  it('keeps the best code at 0, and everything at 1 when the rest has mass', () => {
    const scratch = truncationScratch(4);
    const row = Float64Array.from([0.1, 0.2, 0.6, 0.1, 0], Math.log);
    const best = row.slice();
    truncate(best, { kind: 'topR', r: 0 }, scratch);
    expect([...best.subarray(0, 4)]).toEqual([-70, -70, Math.log(0.6), -70]);
    const all = row.slice();
    truncate(all, { kind: 'topR', r: 1 }, scratch);
    expect([...all]).toEqual([...row]);
  });
});

describe('posterior', () => {
  const schedule = createSchedule(100, codes, ends);
  const tokens = forward.numbers('x_t');

  function posteriorRows(logStart: Float64Array, timestepOf: (row: number) => number, stride = 1): number[] {
    const out = new Float64Array(codes + 1);
    return Array.from({ length: rows }, (_, row) => {
      const t = timestepOf(row);
      const step = posteriorStep(schedule, t, t - stride);
      posterior(step, logStart.subarray(row * (codes + 1), (row + 1) * (codes + 1)), tokens[row], out);
      return [...out];
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
      posterior(posteriorStep(schedule, 99, 98), logStart.subarray(...range), codes, out);
      expect(maxAbsDifference(out, expected.subarray(...range))).toBeLessThan(1e-5);
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
        const logStart = Float64Array.from([...p.map(Math.log), -70]);
        const [toT, toS, jump] = [matrix(t, START), matrix(s, START), matrix(t, s)];
        for (let token = 0; token <= K; token++) {
          posterior(posteriorStep(schedule, t, s), logStart, token, out);
          for (let k = 0; k <= K; k++) {
            const expected = p.reduce(
              (sum, pj, j) => sum + (pj * jump[token][k] * toS[k][j]) / toT[token][j],
              0,
            );
            expect(
              Math.abs(Math.exp(out[k]) - expected),
              `t ${t} s ${s} token ${token} class ${k}`,
            ).toBeLessThan(1e-10);
          }
        }
      }
    }
  });

  it('carries the mass of two small jumps', () => {
    // Unmasking probability of a MASK token from t to s is (gbar_t - gbar_s) / gbar_t, whatever p(x_0) is.
    const long = createSchedule(100, 40, ends);
    const logStart = Float64Array.from([...Array(40).fill(Math.log(1 / 40)), -70]);
    const out = new Float64Array(41);
    posterior(posteriorStep(long, 60, 20), logStart, 40, out);
    const stays = long.gammaBar[20] / long.gammaBar[60];
    expect(Math.exp(out[40])).toBeCloseTo(stays, 10);
  });
});
