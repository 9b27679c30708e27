import { expect, it } from 'vitest';
import { previewPacer } from '../../src/engine/previewPacer.ts';

it('keeps previews near a fifth of the time, whatever they cost', async () => {
  for (const [stepCost, previewCost] of [
    [100, 1],
    [100, 160],
    [5, 400],
  ]) {
    // As old as a page that was open for a while: only the time since the pacer began counts.
    let clock = 1e6;
    const pacer = previewPacer(() => clock);
    const elapsed = () => clock - 1e6;
    let previews = 0;
    for (let step = 0; step < 500; step++) {
      clock += stepCost;
      if (!pacer.due()) continue;
      const begun = clock;
      clock += previewCost;
      previews++;
      pacer.asked(Promise.resolve(begun), Promise.resolve(clock));
      await new Promise(setImmediate);
      // The first is for free, as nothing is known of its cost; each other one keeps within the share.
      if (previews > 1) expect((previews * previewCost) / elapsed()).toBeLessThanOrEqual(0.2);
    }
    const affordable = Math.min(500, (0.2 * elapsed()) / previewCost);
    expect(previews).toBeLessThanOrEqual(affordable);
    // One less, and what is saved up for the next.
    expect(previews).toBeGreaterThan(affordable - 2);
  }
});

it('asks for no preview while one is under way, and counts only what the device spent on it', async () => {
  let clock = 0;
  const pacer = previewPacer(() => clock);
  expect(pacer.due()).toBe(true);
  let finish = (_moment: number) => {};
  const done = new Promise<number>((resolve) => {
    finish = resolve;
  });
  // Asked for at 0, but a step that was in the queue before it took until 1000.
  pacer.asked(Promise.resolve(1000), done);
  clock = 10_000;
  expect(pacer.due()).toBe(false);
  finish(1010);
  await new Promise(setImmediate);
  expect(pacer.due()).toBe(true);
});

it('asks for none any more when the device is lost', async () => {
  let clock = 0;
  const pacer = previewPacer(() => clock);
  pacer.asked(Promise.resolve(0), Promise.reject(new Error('lost')));
  await new Promise(setImmediate);
  clock = 10_000;
  expect(pacer.due()).toBe(false);
});
