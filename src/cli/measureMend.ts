// npm run mend: whether a phrase that a picture misses is seen once a part of it was drawn again, by which part, and by how
// it is asked for.
import { seededNoise } from '../diffusion/random.ts';
import { cosine } from '../diffusion/rank.ts';
import type { Engine } from '../engine/engine.ts';
import { generate } from '../engine/generate.ts';
import { locate } from '../engine/locate.ts';
import { weigh } from '../engine/weigh.ts';
import { modelFingerprint } from '../recipe/fingerprint.ts';
import {
  isSeen,
  otherText,
  type PhraseQuestion,
  type PhraseReading,
  questionsOf,
  readingOf,
  textsOf,
  urged,
} from '../recipe/reading.ts';
import { makeRecipe, type Recipe } from '../recipe/recipe.ts';
import { REGION_SHARE, regionOf } from '../recipe/region.ts';
import { repainted } from '../recipe/repaint.ts';
import type { ImageTokens } from '../types.ts';
import { measuring } from './measuring.ts';
import { mendPrompt } from './mendCases.ts';
import { spread, windowsOf, withHidden } from './occlusion.ts';

const usage = `Measures mending: pictures of prompts that miss a phrase, and each drawn again in a part, in several ways.

  npm run mend -- --cases 24

  --pack FOLDER         the pack, with a vocabulary of portraits (public/models/portraits)
  --cases N             pictures that miss a phrase (24)
  --steps N             (the pack's default)
  --seed N              (1)
  --threads N           (2)
`;

const { signal } = new AbortController();

/** Tokens of each recipe's picture. */
async function make(engine: Engine, recipes: readonly Recipe[]): Promise<ImageTokens[]> {
  const made: ImageTokens[] = [];
  for await (const event of generate(engine, recipes, signal)) {
    if (event.type !== 'step') continue;
    const { indices, tokens } = event.progress;
    const positions = tokens.length / indices.length;
    for (const [row, index] of indices.entries()) {
      made[index] = tokens.slice(row * positions, (row + 1) * positions) as ImageTokens;
    }
  }
  return made;
}

async function read(engine: Engine, tokens: ImageTokens, questions: readonly PhraseQuestion[]) {
  const texts = textsOf(questions);
  const cosines = await weigh(engine, { kind: 'weigh', tokens, texts }, signal);
  const { clipScale } = engine.manifest;
  return questions.map((question) => readingOf(question, (text) => cosines[texts.indexOf(text)], clipScale));
}

/** How much hiding each part raises the phrase against what is seen in its place. [positions] */
async function raisedByHiding(engine: Engine, tokens: ImageTokens, asked: string, other: string) {
  const { manifest, tokenize, encodeText } = engine;
  const vector = (text: string) => encodeText(tokenize(manifest.defaults.promptPrefix + text).ids);
  const [one, two] = [await vector(asked), await vector(other)];
  const pixels = await engine.decode(tokens);
  const windows = windowsOf(manifest.grid);
  const raised: number[] = [];
  for (const covered of windows) {
    const seen = await engine.encodeImage(withHidden(pixels, covered, manifest.grid, manifest.image));
    raised.push(cosine(seen, one) - cosine(seen, two));
  }
  return spread(windows, raised, tokens.length);
}

/** A square anywhere, as large as the regions. */
function anywhere({ grid }: Engine['manifest'], index: number, seed: number): number[] {
  const noise = seededNoise(seed);
  const [y, x] = [noise(index, 0, 2) * grid.rows, noise(index, 1, 2) * grid.columns];
  return Array.from({ length: grid.rows * grid.columns }, (_, i) => {
    const across = Math.abs((i % grid.columns) + 0.5 - x);
    return -Math.max(across, Math.abs(Math.floor(i / grid.columns) + 0.5 - y));
  });
}

/** What one case and way came to. */
interface Outcome {
  readonly way: string;
  readonly before: number;
  readonly after: number;
  /** Of the other phrases that were seen, how many still are. */
  readonly kept: number;
  readonly others: number;
}

interface Missed {
  readonly recipe: Recipe;
  readonly tokens: ImageTokens;
  readonly questions: readonly PhraseQuestion[];
  readonly readings: readonly PhraseReading[];
  /** Place of the phrase that is read least. */
  readonly place: number;
}

async function mendInAllWays(
  engine: Engine,
  missed: Missed,
  index: number,
  seed: number,
): Promise<Outcome[]> {
  const { manifest } = engine;
  const { recipe, tokens, questions, readings, place } = missed;
  const question = questions[place];
  const other = otherText(question, readings[place]);
  const located = await locate(engine, { kind: 'locate', tokens, asked: question.asked, other }, signal);
  const condition = urged(recipe.condition, question, other);
  const own = { ...recipe, seed: (recipe.seed + 1) >>> 0 };
  const ways: readonly [way: string, values: ArrayLike<number>, recipe: Recipe][] = [
    ['where the denoiser parts, urged (as shipped)', located, { ...own, condition }],
    [
      'where hiding raises CLIP’s reading, urged',
      await raisedByHiding(engine, tokens, question.asked, other),
      { ...own, condition },
    ],
    ['a square anywhere, urged', anywhere(manifest, index, seed), { ...own, condition }],
    ['where the denoiser parts, under the prompt', located, own],
  ];
  const recipes = ways.map(([, values, each]) => {
    const chosen = regionOf(values, manifest.grid, REGION_SHARE * tokens.length);
    return repainted([each], tokens, chosen, manifest)[0];
  });
  const made = await make(engine, recipes);
  return Promise.all(
    ways.map(async ([way], i) => {
      const after = await read(engine, made[i], questions);
      const others = readings.flatMap((reading, at) => (at !== place && isSeen(reading) ? after[at] : []));
      return {
        way,
        before: readings[place].share,
        after: after[place].share,
        kept: others.filter(isSeen).length,
        others: others.length,
      };
    }),
  );
}

function table(outcomes: readonly Outcome[]): string {
  const lines = [...new Set(outcomes.map(({ way }) => way))].map((way) => {
    const own = outcomes.filter((outcome) => outcome.way === way);
    const sum = (value: (outcome: Outcome) => number) => own.reduce((all, each) => all + value(each), 0);
    const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(0)} %`;
    return [
      way,
      percent(
        sum(({ after }) => Number(after > 0.5)),
        own.length,
      ),
      `${percent(
        sum(({ before }) => before),
        own.length,
      )} to ${percent(
        sum(({ after }) => after),
        own.length,
      )}`,
      percent(
        sum(({ kept }) => kept),
        sum(({ others }) => others),
      ),
    ].join(' | ');
  });
  return ['part and condition | missed phrase seen | mean reading | other phrases kept', ...lines].join('\n');
}

await measuring(import.meta.url, usage, async (engine, count) => {
  const { manifest, device } = engine;
  const { guidance, truncation } = manifest.defaults;
  const steps = count('steps', manifest.defaults.steps);
  const seed = count('seed', 1);
  const cases = count('cases', 24);
  const outcomes: Outcome[] = [];
  let [phrases, missing] = [0, 0];
  for (let index = 0, found = 0; found < cases; index++) {
    const prompt = mendPrompt(manifest, index, seed);
    const recipe = makeRecipe({
      model: { id: manifest.id, fingerprint: modelFingerprint(manifest) },
      condition: { kind: 'text', text: prompt },
      seed: (seed * 100_000 + 10 * index) >>> 0,
      steps,
      guidance,
      truncation,
      sampler: 'exact',
      arithmetic: device.arithmetic,
    });
    const [tokens] = await make(engine, [recipe]);
    const questions = questionsOf(prompt, manifest.vocabulary);
    const readings = await read(engine, tokens, questions);
    const shares = readings.map(({ share }) => share);
    const place = shares.indexOf(Math.min(...shares));
    phrases += readings.length;
    missing += readings.filter((reading) => !isSeen(reading)).length;
    if (isSeen(readings[place])) continue;
    found++;
    const missed = { recipe, tokens, questions, readings, place };
    outcomes.push(...(await mendInAllWays(engine, missed, index, seed)));
    console.error(`${found} of ${cases}: “${readings[place].phrase}” of ${prompt}`);
  }
  console.log(`${missing} of ${phrases} phrases are missed at first\n\n${table(outcomes)}`);
});
