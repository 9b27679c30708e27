// Inputs of which the authors' numbers say nothing: the pack in single precision answers for them, and the others are held
// against it. One input says little of rounded weights; the worst of these is what docs/weights.md gives.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { PackManifest } from '../../src/pack/manifest.ts';
import { maxAbsDifference } from '../support/compare.ts';
import { meanDivergence } from './divergence.ts';
import { seededValues } from './seededWeights.ts';

export interface Input {
  readonly timestep: number;
  /** As many of them MASK as on the way at that timestep. [positions] */
  readonly tokens: Int32Array;
}

/** Logits of some inputs, each under the condition of its place. [inputs, positions, K] */
export type Evaluate = (inputs: readonly Input[]) => Promise<Float32Array>;

export interface Worst {
  /** Largest difference of a logit. */
  readonly logits: number;
  /** Mean KL of p(x_0) over positions, of the input where it is largest. nats */
  readonly divergence: number;
}

/** One for each condition, at timesteps of their own. */
const ROUNDS = 3;

/** @returns rounds of one input for each condition */
export function heldOutInputs(
  { grid, codebookSize, timesteps }: PackManifest,
  conditions: number,
): Input[][] {
  const positions = grid.rows * grid.columns;
  const count = ROUNDS * conditions;
  const inputs = Array.from({ length: count }, (_, i): Input => {
    const timestep = Math.floor(((count - i - 0.5) * timesteps) / count);
    const masked = seededValues(`mask/held-out/${i}`, positions);
    const codes = seededValues(`tokens/held-out/${i}`, positions, (u) => Math.floor(codebookSize * u));
    const share = (timestep + 1) / timesteps;
    return {
      timestep,
      tokens: Int32Array.from(codes, (code, l) => (masked[l] < share ? codebookSize : code)),
    };
  });
  return Array.from({ length: ROUNDS }, (_, round) =>
    inputs.slice(round * conditions, (round + 1) * conditions),
  );
}

/**
 * Holds a pack against the one whose answers are in a file, and leaves them there where it is the first.
 * @returns null for the first
 */
export async function worstOfHeldOut(
  evaluate: Evaluate,
  manifest: PackManifest,
  conditions: number,
  path: string,
): Promise<Worst | null> {
  const { grid, codebookSize } = manifest;
  const answers: Float32Array[] = [];
  for (const inputs of heldOutInputs(manifest, conditions)) answers.push(await evaluate(inputs));
  if (!existsSync(path)) {
    const bytes = answers.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength));
    writeFileSync(path, Buffer.concat(bytes));
    return null;
  }
  const reference = new Float32Array(new Uint8Array(readFileSync(path)).buffer);
  const size = grid.rows * grid.columns * codebookSize;
  let [logits, divergence, at] = [0, 0, 0];
  for (const answer of answers) {
    for (let begin = 0; begin < answer.length; begin += size, at += size) {
      const expected = reference.subarray(at, at + size);
      const found = answer.subarray(begin, begin + size);
      logits = Math.max(logits, maxAbsDifference(found, expected));
      divergence = Math.max(divergence, meanDivergence(expected, found, codebookSize));
    }
  }
  return { logits, divergence };
}
