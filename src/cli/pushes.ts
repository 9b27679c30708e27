// The recipes by which qualities and morphs are judged (training/evaluate/changes.py): some people, by some seeds, each pushed along every quality, and
// morphed from one to the next.
//
//   npx tsx src/cli/pushes.ts --seeds 2 --morph-seeds 6 --out recipes.json
//   npm run generate -- --recipes recipes.json --out DIR --native
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { morphed } from '../recipe/morph.ts';
import { pushed, qualities } from '../recipe/push.ts';
import { makeRecipe, type Recipe } from '../recipe/recipe.ts';
import { writeRecipe } from '../recipe/write.ts';

const people = [
  'a woman with brown hair',
  'a man with brown hair',
  'a young woman',
  'a man, grey background',
];
/** One attribute apart, so that what changes on the way can be read. */
const ways = [
  ['a young man with brown hair', 'an old man with brown hair'],
  ['a woman with a sad face', 'a woman with a big smile'],
  ['a woman with short black hair', 'a woman with long black hair'],
  ['a man with a full beard', 'a man, clean shaven'],
] as const;
const MORPH = 5;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2' },
    'morph-seeds': { type: 'string', default: '6' },
    out: { type: 'string', default: 'recipes.json' },
  },
});
const upTo = (count: string) => Array.from({ length: Number(count) }, (_, seed) => seed);
const recipeOf = (text: string, seed: number): Recipe =>
  makeRecipe({
    model: { id: 'portraits', fingerprint: null },
    condition: { kind: 'text', text },
    seed,
    steps: 12,
    guidance: 2,
    truncation: { kind: 'topR', r: 0.7 },
    sampler: 'exact',
    arithmetic: 'single',
  });

const recipes = [
  ...upTo(values['morph-seeds']).flatMap((seed) =>
    ways.flatMap(([from, to]) => morphed(recipeOf(from, seed), recipeOf(to, seed), MORPH)),
  ),
  ...upTo(values.seeds).flatMap((seed) =>
    people.flatMap((text) => qualities.flatMap((quality) => pushed(recipeOf(text, seed), quality))),
  ),
];
writeFileSync(values.out, `[${recipes.map((recipe) => writeRecipe(recipe)).join(',\n')}]\n`);
console.log(`${recipes.length} recipes in ${values.out}`);
