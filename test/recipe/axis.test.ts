import { describe, expect, it } from 'vitest';
import { readAxis } from '../../src/recipe/axis.ts';
import type { Axis } from '../../src/recipe/grid.ts';
import { MAX_PICTURES } from '../../src/recipe/plan.ts';
import { refusal } from '../support/refusal.ts';

const values = (field: Axis['field'], text: string) => readAxis(field, text, 100).values;

describe('the values of an axis', () => {
  it('are numbers between commas, and ranges by their ends, stride or count', () => {
    expect(values('steps', '10, 25,50')).toEqual([10, 25, 50]);
    expect(values('steps', '1-4, 10')).toEqual([1, 2, 3, 4, 10]);
    expect(values('steps', '10-50 (+20)')).toEqual([10, 30, 50]);
    expect(values('steps', '10 - 45 (20)')).toEqual([10, 30]);
    expect(values('steps', '1-100 [4]')).toEqual([1, 34, 67, 100]);
    expect(values('seed', '4294967295')).toEqual([4294967295]);
    expect(values('seed', '9..7')).toEqual([9, 8, 7]);
    expect(values('guidance', '1-2 (+0.25)')).toEqual([1, 1.25, 1.5, 1.75, 2]);
    expect(values('guidance', '0.5–2.5')).toEqual([0.5, 1.5, 2.5]);
    expect(values('guidance', '3-1 [3]')).toEqual([3, 2, 1]);
    expect(values('guidance', '2-5 [1], 1,')).toEqual([2, 1]);
  });

  it('of truncation end with none at all', () => {
    const r = (share: number) => ({ kind: 'topR', r: share });
    expect(values('truncation', '0.8-1, Off')).toEqual([r(0.8), r(0.9), { kind: 'none' }, { kind: 'none' }]);
  });

  it('of words begin with those that they replace', () => {
    expect(readAxis('words', ' red , blond,black ', 100)).toEqual({
      field: 'words',
      find: 'red',
      values: ['red', 'blond', 'black'],
    });
    expect(values('words', '"red, long", "a ""x",')).toEqual(['red, long', '"a ""x"', '']);
    expect(values('words', 'red,,black')).toEqual(['red', '', 'black']);
    expect(values('words', 'red, "')).toEqual(['red', '"']);
  });

  it('that cannot be are quoted, with what can', async () => {
    const refused = (field: Axis['field'], text: string) => refusal(() => readAxis(field, text, 100));
    expect(await refused('steps', '10, fast\u202e')).toBe(
      '“fast\\u{202e}” is no number of steps: write whole numbers from 1 to 100, like 5, 10, 25 or 10-50 (+10).',
    );
    for (const text of ['0', '101', '1.5', '1-101', '-3', '1e2', '10 20', '1-', '(+2)', 'x'.repeat(1000)]) {
      expect(await refused('steps', text), text).toContain('is no number of steps');
    }
    expect(await refused('seed', '4294967296')).toContain('is no seed');
    expect(await refused('truncation', '1.1')).toContain('from 0 to 1');
    expect(await refused('guidance', ' , ')).toContain('There is no guidance yet');
    expect(await refused('steps', '1-5 (+0)')).toContain('gets nowhere');
    expect(await refused('seed', '0-4294967295')).toContain('would be more than a million pictures');
    expect(values('seed', '0-255')).toHaveLength(MAX_PICTURES);
    expect(await refused('seed', '0-256')).toContain('would be 257 pictures');
    expect(await refused('seed', '0-200, 0-200')).toContain('would be 402 pictures');
    expect(await refused('words', 'red')).toContain('after commas');
    expect(await refused('words', ', red')).toContain('after commas');
  });
});
