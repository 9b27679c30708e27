import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/events.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import {
  afterEvent,
  endRun,
  hasMatch,
  type Run,
  releasePreviews,
  secondsLeft,
  startRun,
} from '../../src/store/run.ts';
import type { ImageTokens } from '../../src/types.ts';
import { progressInWords } from '../../src/ui/kit/words.ts';
import { grey, imageEvent, micro, microRecipe, microRecipes, stepEvent } from '../support/page.ts';

describe('seconds left', () => {
  it('follow the pace since the first step, so that a slow start does not count', () => {
    let run = afterEvent(micro, stepEvent(1, 10, 0, 4), 60_000);
    expect(run.progress.secondsLeft).toBeNull();
    run = afterEvent(run, stepEvent(2, 10, 0, 4), 60_500);
    expect(run.progress.secondsLeft).toBeCloseTo(4);
    run = afterEvent(run, stepEvent(3, 10, 0, 4), 61_000);
    expect(run.progress.secondsLeft).toBeCloseTo(3.5);
  });

  it('count all batches of a run', () => {
    let run = afterEvent(micro, stepEvent(5, 10, 0, 2), 0);
    expect(run.progress.done).toBeCloseTo(0.25);
    run = afterEvent(run, stepEvent(10, 10, 0, 2), 1000);
    expect(run.progress.secondsLeft).toBeCloseTo(2);
    run = afterEvent(run, stepEvent(5, 10, 2, 2), 2000);
    expect(run.progress.done).toBeCloseTo(0.75);
    expect(run.progress.secondsLeft).toBeCloseTo(1);
  });

  it('weigh pictures by their steps', () => {
    const recipes = [10, 30].map((steps) => ({ ...microRecipe, steps }));
    const mixed = startRun(1, { prompt: 'a', recipes, grid: null }, micro.model, false);
    let run = afterEvent(mixed, stepEvent(10, 10, 0, 1), 0);
    expect(run.progress.done).toBeCloseTo(0.25);
    run = afterEvent(run, stepEvent(15, 30, 1, 1), 1500);
    expect(run.progress.done).toBeCloseTo(0.625);
    expect(run.progress.secondsLeft).toBeCloseTo(1.5);
  });

  it('weigh one that begins late by the steps that it takes', () => {
    const start = { kind: 'tokens', tokens: [0, 5, 0, 0], free: 'Ag==', timestep: 49 } as const;
    const mixed = startRun(
      1,
      { prompt: 'a', recipes: [microRecipe, { ...microRecipe, start }], grid: null },
      micro.model,
      false,
    );
    let run = afterEvent(mixed, stepEvent(10, 10, 0, 1), 0);
    expect(run.progress.done).toBeCloseTo(2 / 3);
    run = afterEvent(run, stepEvent(5, 5, 1, 1), 1500);
    expect(run.progress.done).toBeCloseTo(1);
  });

  it('are unknown without a pace', () => {
    expect(secondsLeft({ milliseconds: 0, done: 0.1 }, { milliseconds: 9, done: 0.1 })).toBeNull();
  });
});

describe('a match', () => {
  const scored = (matchScore: number | null, ...scores: number[]) => {
    const model = { ...micro.model, matchScore };
    const run = { ...micro, model, candidates: micro.candidates.slice(0, scores.length) };
    const done = scores.reduce<Run>((made, score, c) => afterEvent(made, imageEvent(c, score), 0), run);
    return hasMatch(endRun(done, 'finished')!);
  };

  it('is the best of several at or above the model’s score', () => {
    expect(scored(0.5, 0.2, 0.5)).toBe(true);
    expect(scored(0.5, 0.2, 0.49)).toBe(false);
    expect(scored(0.5, 0.9)).toBe(false);
    expect(scored(null, 0.1, 0.2)).toBe(true);
  });

  it('is none among pictures of different prompts, whose scores do not compare: they stay in their order', () => {
    const recipes = ['a', 'b'].map((text): Recipe => ({ ...microRecipe, condition: { kind: 'text', text } }));
    const begun = startRun(1, { prompt: '{a|b}', recipes, grid: null }, micro.model, false);
    const run = [0.2, 0.9].reduce((made, score, i) => afterEvent(made, imageEvent(i, score), 0), begun);
    const ended = endRun(run, 'finished')!;
    expect(ended.candidates.map(({ picture }) => picture?.index)).toEqual([0, 1]);
    expect(hasMatch(ended)).toBe(false);
    const same = startRun(
      1,
      { prompt: 'a', recipes: [recipes[0], recipes[0]], grid: null },
      micro.model,
      false,
    );
    const ranked = endRun({ ...same, candidates: run.candidates }, 'finished')!;
    expect(ranked.candidates.map(({ picture }) => picture?.index)).toEqual([1, 0]);
  });

  it('is none of a run without pictures', () => {
    const seen = afterEvent(micro, stepEvent(1, 10, 0, 4), 0);
    expect(hasMatch(endRun(seen, 'cancelled')!)).toBe(false);
  });
});

describe('events of a run', () => {
  it('reach recipes that do not stand side by side', () => {
    const tokens = Int32Array.of(1, 1, 1, 1, 2, 2, 2, 2) as ImageTokens;
    const progress = { step: 1, steps: 10, timestep: 9, indices: [0, 3], tokens };
    const run = afterEvent(micro, { type: 'step', progress }, 0);
    expect(run.candidates.map((candidate) => candidate.tokens?.[0])).toEqual([1, undefined, undefined, 2]);
    expect(progressInWords(run.progress, 4)).toBe('Step 1 of 10 · 2 pictures of 4');
    const made = afterEvent(run, imageEvent(3, 0.5), 0).candidates[3].picture;
    expect(made).toMatchObject({ index: 3, recipe: microRecipes[3] });
  });

  it('reach the candidates of their batch and no others', () => {
    const run = afterEvent(micro, stepEvent(1, 10, 1, 2), 0);
    expect(run.candidates.map(({ tokens }) => tokens?.length ?? 0)).toEqual([0, 4, 4, 0]);
    const frames = [grey(1), grey(2)];
    const previewed = afterEvent(run, { type: 'preview', indices: [1, 2], frames }, 0);
    expect(previewed.candidates.map(({ preview }) => preview)).toEqual([null, ...frames, null]);
    expect(previewed.candidates[0]).toBe(run.candidates[0]);
  });

  it('let go the previews that are shown no more, and those alone', () => {
    const closed: string[] = [];
    const bitmap = (name: string) => ({ width: 2, height: 2, close: () => closed.push(name) }) as ImageBitmap;
    const preview = (run: Run, first: number, ...frames: Frame[]) =>
      afterEvent(run, { type: 'preview', indices: frames.map((_, i) => first + i), frames }, 0);
    const before = preview(micro, 0, bitmap('a'), bitmap('b'), grey(1));
    const after = preview(before, 1, bitmap('c'));
    releasePreviews(before, after);
    expect(closed).toEqual(['b']);
    // Cancelled without a picture it is still to be seen; with one, the rest goes.
    releasePreviews(after, endRun(after, 'cancelled'));
    expect(closed).toEqual(['b']);
    const finished = afterEvent(after, imageEvent(3, 0.5), 0);
    releasePreviews(finished, endRun(finished, 'cancelled'));
    expect(closed).toEqual(['b', 'a', 'c']);
  });

  it('tell how much of the prompt was not read', () => {
    const event = {
      type: 'encoded',
      index: 0,
      what: 'prompt',
      tokenCount: 90,
      tokenLimit: 77,
      truncated: true,
      read: 280,
    } as const;
    expect(afterEvent(micro, event, 0).cut).toEqual({ what: 'prompt', unused: 13, limit: 77, read: 280 });
    expect(afterEvent(micro, { ...event, tokenCount: 12, truncated: false }, 0).cut).toBeNull();
    const second = afterEvent(afterEvent(micro, { ...event, what: 'avoid' }, 0), event, 0);
    expect(second.cut?.what).toBe('avoid');
  });
});
