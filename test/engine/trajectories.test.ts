// Prompts to pictures as the authors' own code went, token by token: the same weights, the same noise. Limits of
// differences are twice what was measured.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allMasked, denoise } from '../../src/diffusion/denoise.ts';
import { createDistribution } from '../../src/diffusion/distribution.ts';
import { LOG_FLOOR } from '../../src/diffusion/exp.ts';
import { noiseTokens } from '../../src/diffusion/forward.ts';
import { guide } from '../../src/diffusion/guidance.ts';
import { posterior, posteriorStep } from '../../src/diffusion/posterior.ts';
import { cosine, rank } from '../../src/diffusion/rank.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { createStart } from '../../src/diffusion/start.ts';
import { authorsFastJumps, type Jump, planJumps, stridedJumps } from '../../src/diffusion/timesteps.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Condition, ImageTokens, Pixels, PromptIds } from '../../src/types.ts';
import { classesLast, maxAbsDifference } from '../support/compare.ts';
import { dense } from '../support/dense.ts';
import { goldenNoise, streamNoise } from '../support/goldenNoise.ts';
import { openMicroEngine } from '../support/microEngine.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { type Golden, readGolden } from '../support/safetensors.ts';

const K = 40;
const positions = 36;
const truncation = { kind: 'topR', r: 0.85 } as const;
const schedule = createSchedule(100, K, { alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] });

let engine: Engine;
beforeAll(async () => {
  engine = await openMicroEngine();
});
afterAll(() => engine?.dispose());

function conditions(golden: Golden): Condition[] {
  const data = golden.tensor('cond').data as Float32Array;
  const size = data.length / 2;
  return [data.slice(0, size), data.slice(size)] as Condition[];
}

interface Run {
  readonly jumps: readonly Jump[];
  readonly guidance: number;
  readonly noise: ReturnType<typeof goldenNoise>;
  readonly start?: ImageTokens;
}

/** x after every step. */
async function trajectory(
  of: readonly Condition[],
  { jumps, guidance, noise, start }: Run,
): Promise<ImageTokens[]> {
  const predict = await engine.denoiser.condition(of, Array(of.length).fill(null), guidance);
  const from = start ?? allMasked(schedule, of.length, positions);
  const tokens: ImageTokens[] = [];
  for await (const step of denoise({ schedule, jumps, guidance, truncation, noise, start: from, predict })) {
    tokens.push(step.tokens.slice() as ImageTokens);
  }
  return tokens;
}

function expectEveryToken(actual: readonly ImageTokens[], golden: Golden): void {
  const [steps, candidates] = golden.tensor('tokens_after_step').shape;
  const expected = golden.tensor('tokens_after_step').data as Uint8Array;
  expect(actual).toHaveLength(steps);
  const size = candidates * positions;
  actual.forEach((tokens, step) => {
    expect([...tokens], `step ${step}`).toEqual([...expected.subarray(step * size, (step + 1) * size)]);
  });
  expect([...(actual.at(-1) ?? [])]).toEqual([...(golden.tensor('final_tokens').data as Int32Array)]);
}

describe('every token of every step', () => {
  it.each([
    ['trajectory_g1.15_r0.85', 1.15],
    ['trajectory_g1.0_r0.85', 1],
  ])('of %s', async (name, guidance) => {
    const golden = readGolden(`sampling/${name}.safetensors`);
    const noise = goldenNoise(Number(golden.metadata.seed), 2, K + 1, positions);
    const jumps = planJumps('exact', 100, 100);
    expectEveryToken(await trajectory(conditions(golden), { jumps, guidance, noise }), golden);
  });

  it.each([1, 3])('of the authors’ sample_fast with skip %i', async (skip) => {
    const golden = readGolden(`sampling/fast_skip${skip}.safetensors`);
    const noise = goldenNoise(Number(golden.metadata.seed), 2, K + 1, positions);
    const jumps = authorsFastJumps(100, skip);
    expectEveryToken(await trajectory(conditions(golden), { jumps, guidance: 1.15, noise }), golden);
  });

  it('of a run that starts from a picture, noised half-way', async () => {
    const golden = readGolden('sampling/trajectory_filter_ratio_0.5.safetensors');
    const draw = mulberry32(Number(golden.metadata.seed));
    const noise = () => streamNoise(draw, 2, K + 1, positions);
    const source = golden.tensor('source_tokens').data as Int32Array as ImageTokens;
    const start = noiseTokens(schedule, source, 49, noise());
    expect([...start]).toEqual([...(golden.tensor('x_t_after_q_sample').data as Int32Array)]);
    const jumps = stridedJumps([...golden.tensor('timesteps').data].map(Number));
    expectEveryToken(
      await trajectory(conditions(golden), { jumps, guidance: 1.15, noise: noise(), start }),
      golden,
    );
  });
});

/** What a guided, truncated step draws from, as the authors keep it: logs, a column for MASK with both. [rows, K + 1] */
async function distributions(of: readonly Condition[], tokens: ImageTokens, timestep: number) {
  const predict = await engine.denoiser.condition(of, Array(of.length).fill(null), 1.15);
  const logits = await predict(tokens, timestep);
  const step = posteriorStep(schedule, timestep, timestep - 1);
  const logs = new Float64Array(K);
  const start = createDistribution(K);
  const next = createDistribution(K + 1);
  const startOf = createStart(K);
  const made = { start: [] as number[], next: [] as number[] };
  for (let row = 0; row < tokens.length; row++) {
    startOf(logs, guide(logits, row * K, (tokens.length + row) * K, 1.15, logs), truncation, start);
    posterior(step, start, tokens[row], next);
    made.start.push(...dense(start).map(Math.log), LOG_FLOOR);
    made.next.push(...dense(next).map(Math.log));
  }
  return made;
}

/** [candidates, K + 1, positions] as rows of K + 1 classes. */
const rowsOf = (golden: Golden, name: string) => classesLast(golden.numbers(name), golden.tensor(name).shape);

describe('what a step draws from', () => {
  const golden = readGolden('sampling/trajectory_g1.15_r0.85.safetensors');

  it.each([99, 98, 50, 1, 0])('along the trajectory, at t = %i', async (t) => {
    const size = 2 * positions;
    const after = golden.tensor('tokens_after_step').data as Uint8Array;
    const before =
      t === 99
        ? allMasked(schedule, 2, positions)
        : (Int32Array.from(after.subarray((98 - t) * size, (99 - t) * size)) as ImageTokens);
    const { start, next } = await distributions(conditions(golden), before, t);
    expect(maxAbsDifference(start, rowsOf(golden, `log_x_recon.t${t}`))).toBeLessThan(2e-5);
    expect(maxAbsDifference(next, rowsOf(golden, `model_log_prob.t${t}`))).toBeLessThan(2e-5);
  });

  it.each([99, 0])('on other tokens and conditions, at t = %i', async (t) => {
    const forward = readGolden('diffusion/forward.safetensors');
    const expected = rowsOf(readGolden('diffusion/cf_predict_start.safetensors'), `cf.g1.15.0.85r.t${t}`);
    const tokens = Int32Array.from(forward.numbers('x_t')) as ImageTokens;
    const size = engine.manifest.conditionSize;
    const cond = forward.tensor('cond').data as Float32Array;
    const of = [0, 1, 2].map((row) => cond.slice(row * size, (row + 1) * size) as Condition);
    const { start } = await distributions(of, tokens, t);
    expect(maxAbsDifference(start, expected)).toBeLessThan(2e-5);
  });

  it('is under the conditions that the prompts’ token ids become', async () => {
    const ids = golden.tensor('prompt_tokens').data as Int32Array;
    for (const [row, condition] of conditions(golden).entries()) {
      const found = await engine.encodeText(ids.slice(row * 77, (row + 1) * 77) as PromptIds);
      expect(maxAbsDifference(found, condition)).toBeLessThan(7e-7);
    }
  });
});

describe('end to end', () => {
  it('prompts become the authors’ tokens and pictures', async () => {
    const golden = readGolden('end_to_end/generate_content_2prompts_replicate1.safetensors');
    const prompts = ['a photograph of a woman with a hat', 'a photograph of Morgan Freeman'];
    const of: Condition[] = [];
    for (const prompt of prompts) of.push(await engine.encodeText(engine.tokenize(prompt).ids));
    const noise = goldenNoise(Number(golden.metadata.seed), 2, K + 1, positions);
    const tokens = await trajectory(of, { jumps: planJumps('exact', 100, 100), guidance: 1.15, noise });
    const last = tokens[99];
    expect([...last]).toEqual([...(golden.tensor('tokens').data as Int32Array)]);
    const pictures = [
      await engine.decode(last.slice(0, positions) as ImageTokens),
      await engine.decode(last.slice(positions) as ImageTokens),
    ].flatMap((pixels) => [...pixels].map((value) => value * 255));
    expect(maxAbsDifference(pictures, golden.numbers('content'))).toBeLessThan(9e-4);
  });

  it('best of N is the authors’ choice, from prompt and decoded pictures', async () => {
    const golden = readGolden('clip/tiny_vocab49408.safetensors');
    const images = golden.numbers('image_0_255');
    const embeddings: Condition[] = [];
    for (let i = 0; i < 12; i++) {
      const pixels = Float32Array.from(
        images.subarray(i * 432, (i + 1) * 432),
        (value) => value / 255,
      ) as Pixels;
      embeddings.push(await engine.encodeImage(pixels));
    }
    expect(
      maxAbsDifference(
        embeddings.flatMap((e) => [...e]),
        golden.numbers('image_embed_normalised'),
      ),
    ).toBeLessThan(7e-7);
    const ids = golden.tensor('token_ids').data as Int32Array;
    const best = golden.tensor('argmax_image_per_text').data as Int32Array;
    const expected = golden.numbers('cosine_text_x_image');
    for (let text = 0; text < 7; text++) {
      const condition = await engine.encodeText(ids.slice(text * 77, (text + 1) * 77) as never);
      const scores = embeddings.map((embedding) => cosine(embedding, condition));
      expect(maxAbsDifference(scores, expected.subarray(text * 12, (text + 1) * 12))).toBeLessThan(9e-7);
      expect(rank(scores)[0]).toBe(best[text]);
    }
  });
});
