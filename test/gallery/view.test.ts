import { describe, expect, it } from 'vitest';
import { createCatalogue } from '../../src/gallery/catalogue.ts';
import { titleOfEntry } from '../../src/gallery/entries.ts';
import { RECORD_SCHEMA } from '../../src/gallery/migrate.ts';
import type { Head } from '../../src/gallery/picture.ts';
import type { HeadRecord } from '../../src/gallery/record.ts';
import { inView, type View } from '../../src/gallery/view.ts';
import { headOf } from '../support/pictures.ts';

const everything: View = { order: 'newest', query: '', favouritesOnly: false };
const seeds = (heads: readonly { seed: number }[]) => heads.map(({ seed }) => seed);

describe('what is on show', () => {
  const heads = [
    headOf(6, { prompt: 'A woman with RED hair', score: 0.3 }),
    headOf(5, { prompt: 'Ein Mädchen, rot', score: null, favourite: true }),
    headOf(4, { prompt: 'a man with a beard', score: -0.1 }),
    headOf(3, { prompt: 'red-haired man', score: 0.3, favourite: true }),
    headOf(2, { prompt: '赤い髪の女性', score: 0.9 }),
    headOf(1, { prompt: '', score: 0 }),
  ];
  const shown = (view: Partial<View>) => seeds(inView(heads, { ...everything, ...view }).flat());

  it('is everything, newest first', () => expect(shown({})).toEqual([6, 5, 4, 3, 2, 1]));

  it('or best first: the newer one on ties, those without a score last', () => {
    expect(shown({ order: 'best' })).toEqual([2, 6, 3, 1, 4, 5]);
    // The list itself stays as it was.
    expect(shown({})).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it.each<[string, number[]]>([
    ['red', [6, 3]],
    ['  man   red ', [6, 3]],
    ['red woman', [6]],
    ['hair', [6, 3]],
    ['madchen', [5]],
    ['MÄDCHEN', [5]],
    ['髪', [2]],
    ['.*', []],
    [' ', [6, 5, 4, 3, 2, 1]],
  ])('finds “%s” in prompts', (query, found) => expect(shown({ query })).toEqual(found));

  it('or favourites alone, of what was found', () => {
    expect(shown({ favouritesOnly: true })).toEqual([5, 3]);
    expect(shown({ favouritesOnly: true, query: 'red', order: 'best' })).toEqual([3]);
  });
});

describe('a film', () => {
  const frame = (n: number, place: number, change: Partial<Head> = {}) =>
    headOf(n, { film: { id: 'f', frame: place, frames: 3 }, prompt: `a ${place}`, ...change });
  // Another tab's picture came between; the frames as they were made, and one made again later.
  const heads = [headOf(9), frame(8, 1), frame(5, 2, { score: 0.9 }), headOf(4), frame(3, 0)];
  const shown = (view: Partial<View>) => inView(heads, { ...everything, ...view }).map(seeds);

  it('is one entry, where its first picture in the list is, and in its own order', () => {
    expect(shown({})).toEqual([[9], [3, 8, 5], [4]]);
    expect(shown({ order: 'best' })).toEqual([[3, 8, 5], [9], [4]]);
  });

  it('is found whole by any of its pictures', () => {
    expect(shown({ query: 'a 2' })).toEqual([[3, 8, 5]]);
    const favourite = inView([...heads, frame(2, 0, { favourite: true })], {
      ...everything,
      favouritesOnly: true,
    });
    expect(favourite).toHaveLength(1);
    expect(titleOfEntry(inView(heads, everything)[1])).toBe('a 0 → a 2');
  });
});

describe('the catalogue', () => {
  const record = (n: number, change: Partial<HeadRecord> = {}): HeadRecord => ({
    ...headOf(n),
    schema: RECORD_SCHEMA,
    removed: null,
    ...change,
  });

  it('lists newest first, two pictures of one moment the same way in every tab', () => {
    const records = [record(1), record(3), record(2, { time: 1003 })];
    const orders = [records, records.toReversed()].map((given) => {
      const catalogue = createCatalogue();
      catalogue.put(given);
      return seeds(catalogue.list());
    });
    expect(orders).toEqual([
      [3, 2, 1],
      [3, 2, 1],
    ]);
  });

  it('gives the same list until something changes', () => {
    const catalogue = createCatalogue();
    catalogue.put([record(1)]);
    const before = catalogue.list();
    expect(catalogue.list()).toBe(before);
    catalogue.put([record(1, { favourite: true })]);
    expect(catalogue.list()).not.toBe(before);
    expect(catalogue.list()).toEqual([headOf(1, { favourite: true })]);
  });

  it('keeps removed ones aside, and knows them by their time', () => {
    const catalogue = createCatalogue();
    expect(catalogue.firstRemoval()).toBeNull();
    catalogue.fill([record(1, { removed: 70 }), record(2), record(3, { removed: 50 })]);
    expect(seeds(catalogue.list())).toEqual([2]);
    expect(catalogue.head(record(1).id)).toBeNull();
    expect(catalogue.firstRemoval()).toBe(50);
    expect(catalogue.removed((time) => time < 60)).toEqual([record(3).id]);
    catalogue.put([record(3)]);
    expect(seeds(catalogue.list())).toEqual([3, 2]);
    expect(catalogue.removed()).toEqual([record(1).id]);
    catalogue.drop([record(1).id, record(2).id]);
    expect(catalogue.removed()).toEqual([]);
    expect(seeds(catalogue.list())).toEqual([3]);
  });
});
