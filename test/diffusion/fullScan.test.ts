// The sampler goes over few codes and few classes; here is what it must come to, written plainly: every row sorted, every
// class with its probability and its noise. The same token, row by row, whatever the logits are.
import { describe, expect, it } from 'vitest';
import { denoise } from '../../src/diffusion/denoise.ts';
import { needsGuidance } from '../../src/diffusion/guidance.ts';
import { ZERO } from '../../src/diffusion/posterior.ts';
import { exponential, seededNoise } from '../../src/diffusion/random.ts';
import {
  createSchedule,
  cumulative,
  type Schedule,
  type ScheduleEnds,
  START,
  transition,
} from '../../src/diffusion/schedule.ts';
import type { Jump } from '../../src/diffusion/timesteps.ts';
import type { ImageTokens, Logits, Truncation } from '../../src/types.ts';
import { mulberry32 } from '../support/mulberry32.ts';

const T = 100;
const CANDIDATES = 2;
const POSITIONS = 60;

interface Step {
  readonly schedule: Schedule;
  readonly jump: Jump;
  readonly guidance: number;
  readonly truncation: Truncation;
}

const clamped = (p: number) => Math.min(1, Math.max(Math.exp(-70), p));
const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
/** The first on ties. */
const argmax = (values: readonly number[]) => values.indexOf(largest(values));

function floored(row: readonly number[]): number[] {
  const max = largest(row);
  const logSum = max + Math.log(row.reduce((sum, value) => sum + Math.exp(value - max), 0));
  return row.map((value) => Math.max(value, logSum - 70));
}

/** p(x_0). [K] */
function plainStart(
  { guidance, truncation }: Step,
  conditional: number[],
  unconditional: number[],
): number[] {
  const u = floored(unconditional);
  const logs = floored(conditional).map((c, k) =>
    needsGuidance(guidance) ? u[k] + guidance * (c - u[k]) : c,
  );
  const max = largest(logs);
  const weights = logs.map((value) => Math.exp(value - max));
  const total = weights.reduce((a, b) => a + b);
  const order = weights.map((_, k) => k).sort((i, j) => weights[j] - weights[i] || i - j);
  const start = weights.map(() => Math.exp(-70));
  let before = 0;
  order.forEach((k, place) => {
    const stays =
      truncation.kind === 'none' ||
      place === 0 ||
      (truncation.kind === 'topR' ? before < truncation.r * total : place < truncation.k);
    if (stays) start[k] = clamped(weights[k] / total);
    before += weights[k];
  });
  return start;
}

/** p(x_s | x_t). [K + 1] */
function plainPosterior({ schedule, jump }: Step, start: readonly number[], token: number): number[] {
  const mask = start.length;
  const [toT, toS] = [cumulative(schedule, jump.from), cumulative(schedule, jump.to)];
  const step = transition(schedule, jump.from, jump.to);
  /** q(token | k) */
  const leading = ({ alpha, beta, gamma }: typeof step, k: number) =>
    token === mask ? gamma : k === token ? alpha + beta : beta;
  const ratios = start.map((p, k) => p / leading(toT, k));
  const sum = ratios.reduce((a, b) => a + b, ZERO);
  const codes = ratios.map((ratio, k) => leading(step, k) * (toS.alpha * ratio + toS.beta * sum));
  return [...codes, sum * toS.gamma * (token === mask ? 1 : ZERO)].map(clamped);
}

/** Logits of all candidates, and of all of them again. [2 * CANDIDATES, POSITIONS, K] */
function plainStep(step: Step, logits: Logits, tokens: ImageTokens, seeds: readonly number[]) {
  const mask = step.schedule.codebookSize;
  const rowOf = (row: number) => [...logits.subarray(row * mask, (row + 1) * mask)];
  const drawn = { tokens: [] as number[], guess: [] as number[] };
  tokens.forEach((token, row) => {
    const noise = seededNoise(seeds[Math.floor(row / POSITIONS)]);
    const start = plainStart(step, rowOf(row), rowOf(tokens.length + row));
    const values = plainPosterior(step, start, token).map(
      (p, k) => p / exponential(noise(step.jump.timestep, row % POSITIONS, k)),
    );
    const next = argmax(values);
    drawn.tokens.push(next);
    drawn.guess.push(next === mask ? argmax(start) : next);
  });
  return drawn;
}

/** Roughly normal. */
const normal = (draw: () => number) => draw() + draw() + draw() + draw() - 2;
const kinds: Readonly<Record<string, (draw: () => number) => number>> = {
  usual: (draw) => 4 * normal(draw),
  flat: (draw) => 0.1 * normal(draw),
  peaked: (draw) => 20 * normal(draw),
  extreme: (draw) => 2e4 * (draw() - 0.5),
  'full of ties': (draw) => Math.floor(4 * draw()),
  'all the same': () => 3,
  'one third -infinity': (draw) => (draw() < 1 / 3 ? Number.NEGATIVE_INFINITY : 6 * normal(draw)),
};
const truncations: readonly Truncation[] = [
  { kind: 'none' },
  ...[0, 0.6, 0.85, 1].map((r) => ({ kind: 'topR', r }) as const),
  ...[1, 3, 1000].map((k) => ({ kind: 'topK', k }) as const),
];
const jumps: readonly Jump[] = [
  // Exact jumps from T to the end, and of it all at once.
  { timestep: 99, from: 99, to: 79 },
  { timestep: 50, from: 50, to: 30 },
  { timestep: 19, from: 19, to: START },
  { timestep: 99, from: 99, to: START },
  // Single steps, one of them taken at another timestep than the denoiser saw.
  { timestep: 99, from: 99, to: 98 },
  { timestep: 60, from: 57, to: 56 },
  { timestep: 1, from: 1, to: 0 },
  { timestep: 0, from: 0, to: START },
];
/** The authors', and two in which other codes are as likely as MASK, or likelier. */
const schedules: readonly ScheduleEnds[] = [
  { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] },
  { alphaBar: [0.9, 0.05], gammaBar: [0.02, 0.8] },
  { alphaBar: [0.95, 0.001], gammaBar: [0.001, 0.1] },
];
const guidances = [1.15, 1, 3, 0, 7.5];

describe('the sampler draws the token of a scan over all classes', () => {
  it.each(Object.keys(kinds))('from logits that are %s', { timeout: 60_000 }, async (kind) => {
    const draw = mulberry32(61);
    let [masked, changed] = [0, 0];
    let turn = 0;
    for (const truncation of truncations) {
      for (const jump of jumps) {
        // Coprime counts, so that everything meets everything else.
        const guidance = guidances[turn % 5];
        const schedule = createSchedule(T, [12, 40, 20, 150][turn % 4], schedules[turn % 3]);
        turn++;
        const codes = schedule.codebookSize;
        const rows = CANDIDATES * POSITIONS;
        const logits = Float32Array.from({ length: 2 * rows * codes }, () => kinds[kind](draw)) as Logits;
        const start = Int32Array.from({ length: rows }, () =>
          draw() < 0.6 ? codes : Math.floor(draw() * codes),
        ) as ImageTokens;
        const seeds = Array.from({ length: CANDIDATES }, () => Math.floor(draw() * 2 ** 32));
        const step = { schedule, jump, guidance, truncation };
        const noise = seeds.map(seededNoise);
        const predict = async () => logits;
        const run = denoise({ ...step, jumps: [jump], noise, start, predict });
        const { tokens, guess } = (await run.next()).value!;
        expect({ tokens: [...tokens], guess: [...guess] }, JSON.stringify(step)).toEqual(
          plainStep(step, logits, start, seeds),
        );
        masked += tokens.filter((token) => token === codes).length;
        changed += tokens.filter((token, i) => start[i] !== codes && token !== start[i]).length;
      }
    }
    expect(masked).toBeGreaterThan(500);
    expect(changed).toBeGreaterThan(100);
  });
});
