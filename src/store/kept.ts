// Finished pictures that are kept in this browser, and how they are looked at.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Gallery, GalleryStatus } from '../gallery/gallery.ts';
import type { Head } from '../gallery/picture.ts';
import type { View } from '../gallery/view.ts';
import type { Run } from './run.ts';

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
  }));
  void gallery.then((opened) => {
    const follow = () => store.setState({ opened: true, pictures: opened.list(), status: opened.status() });
    opened.subscribe(follow);
    follow();
  });
  return store;
}

/** @param index place of the picture's recipe in its run */
export function keptPlace(run: Pick<Run, 'id'>, index: number): string {
  return `${run.id}/${index}`;
}

/** Ids of the pictures that are seen in their runs. */
export function idsOfRuns(runs: readonly Run[], ids: KeptState['ids']): Set<string> {
  const places = runs.flatMap((run) =>
    run.candidates.flatMap(({ picture }) => (picture ? keptPlace(run, picture.index) : [])),
  );
  return new Set(places.flatMap((place) => ids.get(place) ?? []));
}

/** Whether nothing is lost when the runs are put away. */
export function allKept(runs: readonly Run[], ids: KeptState['ids']): boolean {
  return runs.every((run) =>
    run.candidates.every(({ picture }) => !picture || ids.has(keptPlace(run, picture.index))),
  );
}
