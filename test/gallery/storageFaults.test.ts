import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import {
  cannotRead,
  cannotStore,
  closedAgain,
  isLost,
  noAnswer,
  storesNothing,
  whyMemory,
} from '../../src/gallery/storageFaults.ts';
import { fullDisks } from '../support/fullDisks.ts';

const dom = (name: string, message = '') => new DOMException(message, name);

describe('a full disk', () => {
  it.each(fullDisks)('is no lost database: %s', (_, error) => expect(isLost(error)).toBe(false));

  it('says how much is there, how much is missing, and what to do', () => {
    const full = dom('QuotaExceededError');
    expect(cannotStore(full, 230_000, { quota: 900_000_000, usage: 899_900_000 }).message).toBe(
      'The browser’s storage is full: 899.9 MB of 900.0 MB are used, and 130 kB more are needed. Download the picture; to keep more, delete pictures or a model, or free space on the disk.',
    );
    // What the browser tells is rounded, or made up, and says nothing of the disk.
    for (const room of [null, { quota: 5_000_000, usage: 1_234_567 }]) {
      expect(cannotStore(full, 1_230_000, room).message).toMatch(
        /full: there is no room for the 1\.2 MB of this picture\. Download/,
      );
    }
    expect(cannotStore(full, null, null).message).toBe(
      'The browser’s storage is full. To go on, delete pictures or a model, or free space on the disk.',
    );
  });
});

describe('every sentence', () => {
  const long = dom('UnknownError', `odd \u202e ${'x'.repeat(500)}`);
  it.each([
    storesNothing().message,
    noAnswer().message,
    closedAgain().message,
    whyMemory(long),
    whyMemory(dom('QuotaExceededError')),
    whyMemory(dom('VersionError')),
    cannotStore(long, 10, null).message,
    cannotStore(long, null, null).message,
    cannotStore(dom('QuotaExceededError'), 9e8, { quota: 1e12, usage: 1e12 }).message,
    cannotRead(long).message,
    cannotRead(null).message,
  ])('is short, plain and says what to do: %s', (sentence) => {
    expect(sentence.length).toBeLessThanOrEqual(300);
    expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(sentence).toMatch(/(ownload|eload|delete).*\.$/);
  });

  it('of why there is no storage tells the causes apart', () => {
    expect(whyMemory(dom('VersionError'))).toMatch(/newer version/);
    expect(whyMemory(dom('SecurityError'))).toMatch(/private windows/);
    expect(whyMemory(dom('InvalidStateError', 'A mutation operation was attempted'))).toMatch(
      /private windows/,
    );
    expect(whyMemory(dom('QuotaExceededError'))).toMatch(/full/);
    expect(whyMemory(dom('UnknownError', 'Internal error.'))).toMatch(/“Internal error\.”/);
    expect(whyMemory(new UserError('storage', 'As it was.'))).toBe('As it was.');
  });
});
