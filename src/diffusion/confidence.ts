// How sure the denoiser was of what a step left behind: p(x_0) of the very evaluation that the step drew from, against the
// tokens after it. Computed when somebody asks, from logits in memory, so that the loop itself knows nothing of it.
import type { ImageTokens, Logits } from '../types.ts';
import { createDistribution, placeOfLikeliest, probabilityOf } from './distribution.ts';
import { guide, needsGuidance } from './guidance.ts';
import { createStart } from './start.ts';

export interface WeighedTokens {
  /** The tokens, with the likeliest code wherever they are MASK: what the picture looks like so far. [positions] */
  readonly guess: ImageTokens;
  /** The probability of each code of `guess`, 0..1. [positions] */
  readonly confidence: Float32Array;
}

/**
 * Guided, as the step draws; not truncated, so that it is a probability whatever truncation left of the others. The
 * probability of the code that was taken, and not the entropy of all: it is about the token that one sees, in per cent.
 * @param logits of one candidate, and when guidance needs it again under the null condition. [1 or 2, positions, K]
 * @param tokens after the step; K is MASK. [positions]
 * @throws {RangeError} for logits that are no numbers
 */
export function weighTokens(
  logits: Logits,
  guidance: number,
  tokens: ImageTokens,
  codes: number,
): WeighedTokens {
  const startOf = createStart(codes);
  const start = createDistribution(codes);
  const logs = new Float64Array(codes);
  const second = needsGuidance(guidance) ? tokens.length * codes : 0;
  const guess = tokens.slice() as ImageTokens;
  const confidence = new Float32Array(tokens.length);
  for (let row = 0; row < tokens.length; row++) {
    const max = guide(logits, row * codes, second + row * codes, guidance, logs);
    startOf(logs, max, { kind: 'none' }, start);
    if (tokens[row] === codes) guess[row] = start.classes[placeOfLikeliest(start)];
    confidence[row] = probabilityOf(start, guess[row]);
  }
  return { guess, confidence };
}
