// p(x_s | x_t): what one jump of the reverse chain draws from. VQ-Diffusion (arXiv 2111.14822), eq. 5 and 11, in the
// form the released code computes it: floors, clamps and all.
import { cumulative, type Schedule, type Transition, transition } from './schedule.ts';
import { clampLog } from './start.ts';

/** The authors' log of an impossible event; not the same floor as LOG_FLOOR. */
const LOG_ZERO = Math.log(1e-30);
const ZERO = 1e-30;

/** Everything about a jump from t down to s that does not depend on the position. */
export interface PosteriorStep {
  /** q(x_t | x_0) */
  readonly throughT: Transition;
  /** q(x_s | x_0) */
  readonly throughS: Transition;
  /** q(x_t | x_s) */
  readonly jump: Transition;
}

export function posteriorStep(schedule: Schedule, t: number, s: number): PosteriorStep {
  return {
    throughT: cumulative(schedule, t),
    throughS: cumulative(schedule, s),
    jump: transition(schedule, t, s),
  };
}

/**
 * log p(x_s = k | x_t) for one position, clamped to [-70, 0] and not normalised:
 * sum over j of p(x_0 = j) q(x_t | x_s = k) q(x_s = k | x_0 = j) / q(x_t | x_0 = j).
 * @param logStart log p(x_0), guided and truncated. [K + 1]
 * @param token x_t at this position; K is MASK
 * @param out [K + 1]
 */
export function posterior(
  step: PosteriorStep,
  logStart: Float64Array,
  token: number,
  out: Float64Array,
): void {
  const mask = logStart.length - 1;
  const masked = token === mask;
  const { throughT, throughS, jump } = step;

  // log q(x_t | x_0 = j): for MASK the same for every j, else larger where j is the token itself.
  const logOther = Math.log(masked ? throughT.gamma : throughT.beta);
  const logSame = masked ? logOther : Math.log(throughT.alpha + throughT.beta);
  let max = LOG_ZERO;
  for (let j = 0; j < mask; j++) {
    const ratio = logStart[j] - (j === token ? logSame : logOther);
    out[j] = ratio;
    if (ratio > max) max = ratio;
  }
  let sum = Math.exp(LOG_ZERO - max);
  for (let j = 0; j < mask; j++) {
    out[j] = Math.exp(out[j] - max);
    sum += out[j];
  }
  const logTotal = max + Math.log(sum);

  // log q(x_t | x_s = k)
  const logToOther = Math.log(masked ? jump.gamma : jump.beta);
  const logToSame = masked ? logToOther : Math.log(jump.alpha + jump.beta);
  const keep = throughS.alpha / sum;
  for (let k = 0; k < mask; k++) {
    out[k] = clampLog(
      Math.log(out[k] * keep + throughS.beta) + (k === token ? logToSame : logToOther) + logTotal,
    );
  }
  const maskedBefore = (ZERO / Math.exp(logTotal)) * (1 - throughS.gamma) + throughS.gamma;
  out[mask] = clampLog(Math.log(maskedBefore) + (masked ? 0 : LOG_ZERO) + logTotal);
}
