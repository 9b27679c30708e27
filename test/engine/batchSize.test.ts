import { expect, it } from 'vitest';
import { batchInMemory, batchOnGpu, bytesPerCandidate } from '../../src/engine/batchSize.ts';
import { microManifest } from '../support/page.ts';

const ffhq = { ...microManifest, grid: { rows: 16, columns: 16 }, codebookSize: 4096 };
const limits = { maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 };

it('without a GPU, the logits of both branches stay below 64 MB', () => {
  expect(batchInMemory(ffhq).candidates).toBe(8);
  expect(batchInMemory({ ...ffhq, codebookSize: 2 ** 20 }).candidates).toBe(1);
});

it('on a GPU, the largest array of the denoiser fits into one binding', () => {
  // Width 512: a convolution in Winograd's form takes 16 numbers a channel, 8.4 MB a row.
  const bytes = bytesPerCandidate(ffhq, 1024);
  expect(bytes).toBe(2 * 4 * 256 * 16 * 512);
  const { candidates, why } = batchOnGpu(limits, bytes, 20);
  expect(candidates).toBe(8);
  expect(why).toBe('their largest array stays below 128 MB; one took 20 ms a step when the model was opened');
});

it('and a slow one takes fewer, but never none', () => {
  const choice = batchOnGpu(limits, 2 ** 20, 300);
  expect(choice).toEqual({
    candidates: 3,
    why: 'a step stays near a second: one took 300 ms a step when the model was opened',
  });
  expect(batchOnGpu(limits, 2 ** 30, 5000).candidates).toBe(1);
});
