// What is painted, stroke by stroke, with the way back and forth.

/** Which tokens are chosen. [positions] */
export type Chosen = readonly boolean[];

export interface Strokes {
  readonly now: Chosen;
  /** As it was before each stroke, the last one at the end. */
  readonly past: readonly Chosen[];
  /** What undo() took back, the next one to come again at the end. */
  readonly future: readonly Chosen[];
}

/** So many strokes can be taken back. */
export const MAX_PAST = 200;

export function noStrokes(positions: number): Strokes {
  return { now: Array(positions).fill(false), past: [], future: [] };
}

/** After a whole stroke; one that changes nothing is none. */
export function withStroke(strokes: Strokes, now: Chosen): Strokes {
  if (isSame(now, strokes.now)) return strokes;
  return { now, past: [...strokes.past, strokes.now].slice(-MAX_PAST), future: [] };
}

export function undo({ now, past, future }: Strokes): Strokes {
  const before = past.at(-1);
  return before ? { now: before, past: past.slice(0, -1), future: [...future, now] } : { now, past, future };
}

export function redo({ now, past, future }: Strokes): Strokes {
  const next = future.at(-1);
  return next ? { now: next, past: [...past, now], future: future.slice(0, -1) } : { now, past, future };
}

/** The same with these tokens chosen, or no longer. */
export function painted(now: Chosen, tokens: readonly number[], choose: boolean): Chosen {
  const after = now.slice();
  for (const token of tokens) after[token] = choose;
  return isSame(after, now) ? now : after;
}

export const inverted = (now: Chosen): Chosen => now.map((is) => !is);

export const countChosen = (now: Chosen): number => now.filter(Boolean).length;

function isSame(one: Chosen, other: Chosen): boolean {
  return one === other || one.every((is, i) => is === other[i]);
}
