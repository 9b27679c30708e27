// pack.json by the thousand; see test/support/fuzz.ts for more of them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createSchedule, transition } from '../../src/diffusion/schedule.ts';
import { parseManifest } from '../../src/pack/manifest.ts';
import { type Dice, fuzz, mutated } from '../support/fuzz.ts';

const whole: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('../../public/models/portraits/pack.json', import.meta.url), 'utf8'),
);

/** Of one of the schedule's lines. */
const ends = (dice: Dice) => [dice.share(), dice.share()];

test('a pack.json is refused in a sentence, or is one that can be used', async () => {
  const { taken } = await fuzz((dice) => {
    const schedule = { type: 'alpha1', alphaBar: ends(dice), gammaBar: ends(dice) };
    const manifest = parseManifest(dice.below(4) ? mutated(whole, dice) : { ...whole, schedule });
    expect(JSON.stringify(parseManifest(JSON.parse(JSON.stringify(manifest))))).toBe(
      JSON.stringify(manifest),
    );
    const { timesteps, codebookSize } = manifest;
    const steps = createSchedule(timesteps, codebookSize, manifest.schedule);
    for (let t = 0; t < timesteps; t += Math.ceil(timesteps / 10)) {
      const { alpha, beta, gamma } = transition(steps, t, t - 1);
      expect(Math.min(alpha, beta, gamma)).toBeGreaterThanOrEqual(-1e-15);
    }
  });
  // Some changes do no harm, so both kinds are among them.
  expect(taken).toBeGreaterThan(10);
});
