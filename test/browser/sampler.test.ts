// The WGSL sampler against src/diffusion: the same token from the same logits, row by row, whatever the logits are.
import { beforeAll, describe, expect, it } from 'vitest';
import { denoise } from '../../src/diffusion/denoise.ts';
import { needsGuidance } from '../../src/diffusion/guidance.ts';
import { posteriorStep } from '../../src/diffusion/posterior.ts';
import { seededNoise } from '../../src/diffusion/random.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { planJumps } from '../../src/diffusion/timesteps.ts';
import { createSampler, type Sampler } from '../../src/engine/gpu/sampler.ts';
import type { GpuTensor } from '../../src/engine/session.ts';
import type { ImageTokens, Logits, Truncation } from '../../src/types.ts';
import { mulberry32 } from '../support/mulberry32.ts';

const CANDIDATES = 2;
/** More rows of the same kinds: 60 are 201,600 positions, which takes minutes on a software adapter (VITE_SAMPLER_ROUNDS=60). */
const rounds = Number(import.meta.env.VITE_SAMPLER_ROUNDS ?? 1);

let device: GPUDevice;
const samplers = new Map<number, Sampler>();
beforeAll(async () => {
  const adapter = await navigator.gpu.requestAdapter();
  device = await adapter!.requestDevice();
});

interface Rows {
  readonly codes: number;
  readonly positions: number;
  readonly fill: (draw: () => number) => number;
  readonly guidance: number;
  readonly truncation: Truncation;
  /** Which jump of how many. */
  readonly jump: readonly [index: number, steps: number];
  /** Share of the positions that are MASK. */
  readonly masked: number;
}

function tensor(type: GpuTensor['type'], values: Float32Array | Int32Array, dims: number[]): GpuTensor {
  const buffer = device.createBuffer({
    size: values.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  return { type, buffer, dims };
}

/** Random logits, tokens and seeds. */
function inputs(rows: Rows, draw: () => number) {
  const { codes, positions, guidance } = rows;
  const count = CANDIDATES * positions;
  const branches = needsGuidance(guidance) ? 2 : 1;
  const [index, steps] = rows.jump;
  return {
    ...rows,
    branches,
    count,
    schedule: createSchedule(100, codes, { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] }),
    jump: planJumps('exact', 100, steps)[index],
    logits: Float32Array.from({ length: branches * count * codes }, () => rows.fill(draw)) as Logits,
    start: Int32Array.from({ length: count }, () =>
      draw() < rows.masked ? codes : Math.floor(draw() * codes),
    ) as ImageTokens,
    seeds: Array.from({ length: CANDIDATES }, () => Math.floor(draw() * 2 ** 32)),
  };
}
type Inputs = ReturnType<typeof inputs>;

/** One step in TypeScript. */
async function inTypeScript({ schedule, jump, guidance, truncation, start, logits, seeds }: Inputs) {
  const noise = seeds.map(seededNoise);
  const predict = async () => logits;
  const steps = denoise({ schedule, jumps: [jump], guidance, truncation, start, noise, predict });
  const { tokens, guess } = (await steps.next()).value!;
  return { tokens: [...tokens], guess: [...guess] };
}

/** The same in WGSL; `copy` is what the denoiser will see of the other branch. */
async function inWgsl(rows: Inputs) {
  const { codes, positions, branches, count, schedule, jump, guidance, truncation, start } = rows;
  const sampler = samplers.get(codes) ?? (await createSampler(device, codes));
  samplers.set(codes, sampler);
  const twice = Int32Array.from({ length: branches * count }, (_, i) => start[i % count]);
  const batch = {
    logits: tensor('float32', rows.logits, [CANDIDATES * branches, positions, codes]),
    tokens: tensor('int32', twice, [CANDIDATES * branches, positions]),
    guess: tensor('int32', start, [CANDIDATES, positions]),
  };
  const bound = sampler.bind({ ...batch, seeds: rows.seeds });
  const size = 4 * (branches + 1) * count;
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.createCommandEncoder();
  const step = posteriorStep(schedule, jump.from, jump.to);
  bound.step(encoder, { codebookSize: codes, chance: jump.timestep, guidance, truncation, step });
  encoder.copyBufferToBuffer(batch.tokens.buffer, 0, staging, 0, 4 * branches * count);
  encoder.copyBufferToBuffer(batch.guess.buffer, 0, staging, 4 * branches * count, 4 * count);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const all = new Int32Array(staging.getMappedRange().slice(0));
  for (const { buffer } of Object.values(batch)) buffer.destroy();
  staging.destroy();
  bound.dispose();
  const part = (i: number) => [...all.subarray(i * count, (i + 1) * count)];
  return { tokens: part(0), guess: part(branches), copy: part(branches - 1) };
}

async function expectTheSame(rows: Rows, draw: () => number): Promise<void> {
  const given = inputs(rows, draw);
  const expected = await inTypeScript(given);
  expect(await inWgsl(given), JSON.stringify(rows)).toEqual({ ...expected, copy: expected.tokens });
}

/** Roughly normal. */
const normal = (draw: () => number) => draw() + draw() + draw() + draw() - 2;
const kinds: Readonly<Record<string, Rows['fill']>> = {
  usual: (draw) => 4 * normal(draw),
  flat: (draw) => 0.1 * normal(draw),
  peaked: (draw) => 20 * normal(draw),
  extreme: (draw) => 2e4 * (draw() - 0.5),
  'full of ties': (draw) => Math.floor(4 * draw()),
  'one third -infinity': (draw) => (draw() < 1 / 3 ? Number.NEGATIVE_INFINITY : 6 * normal(draw)),
};
const truncations: readonly Truncation[] = [
  { kind: 'none' },
  { kind: 'topR', r: 0 },
  { kind: 'topR', r: 0.3 },
  { kind: 'topR', r: 0.85 },
  { kind: 'topR', r: 1 },
  { kind: 'topK', k: 1 },
  { kind: 'topK', k: 3 },
];
const jumps = [
  [0, 100],
  [50, 100],
  [99, 100],
  [4, 10],
  [9, 10],
  [0, 1],
] as const;

describe('the WGSL sampler draws the reference’s tokens', () => {
  const timeout = 600_000 + 30_000 * rounds;
  it.each(Object.keys(kinds))('from logits that are %s', { timeout }, async (kind) => {
    const draw = mulberry32(31);
    for (let i = 0; i < rounds * truncations.length; i++) {
      const rows = {
        codes: [12, 40, 300][i % 3],
        positions: 40,
        fill: kinds[kind],
        guidance: [1.15, 1, 3, 0, 7.5][i % 5],
        truncation: truncations[i % truncations.length],
        jump: jumps[i % jumps.length],
        masked: 0.6,
      };
      await expectTheSame(rows, draw);
    }
  });

  const usual = {
    fill: kinds.usual,
    guidance: 1.15,
    truncation: truncations[3],
    masked: 0.7,
    jump: jumps[1],
  };

  it.each([5, 2048, 4096, 16384])('from %i codes', async (codes) => {
    const rows = { ...usual, codes, positions: codes > 4096 ? 8 : 24 };
    await expectTheSame(rows, mulberry32(codes));
    await expectTheSame({ ...rows, truncation: { kind: 'topK', k: 4 } }, mulberry32(codes));
  });

  it('from a thousand positions', async () => {
    await expectTheSame({ ...usual, codes: 17, positions: 1024 }, mulberry32(8));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('or says where a logit is %d', async (wrong) => {
    const given = inputs({ ...usual, codes: 40, positions: 20 }, mulberry32(1));
    // In the conditional branch of the first candidate, and in the other one of the last.
    for (const row of [3, 2 * CANDIDATES * 20 - 1]) given.logits[row * 40 + 7] = wrong;
    await expect(inTypeScript(given)).rejects.toThrow('no numbers');
    const { tokens } = await inWgsl(given);
    expect(tokens.flatMap((token, row) => (token === -1 ? row : []))).toEqual([3, CANDIDATES * 20 - 1]);
  });
});
