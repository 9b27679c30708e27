import { describe, expect, it } from 'vitest';
import { watchedFrom } from '../../src/store/watched.ts';
import {
  confidenceColour,
  confidenceOf,
  confidenceRadius,
  tokenInWords,
} from '../../src/ui/viewer/confidence.ts';

/** Two rows of two: one given, one set at the second step, one at the third, one still masked. */
const looked = {
  grid: { rows: 2, columns: 2 },
  step: 3,
  setAt: [0, 2, 3, null],
  watched: {
    ...watchedFrom('a'),
    confidence: new Map([
      [2, Float32Array.of(0.9, 0.826, 0.3, 0.2)],
      [3, Float32Array.of(1, 1, 0.004, 0.12)],
    ]),
  },
};

describe('how sure the model was of a token', () => {
  it('is of the step that set it, not of the one that is looked at', () => {
    const [given, second, third, masked] = confidenceOf(looked);
    expect([given, masked]).toEqual([null, null]);
    expect([second, third]).toEqual([expect.closeTo(0.826), expect.closeTo(0.004)]);
  });

  it.each([
    [0, 'Row 1, column 1: given from the start'],
    [1, 'Row 1, column 2: set at step 2, 83 % sure'],
    [2, 'Row 2, column 1: set at step 3, under 1 % sure'],
    [3, 'Row 2, column 2: not set yet; the likeliest code has 12 %'],
  ])('reads at position %i: %s', (position, words) => {
    expect(tokenInWords(looked, position)).toBe(words);
  });

  it('is left out while it is not known, and never rounded to certainty', () => {
    const unknown = { ...looked, watched: watchedFrom('a') };
    expect(tokenInWords(unknown, 1)).toBe('Row 1, column 2: set at step 2');
    expect(tokenInWords(unknown, 3)).toBe('Row 2, column 2: not set yet');
    const sure = (value: number) => {
      const confidence = new Map([[2, Float32Array.of(0, value, 0, 0)]]);
      return tokenInWords({ ...looked, watched: { ...looked.watched, confidence } }, 1);
    };
    expect(sure(0.9999)).toContain('99 % sure');
    expect(sure(1)).toContain('100 % sure');
  });
});

describe('the discs', () => {
  const shares = Array.from({ length: 21 }, (_, i) => i / 20);
  it('grow and brighten with it, so that neither colour nor size is needed to tell', () => {
    const luminance = (colour: string) => {
      const [r, g, b] = colour.match(/\d+/g)!.map((byte) => (Number(byte) / 255) ** 2.2);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const [i, share] of shares.entries()) {
      if (i === 0) continue;
      expect(luminance(confidenceColour(share))).toBeGreaterThan(luminance(confidenceColour(shares[i - 1])));
      expect(confidenceRadius(share)).toBeGreaterThan(confidenceRadius(shares[i - 1]));
    }
    // And stay within their token.
    expect(confidenceRadius(1)).toBeLessThan(0.5);
    expect([confidenceColour(0), confidenceColour(1)]).toEqual(['rgb(0 34 78)', 'rgb(254 232 56)']);
  });
});
