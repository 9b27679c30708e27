// What the denoiser would put at each position: the likeliest codes of p(x_0), to be looked at. Like confidence.ts, from logits
// in memory and when somebody asks; the loop itself knows nothing of it.
import type { LikeliestCodes, Logits } from '../types.ts';
import { createDistribution } from './distribution.ts';
import { guide, needsGuidance } from './guidance.ts';
import { createStart } from './start.ts';

/**
 * @param logits of one candidate, and when guidance needs it again under the null condition. [1 or 2, positions, K]
 * @param codes K
 * @param count 1..K
 * @throws {RangeError} for logits that are no numbers
 */
export function likeliestCodes(
  logits: Logits,
  guidance: number,
  positions: number,
  codes: number,
  count: number,
): LikeliestCodes {
  const startOf = createStart(codes);
  const start = createDistribution(codes);
  const logs = new Float64Array(codes);
  const second = needsGuidance(guidance) ? positions * codes : 0;
  const found: LikeliestCodes = {
    count,
    codes: new Int32Array(positions * count),
    probabilities: new Float32Array(positions * count),
  };
  for (let row = 0; row < positions; row++) {
    const max = guide(logits, row * codes, second + row * codes, guidance, logs);
    startOf(logs, max, { kind: 'none' }, start);
    const best = largest(start.probabilities, start.count, count);
    for (const [place, code] of best.entries()) {
      found.codes[row * count + place] = start.classes[code];
      found.probabilities[row * count + place] = start.probabilities[code];
    }
  }
  return found;
}

/** Places of the `count` largest of the first `length` values, the lower place on ties. */
function largest(values: Float64Array, length: number, count: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < length; i++) {
    if (best.length === count && values[i] <= values[best[count - 1]]) continue;
    let place = best.length;
    while (place > 0 && values[i] > values[best[place - 1]]) place--;
    best.splice(place, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}
