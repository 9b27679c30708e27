// One table for gallery and models: each browser's words for a full disk are known wherever something is stored.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../src/errors.ts';
import { isFull } from '../src/fullDisk.ts';
import { whyMemory } from '../src/gallery/storageFaults.ts';
import { writeNewPack } from '../src/library/newPack.ts';
import { asUserError } from '../src/store/userError.ts';
import { fullDisks } from './support/fullDisks.ts';

declare global {
  /** Of workers: the types of a page lack it. */
  interface FileSystemFileHandle {
    createSyncAccessHandle(): Promise<{
      write(bytes: Uint8Array, options: { readonly at: number }): number;
      flush(): void;
      close(): void;
    }>;
  }
}

afterEach(() => void vi.unstubAllGlobals());

describe.each(fullDisks)('%s', (_, error) => {
  it('is a full disk, to the gallery and to the page', () => {
    expect(isFull(error)).toBe(true);
    expect(whyMemory(error)).toMatch(/^The browser’s storage is full: /);
    expect(asUserError(error)).toMatchObject({
      code: 'storage',
      message: 'The browser’s storage is full: delete a model, or free space on the disk, and try again.',
    });
  });

  it('ends the writing of a model, and what was written goes', async () => {
    const folders = emptyStorage();
    await expect(writeNewPack('Faces', () => Promise.reject(error))).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/^The browser’s storage is full: delete a model/),
    });
    expect([...folders]).toEqual([]);
  });
});

it.each<[string, unknown]>([
  ['a closed database', new DOMException('The database connection is closing.', 'InvalidStateError')],
  ['an aborted transaction', new DOMException('', 'AbortError')],
  ['a damaged database', new DOMException('Internal error.', 'UnknownError')],
  ['a bug', new TypeError('x is not a function')],
  ['no error', undefined],
  ['a sentence of ours that quotes a file', new UserError('checkpoint', 'Tensor “quota” is damaged.')],
])('%s is no full disk', async (_, error) => {
  expect(isFull(error)).toBe(false);
  emptyStorage();
  await expect(writeNewPack('Faces', () => Promise.reject(error))).rejects.toBe(error);
});

/** Stands in for the browser's file system; the names of its packs' folders. */
function emptyStorage(): Set<string> {
  const folders = new Set<string>();
  const packs = {
    keys: async function* () {
      yield* folders;
    },
    getDirectoryHandle: async (id: string) => folders.add(id),
    removeEntry: async (id: string) => folders.delete(id),
  };
  vi.stubGlobal('navigator', {
    storage: { getDirectory: async () => ({ getDirectoryHandle: async () => packs }) },
    locks: { request: (_: string, __: object, work: (lock: object) => unknown) => work({}) },
  });
  return folders;
}
