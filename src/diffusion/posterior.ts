// p(x_s | x_t): what one jump of the reverse chain draws from. VQ-Diffusion (arXiv 2111.14822), eq. 5 and 11, with the
// floors of the released code.
import { type Distribution, massBesides, probabilityOf, setProbability } from './distribution.ts';
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
 * @param start p(x_0), guided and truncated, of K classes
 * @param token x_t at this position; K is MASK
 * @param out of K + 1 classes
 */
export function posterior(step: PosteriorStep, start: Distribution, token: number, out: Distribution): void {
  const { classes, probabilities, count } = start;
  const mask = classes.length;
  const masked = token === mask;
  const { throughT, throughS, jump } = step;

  // The sum over j of p(x_0 = j) / q(x_t | x_0 = j): for MASK the same q for every j, else larger where j is the token.
  const perOther = 1 / (masked ? throughT.gamma : throughT.beta);
  const perSame = masked ? 0 : 1 / (throughT.alpha + throughT.beta);
  const same = masked ? 0 : probabilityOf(start, token);
  const rest = massBesides(start, token);
  const sum = ZERO + rest * perOther + same * perSame;

  // q(x_s = k | x_0 = j) is beta for every j, and alpha more for j = k.
  const toOther = masked ? jump.gamma : jump.beta;
  const direct = perOther * throughS.alpha * toOther;
  const around = throughS.beta * sum * toOther;
  const { classes: outClasses, probabilities: outProbabilities } = out;
  for (let i = 0; i < count; i++) {
    outClasses[i] = classes[i];
    outProbabilities[i] = clampProbability(probabilities[i] * direct + around);
  }
  out.count = count;
  out.others = clampProbability(start.others * direct + around);
  if (!masked) {
    const toSame = jump.alpha + jump.beta;
    const stays = (same * perSame * throughS.alpha + throughS.beta * sum) * toSame;
    setProbability(out, token, clampProbability(stays));
  }
  const stillMasked = ZERO * (1 - throughS.gamma) + sum * throughS.gamma;
  setProbability(out, mask, clampProbability(stillMasked * (masked ? 1 : ZERO)));
}
