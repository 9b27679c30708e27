import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { addressWithPack, builtInPack, packAddress, readWish } from '../../src/store/address.ts';

const base = 'https://example.org/app/index.html';

describe('the page’s address', () => {
  it('names pack and device, or leaves both to the page', () => {
    expect(readWish('')).toEqual({ pack: 'models/portraits/', provider: 'auto' });
    expect(readWish('?pack=https://models.example/x&device=wasm')).toEqual({
      pack: 'https://models.example/x',
      provider: 'wasm',
    });
    expect(readWish('?device=webgpu-half').provider).toBe('webgpu-half');
    expect(readWish('?device=toaster&pack=').provider).toBe('auto');
  });

  it('leads to a folder', () => {
    expect(packAddress('models/faces', base)).toBe('https://example.org/app/models/faces/');
    expect(packAddress('https://models.example/a/?v=2', base)).toBe('https://models.example/a/?v=2');
  });

  it('may name a model of one’s own, which has no address on the web', () => {
    expect(packAddress(readWish('?pack=own%3Afaces').pack, base)).toBe('own:faces');
  });

  it('keeps the model that was chosen, and everything else it says', () => {
    const page = 'https://example.org/app/?device=wasm';
    const chosen = addressWithPack(page, 'own:faces');
    expect(readWish(new URL(chosen).search)).toEqual({ pack: 'own:faces', provider: 'wasm' });
    expect(addressWithPack(chosen, builtInPack)).toBe(page);
  });

  it('is of the web', () => {
    for (const bad of ['javascript:alert(1)', 'data:text/plain,x', 'file:///etc/', 'https://']) {
      expect(() => packAddress(bad, base), bad).toThrow(UserError);
    }
  });
});
