// What the benchmark measures by must do the same work: the same tokens from the same noise.
import { expect, it } from 'vitest';
import { denseStep } from '../../src/cli/bench/dense.ts';
import { denoise } from '../../src/diffusion/denoise.ts';
import { seededNoise } from '../../src/diffusion/random.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import type { ImageTokens, Logits } from '../../src/types.ts';
import { mulberry32 } from '../support/mulberry32.ts';

it('the dense formulation draws the tokens of src/diffusion', async () => {
  const [codes, rows] = [30, 200];
  const schedule = createSchedule(100, codes, {
    alphaBar: [0.99999, 0.000009],
    gammaBar: [0.000009, 0.99999],
  });
  const draw = mulberry32(5);
  const logits = Float32Array.from({ length: 2 * rows * codes }, () => 8 * (draw() - 0.5)) as Logits;
  const start = Int32Array.from({ length: rows }, () =>
    draw() < 0.6 ? codes : Math.floor(draw() * codes),
  ) as ImageTokens;
  const noise = seededNoise(9);
  const jump = { timestep: 50, from: 50, to: 40 };
  const truncation = { kind: 'topR', r: 0.85 } as const;
  const predict = async () => logits;
  const options = { schedule, jumps: [jump], guidance: 1.15, truncation, noise: [noise], start, predict };
  const { tokens } = (await denoise(options).next()).value!;

  let place = 0;
  const inOrder = () => {
    const [position, klass] = [Math.floor(place / (codes + 1)), place % (codes + 1)];
    place++;
    return noise(50, position, klass);
  };
  const step = { schedule, t: 50, s: 40, guidance: 1.15, truncation: 0.85 };
  expect([...denseStep(step, logits, start, inOrder)]).toEqual([...tokens]);
  expect(tokens.filter((token) => token === codes).length).toBeGreaterThan(20);
});
