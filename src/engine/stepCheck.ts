// Drivers do compute wrongly without an error. One evaluation of the denoiser is held against what the converter wrote down
// for it: the input is made of hashes, so that pack.json holds nothing but some of the answer.
import { seededNoise } from '../diffusion/random.ts';
import { createSchedule } from '../diffusion/schedule.ts';
import { UserError } from '../errors.ts';
import { decodeFloats } from '../pack/base64Floats.ts';
import { CHECKED_LOGITS, type PackCheck, type PackManifest } from '../pack/manifest.ts';
import type { Arithmetic, Condition, ImageTokens, Logits } from '../types.ts';
import type { Denoiser } from './denoiser.ts';

/** As of a run with guidance: what a step of one candidate is, and what opening has to compile anyway. */
const GUIDANCE = 2;

/** Which hash is for what: the timestep's place in the noise. */
const [OF_MASK, OF_TOKEN, OF_CONDITION, OF_PLACE] = [0, 1, 2, 3];

export interface CheckInput {
  /** Some of them MASK, as many as the schedule has at that timestep. [positions] */
  readonly tokens: ImageTokens;
  readonly timestep: number;
  readonly condition: Condition;
}

type Model = Pick<PackManifest, 'grid' | 'codebookSize' | 'conditionSize' | 'timesteps' | 'schedule'>;

/** What the denoiser is asked; the second branch is the null condition. */
export function checkInput(
  { seed, timestep }: Pick<PackCheck, 'seed' | 'timestep'>,
  model: Model,
): CheckInput {
  const { grid, codebookSize, conditionSize, timesteps, schedule } = model;
  const masked = createSchedule(timesteps, codebookSize, schedule).gammaBar[timestep];
  const noise = seededNoise(seed);
  const tokens = Int32Array.from({ length: grid.rows * grid.columns }, (_, position) =>
    noise(OF_MASK, position, 0) < masked
      ? codebookSize
      : Math.floor(noise(OF_TOKEN, position, 0) * codebookSize),
  );
  const vector = Float32Array.from({ length: conditionSize }, (_, d) => noise(OF_CONDITION, d, 0) - 0.5);
  const length = Math.hypot(...vector);
  return {
    tokens: tokens as ImageTokens,
    timestep,
    condition: vector.map((value) => value / length) as Condition,
  };
}

/** All logits of the check's one evaluation. [2 * positions, K] */
export async function checkLogits(
  denoiser: Denoiser,
  { tokens, timestep, condition }: CheckInput,
): Promise<Logits> {
  const predict = await denoiser.condition([condition], [null], GUIDANCE);
  return predict(tokens, timestep);
}

/** The logits that are kept of them: positions in turn, at each a code by chance. [CHECKED_LOGITS] */
export function pickLogits(logits: Logits, seed: number, codes: number): Float32Array {
  const rows = logits.length / codes;
  const noise = seededNoise(seed);
  return Float32Array.from({ length: CHECKED_LOGITS }, (_, i) => {
    const row = Math.floor((i * rows) / CHECKED_LOGITS);
    return logits[row * codes + Math.floor(noise(OF_PLACE, i, 0) * codes)];
  });
}

/** Root mean square. */
export function spreadOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum / values.length);
}

/**
 * How far an answer is from the expected one, in parts of its spread: by the logits that were kept, and by the spread of
 * all, as a fault may lie between those. Not a number where any logit is none.
 */
export function checkDifference(logits: Logits, check: PackCheck, codes: number): number {
  const expected = decodeFloats(check.logits, CHECKED_LOGITS)!;
  const found = pickLogits(logits, check.seed, codes);
  const apart = spreadOf(found.map((value, i) => value - expected[i]));
  return Math.max(apart, Math.abs(spreadOf(logits) - check.spread)) / check.spread;
}

/** The device computes, and wrongly; the sentence says what is done about it. */
export class WrongStep extends UserError {
  constructor(arithmetic: Arithmetic) {
    super(
      'device',
      arithmetic === 'half'
        ? 'This GPU computed a step of the model wrongly in half precision, so it works in single precision, which takes longer.'
        : 'This GPU computed a step of the model wrongly, so pictures are made on the processor (WASM) instead; a newer browser or driver may mend that.',
    );
  }
}

/** An evaluation that was found right, for what can be held against it next. */
export interface CheckedAnswer extends CheckInput {
  /** As the device gave them. [2 * positions, K] */
  readonly logits: Logits;
  readonly guidance: number;
  readonly seed: number;
  readonly arithmetic: Arithmetic;
}

/**
 * The check's evaluation, which compiles what a step needs as well; null where the pack has none.
 * @throws {WrongStep}
 */
export async function checkedAnswer(
  denoiser: Denoiser,
  manifest: PackManifest,
  arithmetic: Arithmetic,
): Promise<CheckedAnswer | null> {
  const { check, codebookSize } = manifest;
  if (!check) return null;
  const input = checkInput(check, manifest);
  const logits = await checkLogits(denoiser, input);
  // Not "greater": what is no number is wrong as well.
  if (!(checkDifference(logits, check, codebookSize) <= check.tolerance[arithmetic]))
    throw new WrongStep(arithmetic);
  return { ...input, logits, guidance: GUIDANCE, seed: check.seed, arithmetic };
}
