// A short guided run in single precision, and how far a pack of the same weights in fewer bits strays from it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { allMasked, denoise } from '../../src/diffusion/denoise.ts';
import { createDistribution } from '../../src/diffusion/distribution.ts';
import { guide } from '../../src/diffusion/guidance.ts';
import { seededNoise } from '../../src/diffusion/random.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { createStart } from '../../src/diffusion/start.ts';
import { planJumps } from '../../src/diffusion/timesteps.ts';
import type { PackManifest } from '../../src/pack/manifest.ts';
import type { ImageTokens, Logits } from '../../src/types.ts';
import { dense } from '../support/dense.ts';
import type { Run } from './nativeGraphs.ts';

/** Logits under the prompt, then under the null condition. [2 * positions, K] */
export type Predict = (tokens: ImageTokens, timestep: number) => Promise<Logits>;

interface Point {
  readonly timestep: number;
  readonly tokens: ImageTokens;
  readonly logits: Logits;
}

/** Where the run is before each step, and the tokens it ends with. */
export interface Trajectory {
  readonly points: readonly Point[];
  readonly end: ImageTokens;
}

export interface Straying {
  /** Mean KL of the guided start distribution from that in single precision, on its tokens; nats a position. */
  readonly divergence: number;
  /** Tokens that end up otherwise when each goes its own way, with the same noise. */
  readonly changed: number;
}

export const STEPS = 5;
const GUIDANCE = 1.15;

/** The denoiser of one candidate. modulation: the prompt's, then the null condition's. [2, layers, 2 * width] */
export function guidedPair(run: Run, modulation: Float32Array, { layers }: PackManifest): Predict {
  return async (tokens, timestep) =>
    (await run({
      tokens: new ort.Tensor('int32', Int32Array.from([...tokens, ...tokens]), [2, tokens.length]),
      timestep: new ort.Tensor('int32', Int32Array.of(timestep, timestep), [2]),
      modulation: new ort.Tensor('float32', modulation, [2, layers, modulation.length / (2 * layers)]),
    })) as Logits;
}

/** float32, as stored. [D] */
export function nullCondition({ emptyTextEmbedding }: PackManifest): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(emptyTextEmbedding, 'base64')).buffer);
}

export async function follow(predict: Predict, manifest: PackManifest): Promise<Trajectory> {
  const { timesteps, codebookSize, grid } = manifest;
  const schedule = createSchedule(timesteps, codebookSize, manifest.schedule);
  const points: Point[] = [];
  let end = allMasked(schedule, 1, grid.rows * grid.columns);
  const steps = denoise({
    schedule,
    jumps: planJumps('exact', timesteps, STEPS),
    guidance: GUIDANCE,
    truncation: { kind: 'topR', r: 0.85 },
    noise: [seededNoise(1)],
    start: end,
    predict: async (tokens, timestep) => {
      const logits = await predict(tokens, timestep);
      // denoise() writes the next tokens into the same array.
      points.push({ timestep, tokens: tokens.slice() as ImageTokens, logits });
      return logits;
    },
  });
  for await (const { tokens } of steps) end = tokens;
  return { points, end: end.slice() as ImageTokens };
}

export async function straying(
  predict: Predict,
  manifest: PackManifest,
  reference: Trajectory,
): Promise<Straying> {
  const { codebookSize } = manifest;
  let divergence = 0;
  for (const { tokens, timestep, logits } of reference.points) {
    divergence += meanDivergence(logits, await predict(tokens, timestep), codebookSize);
  }
  const { end } = await follow(predict, manifest);
  return {
    divergence: divergence / reference.points.length,
    changed: end.filter((token, position) => token !== reference.end[position]).length,
  };
}

function meanDivergence(expected: Logits, found: Logits, codes: number): number {
  const positions = expected.length / codes / 2;
  const startOf = createStart(codes);
  const logs = new Float64Array(codes);
  const start = createDistribution(codes);
  const guided = (logits: Logits, position: number) => {
    const max = guide(logits, position * codes, (positions + position) * codes, GUIDANCE, logs);
    startOf(logs, max, { kind: 'none' }, start);
    return dense(start);
  };
  let sum = 0;
  for (let position = 0; position < positions; position++) {
    const p = guided(expected, position);
    const q = guided(found, position);
    for (let k = 0; k < codes; k++) sum += p[k] * Math.log(p[k] / q[k]);
  }
  return sum / positions;
}

/** Kept on disk between the processes that run the packs: tokens and logits of each point, then the last tokens. */
export function writeTrajectory(path: string, { points, end }: Trajectory): void {
  const words = points.flatMap(({ timestep, tokens, logits }) => [Int32Array.of(timestep), tokens, logits]);
  writeFileSync(path, Buffer.concat([...words, end].map(bytesOf)));
}

/** Null where there is none. */
export function readTrajectory(path: string, { grid, codebookSize }: PackManifest): Trajectory | null {
  if (!existsSync(path)) return null;
  const { buffer, byteOffset } = readFileSync(path);
  const positions = grid.rows * grid.columns;
  let at = byteOffset;
  const integers = (count: number) => {
    const values = new Int32Array(buffer.slice(at, at + 4 * count));
    at += 4 * count;
    return values;
  };
  const points = Array.from({ length: STEPS }, (): Point => {
    const [timestep] = integers(1);
    const tokens = integers(positions) as ImageTokens;
    const logits = new Float32Array(integers(2 * positions * codebookSize).buffer) as Logits;
    return { timestep, tokens, logits };
  });
  return { points, end: integers(positions) as ImageTokens };
}

const bytesOf = (values: ArrayBufferView) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
