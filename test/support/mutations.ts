// Seeded mutations, for tests that throw broken input at a reader.
import type { Dice } from './fuzz.ts';

export interface Chance {
  /** 0..below-1 */
  below(below: number): number;
  of<T>(items: readonly T[]): T;
}

export const chanceOf = ({ below, pick }: Dice): Chance => ({ below, of: pick });

/** What breaks parsers. */
const oddities: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 32,
  2 ** 53,
  '',
  ' ',
  'x',
  '\u202egnp',
  '\ud800',
  '\0',
  'A'.repeat(9000),
  'AACAPw==',
  'constructor',
  'topK',
  'tokens',
  'mix',
  [],
  [1],
  {},
  { kind: 'text', text: 'y' },
  { kind: 'all masked' },
  Array.from({ length: 17 }, () => ({})),
];
const names = [
  '__proto__',
  'constructor',
  'version',
  'avoid',
  'seed',
  'prompt',
  'pack',
  'extra',
  '\u2066',
  '',
];

/** A JSON tree with one to three faults: values exchanged, taken away, put in, moved, nested. */
export function mutatedJson(tree: unknown, { below, of }: Chance): unknown {
  let root: unknown = JSON.parse(JSON.stringify(tree));
  for (let times = 1 + below(3); times > 0; times--) {
    const places: { holder: Record<string, unknown>; key: string }[] = [];
    const visit = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        places.push({ holder: value as Record<string, unknown>, key });
        visit(inner);
      }
    };
    visit(root);
    const odd = () => structuredClone(of(oddities));
    if (!places.length) return odd();
    const { holder, key } = of(places);
    const put = (name: string, value: unknown) =>
      Object.defineProperty(holder, name, { value, enumerable: true, writable: true, configurable: true });
    const copy = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as unknown;
    switch (below(7)) {
      case 0:
        delete holder[key];
        break;
      case 1:
        put(of(names), odd());
        break;
      case 2: {
        const other = of(places);
        put(key, copy(other.holder[other.key]));
        break;
      }
      case 3: {
        // Nested as deep as chance will have it.
        let value = copy(holder[key]);
        for (let depth = below(40); depth > 0; depth--) {
          value = { kind: 'between', from: value, to: { kind: 'text', text: 'z' }, at: 0.5 };
        }
        put(key, value);
        break;
      }
      case 4:
        if (typeof holder[key] === 'number') put(key, holder[key] + of([-1, 1, 0.5, 1e9, Number.EPSILON]));
        else put(key, odd());
        break;
      case 5:
        root = [root, { ...(root as object), version: of([1, 2, 3]) }, root][below(3)];
        break;
      default:
        put(key, odd());
    }
  }
  return root;
}

/** Bytes with one to four faults: flipped, exchanged, cut, doubled, taken out. */
export function mutatedBytes(bytes: Uint8Array, { below, of }: Chance): Uint8Array {
  let mutated = bytes.slice();
  for (let times = 1 + below(4); times > 0 && mutated.length; times--) {
    const at = below(mutated.length);
    const to = Math.min(mutated.length, at + 1 + below(24));
    switch (below(5)) {
      case 0:
        mutated[at] ^= 1 << below(8);
        break;
      case 1:
        mutated[at] = of([0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b]);
        break;
      case 2:
        mutated = mutated.slice(0, at);
        break;
      case 3:
        mutated = Uint8Array.from([...mutated.subarray(0, to), ...mutated.subarray(at)]);
        break;
      default:
        mutated = Uint8Array.from([...mutated.subarray(0, at), ...mutated.subarray(to)]);
    }
  }
  return mutated;
}
