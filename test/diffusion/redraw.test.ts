import { describe, expect, it } from 'vitest';
import { allMasked, denoise } from '../../src/diffusion/denoise.ts';
import { seededNoise } from '../../src/diffusion/random.ts';
import {
  halves,
  hideHalves,
  isLook,
  judge,
  maskLeastLikely,
  planRedraw,
  redrawCount,
} from '../../src/diffusion/redraw.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { planJumps } from '../../src/diffusion/timesteps.ts';
import type { ImageTokens, Logits } from '../../src/types.ts';
import { mulberry32 } from '../support/mulberry32.ts';

const tokens = (...values: number[]) => Int32Array.from(values) as ImageTokens;
const schedule = (codes: number) =>
  createSchedule(100, codes, { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] });

describe('the plan of a second look', () => {
  it('looks at halves, and jumps twice from where such a share is masked', () => {
    expect(planRedraw(0.1, 100)).toEqual([
      { timestep: 49, share: 0.1, round: 0 },
      { timestep: 10, from: 10, to: 5, chance: 110 },
      { timestep: 5, from: 5, to: -1, chance: 105 },
    ]);
    expect(planRedraw(1, 100, 1).map(({ timestep }) => timestep)).toEqual([49, 99, 50]);
  });

  it('looks as often as a share takes that is a tenth at most, each time by other numbers', () => {
    expect(planRedraw(0.2, 100)).toEqual([
      ...planRedraw(0.1, 100),
      { timestep: 49, share: 0.1, round: 1 },
      { timestep: 10, from: 10, to: 5, chance: 210 },
      { timestep: 5, from: 5, to: -1, chance: 205 },
    ]);
    const looks = (share: number) => planRedraw(share, 100).filter(isLook);
    // As sliders have them: 3 * 0.1 is more than 0.3.
    expect([0.05, 0.1, 0.15, 3 * 0.1, 0.7, 1].map((share) => looks(share).length)).toEqual([
      1, 1, 2, 3, 7, 10,
    ]);
    expect(looks(0.15).map(({ share }) => share)).toEqual([0.075, 0.075]);
  });

  it('is none for no share, and within the shortest of schedules', () => {
    expect([planRedraw(0, 100), planRedraw(0, 100, 1)]).toEqual([[], []]);
    for (const timesteps of [2, 3, 5]) {
      const moves = planRedraw(0.1, timesteps);
      expect(moves.every(({ timestep }) => timestep >= 0 && timestep < timesteps)).toBe(true);
      expect(moves.at(-1)).toMatchObject({ to: -1 });
    }
    expect(planRedraw(0.5, 1, 1).slice(1)).toEqual([{ timestep: 0, from: 0, to: -1, chance: 1 }]);
  });
});

describe('the halves', () => {
  it('are as large, and mixed', () => {
    for (const positions of [256, 36, 5]) {
      const half = halves(positions, 0);
      expect(half.filter((one) => one === 1)).toHaveLength(Math.ceil(positions / 2));
    }
    const alike = halves(256, 0).filter((one, i, all) => one === all[i - 1]);
    expect(alike.length).toBeGreaterThan(90);
    expect(alike.length).toBeLessThan(166);
    const again = halves(256, 1);
    const both = halves(256, 0).filter((one, i) => one === again[i]);
    expect(both.length).toBeGreaterThan(90);
    expect(both.length).toBeLessThan(166);
  });

  it('are hidden one after the other', () => {
    const half = Uint8Array.of(0, 1, 1);
    expect([...hideHalves(tokens(1, 2, 3, 4, 5, 6), half, 9)]).toEqual([
      ...[9, 2, 3, 9, 5, 6],
      ...[1, 9, 9, 4, 9, 9],
    ]);
  });
});

describe('the likelihood of a token', () => {
  it('is read where it was hidden', () => {
    const half = Uint8Array.of(0, 1);
    // Two candidates, each with one half hidden and then the other; what was seen says nonsense.
    const rows = [[0.7, 0.2, 0.1], [1, 1, 1], [0.1, 0.1, 0.8], [1, 1, 1], [1, 1, 1], [0.5, 0.3, 0.2], [1, 1, 1], [0.6, 0.3, 0.1]]; // biome-ignore format: a table
    const logits = Float32Array.from(rows.flat(), (value) => Math.log(value) + 3) as Logits;
    const likelihood = judge(logits, tokens(1, 0, 2, 3), half, 3);
    const expected = [0.2, 0.5, 0.8].map((value) => expect.closeTo(Math.log(value), 5));
    expect([...likelihood]).toEqual([...expected, Number.NEGATIVE_INFINITY]);
  });

  it('is not told of logits that are no numbers', () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const logits = Float32Array.of(0, wrong, 0, 0) as Logits;
      expect(() => judge(logits, tokens(0), Uint8Array.of(0), 2)).toThrow('no numbers');
    }
  });
});

describe('what is masked', () => {
  it('is the least likely of what may change, the first on ties', () => {
    const likelihood = Float64Array.of(-9, -3, -5, -5, -1, -5);
    const free = [0, 1, 1, 1, 1, 1];
    const masked = (share: number) => {
      const own = Int32Array.of(0, 1, 2, 3, 4, 5);
      maskLeastLikely(likelihood, free, share, own, 7);
      return [...own];
    };
    expect(masked(0.4)).toEqual([0, 1, 7, 7, 4, 5]);
    expect(masked(0.01)).toEqual([0, 1, 7, 3, 4, 5]);
    expect(masked(1)).toEqual([0, 7, 7, 7, 7, 7]);
    expect(redrawCount(0.5, Uint8Array.of(1, 1, 1))).toBe(2);
  });
});

describe('a chain with a second look', () => {
  const [codes, positions] = [12, 40];
  const draw = mulberry32(11);
  const table = Float32Array.from({ length: 4 * positions * codes }, () => 3 * draw());
  /** Sure of what it sees, as a denoiser is. */
  const predict = async (seen: ImageTokens, timestep: number) =>
    table
      .slice(0, seen.length * codes)
      .map((value, i) =>
        seen[Math.floor(i / codes)] === i % codes ? 40 : value + Math.sin(timestep + i),
      ) as Logits;
  const run = async (share: number, free?: Uint8Array, looks = 1) => {
    const steps: { step: number; tokens: number[]; guess: number[]; timestep: number }[] = [];
    for await (const step of denoise({
      schedule: schedule(codes),
      jumps: [...planJumps('exact', 100, 4), ...planRedraw(share, 100, looks)],
      guidance: 1,
      truncation: { kind: 'none' },
      noise: [seededNoise(1), seededNoise(2)],
      start: free
        ? (new Int32Array(2 * positions).fill(3) as ImageTokens)
        : allMasked(schedule(codes), 2, positions),
      ...(free && { free }),
      predict,
      looking: { predict },
    })) {
      const { tokens, guess, ...counted } = step;
      steps.push({ ...counted, tokens: [...tokens], guess: [...guess] });
    }
    return steps;
  };

  it('goes the same way first, then masks a share of each picture and draws that alone', async () => {
    const plain = await run(0);
    const redrawn = await run(0.25);
    expect(redrawn.map(({ timestep }) => timestep)).toEqual([99, 74, 49, 24, 49, 25, 13]);
    expect(redrawn.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(redrawn.slice(0, 4)).toEqual(plain);
    const [, , , whole, looked, , last] = redrawn;
    for (const candidate of [0, 1]) {
      const own = looked.tokens.slice(candidate * positions, (candidate + 1) * positions);
      expect(own.filter((token) => token === codes)).toHaveLength(10);
    }
    // What is to be drawn again is still shown as it was.
    expect(looked.guess).toEqual(whole.guess);
    expect(last.tokens).not.toContain(codes);
    const changed = last.tokens.flatMap((token, i) => (token === whole.tokens[i] ? [] : i));
    expect(changed.length).toBeGreaterThan(2);
    for (const i of changed) expect(looked.tokens[i]).toBe(codes);
  });

  it('goes on to a look at what came of the first', async () => {
    const once = await run(0.2);
    const twice = await run(0.4, undefined, 2);
    expect(twice.slice(0, once.length)).toEqual(once);
    expect(twice.map(({ timestep }) => timestep).slice(once.length)).toEqual([49, 20, 10]);
    const masked = ({ tokens: own }: { tokens: number[] }) =>
      own.flatMap((token, i) => (token === codes ? i : []));
    const [first, second] = [twice[4], twice[7]].map(masked);
    expect([first.length, second.length]).toEqual([16, 16]);
    expect(second).not.toEqual(first);
    expect(twice.at(-1)!.tokens).not.toContain(codes);
  });

  it('keeps what has to stay', async () => {
    const free = Uint8Array.from({ length: 2 * positions }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const steps = await run(0.5, free);
    for (const { tokens: own } of steps) {
      for (const [i, token] of own.entries()) if (!free[i]) expect(token).toBe(3);
    }
    expect(steps[4].tokens.filter((token) => token === codes)).toHaveLength(10);
  });
});
