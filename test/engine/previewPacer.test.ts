import { expect, it } from 'vitest';
import { previewPacer } from '../../src/engine/previewPacer.ts';

it('keeps previews near a fifth of the time, whatever they cost', async () => {
  for (const [stepCost, previewCost] of [
    [100, 1],
    [100, 160],
    [5, 400],
  ]) {
    let clock = 0;
    const pacer = previewPacer(() => clock);
    let previews = 0;
    for (let step = 0; step < 500; step++) {
      clock += stepCost;
      if (!pacer.due()) continue;
      const begun = clock;
      clock += previewCost;
      previews++;
      pacer.asked(Promise.resolve(begun), Promise.resolve(clock));
      await new Promise(setImmediate);
    }
    const share = (previews * previewCost) / clock;
    expect(previews).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.21 + previewCost / clock);
    if (previewCost < stepCost * 0.2) expect(previews).toBe(500);
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
