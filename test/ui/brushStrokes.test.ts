import { describe, expect, it } from 'vitest';
import {
  type Chosen,
  countChosen,
  inverted,
  MAX_PAST,
  noStrokes,
  painted,
  redo,
  type Strokes,
  undo,
  withStroke,
} from '../../src/ui/brush/strokes.ts';
import { mulberry32 } from '../support/mulberry32.ts';

const drawn = ({ now }: Strokes) => now.map((is) => (is ? '#' : '.')).join('');
const paint = (strokes: Strokes, ...tokens: number[]) =>
  withStroke(strokes, painted(strokes.now, tokens, true));

describe('strokes', () => {
  it('are taken back and brought again, one by one', () => {
    let strokes = paint(paint(noStrokes(6), 0, 1), 3);
    expect(drawn(strokes)).toBe('##.#..');
    strokes = undo(strokes);
    expect(drawn(strokes)).toBe('##....');
    strokes = undo(undo(strokes));
    expect(drawn(strokes)).toBe('......');
    strokes = redo(redo(redo(strokes)));
    expect(drawn(strokes)).toBe('##.#..');
    // Another stroke in place of what was taken back ends its way.
    strokes = paint(undo(strokes), 5);
    expect(drawn(redo(strokes))).toBe('##...#');
    strokes = withStroke(strokes, painted(strokes.now, [1, 5], false));
    expect(drawn(strokes)).toBe('#.....');
    expect(drawn(undo(strokes))).toBe('##...#');
    expect(drawn(withStroke(strokes, inverted(strokes.now)))).toBe('.#####');
  });

  it('that change nothing are none: neither undo nor redo meets them', () => {
    const strokes = undo(paint(paint(noStrokes(4), 1), 2));
    expect(paint(strokes, 1)).toBe(strokes);
    expect(redo(paint(strokes, 1)).now[2]).toBe(true);
    expect(painted(strokes.now, [1], true)).toBe(strokes.now);
  });

  it('of any order come back to what they were', () => {
    const draw = mulberry32(9);
    let strokes = noStrokes(16);
    const states: Chosen[] = [strokes.now];
    for (let i = 0; i < 150; i++) {
      const tokens = Array.from({ length: 1 + Math.floor(draw() * 4) }, () => Math.floor(draw() * 16));
      const after = withStroke(strokes, painted(strokes.now, tokens, draw() < 0.6));
      if (after !== strokes) states.push(after.now);
      strokes = after;
    }
    expect(states.length).toBeGreaterThan(80);
    for (const state of states.toReversed()) {
      expect(strokes.now).toEqual(state);
      strokes = undo(strokes);
    }
    for (const state of states.slice(1)) {
      strokes = redo(strokes);
      expect(strokes.now).toEqual(state);
    }
    expect(countChosen(strokes.now)).toBe(strokes.now.filter((is) => is).length);
  });

  it('are forgotten from the oldest on, where they are very many', () => {
    let strokes = noStrokes(2);
    for (let i = 0; i < MAX_PAST + 50; i++) strokes = withStroke(strokes, inverted(strokes.now));
    expect(strokes.past).toHaveLength(MAX_PAST);
  });
});
