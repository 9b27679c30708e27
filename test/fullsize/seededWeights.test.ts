// The stand-ins' weights against the first values that the golden numbers were made from.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { float16ToFloat32, float32ToFloat16 } from '../../src/convert/float16.ts';
import { type Kind, seededParameter } from './seededWeights.ts';

const json = (name: string) =>
  JSON.parse(readFileSync(new URL(`../golden/fullsize/${name}`, import.meta.url), 'utf8'));

interface Listed {
  readonly shape: readonly number[];
  readonly dtype: string;
}

function listed(model: string, list: string): [string, Listed][] {
  const text = readFileSync(new URL(`../golden/keys/${list}.tsv`, import.meta.url), 'utf8');
  const rows = text.trim().split('\n').slice(1);
  return rows.map((row) => {
    const [key, shape, dtype] = row.split('\t');
    return [`${model}/${key}`, { shape: JSON.parse(shape), dtype }];
  });
}

test('every parameter with known first values begins with them', () => {
  const kinds: Record<string, Record<string, Kind>> = json('kinds.json');
  const parameters = new Map([
    ...listed('diffusion', 'ffhq_diffusion'),
    ...listed('vqgan', 'ffhq_gumbelvq'),
    ...listed('clip', 'clip_vit_b32'),
  ]);
  const known = Object.entries<number[]>(json('first_values.json')).filter(
    ([name]) => name !== 'clip/logit_scale',
  );
  expect(known.length).toBeGreaterThan(15);
  for (const [name, first] of known) {
    const slash = name.indexOf('/');
    const { shape, dtype } = parameters.get(name)!;
    // The first size plays no part in a value: the fan is the product of the others.
    const few = shape.length === 1 ? [first.length] : [1, ...shape.slice(1)];
    const made = seededParameter(name, few, kinds[name.slice(0, slash)][name.slice(slash + 1)]);
    const stored = dtype === 'float16' ? float16ToFloat32(float32ToFloat16(made)) : made;
    expect(Array.from(stored.subarray(0, first.length)), name).toEqual(first);
  }
});
