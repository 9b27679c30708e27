import { describe, expect, it } from 'vitest';
import { encodeFree } from '../../src/recipe/start.ts';
import { gridOf, setSteps, trailStep } from '../../src/recipe/trail.ts';
import { plain } from '../support/recipes.ts';

const row = (...tokens: number[]) => Int32Array.from(tokens);
const trail = { mask: 5, rows: [row(5, 5, 2, 5), row(0, 5, 2, 5), row(0, 4, 3, 5)] };
const free = encodeFree([false, true, true, true]);
const begun = {
  ...plain,
  start: { kind: 'tokens', tokens: [0, 5, 1, 5], free, timestep: 40 },
} as const;

describe('a step of a picture', () => {
  it('is what the denoiser saw and what came of it; the first one saw the start', () => {
    const second = trailStep(plain, trail, 2);
    expect([second.before, second.after]).toEqual([row(5, 5, 2, 5), row(0, 5, 2, 5)]);
    expect(trailStep(plain, trail, 1).before).toEqual(row(5, 5, 5, 5));
    expect(trailStep(begun, trail, 1).before).toEqual(row(0, 5, 1, 5));
    for (const none of [0, 4, 1.5]) expect(() => trailStep(plain, trail, none)).toThrow(RangeError);
  });

  it('is copied: it goes to the worker, and the kept tokens stay', () => {
    trailStep(plain, trail, 2).after.fill(1);
    expect(trail.rows[1]).toEqual(row(0, 5, 2, 5));
  });
});

describe('the step at which each token was set', () => {
  it('is the last one that changed it, up to the step that is looked at', () => {
    expect(setSteps(plain, trail, 3)).toEqual([2, 3, 3, null]);
    expect(setSteps(plain, trail, 2)).toEqual([2, null, 1, null]);
    expect(setSteps(plain, trail, 0)).toEqual([null, null, null, null]);
  });

  it('is none for what was given, until it changes', () => {
    const kept = { mask: 5, rows: [row(0, 5, 2, 5), row(0, 4, 2, 5)] };
    expect(setSteps(begun, kept, 0)).toEqual([0, null, 0, null]);
    expect(setSteps(begun, kept, 2)).toEqual([0, 2, 1, null]);
  });
});

describe('the grid of a picture', () => {
  it.each([
    [256, 256, 256, { rows: 16, columns: 16 }],
    [36, 96, 96, { rows: 6, columns: 6 }],
    [128, 256, 512, { rows: 16, columns: 8 }],
    [96, 384, 256, { rows: 8, columns: 12 }],
    // None of square tokens.
    [4, 4, 5, null],
    [7, 64, 64, null],
    [0, 64, 64, null],
  ])('of %i tokens at %i x %i', (positions, width, height, grid) => {
    expect(gridOf(positions, { width, height })).toEqual(grid);
  });
});
