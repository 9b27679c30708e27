import { expect, it } from 'vitest';
import { inPageWords } from '../../src/worker/importWords.ts';

it('calls files by their names and options by their fields', () => {
  const names = { diffusion: 'clipvq.pt', vqgan: 'vq.ckpt' };
  expect(
    inPageWords('The file given as --diffusion has NaN or infinite weights, 1 tensor:\n  a', names),
  ).toBe('“clipvq.pt” has NaN or infinite weights, 1 tensor:\n  a');
  expect(
    inPageWords(
      'The file given as --vqgan has weights beyond float16’s range, so convert it with --dtype fp32: x',
      names,
    ),
  ).toBe('“vq.ckpt” has weights beyond float16’s range, so convert it in full precision: x');
  expect(
    inPageWords(
      'log_cumprod_at at timestep 3 is -1, and --alpha-bar 0.9,0.1 gives -2; if it is linear, pass --alpha-bar 0.8,0.2.',
      names,
    ),
  ).toMatch(/if it is linear, use npm run convert with --alpha-bar 0\.8,0\.2\.$/);
  expect(inPageWords('Not here: convert it without --weights plain.', names)).toBe(
    'Not here: choose averaged weights.',
  );
  expect(inPageWords('The disk is full.', names)).toBe('The disk is full.');
});
