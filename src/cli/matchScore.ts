// The score from which on a picture may be called a match, measured: pack.json's matchScore. training/README.md tells how.
import { cosine } from '../diffusion/rank.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import { generate } from '../engine/generate.ts';
import { UserError } from '../errors.ts';
import { modelFingerprint } from '../recipe/fingerprint.ts';
import { candidates } from '../recipe/plan.ts';
import { makeRecipe } from '../recipe/recipe.ts';
import { loadNamesIn } from '../tokenizer/htmlUnescape.ts';
import type { Condition } from '../types.ts';
import { rawValues, wholeNumber } from './arguments.ts';
import { parsedPrompts } from './generate.ts';
import { openNativeRuntime, packIn } from './nodeRuntime.ts';
import { asProgram } from './program.ts';

const usage = `Measures matchScore: the CLIP score that nine of ten pictures of prompts the model can draw reach.

  npx tsx src/cli/matchScore.ts --pack public/models/<id> --prompts prompts.txt

needed
  --pack FOLDER         the pack
  --prompts FILE        prompts the model can draw: one a line, or JSON as npm run generate takes it

what is made
  --count N             so many of the prompts, evenly spread (40)
  --seeds N             pictures of each (4)
`;

/** None of these is a face's, whatever a model of faces was trained on. */
const strangers = [
  'a zebra',
  'a sports car',
  'a plate of spaghetti',
  'a wooden bridge over a river',
  'a dog on a sofa',
  'a bowl of fruit',
  'the skyline of new york',
  'a steam locomotive',
];

/** What nine of ten reach. */
const SHARE = 0.9;

async function measure(pack: string, prompts: readonly string[], seeds: number): Promise<void> {
  const engine = await openEngine({
    fetchFile: packIn(pack),
    provider: 'wasm',
    openRuntime: () => openNativeRuntime(),
    onProgress: () => {},
  });
  const { promptPrefix } = engine.manifest.defaults;
  const textOf = async (prompt: string) => {
    await loadNamesIn(promptPrefix + prompt);
    return engine.encodeText(engine.tokenize(promptPrefix + prompt).ids);
  };
  const texts = await Promise.all(prompts.map(textOf));

  const own: number[] = [];
  const others: number[] = [];
  for (const [index, prompt] of prompts.entries()) {
    for (const picture of await pictures(engine, prompt, index * seeds, seeds)) {
      own.push(cosine(picture, texts[index]));
      others.push(...texts.filter((_, i) => i !== index).map((text) => cosine(picture, text)));
    }
    console.error(`${index + 1} of ${prompts.length}: ${prompt}`);
  }
  const strange: number[] = [];
  for (const [index, prompt] of strangers.entries()) {
    const text = await textOf(prompt);
    const made = await pictures(engine, prompt, (prompts.length + index) * seeds, seeds);
    strange.push(...made.map((picture) => cosine(picture, text)));
  }
  const match = Math.floor(100 * quantile(own, 1 - SHARE)) / 100;
  const reach = (scores: readonly number[]) =>
    `${((100 * scores.filter((score) => score >= match).length) / scores.length).toFixed(1)} %`;
  const row = (name: string, scores: readonly number[]) =>
    `${name}  median ${quantile(scores, 0.5).toFixed(2)}, ${reach(scores)} reach it`;
  console.log(`matchScore ${match}, from ${own.length} pictures of ${prompts.length} prompts
${row('pictures and their own prompt', own)}
${row('pictures and another prompt  ', others)}
${row('pictures of unknown words    ', strange)}`);
  await engine.dispose();
}

/** CLIP's embeddings of a prompt's pictures, made with the pack's defaults. */
async function pictures(engine: Engine, prompt: string, seed: number, count: number): Promise<Condition[]> {
  const seen: Condition[] = [];
  const watched: Engine = {
    ...engine,
    async encodeImage(pixels) {
      const embedding = await engine.encodeImage(pixels);
      seen.push(embedding);
      return embedding;
    },
  };
  const { manifest, device } = engine;
  const { steps, guidance, truncation, redraw = 0 } = manifest.defaults;
  const first = makeRecipe({
    model: { id: manifest.id, fingerprint: modelFingerprint(manifest) },
    condition: { kind: 'text', text: prompt },
    seed,
    steps,
    guidance,
    truncation,
    redraw,
    sampler: 'exact',
    arithmetic: device.arithmetic,
  });
  const recipes = candidates(first, count);
  for await (const _ of generate(watched, recipes, new AbortController().signal));
  return seen;
}

/** The value that a share of all values lies below. */
function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)];
}

async function main(argv: readonly string[]): Promise<void> {
  const values = rawValues(usage, argv);
  if (values.help !== undefined) return console.log(usage);
  const { pack, prompts } = values;
  if (!pack || !prompts)
    throw new UserError('settings', 'Please give --pack and --prompts; --help explains.');
  const all = parsedPrompts(prompts);
  if (all.length < 2)
    throw new UserError('settings', `${prompts} should hold several prompts, it holds one.`);
  // Each is held against the others.
  const taken = Math.min(Math.max(2, wholeNumber('count', values.count, 40)), all.length);
  const spread = Array.from({ length: taken }, (_, i) => all[Math.floor((i * all.length) / taken)]);
  await measure(pack, spread, wholeNumber('seeds', values.seeds, 4));
}

await asProgram(import.meta.url, main);
