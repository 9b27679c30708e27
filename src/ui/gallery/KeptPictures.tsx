import { useMemo } from 'react';
import { idsOfRuns } from '../../store/kept.ts';
import { useAppState, useKeptState } from '../context.ts';
import { lazily } from '../kit/lazily.tsx';
import { picturesInWords } from '../kit/words.ts';

const EarlierPictures = lazily(async () => (await import('./EarlierPictures.tsx')).EarlierPictures);

/** Pictures of earlier visits and of runs that were put away. */
export function KeptPictures() {
  const runs = useAppState((state) => state.runs);
  const pictures = useKeptState((state) => state.pictures);
  const ids = useKeptState((state) => state.ids);
  const { storage, unreadable } = useKeptState((state) => state.status);
  const earlier = useMemo(() => {
    const inRuns = new Set(idsOfRuns(runs, ids));
    return pictures.filter(({ id }) => !inRuns.has(id));
  }, [pictures, runs, ids]);
  const notes: string[] = [];
  if (storage.kind === 'memory' && pictures.length > 0) notes.push(storage.reason);
  if (unreadable > 0) {
    notes.push(`${picturesInWords(unreadable)} cannot be read: damaged, or of a newer page.`);
  }
  if (!earlier.length && !notes.length) return null;
  return <EarlierPictures earlier={earlier} notes={notes} />;
}
