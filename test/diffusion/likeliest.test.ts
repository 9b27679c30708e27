import { describe, expect, it } from 'vitest';
import { weighTokens } from '../../src/diffusion/confidence.ts';
import { likeliestCodes } from '../../src/diffusion/likeliest.ts';
import type { ImageTokens, Logits } from '../../src/types.ts';
import { mulberry32 } from '../support/mulberry32.ts';

const logs = (...probabilities: number[]) => probabilities.map(Math.log);

/** p(x_0) by the book: log p of both branches, u + s (c - u), brought to one. [positions][K] */
function byTheBook(logits: Float32Array, guidance: number, positions: number, codes: number): number[][] {
  const logOf = (row: number) => {
    const values = [...logits.subarray(row * codes, (row + 1) * codes)];
    const sum = Math.log(values.reduce((total, value) => total + Math.exp(value), 0));
    return values.map((value) => value - sum);
  };
  return Array.from({ length: positions }, (_, row) => {
    const c = logOf(row);
    const u = guidance === 1 ? c : logOf(positions + row);
    const raw = c.map((value, k) => Math.exp(u[k] + guidance * (value - u[k])));
    const total = raw.reduce((sum, value) => sum + value, 0);
    return raw.map((value) => value / total);
  });
}

describe('the likeliest codes of a position', () => {
  it('come likeliest first, the lower one on ties, each with its probability', () => {
    const logits = Float32Array.from([
      ...logs(0.1, 0.2, 0.6, 0.1),
      ...logs(0.25, 0.25, 0.25, 0.25),
    ]) as Logits;
    const { codes, probabilities, count } = likeliestCodes(logits, 1, 2, 4, 3);
    expect(count).toBe(3);
    expect([...codes]).toEqual([2, 1, 0, 0, 1, 2]);
    expect([...probabilities]).toEqual([0.6, 0.2, 0.1, 0.25, 0.25, 0.25].map((p) => expect.closeTo(p, 6)));
  });

  it.each([1, 0, 2, 5])('are those of the guided distribution, not truncated: guidance %d', (guidance) => {
    const draw = mulberry32(9);
    const [positions, codes, count] = [12, 40, 5];
    const logits = Float32Array.from({ length: 2 * positions * codes }, () => 9 * draw()) as Logits;
    const found = likeliestCodes(logits, guidance, positions, codes, count);
    const expected = byTheBook(logits, guidance, positions, codes);
    for (const [row, shares] of expected.entries()) {
      const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a] || a - b).slice(0, count);
      const at = row * count;
      expect([...found.codes.subarray(at, at + count)]).toEqual(order);
      for (const [place, code] of order.entries()) {
        expect(found.probabilities[at + place]).toBeCloseTo(shares[code], 5);
      }
    }
    // What fills hidden tiles in a preview is the first of them.
    const hidden = new Int32Array(positions).fill(codes) as ImageTokens;
    const { guess, confidence } = weighTokens(logits, guidance, hidden, codes);
    expect(Array.from({ length: positions }, (_, row) => found.codes[row * count])).toEqual([...guess]);
    expect(Array.from({ length: positions }, (_, row) => found.probabilities[row * count])).toEqual([
      ...confidence,
    ]);
  });

  it('can be all there are, and add up to one', () => {
    const logits = Float32Array.from(logs(0.5, 0.3, 0.2)) as Logits;
    const { codes, probabilities } = likeliestCodes(logits, 1, 1, 3, 3);
    expect([...codes]).toEqual([0, 1, 2]);
    expect(probabilities.reduce((sum, share) => sum + share)).toBeCloseTo(1, 6);
  });

  it('are not told of logits that are no numbers', () => {
    expect(() => likeliestCodes(Float32Array.of(0, Number.NaN) as Logits, 1, 1, 2, 1)).toThrow('no numbers');
  });
});
