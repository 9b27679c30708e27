// Weights that anyone can make again from a tensor's name (test/golden/fullsize/README.md).
const utf8 = new TextEncoder();

/** How a parameter's values are spread; kinds.json names it for each. */
export type Kind = 'norm_w' | 'bias' | 'emb' | 'weight';

/** FNV-1a, 32 bit. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8.encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Numbers in [0, 1) with 24 bits, float64 arithmetic applied, rounded to float32. [count] */
export function seededValues(
  name: string,
  count: number,
  value: (u: number) => number = (u) => u,
): Float32Array<ArrayBuffer> {
  const seed = seedOf(name);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let x = (Math.imul(i, 0x9e3779b1) + seed) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x ^= x >>> 16;
    values[i] = value((x >>> 8) * 2 ** -24);
  }
  return values;
}

/** A parameter of the stand-in named `name`, model and slash included. */
export function seededParameter(
  name: string,
  shape: readonly number[],
  kind: Kind,
): Float32Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  switch (kind) {
    case 'norm_w':
      return seededValues(name, count, (u) => 1 + (u - 0.5) * 0.2);
    case 'bias':
      return seededValues(name, count, (u) => (u - 0.5) * 0.1);
    case 'emb':
      return seededValues(name, count, (u) => (u - 0.5) * 2);
    case 'weight': {
      const fan = shape.slice(1).reduce((product, size) => product * size, 1);
      const reach = Math.sqrt(3 / fan);
      return seededValues(name, count, (u) => (u - 0.5) * 2 * reach);
    }
    default:
      return kind satisfies never;
  }
}
