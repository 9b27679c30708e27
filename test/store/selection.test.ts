import { describe, expect, it } from 'vitest';
import { nothingSelected, withSelected } from '../../src/store/selection.ts';

const shown = ['a', 'b', 'c', 'd', 'e'];
const chosen = ({ ids }: typeof nothingSelected) => [...ids].sort().join('');

describe('a selection', () => {
  it('grows by single pictures and by ranges in both directions, and shrinks in the same way', () => {
    let selection = withSelected(nothingSelected, 'd', true);
    selection = withSelected(selection, 'b', true, shown);
    expect(chosen(selection)).toBe('bcd');
    selection = withSelected(selection, 'e', true, shown);
    expect(chosen(selection)).toBe('bcde');
    selection = withSelected(selection, 'c', false, shown);
    expect(chosen(selection)).toBe('b');
    expect(chosen(withSelected(selection, 'e', true))).toBe('be');
  });

  it('takes the one picture where the last one is not to be seen', () => {
    const hidden = withSelected(nothingSelected, 'x', true);
    expect(chosen(withSelected(hidden, 'c', true, shown))).toBe('cx');
    expect(chosen(withSelected(nothingSelected, 'c', true, shown))).toBe('c');
  });
});
