// Finished pictures that are kept in this browser, and how they are looked at.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Gallery, GalleryStatus } from '../gallery/gallery.ts';
import type { Head } from '../gallery/picture.ts';
import type { View } from '../gallery/view.ts';
import type { Run } from './run.ts';
import { nothingSelected, type Selection } from './selection.ts';
import type { Watched } from './watched.ts';

/** A picture that is seen large, and those that it is one of. */
export interface Viewed {
  readonly id: string;
  readonly ids: readonly string[];
}

export interface KeptState {
  /** False until it is known what there is. */
  readonly opened: boolean;
  /** Newest first. */
  readonly pictures: readonly Head[];
  readonly status: GalleryStatus;
  readonly view: View;
  /** Under which id a run's picture is kept, by keptPlace(). */
  readonly ids: ReadonlyMap<string, string>;
  /** Removed last, and still to be had back. */
  readonly removed: readonly string[];
  readonly viewed: Viewed | null;
  /** Of the picture that is seen large, once it is read. */
  readonly watched: Watched | null;
  readonly selection: Selection;
}

export type KeptStore = StoreApi<KeptState>;

/** Follows a gallery from its opening on. */
export function createKeptStore(gallery: Promise<Gallery>): KeptStore {
  const store = createStore<KeptState>(() => ({
    opened: false,
    pictures: [],
    status: { storage: { kind: 'stored' }, unreadable: 0 },
    view: { order: 'newest', query: '', favouritesOnly: false },
    ids: new Map(),
    removed: [],
    viewed: null,
    watched: null,
    selection: nothingSelected,
  }));
  void gallery.then((opened) => {
    const follow = () => {
      const pictures = opened.list();
      const there = new Set(pictures.map(({ id }) => id));
      store.setState(({ ids }) => ({
        opened: true,
        pictures,
        status: opened.status(),
        // Another tab may have deleted some.
        ids: new Map([...ids].filter(([, id]) => there.has(id))),
      }));
    };
    opened.subscribe(follow);
    follow();
  });
  return store;
}

/** @param index place of the picture's recipe in its run */
export function keptPlace(run: Pick<Run, 'id'>, index: number): string {
  return `${run.id}/${index}`;
}

/** Ids of the pictures that are seen in their runs, in their order there. */
export function idsOfRuns(runs: readonly Run[], ids: KeptState['ids']): string[] {
  const places = runs.flatMap((run) =>
    run.candidates.flatMap(({ picture }) => (picture ? keptPlace(run, picture.index) : [])),
  );
  return places.flatMap((place) => ids.get(place) ?? []);
}

/** What the viewer goes through: of a run that is on the page all its pictures, those too that came since it opened. */
export function idsAround(
  { id, ids }: Viewed,
  runs: readonly Run[],
  kept: KeptState['ids'],
): readonly string[] {
  const ofRuns = runs.map((run) => idsOfRuns([run], kept));
  return ofRuns.find((ofRun) => ofRun.includes(id)) ?? ids;
}

/** Whether nothing is lost when the runs are put away. */
export function allKept(runs: readonly Run[], ids: KeptState['ids']): boolean {
  return runs.every((run) =>
    run.candidates.every(({ picture }) => !picture || ids.has(keptPlace(run, picture.index))),
  );
}

/** Without the pictures that are kept under these ids; a run in progress stays whole, and one without pictures leaves. */
export function withoutKept(
  runs: readonly Run[],
  ids: KeptState['ids'],
  removed: ReadonlySet<string>,
): readonly Run[] {
  return runs.flatMap((run) => {
    if (run.status === 'running' || run.status === 'stopping') return run;
    const candidates = run.candidates.filter(
      ({ picture }) => !picture || !removed.has(ids.get(keptPlace(run, picture.index)) ?? ''),
    );
    if (candidates.length === run.candidates.length) return run;
    return candidates.length ? { ...run, candidates } : [];
  });
}
