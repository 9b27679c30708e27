// How a token's confidence looks and reads: a disc, small and dark where the model was hardly sure, large and bright where it
// was. The colours are cividis's (Nunez, Anderton, Renslow 2018), made to look alike with and without colour blindness.
import type { Steps } from './useSteps.ts';

const cividis = [
  [0, 34, 78],
  [53, 69, 108],
  [102, 105, 112],
  [148, 142, 119],
  [200, 184, 102],
  [254, 232, 56],
] as const;

/** @param confidence 0..1 */
export function confidenceColour(confidence: number): string {
  const place = Math.min(1, Math.max(0, confidence)) * (cividis.length - 1);
  const below = Math.min(Math.floor(place), cividis.length - 2);
  const channels = cividis[below].map((low, i) =>
    Math.round(low + (place - below) * (cividis[below + 1][i] - low)),
  );
  return `rgb(${channels.join(' ')})`;
}

/** Of the disc, where a token's side is 1. */
export function confidenceRadius(confidence: number): number {
  return 0.13 + 0.23 * Math.sqrt(Math.min(1, Math.max(0, confidence)));
}

type Looked = Pick<Steps, 'grid' | 'step' | 'setAt' | 'watched'>;

/** Of each token that was set by a step; null where none is, and where that step was not looked at yet. [positions] */
export function confidenceOf({ setAt, watched }: Looked): (number | null)[] {
  return setAt.map((step, i) => (step ? (watched.confidence.get(step)?.[i] ?? null) : null));
}

/** "Row 3, column 5: set at step 5, 83 % sure". */
export function tokenInWords(steps: Looked, position: number): string {
  const { grid, step, setAt, watched } = steps;
  const { columns } = grid;
  const where = `Row ${Math.floor(position / columns) + 1}, column ${(position % columns) + 1}`;
  const set = setAt[position];
  if (set === 0) return `${where}: given from the start`;
  const confidence = watched.confidence.get(set ?? step)?.[position];
  if (set === null) {
    const guess = confidence === undefined ? '' : `; the likeliest code has ${percent(confidence)}`;
    return `${where}: not set yet${guess}`;
  }
  return `${where}: set at step ${set}${confidence === undefined ? '' : `, ${percent(confidence)} sure`}`;
}

/** "83 %", and never none or all where some is left. */
export function percent(share: number): string {
  if (share < 0.01) return 'under 1 %';
  return `${share < 1 ? Math.min(99, Math.round(100 * share)) : 100} %`;
}
