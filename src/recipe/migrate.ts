// Older recipes, one version at a time. A step rewrites JSON and judges nothing: what it does not know stays where it
// was, so that parse.ts names it.
import { looksFor } from '../diffusion/redraw.ts';
import { UserError } from '../errors.ts';
import { asObject } from './json.ts';
import { type RecipeSource, refusal } from './reader.ts';
import { RECIPE_VERSION } from './recipe.ts';

type Json = Readonly<Record<string, unknown>>;

interface Migration {
  /** The version it reads; it writes the next one. */
  readonly from: number;
  readonly title: string;
  readonly reason: string;
  readonly step: (json: Json) => Json;
}

export const migrations: readonly Migration[] = [
  {
    from: 1,
    title: 'From the settings of a run to the recipe of a picture',
    reason:
      'Version 1 was the form of the page with the seed of one picture in it (and from the command line less than that): ' +
      'it had no number, could not tell weights of one name apart, and had no place for anything but a text.',
    step: settingsToRecipe,
  },
  {
    from: 2,
    title: 'Tokens may be drawn once more at the end',
    reason: 'Until version 2 every token stayed as it was drawn, which is what no redraw says.',
    step: (json) => ({ redraw: 0, ...json, version: 3 }),
  },
  {
    from: 3,
    title: 'More than a tenth is drawn once more in several looks',
    reason: 'Until version 3 all that was drawn once more was chosen in one look. Up to a tenth it still is.',
    step: ({ redraw, ...json }) => ({
      ...json,
      redraw,
      ...(typeof redraw === 'number' && looksFor(redraw) > 1 && { looks: 1 }),
      version: 4,
    }),
  },
];

/**
 * `{model: 'faces', prompt: 'a hat', candidates: 1, score: 0.3, seed: 7, ...}` becomes
 * `{version: 2, model: {id: 'faces', fingerprint: null}, condition: {kind: 'text', text: 'a hat'}, seed: 7, ...}`.
 * The command line wrote `pack: 'faces 1a2b3c4d'` for the model. Of the picture, not of its recipe: score.
 */
function settingsToRecipe({ model, pack, prompt, candidates, score, ...kept }: Json): Json {
  const named = typeof pack === 'string' ? pack.split(' ', 1)[0] : undefined;
  return {
    ...kept,
    version: 2,
    model: { id: model ?? named, fingerprint: null },
    condition: { kind: 'text', text: prompt },
    start: { kind: 'all masked' },
    arithmetic: Object.hasOwn(kept, 'arithmetic') ? kept.arithmetic : 'single',
    ...(candidates !== undefined && candidates !== 1 && { candidates }),
    ...(score !== undefined && typeof score !== 'number' && { score }),
  };
}

/**
 * The same recipe as JSON of this version.
 * @throws {UserError} `recipe` when it comes from a newer program, or its version is none
 */
export function migrate(value: unknown, source: RecipeSource): unknown {
  const json = asObject(value);
  if (!json) return value;
  const version = versionOf(json);
  if (version === undefined) throw refusal(source, ['version is missing']);
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw refusal(source, ['its version is no whole number from 1']);
  }
  if (version > RECIPE_VERSION) {
    throw new UserError(
      'recipe',
      `${source.opening}: it has version ${version}, and this page reads up to ${RECIPE_VERSION}. Reload the page to get a newer one.`,
    );
  }
  return migrations.filter(({ from }) => from >= version).reduce((older, { step }) => step(older), json);
}

/** Version 1 did not say so, and had none of what came with version 2. */
function versionOf(json: Json): unknown {
  if (Object.hasOwn(json, 'version')) return json.version;
  return ['condition', 'avoid', 'start'].some((name) => Object.hasOwn(json, name)) ? undefined : 1;
}
