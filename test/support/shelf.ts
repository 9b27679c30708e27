import type { Shelf } from '../../src/store/shelf.ts';

/** A shelf in memory; `texts` is what lies on it. */
export function memoryShelf(texts: Map<string, string> = new Map()): Shelf & { texts: Map<string, string> } {
  return {
    texts,
    read: (key) => texts.get(key) ?? null,
    write: (key, text) => void texts.set(key, text),
  };
}

/** What stands in a browser's storage that a visitor, another program or an older page may have left there. */
export const nonsense = [
  '',
  '{',
  'null',
  '7',
  '"prompts"',
  '[]',
  '[[]]',
  '{"schema":1}',
  '{"schema":"1","prompts":["a face"],"draft":{"prompt":"a face"}}',
  '{"schema":2,"prompts":["a face"],"draft":{"prompt":"a face"}}',
  '{"schema":1,"prompts":"a face","draft":"a face"}',
  '{"schema":1,"prompts":{"0":"a face","length":1},"draft":["a face"]}',
  '{"schema":1,"prompts":[null,7,{},["a"]],"draft":{"prompt":7,"steps":0,"guidance":-1,"candidates":1.5}}',
  '{"schema":1,"draft":{"truncation":null,"seedLocked":1,"sampler":"constructor","steps":1e99}}',
  '{"schema":1,"draft":{"truncation":{"kind":"topR","r":2},"guidance":null,"seed":42}}',
  '{"schema":1,"draft":{"__proto__":{"prompt":"a face"},"constructor":1}}',
];

/** Storages of browsers that keep nothing. */
export const storagesThatFail: readonly (readonly [string, () => Storage])[] = [
  [
    'blocked',
    () => {
      throw new DOMException('denied', 'SecurityError');
    },
  ],
  [
    'full',
    () =>
      ({
        getItem: () => null,
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      }) as unknown as Storage,
  ],
];
