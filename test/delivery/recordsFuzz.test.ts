// What lies in the store of packs, and what servers answer, by the thousand; see test/support/fuzz.ts for more of them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MixedFault, PassingFault } from '../../src/delivery/faults.ts';
import { beginsLikePage, judge, validatorOf } from '../../src/delivery/judge.ts';
import { memoryStore } from '../../src/delivery/memoryStore.ts';
import { packRecord } from '../../src/delivery/packRecord.ts';
import { isRecord, readRecord, recordFolder } from '../../src/delivery/records.ts';
import { storedPacks } from '../../src/delivery/storedPacks.ts';
import { UserError } from '../../src/errors.ts';
import type { PackFile } from '../../src/pack/manifest.ts';
import { type Dice, fuzz, mutated, oddText } from '../support/fuzz.ts';
import { chanceOf, mutatedBytes } from '../support/mutations.ts';
import { checkedRefusal } from '../support/refusal.ts';

const whole: unknown = JSON.parse(
  readFileSync(new URL('../../public/models/portraits/pack.json', import.meta.url), 'utf8'),
);
const encoded = (text: string) => new TextEncoder().encode(text);

test('a record of a pack is listed as what it is, or passed over, and can be opened over', async () => {
  let shown = 0;
  await fuzz(async (dice) => {
    const store = { ...memoryStore(), lasts: 'disk' as const };
    const folder = recordFolder(dice.pick(['0123456789abcdef', '', '../x', oddText(dice, 60)]));
    const json = JSON.stringify(mutated(whole, dice, 1000)) ?? '';
    const texts = {
      address: dice.pick(['https://example.org/pack/', '', oddText(dice, 2000)]),
      used: dice.pick(['1790000000000', '', '-1', 'NaN', '1e999', oddText(dice, 100)]),
      'pack.json': json,
    };
    for (const [name, text] of Object.entries(texts)) {
      if (dice.below(12) === 0) continue;
      const bytes = encoded(text);
      await store.write(folder, name, dice.below(6) ? bytes : mutatedBytes(bytes, chanceOf(dice)));
    }
    const packs = storedPacks(async () => store);
    const [first, ...others] = await packs.list();
    expect(others).toEqual([]);
    expect(isRecord(folder)).toBe(true);
    if (!first) return;
    shown++;
    expect(first.name.length).toBeGreaterThan(0);
    expect(first.usedAt === null || first.usedAt > 0).toBe(true);
    expect(first.bytes).toBe(0);
    // It is put away by what it says it is.
    expect((await readRecord(store, folder))?.address).toBe(first.address);
    // The same pack, fetched again.
    const record = packRecord(store, first.address);
    await record.keep(whole);
    expect(await record.manifest()).toEqual(whole);
  });
  expect(shown).toBeGreaterThan(20);
});

const file: PackFile = { file: 'denoiser.onnx', bytes: 1000, sha256: '0'.repeat(64) };

/** Numbers and words where a header has numbers. */
const some = (dice: Dice) =>
  dice.pick(['0', '1', '499', '500', '999', '1000', '1001', '-1', '1e9', '9'.repeat(400), '*', '', 'x']);

test('an answer is taken only where it can be what was asked for', async () => {
  const seen = { asked: 0, whole: 0, passing: 0, mixed: 0 };
  const { refusals } = await fuzz((dice) => {
    const status = dice.pick([
      200, 200, 206, 206, 206, 206, 206, 204, 301, 304, 404, 416, 429, 500, 503, 599,
    ]);
    const headers = new Headers();
    if (dice.below(10)) {
      const of = dice.below(3) ? ['500', '999', '1000'] : [some(dice), some(dice), some(dice)];
      headers.set(
        'content-range',
        `${dice.pick(['bytes ', 'bytes ', 'bytes=', ''])}${of[0]}-${of[1]}/${of[2]}`,
      );
    }
    if (dice.below(2)) headers.set('content-type', dice.pick(['text/html', 'application/octet-stream', 'x']));
    if (dice.below(3) === 0) headers.set('retry-after', some(dice));
    if (dice.below(2)) headers.set('etag', dice.pick(['"a"', 'W/"a"', '', 'x'.repeat(dice.size(10_000))]));
    const body = [204, 304].includes(status) ? null : '';
    const response = new Response(body, { status, headers });
    validatorOf(response);
    beginsLikePage(encoded(oddText(dice, 200)));
    const span = dice.pick([
      { from: 0, to: 1000 },
      { from: 500, to: 1000 },
    ]);
    const seesHeaders = dice.below(4) > 0;
    try {
      const verdict = judge(response, span, file, seesHeaders);
      seen[verdict]++;
      if (status === 206 && seesHeaders) {
        // It said itself that it is this part, of a file of this size.
        expect(headers.get('content-range')).toMatch(new RegExp(`^bytes ${span.from}-\\d+/(1000|\\*|9+)$`));
      }
    } catch (error) {
      if (error instanceof PassingFault) {
        seen.passing++;
        expect(error.wait).toBeGreaterThanOrEqual(0);
      } else if (error instanceof MixedFault) {
        seen.mixed++;
        checkedRefusal(error.found);
      } else if (error instanceof UserError && error.code === 'pack-missing') {
        checkedRefusal(error, ['pack-missing']);
      } else throw error;
    }
  });
  for (const count of Object.values(seen)) expect(count, JSON.stringify(seen)).toBeGreaterThan(20);
  expect(refusals.size).toBeLessThan(10);
});
