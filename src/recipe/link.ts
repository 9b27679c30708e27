// A recipe in the fragment of an address, which is never sent to a server: #r=4.<base64url of short JSON>
import { UserError } from '../errors.ts';
import { decodeBase64Url, encodeBase64Url } from './base64.ts';
import type { RecipeCondition } from './condition.ts';
import { asObject, parseJson } from './json.ts';
import { readRecipeJson } from './read.ts';
import { type RecipeSource, refusal } from './reader.ts';
import { RECIPE_VERSION, type Recipe } from './recipe.ts';

/** Characters of the longest link; what is longer gets lost on its way through messages. */
export const MAX_LINK = 8000;
/** The first version that was written into links. */
const FIRST_VERSION = 2;
/** The first whose recipes tell how much is drawn once more. */
const WITH_REDRAW = 3;

const source: RecipeSource = {
  opening: 'The recipe in this link cannot be used',
  remedy: 'Ask for the whole link again.',
};

/**
 * `#r=4.eyJtb2RlbCI6...`, to stand behind the page's address.
 * @throws {UserError} `recipe` when it would be too long
 */
export function recipeFragment(recipe: Recipe): string {
  const fragment = `#r=${RECIPE_VERSION}.${encodeBase64Url(utf8(JSON.stringify(shorten(recipe))))}`;
  if (fragment.length <= MAX_LINK) return fragment;
  throw new UserError(
    'recipe',
    `This recipe takes ${fragment.length} characters, and a link holds ${MAX_LINK}: share the PNG, which carries it as well.`,
  );
}

/**
 * The recipe in an address's fragment; null when there is none.
 * @param fragment `location.hash`
 * @throws {UserError} `recipe` when there is one that cannot be used
 */
export function readRecipeFragment(fragment: string): Recipe | null {
  const part = fragment
    .replace(/^#/, '')
    .split('&', 16)
    .find((each) => each.startsWith('r='));
  if (part === undefined) return null;
  if (part.length > MAX_LINK) throw refusal(source, [`it is longer than ${MAX_LINK} characters`]);
  const [, version, digits] = /^r=(\d{1,4})\.([\w-]+)$/.exec(part) ?? [];
  const bytes = digits === undefined ? null : decodeBase64Url(digits);
  const text = bytes && fromUtf8(bytes);
  if (!text || Number(version) < FIRST_VERSION) throw refusal(source, ['it is cut off or changed']);
  const parsed = parseJson(text, MAX_LINK);
  if ('fault' in parsed) throw refusal(source, [`it ${parsed.fault}`]);
  return readRecipeJson(lengthen(parsed.value, Number(version)), source);
}

/**
 * What is usual is left out: `{model: {id: 'faces', fingerprint: '01ab...'}, condition: {kind: 'text', text: 'a hat'},
 * start: {kind: 'all masked'}, truncation: {kind: 'topR', r: 0.6}, ...}` becomes
 * `{model: 'faces 01ab...', condition: 'a hat', truncation: 0.6, ...}`.
 */
function shorten({
  model,
  condition,
  avoid,
  start,
  seed,
  steps,
  guidance,
  truncation,
  ...rest
}: Recipe): unknown {
  const text = (given: RecipeCondition) => (given.kind === 'text' ? given.text : given);
  return {
    model: model.fingerprint === null ? model.id : `${model.id} ${model.fingerprint}`,
    condition: text(condition),
    ...(avoid && { avoid: text(avoid) }),
    ...(start.kind !== 'all masked' && { start }),
    seed,
    steps,
    guidance,
    ...(truncation.kind !== 'none' && { truncation: truncation.kind === 'topR' ? truncation.r : truncation }),
    ...(rest.redraw !== 0 && { redraw: rest.redraw }),
    ...(rest.looks && { looks: rest.looks }),
    ...(rest.sampler !== 'exact' && { sampler: rest.sampler }),
    ...(rest.arithmetic !== 'single' && { arithmetic: rest.arithmetic }),
  };
}

/** The inverse of shorten. What it does not know it leaves as it is, to be named as wrong. */
function lengthen(value: unknown, version: number): unknown {
  const json = asObject(value);
  if (!json) return value;
  const text = (given: unknown) => (typeof given === 'string' ? { kind: 'text', text: given } : given);
  const { model, condition, avoid, truncation } = json;
  const [id, fingerprint = null, ...more] = typeof model === 'string' ? model.split(' ', 3) : [];
  return {
    version,
    start: { kind: 'all masked' },
    ...(version >= WITH_REDRAW && { redraw: 0 }),
    sampler: 'exact',
    arithmetic: 'single',
    ...json,
    model: id === undefined || more.length ? model : { id, fingerprint },
    condition: text(condition),
    ...(avoid !== undefined && { avoid: text(avoid) }),
    truncation:
      truncation === undefined
        ? { kind: 'none' }
        : typeof truncation === 'number'
          ? { kind: 'topR', r: truncation }
          : truncation,
  };
}

/** JSON holds no halves of characters as such, so this never fails. */
function utf8(json: string): Uint8Array {
  const encoded = encodeURIComponent(json);
  const bytes: number[] = [];
  for (let i = 0; i < encoded.length; i++) {
    if (encoded[i] === '%') {
      bytes.push(Number.parseInt(encoded.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(encoded.charCodeAt(i));
  }
  return Uint8Array.from(bytes);
}

/** @returns null where it is no UTF-8 */
function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return null;
  }
}
