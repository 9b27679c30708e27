import { describe, expect, it } from 'vitest';
import {
  keepPrompts,
  mostCharacters,
  mostPrompts,
  parsePrompts,
  remember,
  walked,
} from '../../src/store/promptHistory.ts';
import { browserShelf } from '../../src/store/shelf.ts';
import { createAppStore } from '../../src/store/store.ts';
import { memoryShelf, nonsense, storagesThatFail } from '../support/shelf.ts';

const key = 'clip-vqdiffusion.prompts';

describe('prompts that were run', () => {
  it('come newest first, each once, and the oldest of more than a hundred goes', () => {
    const many = Array.from({ length: mostPrompts + 5 }, (_, i) => `face ${i}`);
    const kept = many.reduce<readonly string[]>(remember, []);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([100, 'face 104', 'face 5']);
    expect(remember(kept, ' face 50\n').slice(0, 2)).toEqual(['face 50', 'face 104']);
    expect(remember(kept, ' face 50\n')).toHaveLength(100);
  });

  it('are none where nothing was written, or a whole book', () => {
    expect(remember(['a'], '  ')).toEqual(['a']);
    expect(remember(['a'], 'x'.repeat(mostCharacters + 1))).toEqual(['a']);
    expect(remember(['a'], 'x'.repeat(mostCharacters))).toHaveLength(2);
  });
});

describe('the walk through them', () => {
  const prompts = ['new', 'middle', 'old'];

  it('goes back to the oldest, and forward again to what was being written', () => {
    const seen: string[] = [];
    let at = { walk: null as Parameters<typeof walked>[1], prompt: 'half writ' };
    for (const towards of ['older', 'older', 'older', 'older', 'newer', 'newer', 'newer', 'newer'] as const) {
      at = walked(prompts, at.walk, at.prompt, towards) ?? at;
      seen.push(at.prompt);
    }
    expect(seen).toEqual(['new', 'middle', 'old', 'old', 'middle', 'new', 'half writ', 'half writ']);
  });

  it('does not stop at what stands in the field already', () => {
    expect(walked(prompts, null, 'new', 'older')?.prompt).toBe('middle');
    expect(walked(prompts, null, 'new', 'newer')).toBeNull();
    expect(walked([], null, 'new', 'older')).toBeNull();
  });
});

describe('a kept history', () => {
  it('comes back in its order', () => {
    const shelf = memoryShelf();
    const store = createAppStore();
    keepPrompts(store, shelf);
    for (const prompt of ['one', 'two', 'one']) {
      store.setState(({ prompts }) => ({ prompts: remember(prompts, prompt) }));
    }
    const later = createAppStore();
    keepPrompts(later, shelf);
    expect(later.getState().prompts).toEqual(['one', 'two']);
  });

  it('loses nothing to another tab', () => {
    const shelf = memoryShelf();
    const [first, second] = [createAppStore(), createAppStore()];
    keepPrompts(first, shelf);
    keepPrompts(second, shelf);
    first.setState({ prompts: ['from the first'] });
    second.setState({ prompts: ['from the second'] });
    expect(parsePrompts(shelf.texts.get(key)!)).toEqual(['from the second', 'from the first']);
  });

  it('that is forgotten stays forgotten, in a tab that still has it as well', () => {
    const shelf = memoryShelf();
    const [first, second] = [createAppStore(), createAppStore()];
    keepPrompts(first, shelf);
    first.setState({ prompts: ['one'] });
    keepPrompts(second, shelf);
    first.setState({ prompts: [] });
    expect(parsePrompts(shelf.texts.get(key)!)).toEqual([]);
    second.setState(({ prompts }) => ({ prompts: remember(prompts, 'two') }));
    expect(parsePrompts(shelf.texts.get(key)!)).toEqual(['two']);
  });

  it.each(nonsense)('is empty where something else lies: %s', (text) => {
    expect(parsePrompts(text)).toEqual([]);
  });

  it('takes what is usable of a list, and no more than a hundred', () => {
    const prompts = [
      'a',
      7,
      ' a ',
      'x'.repeat(mostCharacters + 1),
      ...Array.from({ length: 200 }, (_, i) => `${i}`),
    ];
    const parsed = parsePrompts(JSON.stringify({ schema: 1, prompts }));
    expect(parsed.slice(0, 3)).toEqual(['a', '0', '1']);
    expect(parsed.length).toBeLessThanOrEqual(100);
  });

  it.each(storagesThatFail)('works in memory where storage is %s', (_, storage) => {
    const store = createAppStore();
    keepPrompts(store, browserShelf(storage));
    store.setState({ prompts: ['one'] });
    expect(store.getState().prompts).toEqual(['one']);
  });
});
