import { expect, it } from 'vitest';
import { previewPacer } from '../../src/engine/previewPacer.ts';

it('keeps previews near a fifth of the time, whatever they cost', () => {
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
      clock += previewCost;
      previews++;
      pacer.shown();
    }
    const share = (previews * previewCost) / clock;
    expect(previews).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.21 + previewCost / clock);
    if (previewCost < stepCost * 0.2) expect(previews).toBe(500);
  }
});
