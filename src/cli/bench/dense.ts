// One step of the chain as the released code forms it: whole arrays of logarithms, one-hots among them, every row sorted,
// noise for every class. To measure by; src/diffusion draws the same in a fraction of the time.
import { cumulative, type Schedule, type Transition, transition } from '../../diffusion/schedule.ts';

const LOG_ZERO = Math.log(1e-30);

export interface DenseStep {
  readonly schedule: Schedule;
  readonly t: number;
  readonly s: number;
  readonly guidance: number;
  readonly truncation: number;
}

/**
 * @param logits guided: the unconditional half behind the conditional one. [2 * rows, K]
 * @param tokens x_t. [rows]
 * @returns x_s. [rows]
 */
export function denseStep(
  { schedule, t, s, guidance, truncation }: DenseStep,
  logits: Float32Array,
  tokens: Int32Array,
  uniform: () => number,
): Int32Array {
  const codes = schedule.codebookSize;
  const classes = codes + 1;
  const rows = tokens.length;
  const half = rows * codes;
  const conditional = logSoftmax(logits.subarray(0, half), codes);
  const other = logSoftmax(logits.subarray(half), codes);
  const guided = logSoftmax(
    other.map((u, i) => u + guidance * (conditional[i] - u)),
    codes,
  );
  const start = truncateSorted(withMask(guided, codes), classes, truncation);
  const oneHots = new Float64Array(rows * classes).fill(LOG_ZERO);
  tokens.forEach((token, row) => {
    oneHots[row * classes + token] = 0;
  });

  const seen = leadingTo(oneHots, tokens, classes, cumulative(schedule, t));
  const step = leadingTo(oneHots, tokens, classes, transition(schedule, t, s));
  const ratios = start.map((value, i) => (i % classes === codes ? LOG_ZERO : value - seen[i]));
  const sums = Float64Array.from({ length: rows }, (_, row) => logSumExp(ratios, row * classes, classes));
  const arriving = spread(
    ratios.map((value, i) => value - sums[Math.floor(i / classes)]),
    classes,
    cumulative(schedule, s),
  );
  const noisy = arriving.map((value, i) => {
    const log = Math.min(0, Math.max(-70, value + step[i] + sums[Math.floor(i / classes)]));
    return log - Math.log(-Math.log(uniform() + 1e-30) + 1e-30);
  });
  return Int32Array.from({ length: rows }, (_, row) => {
    const own = noisy.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(own.reduce((a, b) => Math.max(a, b)));
  });
}

function logSumExp(values: Float64Array, offset: number, count: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) max = Math.max(max, values[offset + k]);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += Math.exp(values[offset + k] - max);
  return max + Math.log(sum);
}

function logSoftmax(values: Float32Array | Float64Array, codes: number): Float64Array {
  const out = Float64Array.from(values);
  for (let at = 0; at < out.length; at += codes) {
    const sum = logSumExp(out, at, codes);
    for (let k = 0; k < codes; k++) out[at + k] = Math.min(0, Math.max(-70, out[at + k] - sum));
  }
  return out;
}

function withMask(values: Float64Array, codes: number): Float64Array {
  const rows = values.length / codes;
  const out = new Float64Array(rows * (codes + 1)).fill(-70);
  for (let row = 0; row < rows; row++)
    out.set(values.subarray(row * codes, (row + 1) * codes), row * (codes + 1));
  return out;
}

/** Sorts every row, sums up, and floors what comes after the mass r. */
function truncateSorted(values: Float64Array, classes: number, r: number): Float64Array {
  const out = values.slice();
  for (let at = 0; at < out.length; at += classes) {
    const order = Array.from({ length: classes }, (_, k) => k).sort((a, b) => out[at + b] - out[at + a]);
    let before = 0;
    for (const k of order) {
      const mass = Math.exp(out[at + k]);
      if (before >= r) out[at + k] = -70;
      before += mass;
    }
  }
  return out;
}

/** log q(token | class), for every class: a code's chance to become MASK does not depend on the code. */
function leadingTo(
  oneHots: Float64Array,
  tokens: Int32Array,
  classes: number,
  transition: Transition,
): Float64Array {
  const toMask = Math.log(transition.gamma);
  return spread(oneHots, classes, transition).map((value, i) => {
    const masked = tokens[Math.floor(i / classes)] === classes - 1;
    if (i % classes === classes - 1) return masked ? 0 : LOG_ZERO;
    return masked ? toMask : value;
  });
}

/** log of a transition applied to a distribution of logs: log(e^x alpha + beta), and gamma for MASK. */
function spread(values: Float64Array, classes: number, { alpha, beta, gamma }: Transition): Float64Array {
  const [logAlpha, logBeta, logGamma, logRest] = [alpha, beta, gamma, 1 - gamma].map((p) =>
    Math.log(p + 1e-30),
  );
  return values.map((value, i) =>
    i % classes === classes - 1 ? logAddExp(value + logRest, logGamma) : logAddExp(value + logAlpha, logBeta),
  );
}

function logAddExp(a: number, b: number): number {
  const max = Math.max(a, b);
  return max + Math.log(Math.exp(a - max) + Math.exp(b - max));
}
