import { describe, expect, it } from 'vitest';
import { nothingSelected, withSelected } from '../../src/store/selection.ts';

const shown = ['a', 'b', 'c', 'd', 'e'];
const chosen = ({ ids }: typeof nothingSelected) => [...ids].sort().join('');

describe('a selection', () => {
  it('grows by single pictures and by ranges in both directions, and shrinks in the same way', () => {
    let selection = withSelected(nothingSelected, ['d'], true);
    selection = withSelected(selection, ['b'], true, shown);
    expect(chosen(selection)).toBe('bcd');
    selection = withSelected(selection, ['e'], true, shown);
    expect(chosen(selection)).toBe('bcde');
    selection = withSelected(selection, ['c'], false, shown);
    expect(chosen(selection)).toBe('b');
    expect(chosen(withSelected(selection, ['e'], true))).toBe('be');
  });

  it('takes all of a film, and ranges from it and to it', () => {
    const film = withSelected(nothingSelected, ['b', 'c'], true, shown);
    expect(chosen(film)).toBe('bc');
    expect(chosen(withSelected(film, ['e'], true, shown))).toBe('bcde');
    expect(chosen(withSelected(film, ['a'], true, shown))).toBe('abc');
    const last = withSelected(nothingSelected, ['e'], true, shown);
    expect(chosen(withSelected(last, ['b', 'c'], true, shown))).toBe('bcde');
    const first = withSelected(nothingSelected, ['a'], true, shown);
    expect(chosen(withSelected(first, ['b', 'c'], true, shown))).toBe('abc');
    expect(chosen(withSelected(film, ['b', 'c'], false, shown))).toBe('');
  });

  it('takes the one picture where the last one is not to be seen', () => {
    const hidden = withSelected(nothingSelected, ['x'], true);
    expect(chosen(withSelected(hidden, ['c'], true, shown))).toBe('cx');
    expect(chosen(withSelected(nothingSelected, ['c'], true, shown))).toBe('c');
  });
});
