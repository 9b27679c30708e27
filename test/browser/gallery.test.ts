// The gallery in a real browser's IndexedDB: kept, found again, shared, lost, full, absent.
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Gallery, type GalleryOptions, openGallery, UNDO_TIME } from '../../src/gallery/gallery.ts';
import type { NewPicture } from '../../src/gallery/picture.ts';
import { newPicture } from '../support/pictures.ts';
import { refusal } from '../support/refusal.ts';

const open: Gallery[] = [];
let count = 0;
const newName = () => `gallery test ${++count} ${crypto.randomUUID()}`;

async function visit(name: string, options: GalleryOptions = {}): Promise<Gallery> {
  const gallery = await openGallery({ name, ...options });
  open.push(gallery);
  return gallery;
}

afterEach(() => {
  for (const gallery of open.splice(0)) gallery.dispose();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const seeds = (gallery: Gallery) => gallery.list().map(({ seed }) => seed);
const ids = (gallery: Gallery) => gallery.list().map(({ id }) => id);

async function keepMany(gallery: Gallery, ...seeds: number[]): Promise<void> {
  for (const seed of seeds) await gallery.keep(await newPicture(`picture ${seed}`, seed));
}

/** Writes records past the gallery, as another page or a fault would. */
async function putRaw(name: string, store: 'heads' | 'bodies', ...values: unknown[]): Promise<void> {
  const database = await openDB(name);
  for (const value of values) await database.put(store, value);
  database.close();
}
async function keysOf(name: string, store: 'heads' | 'bodies'): Promise<string[]> {
  const database = await openDB(name);
  const keys = await database.getAllKeys(store);
  database.close();
  return keys as string[];
}

/** What is wrong, in a sentence for a person. */
const sentence = (work: Promise<unknown>): Promise<string> => refusal(() => work, ['storage']);

describe('a kept picture', () => {
  it('is there at the next visit: bytes, recipe, tokens of every step', async () => {
    const name = newName();
    const first = await visit(name);
    expect(first.status()).toEqual({ storage: { kind: 'stored' }, unreadable: 0 });
    const picture = await newPicture('a smiling woman', 7, 0.31);
    const head = await first.keep(picture);
    first.dispose();

    const second = await visit(name);
    expect(second.list()).toEqual([head]);
    const kept = await second.picture(head.id);
    expect(kept).toMatchObject({ head, recipe: picture.recipe, steps: picture.steps });
    expect(kept!.png.type).toBe('image/png');
    expect(await kept!.png.arrayBuffer()).toEqual(await picture.png.arrayBuffer());
  });

  it('is there at the next visit where the browser stores bytes and no files', async () => {
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value) {
      if (value.png instanceof Blob) throw new DOMException('Error preparing Blob/File data', 'UnknownError');
      return put.call(this, value);
    });
    const name = newName();
    const first = await visit(name);
    const picture = await newPicture('red hair', 7);
    const { id } = await first.keep(picture);
    first.dispose();
    const kept = await (await visit(name)).picture(id);
    expect(kept!.png.type).toBe('image/png');
    expect(await kept!.png.arrayBuffer()).toEqual(await picture.png.arrayBuffer());
  });

  it('is written before keep() resolves, and not in the list sooner', async () => {
    const name = newName();
    const gallery = await visit(name);
    const order: string[] = [];
    const begin = IDBDatabase.prototype.transaction;
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...given) {
      const transaction = begin.apply(this, given);
      transaction.addEventListener('complete', () => order.push('written'));
      return transaction;
    });
    gallery.subscribe(() => order.push(`${gallery.list().length} in the list`));
    const { id } = await gallery.keep(await newPicture('a hat'));
    order.push('resolved');
    expect(order).toEqual(['written', '1 in the list', 'resolved']);
    expect(await keysOf(name, 'bodies')).toEqual([id]);
  });

  it('comes before all earlier ones, even within one millisecond', async () => {
    const gallery = await visit(newName(), { clock: () => 5000 });
    await Promise.all([1, 2, 3, 4].map(async (seed) => gallery.keep(await newPicture('a hat', seed))));
    expect(gallery.list().map(({ time }) => time)).toEqual([5003, 5002, 5001, 5000]);
  });

  it('can be a favourite, also at the next visit', async () => {
    const name = newName();
    const first = await visit(name);
    await keepMany(first, 1, 2);
    await first.setFavourite([ids(first)[1]], true);
    expect(first.list().map(({ favourite }) => favourite)).toEqual([false, true]);
    expect((await visit(name)).list()).toEqual(first.list());
    await first.setFavourite([ids(first)[1]], false);
    expect((await visit(name)).list()[1].favourite).toBe(false);
  });

  it('asks the browser once not to clear it, and does not wait for an answer', async () => {
    const persist = vi.spyOn(navigator.storage, 'persist').mockReturnValue(new Promise(() => {}));
    const gallery = await visit(newName());
    expect(persist).not.toHaveBeenCalled();
    await keepMany(gallery, 1, 2);
    expect(persist).toHaveBeenCalledOnce();
  });
});

describe('a removal', () => {
  it('takes many at once, and can be undone, also after a reload', async () => {
    const name = newName();
    const first = await visit(name);
    await keepMany(first, 1, 2, 3, 4);
    const before = first.list();
    const [, b, c] = ids(first);
    expect(await first.remove([b, c])).toBe(true);
    expect(seeds(first)).toEqual([4, 1]);
    expect(await first.picture(b)).toBeNull();
    first.dispose();

    const second = await visit(name);
    expect(seeds(second)).toEqual([4, 1]);
    expect(await second.restore([b, c])).toBe(2);
    expect(second.list()).toEqual(before);
    expect((await second.picture(b))?.recipe?.seed).toBe(3);
  });

  it('is for good when its time is over, and deletes the picture with it', async () => {
    const name = newName();
    let now = 1_000_000;
    const clock = () => now;
    const first = await visit(name, { clock });
    await keepMany(first, 1, 2, 3);
    const [three, two, one] = ids(first);
    await first.remove([three]);
    first.dispose();

    now += UNDO_TIME - 60_000;
    const second = await visit(name, { clock });
    await second.remove([two]);
    expect(await keysOf(name, 'bodies')).toHaveLength(3);
    second.dispose();

    now += 60_000;
    const third = await visit(name, { clock });
    await expect.poll(() => keysOf(name, 'bodies')).toEqual([one, two].sort());
    expect(await keysOf(name, 'heads')).toEqual([one, two].sort());
    expect(await third.restore([two, three])).toBe(1);
    expect(seeds(third)).toEqual([2, 1]);
  });

  it('is not carried out once another tab has undone it', async () => {
    const name = newName();
    let now = 1_000_000;
    const clock = () => now;
    const one = await visit(name, { clock });
    await keepMany(one, 1);
    const [id] = ids(one);
    await one.remove([id]);
    now += UNDO_TIME - 100;
    vi.stubGlobal('BroadcastChannel', undefined);
    const deaf = await visit(name, { clock });
    await one.restore([id]);
    const get = vi.spyOn(IDBObjectStore.prototype, 'get');
    now += 100;
    await expect.poll(() => get.mock.calls).toEqual([[id]]);
    await deaf.setFavourite([id], true);
    expect(await keysOf(name, 'bodies')).toEqual([id]);
  });
});

describe('two tabs', () => {
  it('are kept in step, and lose nothing when both write', async () => {
    const name = newName();
    const [one, two] = [await visit(name), await visit(name)];
    await Promise.all([keepMany(one, 1, 2, 3, 4, 5), keepMany(two, 11, 12, 13, 14, 15)]);
    await expect.poll(() => [one.list().length, two.list().length]).toEqual([10, 10]);
    expect(one.list()).toEqual(two.list());
    expect(seeds(one).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 11, 12, 13, 14, 15]);
    expect((await visit(name)).list()).toEqual(one.list());

    const [a, b, c] = ids(one);
    await Promise.all([one.setFavourite([a], true), two.remove([b]), two.setFavourite([c], true)]);
    await expect.poll(() => one.list().length).toBe(9);
    await expect.poll(() => two.list()).toEqual(one.list());
    expect(
      one
        .list()
        .filter(({ favourite }) => favourite)
        .map(({ id }) => id),
    ).toEqual([a, c]);
    await one.restore([b]);
    await expect.poll(() => ids(two)).toEqual(ids(one));
    expect(two.list()).toHaveLength(10);
  });

  it('that change one picture at once keep both changes', async () => {
    const name = newName();
    const [one, two] = [await visit(name), await visit(name)];
    await keepMany(one, 1);
    await expect.poll(() => two.list().length).toBe(1);
    const [id] = ids(one);
    await Promise.all([one.remove([id]), two.setFavourite([id], true)]);
    await two.restore([id]);
    await expect.poll(() => one.list()).toEqual(two.list());
    expect(one.list()).toMatchObject([{ id, favourite: true }]);
  });

  it('take no word of a newer page for theirs', async () => {
    const name = newName();
    const gallery = await visit(name);
    await keepMany(gallery, 1);
    const other = new BroadcastChannel(name);
    for (const words of [null, 7, { kind: 'new' }, [7], ['not an id'], [ids(gallery)[0]]])
      other.postMessage(words);
    await new Promise((resolve) => setTimeout(resolve, 100));
    other.close();
    expect(seeds(gallery)).toEqual([1]);
  });
});

describe('records that cannot be read', () => {
  it('are skipped and counted, and stay where they are', async () => {
    const name = newName();
    const first = await visit(name);
    await keepMany(first, 1, 2);
    const head = { ...first.list()[0], removed: null };
    first.dispose();
    const id = (n: number) => String(n).repeat(32);
    await putRaw(name, 'heads', { ...head, id: id(8), schema: 99 }, { id: id(9), schema: 1 });

    const second = await visit(name);
    expect(seeds(second)).toEqual([2, 1]);
    expect(second.status().unreadable).toBe(2);
    await second.remove([id(8), id(9)]);
    expect(await keysOf(name, 'heads')).toHaveLength(4);
  });

  it('say so when the picture itself is damaged, or gone', async () => {
    const name = newName();
    const gallery = await visit(name);
    await keepMany(gallery, 1, 2);
    const [two, one] = ids(gallery);
    await putRaw(name, 'bodies', { id: two, schema: 1, png: 'lost' });
    expect(await sentence(gallery.picture(two))).toMatch(/cannot be read/);
    const database = await openDB(name);
    await database.delete('bodies', one);
    database.close();
    expect(await gallery.picture(one)).toBeNull();
  });
});

describe('without storage', () => {
  async function worksInMemory(gallery: Gallery, reason: RegExp): Promise<void> {
    expect(gallery.status().storage).toEqual({ kind: 'memory', reason: expect.stringMatching(reason) });
    const persist = vi.spyOn(navigator.storage, 'persist');
    const picture = await newPicture('a hat', 3);
    await gallery.keep(await newPicture('a hat', 2));
    const { id } = await gallery.keep(picture);
    await gallery.setFavourite([id], true);
    expect(gallery.list()).toMatchObject([{ seed: 3, favourite: true }, { seed: 2 }]);
    expect(await gallery.picture(id)).toMatchObject({ recipe: picture.recipe, png: picture.png });
    expect(await gallery.remove([id])).toBe(true);
    expect(seeds(gallery)).toEqual([2]);
    expect(await gallery.restore([id])).toBe(1);
    expect(seeds(gallery)).toEqual([3, 2]);
    expect(persist).not.toHaveBeenCalled();
  }

  it('works in memory: no IndexedDB', async () => {
    vi.stubGlobal('indexedDB', undefined);
    await worksInMemory(await visit(newName()), /store nothing/);
  });

  it('works in memory: IndexedDB is forbidden', async () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')!;
    Object.defineProperty(globalThis, 'indexedDB', {
      configurable: true,
      get() {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      },
    });
    const gallery = await visit(newName());
    Object.defineProperty(globalThis, 'indexedDB', own);
    await worksInMemory(gallery, /store nothing/);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['opening is refused', () => new DOMException('', 'SecurityError'), /store nothing/],
    ['the disk is full', () => new DOMException('Encountered full disk', 'UnknownError'), /storage is full/],
    [
      'the database is damaged',
      () => new DOMException('Internal error.', 'UnknownError'),
      /“Internal error\.”/,
    ],
  ])('works in memory: %s', async (_, fault, reason) => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw fault();
    });
    await worksInMemory(await visit(newName()), reason);
  });

  it('works in memory: IndexedDB never answers', async () => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() =>
      Object.create(IDBOpenDBRequest.prototype, {
        addEventListener: { value() {} },
        removeEventListener: { value() {} },
      }),
    );
    await worksInMemory(await visit(newName(), { openLimit: 50 }), /does not answer/);
  });

  it('works in memory: a tab does not let go of a database that is to be deleted', async () => {
    const name = newName();
    const old = await openDB(name, 1);
    const deleting = indexedDB.deleteDatabase(name);
    await worksInMemory(await visit(name, { openLimit: 50 }), /does not answer/);
    const close = vi.spyOn(IDBDatabase.prototype, 'close');
    old.close();
    await new Promise((resolve) => deleting.addEventListener('success', resolve));
    // What opens too late is not left open: nobody would use it.
    await expect.poll(() => close.mock.calls.length).toBe(2);
  });

  it('works in memory: a newer page has been here', async () => {
    const name = newName();
    (await openDB(name, 99)).close();
    await worksInMemory(await visit(name), /newer version/);
  });
});

// Chromium's own refusal, at the end of a transaction, is in test/page/gallery.test.ts.
describe('a full disk', () => {
  it('refuses in one sentence, changes nothing, and goes on when there is room', async () => {
    const name = newName();
    const gallery = await visit(name);
    await keepMany(gallery, 1);
    const before = gallery.list();
    const [id] = ids(gallery);
    const realPut = IDBObjectStore.prototype.put;
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    const picture = await newPicture('a hat', 2);
    expect(await sentence(gallery.keep(picture))).toMatch(/storage is full.*Download the picture/);
    expect(await sentence(gallery.setFavourite([id], true))).toMatch(/storage is full\. To go on, delete/);
    // Half a record would be a picture that cannot be shown.
    put.mockImplementation(function (this: IDBObjectStore, value) {
      if (this.name === 'bodies') throw new DOMException('', 'QuotaExceededError');
      return realPut.call(this, value);
    });
    await sentence(gallery.keep(picture));
    expect(await keysOf(name, 'heads')).toEqual([id]);
    expect(gallery.list()).toBe(before);
    put.mockRestore();
    await gallery.keep(picture);
    expect(seeds(gallery)).toEqual([2, 1]);
    expect((await visit(name)).list()).toEqual(gallery.list());
  });

  it('lets pictures be deleted where there is no room for a mark, and says that they are gone', async () => {
    const name = newName();
    const [gallery, other] = [await visit(name), await visit(name)];
    await keepMany(gallery, 1, 2, 3);
    const [three, two, one] = ids(gallery);
    await gallery.remove([three]);
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    expect(await gallery.remove([two])).toBe(false);
    expect(seeds(gallery)).toEqual([1]);
    expect(await keysOf(name, 'heads')).toEqual([one]);
    expect(await keysOf(name, 'bodies')).toEqual([one]);
    await expect.poll(() => seeds(other)).toEqual([1]);
    expect(await gallery.restore([two, three])).toBe(0);
  });
});

describe('a transaction that fails', () => {
  it('is told by its own reason, not by that of the requests it took along', async () => {
    const name = newName();
    const gallery = await visit(name);
    await keepMany(gallery, 1);
    const [id] = ids(gallery);
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (this: IDBObjectStore, value) {
      this.add({ id });
      return put.call(this, value);
    });
    expect(await sentence(gallery.keep(await newPicture('a hat', 2)))).toMatch(
      /could not store.*already exists/,
    );
    expect(await keysOf(name, 'heads')).toEqual([id]);
  });
});

describe('a storage that is taken away', () => {
  it('by a newer page in another tab: lets it, and goes on in memory', async () => {
    const name = newName();
    const gallery = await visit(name);
    await keepMany(gallery, 1);
    const newer = await openDB(name, 99);
    newer.close();
    await expect.poll(() => gallery.status().storage.kind).toBe('memory');
    await keepMany(gallery, 2);
    expect(seeds(gallery)).toEqual([2]);
  });

  it('by clearing the data: opens it again, empty, and keeps what comes', async () => {
    const name = newName();
    const gallery = await visit(name);
    await keepMany(gallery, 1);
    const [id] = ids(gallery);
    const deleting = indexedDB.deleteDatabase(name);
    await new Promise((resolve) => deleting.addEventListener('success', resolve));
    await expect.poll(() => gallery.list()).toEqual([]);
    expect(await gallery.picture(id)).toBeNull();
    expect(gallery.status().storage.kind).toBe('stored');
    await keepMany(gallery, 2);
    gallery.dispose();
    expect(seeds(await visit(name))).toEqual([2]);
  });

  it('without a word: opens it again, and does what it was about to do', async () => {
    const name = newName();
    const gallery = await visit(name);
    const begin = vi.spyOn(IDBDatabase.prototype, 'transaction');
    await keepMany(gallery, 1);
    (begin.mock.contexts[0] as IDBDatabase).close();
    await keepMany(gallery, 2);
    expect(seeds(gallery)).toEqual([2, 1]);
    (begin.mock.contexts.at(-1) as IDBDatabase).close();
    expect((await gallery.picture(ids(gallery)[1]))?.recipe?.seed).toBe(1);
    expect((await visit(name)).list()).toEqual(gallery.list());
  });

  it('in the middle of reading: reads it again', async () => {
    const name = newName();
    const gallery = await visit(name);
    await keepMany(gallery, 1);
    const get = IDBObjectStore.prototype.get;
    vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementationOnce(function (this: IDBObjectStore, id) {
      const request = get.call(this, id);
      this.transaction.abort();
      return request;
    });
    expect((await gallery.picture(ids(gallery)[0]))?.recipe?.seed).toBe(1);
    expect(seeds(gallery)).toEqual([1]);
  });

  it('in the middle of writing: writes it again, once', async () => {
    const name = newName();
    const gallery = await visit(name);
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (this: IDBObjectStore, value) {
      const request = put.call(this, value);
      // As a browser does that takes the storage away.
      this.transaction.abort();
      return request;
    });
    await keepMany(gallery, 1, 2);
    expect(seeds(gallery)).toEqual([2, 1]);
    expect((await visit(name)).list()).toEqual(gallery.list());
  });
});

describe('a thousand pictures', () => {
  /** Reads of the storage while `work` runs, and how long that takes. */
  async function reads(work: () => Promise<unknown>) {
    const made: string[] = [];
    const spies = (['get', 'getAll', 'openCursor'] as const).map((method) => {
      const original = IDBObjectStore.prototype[method] as (...given: unknown[]) => IDBRequest;
      return vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
        this: IDBObjectStore,
        ...given: unknown[]
      ) {
        made.push(`${method} ${this.name}`);
        return original.apply(this, given) as never;
      });
    });
    const start = performance.now();
    await work();
    const milliseconds = performance.now() - start;
    for (const spy of spies) spy.mockRestore();
    return { made, milliseconds };
  }

  it('open with one read of the heads, and a picture with one read of its own', async () => {
    const picture: NewPicture = {
      ...(await newPicture('a smiling woman with long red hair')),
      png: new Blob([crypto.getRandomValues(new Uint8Array(40_000))], { type: 'image/png' }),
    };
    const times: number[] = [];
    for (const many of [10, 1000]) {
      const name = newName();
      const first = await visit(name);
      const { milliseconds } = await reads(async () => {
        for (let i = 0; i < many; i++) await first.keep(picture);
      });
      first.dispose();
      // Once to warm up, then the middle of five.
      const opened = [];
      for (let i = 0; i < 6; i++) {
        const { made, milliseconds } = await reads(() => visit(name));
        expect(made).toEqual(['getAll heads']);
        opened.push(milliseconds);
      }
      const middle = opened.slice(1).sort((a, b) => a - b)[2];
      times.push(middle);
      console.log(
        `${many} pictures: kept in ${(milliseconds / many).toFixed(1)} ms each, opened in ${middle.toFixed(1)} ms`,
      );
      const gallery = open.at(-1)!;
      expect(gallery.list()).toHaveLength(many);
      expect((await reads(() => gallery.picture(ids(gallery)[5]))).made).toEqual(['get bodies']);
      expect((await reads(() => gallery.setFavourite([ids(gallery)[5]], true))).made).toEqual(['get heads']);
      indexedDB.deleteDatabase(name);
    }
    console.log(`a thousand open ${(times[1] - times[0]).toFixed(1)} ms later than ten`);
  });
});
