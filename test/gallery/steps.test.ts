import { describe, expect, it } from 'vitest';
import { decodeSteps, encodeSteps, type StepTokens } from '../../src/gallery/steps.ts';
import { mulberry32 } from '../support/mulberry32.ts';

/** A run as the method makes it: each step sets an even share of the positions, and replaces a few tokens. */
function run(positions: number, steps: number, mask: number, replaced: number): StepTokens {
  const random = mulberry32(7);
  const whole = (below: number) => Math.floor(random() * below);
  const setAt = Array.from({ length: positions }, () => whole(steps));
  let row = new Int32Array(positions).fill(mask);
  const rows = Array.from({ length: steps }, (_, step) => {
    row = row.map((token, i) =>
      setAt[i] === step || (token !== mask && random() < replaced) ? whole(mask) : token,
    );
    return row;
  });
  return { mask, rows };
}

describe('the tokens of every step', () => {
  it.each([
    ['a usual run', run(256, 25, 1024, 0.005)],
    ['one in which everything changes at every step', run(64, 10, 1 << 20, 1)],
    ['one that begins with tokens', { mask: 5, rows: [Int32Array.of(0, 1, 2, 3)] }],
    ['one that masks again', { mask: 5, rows: [Int32Array.of(0, 5), Int32Array.of(5, 5)] }],
    ['no step at all', { mask: 0, rows: [] }],
  ])('come back: %s', (_, steps) => {
    expect(decodeSteps(encodeSteps(steps))).toEqual(steps);
  });

  it('are small: what changed, and not every token again', () => {
    const bytes = encodeSteps(run(256, 25, 1024, 0.005)).length;
    console.log(`25 steps of 256 tokens take ${bytes} bytes; with 16 bits a token, ${2 * 25 * 256}`);
    expect(bytes).toBeLessThan(1200);
  });

  it('do not follow later changes of the arrays they were made of', () => {
    const row = Int32Array.of(1, 5);
    const bytes = encodeSteps({ mask: 5, rows: [row, row.slice()] });
    row.fill(3);
    expect(decodeSteps(bytes)?.rows).toEqual([Int32Array.of(1, 5), Int32Array.of(1, 5)]);
  });

  const whole = encodeSteps(run(16, 4, 40, 0.1));

  it('are refused where bytes are missing or left over', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(decodeSteps(whole.subarray(0, length)), `${length} bytes`).toBeNull();
    }
    expect(decodeSteps(Uint8Array.of(...whole, 0))).toBeNull();
  });

  it.each<[string, number[]]>([
    ['more positions than any model has', [0x81, 0x20, 1, 5, 0]],
    ['more tokens than any run has', [0x80, 0x20, 0x81, 0x08, 5]],
    ['a position beyond the last', [2, 1, 5, 1, 3, 0]],
    ['a position twice', [2, 1, 5, 2, 1, 0, 0, 0]],
    ['a change to the same', [2, 1, 5, 1, 1, 5]],
    ['more changes than positions', [1, 1, 5, 2, 1, 0, 1, 0]],
    ['a number without end', [1, 1, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])('are refused with %s', (_, bytes) => {
    expect(decodeSteps(Uint8Array.from(bytes))).toBeNull();
  });

  it('are whole or refused, whatever byte is changed', () => {
    const random = mulberry32(3);
    for (let i = 0; i < 2000; i++) {
      const bytes = whole.slice();
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const steps = decodeSteps(bytes);
      if (!steps) continue;
      const lengths = new Set(steps.rows.map((row) => row.length));
      expect(lengths.size).toBeLessThanOrEqual(1);
    }
  });
});
