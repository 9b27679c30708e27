// npm run brush: what the brush changes where it is asked to, and what it keeps, by CLIP and by pixels.
import { cosine } from '../diffusion/rank.ts';
import type { Engine } from '../engine/engine.ts';
import { createEvaluator } from '../engine/evaluate.ts';
import { generate } from '../engine/generate.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { modelFingerprint } from '../recipe/fingerprint.ts';
import { timestepOfMasked } from '../recipe/maskedStart.ts';
import { makeRecipe, type Recipe } from '../recipe/recipe.ts';
import { repainted } from '../recipe/repaint.ts';
import type { Condition, ImageTokens, Pixels } from '../types.ts';
import { type BrushCase, brushCases } from './brushCases.ts';
import { measuring } from './measuring.ts';

const usage = `Measures the brush: pictures of prompts, a region of each painted, and another phrase asked for there.

  npm run brush -- --cases 100

  --pack FOLDER         the pack, with a vocabulary of portraits (public/models/portraits)
  --cases N             (100)
  --seed N              (1)
  --threads N           (2)
`;

/** Ways to begin that are compared. */
const ways = {
  'at T': (recipe: Recipe) => recipe,
  'following the masked share': withShare,
  'the same, in as many steps': (recipe: Recipe, given: BrushCase, manifest: PackManifest) =>
    inAllSteps(withShare(recipe, given, manifest), manifest.timesteps),
} as const;
type Way = keyof typeof ways;

function withShare(recipe: Recipe, { chosen }: BrushCase, manifest: PackManifest): Recipe {
  if (recipe.start.kind !== 'tokens') return recipe;
  return { ...recipe, start: { ...recipe.start, timestep: timestepOfMasked(chosen, manifest) } };
}

/** As many steps over the late start's timesteps as the recipe has over all. */
function inAllSteps(recipe: Recipe, timesteps: number): Recipe {
  if (recipe.start.kind !== 'tokens') return recipe;
  const share = (recipe.start.timestep + 1) / timesteps;
  return { ...recipe, steps: Math.min(timesteps, Math.round(recipe.steps / share)) };
}

interface Seen {
  readonly tokens: ImageTokens;
  readonly pixels: Pixels;
  readonly embedding: Condition;
  readonly steps: number;
}

async function make(engine: Engine, recipe: Recipe): Promise<Seen> {
  let tokens: ImageTokens | null = null;
  let steps = 0;
  for await (const event of generate(engine, [recipe], new AbortController().signal)) {
    if (event.type !== 'step') continue;
    tokens = event.progress.tokens;
    steps = event.progress.step;
  }
  const pixels = await engine.decode(tokens!);
  return { tokens: tokens!, pixels, embedding: await engine.encodeImage(pixels), steps };
}

/** What one case and way came to. */
interface Outcome {
  readonly way: Way | 'before' | 'a new picture';
  readonly group: string;
  /** Cosine to what is asked for, less the cosine to what there was. */
  readonly preference: number;
  /** Of the phrases outside the region, how many CLIP still prefers to all others of their groups. */
  readonly othersKept: number;
  /** Cosine to the picture before, with the region greyed in both. */
  readonly restAlike: number;
  /** Mean difference of pixels outside the region, and outside it by a token at least; of 255. */
  readonly outside: number;
  readonly farOutside: number;
  readonly match: number;
  readonly steps: number;
}

async function runCase(engine: Engine, given: BrushCase, index: number, seed: number): Promise<Outcome[]> {
  const { manifest, device } = engine;
  const { steps, guidance, truncation, redraw = 0 } = manifest.defaults;
  const evaluate = createEvaluator(engine);
  const vectorOf = async (text: string) => (await evaluate({ kind: 'text', text })).condition;
  const recipeOf = (text: string, own: number) =>
    makeRecipe({
      model: { id: manifest.id, fingerprint: modelFingerprint(manifest) },
      condition: { kind: 'text', text },
      seed: (seed * 100_000 + index * 10 + own) >>> 0,
      steps,
      guidance,
      truncation,
      redraw,
      sampler: 'exact',
      arithmetic: device.arithmetic,
    });
  const asked = await vectorOf(given.asked);
  const former = await vectorOf(given.former);
  const others = await Promise.all(given.others.map((prompts) => Promise.all(prompts.map(vectorOf))));
  const before = await make(engine, recipeOf(given.former, 0));
  const likeliest = ({ embedding }: Seen) =>
    others.map((vectors) => {
      const scores = vectors.map((vector) => cosine(embedding, vector));
      return scores.indexOf(Math.max(...scores));
    });
  const wasLikeliest = likeliest(before);
  const restBefore = await engine.encodeImage(greyed(before.pixels, given.chosen, manifest));
  const outcome = async (way: Outcome['way'], seen: Seen): Promise<Outcome> => ({
    way,
    group: given.group,
    preference: cosine(seen.embedding, asked) - cosine(seen.embedding, former),
    othersKept:
      likeliest(seen).filter((best, i) => best === wasLikeliest[i]).length / Math.max(1, others.length),
    restAlike: cosine(await engine.encodeImage(greyed(seen.pixels, given.chosen, manifest)), restBefore),
    outside: difference(seen.pixels, before.pixels, given.chosen, manifest),
    farOutside: difference(seen.pixels, before.pixels, widened(given.chosen, manifest.grid), manifest),
    match: cosine(seen.embedding, asked),
    steps: seen.steps,
  });
  const outcomes = [await outcome('before', before)];
  const [begun] = repainted([recipeOf(given.asked, 1)], before.tokens, given.chosen, manifest);
  for (const [way, change] of Object.entries(ways) as [Way, (typeof ways)[Way]][]) {
    const seen = await make(engine, change(begun, given, manifest));
    const lost = seen.tokens.findIndex((token, i) => !given.chosen[i] && token !== before.tokens[i]);
    if (lost >= 0) throw new RangeError(`brush: token ${lost} did not stay (${way})`);
    outcomes.push(await outcome(way, seen));
  }
  outcomes.push(await outcome('a new picture', await make(engine, recipeOf(given.asked, 1))));
  return outcomes;
}

type Sizes = Pick<Engine['manifest'], 'grid' | 'image'>;

/** Calls for each pixel of one plane with whether its token is chosen. */
function eachPixel(
  chosen: readonly boolean[],
  { grid, image }: Sizes,
  call: (i: number, is: boolean) => void,
) {
  for (let y = 0; y < image.height; y++) {
    const row = Math.floor((y * grid.rows) / image.height);
    for (let x = 0; x < image.width; x++) {
      const column = Math.floor((x * grid.columns) / image.width);
      call(y * image.width + x, chosen[row * grid.columns + column]);
    }
  }
}

function greyed(pixels: Pixels, chosen: readonly boolean[], sizes: Sizes): Pixels {
  const copy = pixels.slice() as Pixels;
  const area = sizes.image.width * sizes.image.height;
  eachPixel(chosen, sizes, (i, is) => {
    if (is) for (let plane = 0; plane < 3; plane++) copy[plane * area + i] = 0.5;
  });
  return copy;
}

/** Mean over the pixels that are not chosen, of 255. */
function difference(one: Pixels, other: Pixels, chosen: readonly boolean[], sizes: Sizes): number {
  const area = sizes.image.width * sizes.image.height;
  let sum = 0;
  let count = 0;
  eachPixel(chosen, sizes, (i, is) => {
    if (is) return;
    for (let plane = 0; plane < 3; plane++) sum += Math.abs(one[plane * area + i] - other[plane * area + i]);
    count += 3;
  });
  return count ? (255 * sum) / count : 0;
}

/** With a token more all around. */
function widened(chosen: readonly boolean[], { rows, columns }: Sizes['grid']): boolean[] {
  return chosen.map((_, i) => {
    const row = Math.floor(i / columns);
    const column = i % columns;
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
        if (chosen[r * columns + c]) return true;
      }
    }
    return false;
  });
}

function table(outcomes: readonly Outcome[]): string {
  const names = [...new Set(outcomes.map(({ way }) => way))];
  const lines = names.map((way) => {
    const own = outcomes.filter((outcome) => outcome.way === way);
    const mean = (value: (outcome: Outcome) => number) =>
      own.reduce((sum, outcome) => sum + value(outcome), 0) / own.length;
    return [
      way,
      `${(100 * mean(({ preference }) => Number(preference > 0))).toFixed(0)} %`,
      mean(({ preference }) => preference).toFixed(4),
      mean(({ match }) => match).toFixed(4),
      `${(100 * mean(({ othersKept }) => othersKept)).toFixed(0)} %`,
      mean(({ restAlike }) => restAlike).toFixed(4),
      `${mean(({ outside }) => outside).toFixed(2)} (${mean(({ farOutside }) => farOutside).toFixed(2)})`,
      mean(({ steps }) => steps).toFixed(1),
    ].join(' | ');
  });
  const head =
    'start | asked phrase preferred | by | CLIP | other phrases kept | rest alike | pixels outside, of 255 (a token away) | steps';
  return [head, ...lines].join('\n');
}

await measuring(import.meta.url, usage, async (engine, count) => {
  const seed = count('seed', 1);
  const outcomes: Outcome[] = [];
  const cases = brushCases(engine.manifest, count('cases', 100), seed);
  for (const [index, given] of cases.entries()) {
    outcomes.push(...(await runCase(engine, given, index, seed)));
    console.error(`${index + 1} of ${cases.length}: ${given.asked}`);
  }
  console.log(table(outcomes));
  for (const group of new Set(outcomes.map((outcome) => outcome.group))) {
    console.log(`\n${group}\n${table(outcomes.filter((outcome) => outcome.group === group))}`);
  }
});
