import { useEffect, useMemo, useState } from 'react';
import type { Head } from '../../gallery/picture.ts';
import type { StepTokens } from '../../gallery/steps.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { gridOf, setSteps } from '../../recipe/trail.ts';
import type { Watched, Wish } from '../../store/watched.ts';
import { useKeptActions, useKeptState } from '../context.ts';
import { stepInWords } from './stepWords.ts';

/** A picture's steps, and where one is among them. */
export interface Steps {
  readonly grid: { readonly rows: number; readonly columns: number };
  readonly mask: number;
  /** What the step did. */
  readonly words: string;
  /** How many there are; after the last one the picture is finished. */
  readonly last: number;
  /** From 1. */
  readonly step: number;
  /** After the step. [positions] */
  readonly tokens: Int32Array;
  /** As of setSteps(), after the step. [positions] */
  readonly setAt: readonly (number | null)[];
  readonly watched: Watched;
  readonly isPlaying: boolean;
  readonly isConfidenceShown: boolean;
  /** The token that is pointed at; null for none. */
  readonly pointed: number | null;
  go(step: number): void;
  togglePlaying(): void;
  toggleConfidence(): void;
  point(position: number | null): void;
}

/** Milliseconds in which a picture's steps are gone through, where they are drawn already. */
const WHOLE = 6000;
const [SHORTEST, LONGEST] = [120, 500];

/** @returns null while the picture is read, and where its steps are not known or there is but one */
export function useSteps(head: Head, recipe: Recipe | null, trail: StepTokens | null): Steps | null {
  const { watch, wish } = useKeptActions();
  const watched = useKeptState((state) => state.watched);
  const [at, setAt] = useState<{ id: string; step: number } | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isConfidenceShown, setConfidenceShown] = useState(false);
  const [pointed, setPointed] = useState<number | null>(null);

  useEffect(() => {
    if (recipe && trail) watch({ id: head.id, recipe, steps: trail });
    return () => watch(null);
  }, [head.id, recipe, trail, watch]);

  const last = trail?.rows.length ?? 0;
  const step = at?.id === head.id ? Math.min(at.step, last) : last;
  const playsOn = isPlaying && step < last;
  const own = watched?.id === head.id ? watched : null;
  const isWatched = own !== null;
  const isThere = own && (own.frames.has(step) || own.problem !== null || own.waits === 'run');

  useEffect(() => {
    if (isWatched) wish(wishesAt(step, last, playsOn, isConfidenceShown));
  }, [isWatched, step, last, playsOn, isConfidenceShown, wish]);

  useEffect(() => {
    if (!playsOn) setPlaying(false);
    if (!playsOn || !isThere) return;
    const pause = Math.min(LONGEST, Math.max(SHORTEST, WHOLE / last));
    const timer = setTimeout(() => setAt({ id: head.id, step: step + 1 }), pause);
    return () => clearTimeout(timer);
  }, [playsOn, isThere, step, last, head.id]);

  const grid = useMemo(() => trail && gridOf(trail.rows[0]?.length ?? 0, head), [trail, head]);
  const tokensSetAt = useMemo(
    () => (recipe && trail ? setSteps(recipe, trail, step) : []),
    [recipe, trail, step],
  );
  if (!trail || !own || !grid || last < 2) return null;
  const go = (to: number) => {
    setPlaying(false);
    setAt({ id: head.id, step: to });
  };
  return {
    grid,
    mask: trail.mask,
    words: stepInWords(trail, step),
    last,
    step,
    tokens: trail.rows[step - 1],
    setAt: tokensSetAt,
    watched: own,
    isPlaying: playsOn,
    isConfidenceShown,
    pointed,
    go,
    togglePlaying() {
      // From its end it begins again.
      if (!playsOn && step === last) go(1);
      setPlaying(!playsOn);
    },
    toggleConfidence: () => setConfidenceShown(!isConfidenceShown),
    point: setPointed,
  };
}

/** What is shown comes first; then what is about to be, and the steps that set the tokens which are seen. */
function wishesAt(step: number, last: number, isPlaying: boolean, withConfidence: boolean): Wish[] {
  const wishes: Wish[] = [];
  if (step < last) wishes.push({ step, draw: true });
  if (isPlaying && step + 1 < last) wishes.push({ step: step + 1, draw: true });
  if (withConfidence) for (let each = step; each > 0; each--) wishes.push({ step: each, draw: false });
  return wishes;
}

/** Whether it is known how sure the model was of tokens that were set at a step. */
export function isKnown({ confidence }: Watched, setAt: number | null): boolean {
  return !setAt || confidence.has(setAt);
}
