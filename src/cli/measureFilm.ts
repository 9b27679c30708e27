// npm run film: how much neighbouring frames of a film differ, and whether each is nearer to its end, when frames go on from
// one another and when each is drawn by itself.
import { cosine } from '../diffusion/rank.ts';
import type { Engine } from '../engine/engine.ts';
import { generate } from '../engine/generate.ts';
import { continued, FRAMES, filmed } from '../recipe/film.ts';
import { modelFingerprint } from '../recipe/fingerprint.ts';
import { morphed } from '../recipe/morph.ts';
import { makeRecipe, type Recipe } from '../recipe/recipe.ts';
import type { ImageTokens, RgbaImage } from '../types.ts';
import { measuring } from './measuring.ts';

const usage = `Measures films: how much they flicker, and whether they go on, by the share of tokens that each frame draws again.

  npm run film -- --pairs 3

  --pack FOLDER         the pack, one of portraits (public/models/portraits)
  --pairs N             of the 3 that there are (3)
  --threads N           (2)
`;

const pairs = [
  ['a young woman with red hair, a blue background', 'an old man with a white beard, a green background'],
  ['a man with black hair and glasses', 'a woman with long blond hair, smiling'],
  ['a woman with brown hair, a grey background', 'a man with a red hat, a grey background'],
] as const;
const shares = [0.15, 0.3, 0.5] as const;

interface Shown {
  readonly tokens: ImageTokens;
  readonly image: RgbaImage;
  readonly steps: number;
}

async function make(engine: Engine, recipe: Recipe): Promise<Shown> {
  let tokens: ImageTokens | null = null;
  let image: RgbaImage | null = null;
  let steps = 0;
  for await (const event of generate(engine, [recipe], new AbortController().signal)) {
    if (event.type === 'step') ({ tokens, steps } = event.progress);
    if (event.type === 'image') ({ image } = event);
  }
  return { tokens: tokens!, image: image!, steps };
}

interface Outcome {
  readonly way: string;
  /** Share of tokens that change from a frame to the next. */
  readonly tokens: number;
  /** Mean difference of pixels from a frame to the next, of 255; and of the two that are farthest apart. */
  readonly pixels: number;
  readonly farthest: number;
  /** Share of the frames that CLIP finds nearer to what is asked for in the end, against the beginning, than the one before. */
  readonly onward: number;
  /** Of all frames. */
  readonly steps: number;
}

async function outcomeOf(
  engine: Engine,
  way: string,
  frames: readonly Shown[],
  texts: readonly [string, string],
) {
  const changes = frames.slice(1).map(({ tokens, image }, i) => {
    const before = frames[i];
    const changed = tokens.filter((token, at) => token !== before.tokens[at]).length / tokens.length;
    let sum = 0;
    for (const [at, value] of image.data.entries()) sum += Math.abs(value - before.image.data[at]);
    // Opaque: a quarter of the numbers never differs.
    return { changed, apart: sum / (0.75 * image.data.length) };
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const apart = changes.map((change) => change.apart);
  const [begun, end] = await Promise.all(texts.map((text) => engine.encodeText(engine.tokenize(text).ids)));
  const nearness: number[] = [];
  for (const { tokens } of frames) {
    const seen = await engine.encodeImage(await engine.decode(tokens));
    nearness.push(cosine(seen, end) - cosine(seen, begun));
  }
  return {
    way,
    tokens: mean(changes.map(({ changed }) => changed)),
    pixels: mean(apart),
    farthest: Math.max(...apart),
    onward: mean(nearness.slice(1).map((near, i) => Number(near > nearness[i]))),
    steps: frames.reduce((sum, { steps }) => sum + steps, 0),
  };
}

async function filmsOf(engine: Engine, index: number): Promise<Outcome[]> {
  const { manifest, device } = engine;
  const { steps, guidance, truncation } = manifest.defaults;
  const [one, other] = pairs[index].map((text, i) =>
    makeRecipe({
      model: { id: manifest.id, fingerprint: modelFingerprint(manifest) },
      condition: { kind: 'text', text },
      seed: 10 * index + i,
      steps,
      guidance,
      truncation,
      sampler: 'exact',
      arithmetic: device.arithmetic,
    }),
  );
  const outcomes: Outcome[] = [];
  const measure = async (way: string, recipes: readonly Recipe[]) => {
    const frames: Shown[] = [];
    for (const recipe of recipes) {
      frames.push(
        await make(
          engine,
          frames.length ? continued(recipe, frames[frames.length - 1].tokens, manifest) : recipe,
        ),
      );
    }
    outcomes.push(await outcomeOf(engine, way, frames, [...pairs[index]]));
    console.error(JSON.stringify(outcomes.at(-1)));
  };
  const { tokens } = await make(engine, other);
  for (const share of shares) {
    await measure(
      `${100 * share} % of the rest drawn again`,
      filmed(one, other, tokens, manifest, { frames: FRAMES, share }),
    );
  }
  await measure('each by itself', morphed(one, other, FRAMES));
  return outcomes;
}

function table(outcomes: readonly Outcome[]): string {
  const lines = [...new Set(outcomes.map(({ way }) => way))].map((way) => {
    const own = outcomes.filter((outcome) => outcome.way === way);
    const mean = (value: (outcome: Outcome) => number) =>
      own.reduce((sum, outcome) => sum + value(outcome), 0) / own.length;
    return [
      way,
      `${(100 * mean(({ tokens }) => tokens)).toFixed(0)} %`,
      `${mean(({ pixels }) => pixels).toFixed(1)} (${mean(({ farthest }) => farthest).toFixed(1)})`,
      `${(100 * mean(({ onward }) => onward)).toFixed(0)} %`,
      mean(({ steps }) => steps).toFixed(0),
    ].join(' | ');
  });
  const head = 'frames | tokens that change | pixels, of 255 (at most) | frames that go on | steps in all';
  return [head, ...lines].join('\n');
}

await measuring(import.meta.url, usage, async (engine, count) => {
  const outcomes: Outcome[] = [];
  const wanted = count('pairs', pairs.length, pairs.length);
  for (let index = 0; index < wanted; index++) outcomes.push(...(await filmsOf(engine, index)));
  console.log(table(outcomes));
});
