import { describe, expect, it } from 'vitest';
import { START } from '../../src/diffusion/schedule.ts';
import { authorsFastJumps, planJumps, planJumpsFrom } from '../../src/diffusion/timesteps.ts';
import { type Sampler, samplers } from '../../src/types.ts';
import { readGolden } from '../support/safetensors.ts';

describe.each(['exact', 'cosine'] as const)('%s jumps', (sampler) => {
  it('cover the chain from T-1 to the start without a gap, in the number of steps asked for', () => {
    for (const timesteps of [1, 2, 10, 25, 100, 1000]) {
      for (let steps = 1; steps <= timesteps; steps += Math.ceil(timesteps / 37)) {
        const jumps = planJumps(sampler, timesteps, steps);
        expect(jumps).toHaveLength(steps);
        expect(jumps[0].timestep).toBe(timesteps - 1);
        expect(jumps.at(-1)?.to).toBe(START);
        // One by one in plain code: an expect() for each of some hundred thousand takes seconds.
        const broken = jumps.filter(
          ({ timestep, from, to }, i) =>
            from !== timestep || to >= from || (i > 0 && from !== jumps[i - 1].to),
        );
        expect(broken).toEqual([]);
      }
    }
  });

  it('are all timesteps at T steps', () => {
    expect(planJumps(sampler, 100, 100).map((jump) => jump.to)).toEqual(
      [...Array(100).keys()].map((i) => 98 - i),
    );
  });

  it.each([0, 101, 2.5, Number.NaN])('refuse %s steps of 100', (steps) => {
    expect(() => planJumps(sampler, 100, steps)).toThrow(RangeError);
  });
});

it('along a cosine are short first and long in the end', () => {
  const lengths = planJumps('cosine', 100, 10).map((jump) => jump.from - jump.to);
  expect(lengths).toEqual([1, 4, 6, 8, 10, 12, 14, 14, 15, 16]);
});

describe('authors’ fast jumps', () => {
  it.each([1, 3])('have the released code’s timesteps at skip %i', (skip) => {
    const golden = readGolden(`sampling/fast_skip${skip}.safetensors`);
    const jumps = authorsFastJumps(100, skip);
    expect(jumps.map((jump) => jump.timestep)).toEqual([...golden.tensor('model_t').data]);
    expect(jumps.map((jump) => jump.from)).toEqual([...golden.tensor('posterior_t').data]);
    expect(jumps.every((jump) => jump.to === jump.from - 1)).toBe(true);
  });

  it('come nearest to the steps asked for', () => {
    expect(planJumps('authors-fast', 100, 100)).toHaveLength(100);
    expect(planJumps('authors-fast', 100, 25)).toHaveLength(26);
    expect(planJumps('authors-fast', 100, 1)).toHaveLength(2);
    // Between 100 and 51 steps, and between 51 and 34.
    expect(planJumps('authors-fast', 100, 60)).toHaveLength(51);
    expect(planJumps('authors-fast', 100, 40)).toHaveLength(34);
  });
});

describe('a run that begins late', () => {
  const visited = (first: number, sampler: Sampler, steps: number) =>
    planJumpsFrom(first, sampler, 100, steps).map(({ timestep }) => timestep);

  it('goes over what is left, in its share of the steps', () => {
    expect(visited(39, 'exact', 25)).toEqual([39, 35, 31, 27, 23, 19, 15, 11, 7, 3]);
    expect(visited(9, 'exact', 25)).toEqual([9, 6, 2]);
    expect(visited(3, 'exact', 100)).toEqual([3, 2, 1, 0]);
    expect(visited(39, 'exact', 1)).toEqual([39]);
    expect(visited(0, 'exact', 25)).toEqual([0]);
  });

  it.each(samplers)(
    'of %s begins at its timestep and ends before the first, whatever is asked',
    (sampler) => {
      for (let first = 0; first < 100; first++) {
        for (const steps of [1, 2, 7, 10, 25, 60, 99, 100]) {
          const jumps = planJumpsFrom(first, sampler, 100, steps);
          expect(jumps[0].timestep).toBe(first);
          expect(jumps.at(-1)!.to).toBe(-1);
          if (first === 99) expect(jumps).toEqual(planJumps(sampler, 100, steps));
        }
      }
    },
  );

  it.each([
    [-1, 10],
    [100, 10],
    [5.5, 10],
    [50, 101],
  ])('from %s in %s steps is none', (first, steps) => {
    expect(() => planJumpsFrom(first, 'exact', 100, steps)).toThrow(RangeError);
  });
});
