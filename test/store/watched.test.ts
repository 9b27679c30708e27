import { describe, expect, it } from 'vitest';
import { nearestStep, unmet, watchedFrom, withLook } from '../../src/store/watched.ts';
import { grey } from '../support/page.ts';

const figures = Float32Array.of(0.5);
const look = (value: number) => ({ image: grey(value), confidence: figures });
const none = watchedFrom('a');

describe('what is known of a picture’s steps', () => {
  it('grows look by look: figures alone, or with the picture', () => {
    const one = withLook(none, 3, { image: null, confidence: figures }, 3);
    expect([one.frames.size, one.confidence.get(3)]).toEqual([0, figures]);
    const two = withLook(one, 3, look(3), 3);
    expect(two.frames.get(3)).toEqual(grey(3));
    expect(none.confidence.size).toBe(0);
  });

  it('is bounded: pictures far from the wanted step go, and their figures stay', () => {
    // Each has 64 bytes.
    let watched = none;
    for (const step of [1, 2, 3, 4, 5]) watched = withLook(watched, step, look(step), 4, 3 * 64);
    expect([...watched.frames.keys()].sort()).toEqual([3, 4, 5]);
    expect([...watched.confidence.keys()]).toEqual([1, 2, 3, 4, 5]);
    // One at least, however large: that which was wanted.
    expect([...withLook(watched, 1, look(1), 1, 10).frames.keys()]).toEqual([1]);
  });

  it('shows what is still to be looked at, in the order of the wishes', () => {
    const watched = withLook(withLook(none, 2, { image: null, confidence: figures }, 2), 3, look(3), 2);
    const wish = (step: number, draw: boolean) => ({ step, draw });
    expect(unmet(watched, [wish(3, true), wish(2, true), wish(1, false)])).toEqual(wish(2, true));
    expect(unmet(watched, [wish(3, false), wish(2, false), wish(1, false)])).toEqual(wish(1, false));
    expect(unmet(watched, [wish(3, true), wish(3, false)])).toBeNull();
  });
});

describe('the picture that is shown at a step', () => {
  const frames = new Map([2, 6].map((step) => [step, grey(step)]));
  it.each([
    [1, 2],
    [2, 2],
    [4, 2],
    [5, 6],
    [8, 6],
    [9, 10],
    [10, 10],
  ])('%i is its own or the nearest, the finished one among them: %i', (step, shown) => {
    expect(nearestStep(frames, step, 10)).toBe(shown);
  });
});
