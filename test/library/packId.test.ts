import { describe, expect, it } from 'vitest';
import { packId } from '../../src/library/packId.ts';

describe('a pack’s id', () => {
  it.each([
    ['FFHQ faces', 1, 'ffhq-faces'],
    ['FFHQ faces', 3, 'ffhq-faces-3'],
    ['  Éclair & Co. (v2)  ', 1, 'e-clair-co-v2'],
    ['../../etc', 1, 'etc'],
    ['лица', 2, 'model-2'],
    ['x'.repeat(100), 1, 'x'.repeat(40)],
  ])('of “%s”, number %d, is %s', (name, count, id) => {
    expect(packId(name, count)).toBe(id);
    // What pack.json allows.
    expect(id).toMatch(/^[a-z0-9][a-z0-9._-]*$/i);
  });
});
