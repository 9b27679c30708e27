// What every store must do, whatever lies below it. The file system's is walked through in test/page/delivery.test.ts.
import { describe, expect, it } from 'vitest';
import { cacheStore, type UsedCache } from '../../src/delivery/cacheStore.ts';
import { memoryStore } from '../../src/delivery/memoryStore.ts';

/** Of the Cache API what is used of it. */
function cacheInMemory(): UsedCache {
  const kept = new Map<string, Response>();
  return {
    keys: async () => [...kept.keys()].map((url) => new Request(url)),
    match: async (url) => kept.get(String(url))?.clone(),
    put: async (url, response) => void kept.set(String(url), response),
    delete: async (url) => kept.delete(String(url)),
  };
}

const bytes = (...values: number[]) => new Uint8Array(values);

describe.each([
  ['in memory', memoryStore],
  ['in the cache', () => cacheStore(cacheInMemory(), 'https://example.org')],
])('a store %s', (_, open) => {
  it('writes and reads, and has its own copy', async () => {
    const store = open();
    const given = bytes(1, 2, 3);
    await store.write('a', 'x', given);
    given[0] = 9;
    expect(await store.read('a', 'x')).toEqual(bytes(1, 2, 3));
    await store.write('a', 'x', bytes(4));
    expect(await store.read('a', 'x')).toEqual(bytes(4));
    expect(await store.read('a', 'y')).toBeNull();
    expect(await store.read('b', 'x')).toBeNull();
  });

  it('goes on with a blob where it is told to', async () => {
    const store = open();
    const first = await store.append('a', 'x', 0);
    first.append(bytes(1, 2));
    first.append(bytes(3));
    await first.close();
    const second = await store.append('a', 'x', 2);
    second.append(bytes(8));
    second.append(bytes(9));
    await second.close();
    expect(await store.read('a', 'x')).toEqual(bytes(1, 2, 8, 9));
    const third = await store.append('a', 'x', 0);
    third.append(bytes(7));
    await third.close();
    expect(await store.sizes('a')).toEqual(new Map([['x', 1]]));
  });

  it('lists folders and sizes, an empty blob among them, and forgets what is removed', async () => {
    const store = open();
    await store.write('a', 'x', bytes(1, 2));
    await store.write('a', 'whole', bytes());
    await store.write('b', 'y', bytes(1));
    expect([...(await store.folders())].sort()).toEqual(['a', 'b']);
    expect(await store.sizes('a')).toEqual(
      new Map([
        ['x', 2],
        ['whole', 0],
      ]),
    );
    expect(await store.sizes('c')).toEqual(new Map());
    await store.remove('a');
    await store.remove('c');
    expect(await store.folders()).toEqual(['b']);
  });
});
