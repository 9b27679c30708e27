import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { packAddress, readWish } from '../../src/store/address.ts';

const base = 'https://example.org/app/index.html';

describe('the page’s address', () => {
  it('names pack and device, or leaves both to the page', () => {
    expect(readWish('')).toEqual({ pack: 'models/toon/', provider: 'auto' });
    expect(readWish('?pack=https://models.example/x&device=wasm')).toEqual({
      pack: 'https://models.example/x',
      provider: 'wasm',
    });
    expect(readWish('?device=toaster&pack=').provider).toBe('auto');
  });

  it('leads to a folder', () => {
    expect(packAddress('models/toon', base)).toBe('https://example.org/app/models/toon/');
    expect(packAddress('https://models.example/a/?v=2', base)).toBe('https://models.example/a/?v=2');
  });

  it('is of the web', () => {
    for (const bad of ['javascript:alert(1)', 'data:text/plain,x', 'file:///etc/', 'https://']) {
      expect(() => packAddress(bad, base), bad).toThrow(UserError);
    }
  });
});
