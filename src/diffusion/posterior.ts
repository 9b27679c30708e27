// p(x_s | x_t): what one jump of the reverse chain draws from. VQ-Diffusion (arXiv 2111.14822), eq. 5 and 11, with the
// floors of the released code.
import { cumulative, type Schedule, type Transition, transition } from './schedule.ts';
import { clampProbability } from './start.ts';

/** The authors' probability of an impossible event; not the same as FLOOR. */
export const ZERO = 1e-30;

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
 * p(x_s = k | x_t) for one position, not normalised:
 * q(x_t | x_s = k) times the sum over j of q(x_s = k | x_0 = j) p(x_0 = j) / q(x_t | x_0 = j).
 * @param start p(x_0), guided and truncated. [K]
 * @param token x_t at this position; K is MASK
 * @param out [K + 1]
 */
export function posterior(step: PosteriorStep, start: Float64Array, token: number, out: Float64Array): void {
  const mask = start.length;
  const masked = token === mask;
  const { throughT, throughS, jump } = step;

  // The sum over j of p(x_0 = j) / q(x_t | x_0 = j): for MASK the same q for every j, else larger where j is the token.
  const perOther = 1 / (masked ? throughT.gamma : throughT.beta);
  const perSame = 1 / (throughT.alpha + throughT.beta);
  let others = 0;
  for (let j = 0; j < mask; j++) if (j !== token) others += start[j];
  const sum = ZERO + others * perOther + (masked ? 0 : start[token] * perSame);

  // q(x_s = k | x_0 = j) is beta for every j, and alpha more for j = k.
  const toOther = masked ? jump.gamma : jump.beta;
  const direct = perOther * throughS.alpha * toOther;
  const around = throughS.beta * sum * toOther;
  for (let k = 0; k < mask; k++) out[k] = clampProbability(start[k] * direct + around);
  if (!masked) {
    const toSame = jump.alpha + jump.beta;
    out[token] = clampProbability((start[token] * perSame * throughS.alpha + throughS.beta * sum) * toSame);
  }
  const stillMasked = ZERO * (1 - throughS.gamma) + sum * throughS.gamma;
  out[mask] = clampProbability(stillMasked * (masked ? 1 : ZERO));
}
