// The recipes by which "more like it" is judged (training/evaluate/likes.py): pictures that no recipe made, each mixed into a prompt that asks for
// something else, from the prompt alone to the picture alone, as the page's slider does.
//
//   python -m training.evaluate.likes sources --data DIR --out DIR
//   npx tsx src/cli/likes.ts --sources DIR
//   npm run generate -- --recipes DIR/recipes.json --out DIR/results --native
//   python -m training.evaluate.likes report --sources DIR --classifier classifier.pt
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '../engine/engine.ts';
import { toRgba } from '../engine/rgba.ts';
import { encodePng } from '../png/write.ts';
import { embeddingCondition, type RecipeCondition } from '../recipe/condition.ts';
import { makeRecipe } from '../recipe/recipe.ts';
import { writeRecipe } from '../recipe/write.ts';
import { openNativeRuntime, packIn } from './nodeRuntime.ts';

/** Of the picture, along the slider. */
const SHARES = [0, 0.25, 0.5, 0.75, 1];

interface Source {
  readonly prompt: string;
}

const { values } = parseArgs({
  options: {
    pack: { type: 'string', default: 'public/models/portraits' },
    sources: { type: 'string', default: '.' },
  },
});
const engine = await openEngine({
  fetchFile: packIn(values.pack),
  provider: 'wasm',
  openRuntime: () => openNativeRuntime(1),
  onProgress: () => {},
});
const { image: size, id, defaults } = engine.manifest;
const sources: readonly Source[] = JSON.parse(readFileSync(join(values.sources, 'sources.json'), 'utf8'));
// uint8 [sources, height, width, 4]
const pixels = readFileSync(join(values.sources, 'sources.rgba'));
const bytes = size.width * size.height * 4;
if (pixels.length !== sources.length * bytes) {
  throw new RangeError(`likes: ${pixels.length} bytes for ${sources.length} pictures of ${bytes}`);
}

const recipes: string[] = [];
for (const [index, { prompt }] of sources.entries()) {
  const data = new Uint8ClampedArray(pixels.subarray(index * bytes, (index + 1) * bytes));
  // As the page sees it: by its tokens.
  const seen = await engine.decode(await engine.encodePicture({ ...size, data }));
  const png = await encodePng(toRgba(seen, size), []);
  writeFileSync(join(values.sources, `seen-${index}.png`), new Uint8Array(await png.arrayBuffer()));
  const picture = embeddingCondition(await engine.encodeImage(seen));
  const text: RecipeCondition = { kind: 'text', text: prompt };
  for (const at of SHARES) {
    const between: RecipeCondition = { kind: 'between', from: text, to: picture, at };
    const recipe = makeRecipe({
      model: { id, fingerprint: null },
      condition: at === 0 ? text : at === 1 ? picture : between,
      seed: index,
      steps: defaults.steps,
      guidance: defaults.guidance,
      truncation: defaults.truncation,
      sampler: 'exact',
      arithmetic: 'single',
    });
    recipes.push(writeRecipe(recipe));
  }
}
writeFileSync(join(values.sources, 'recipes.json'), `[${recipes.join(',\n')}]\n`);
console.log(`${recipes.length} recipes of ${sources.length} pictures`);
process.exit();
