// Files made to freeze or fill a tab: each gives a model or a sentence, within the budget.
// checkpointFuzz.test.ts makes more of them.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { bytesSource } from '../../src/convert/source.ts';
import { makeLegacy } from '../support/legacyWriter.ts';
import { bytes, dict, global, list, none, pickle, storage, str, tensor } from '../support/pickleWriter.ts';
import { refusal, refusalOf } from '../support/refusal.ts';
import { makeCheckpoint } from '../support/zipWriter.ts';

/** Of processor time: 400 ms are the most that was measured, for a budget that is spent. */
const longest = 2000;

const open = (file: Uint8Array) => openCheckpoint(bytesSource(file));

/** Milliseconds of processor time, the refusal beside it. */
async function timed(work: () => unknown): Promise<{ ms: number; refusal: string | undefined }> {
  const before = process.cpuUsage();
  const refusal = await refusalOf(work);
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, refusal };
}

describe('files that froze the page', () => {
  const caseFile = (name: string) => readFileSync(new URL(`cases/${name}`, import.meta.url));

  test.each([
    ['a key that is a list of lists of lists, each twice', 'legacykey-40.pt'],
    ['a key 20,000 deep', 'legacydeep-20000.pt'],
  ])('%s', async (_, name) => {
    const { ms, refusal } = await timed(() => open(caseFile(name)));
    expect(refusal).toMatch('a list stands among the names of its storages');
    expect(ms).toBeLessThan(longest);
  });

  test('one list of pairs, made a dict again and again', async () => {
    const pairs = list(...Array.from({ length: 10_000 }, () => bytes('K', 1, 'N', 0x86)));
    const again = bytes(global('collections', 'OrderedDict'), 'h', 0, 0x85, 'R0');
    const file = makeCheckpoint(pickle(pairs, bytes('q', 0), ...Array<Uint8Array>(5000).fill(again)));
    const { ms, refusal } = await timed(() => open(file));
    expect(refusal).toMatch('take more memory or work to read than any model');
    expect(ms).toBeLessThan(longest);
  });

  test('a storage listed over and over', async () => {
    const file = makeLegacy(dict([['w', tensor(storage('float32', '0', 0), { shape: [0] })]]));
    const none = pickle(list());
    const keys = pickle(list(...Array<Uint8Array>(5).fill(str('0'))));
    const again = bytes(file.subarray(0, file.length - none.length), keys, new Uint8Array(64));
    expect(await refusal(() => open(again))).toMatch('storage “0” is listed twice');
  });

  test('a name of a megabyte in every place where one is shown', async () => {
    const long = str('\u202e'.repeat(400_000));
    for (const root of [
      dict([[long, none]]),
      dict([[str('w'), bytes(global('torch._utils', '_rebuild_tensor_v2'), '(', long, 'tR')]]),
      bytes('(', str('storage'), global('torch', 'FloatStorage'), long, long, long, 'tQ'),
      bytes(long, long, 0x93),
    ]) {
      const { ms, refusal } = await timed(() => open(makeCheckpoint(pickle(root))));
      expect(refusal).toBeDefined();
      expect(ms).toBeLessThan(longest);
    }
  });
});
