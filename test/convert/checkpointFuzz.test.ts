// Checkpoints by the thousand, by the structure of each form; see test/support/fuzz.ts for more of them.
import { expect, test } from 'vitest';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { unpickle } from '../../src/convert/pickle.ts';
import { bytesSource } from '../../src/convert/source.ts';
import { fuzz } from '../support/fuzz.ts';
import { hostileFiles } from '../support/hostileFiles.ts';

/** What a page does with a file: names its tensors, and reads some. */
async function openAndRead(file: Uint8Array): Promise<void> {
  const { tensors } = await openCheckpoint(bytesSource(file));
  for (const tensor of [...tensors.values()].slice(0, 3)) await tensor.float32();
}

const forms = {
  pickle: (file: Uint8Array) => unpickle(file),
  legacy: openAndRead,
  zip: openAndRead,
} as const;

test.each(['pickle', 'legacy', 'zip'] as const)('%s: a model, or a sentence', async (form) => {
  const { taken, refusals } = await fuzz((dice) => forms[form](hostileFiles(dice.share)[form]()));
  // They get far enough to be told apart: neither all refused alike nor all read.
  expect(taken).toBeGreaterThan(5);
  expect(refusals.size).toBeGreaterThan(25);
});
