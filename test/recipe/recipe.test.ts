import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from '../../src/recipe/base64.ts';
import { MAX_CONDITIONS, MAX_DEPTH, type RecipeCondition } from '../../src/recipe/condition.ts';
import { recipeFields } from '../../src/recipe/parse.ts';
import { MAX_RECIPE_TEXT, readRecipeText } from '../../src/recipe/read.ts';
import { makeRecipe, type Recipe } from '../../src/recipe/recipe.ts';
import { decodeFree, encodeFree } from '../../src/recipe/start.ts';
import { sameRecipe, writeRecipe } from '../../src/recipe/write.ts';
import { avoiding, changed, elaborate, leaves, plain, recipes } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

const refused = (json: unknown) => refusal(() => readRecipeText(JSON.stringify(json)));
const withCondition = (condition: unknown) => ({ ...plain, condition });

describe('a recipe as text', () => {
  it('is this one', () => {
    expect(writeRecipe(avoiding)).toBe(
      '{"version":4,"model":{"id":"micro","fingerprint":"00112233445566778899aabb"},' +
        '"condition":{"kind":"text","text":"a smiling woman"},"avoid":{"kind":"text","text":"лицо 顔 👩‍🦰 \\"é\\""},' +
        '"start":{"kind":"all masked"},"seed":42,"steps":10,"guidance":1.15,"truncation":{"kind":"topR","r":0.85},' +
        '"redraw":0,"sampler":"exact","arithmetic":"single"}',
    );
    expect(writeRecipe(elaborate)).toBe(
      '{"version":4,"model":{"id":"micro","fingerprint":null},"condition":{"kind":"direction",' +
        '"base":{"kind":"between","from":{"kind":"embedding","values":"mpkZP83MTL8AAAAAAAAAAA=="},' +
        '"to":{"kind":"text","text":"a hat"},"at":0.25},"from":{"kind":"text","text":"young"},' +
        '"to":{"kind":"mix","parts":[{"condition":{"kind":"text","text":"old"},"weight":2},' +
        '{"condition":{"kind":"text","text":"beard"},"weight":-0.5}]},"strength":-1.5},' +
        '"start":{"kind":"tokens","tokens":[4,0,5,3],"free":"Bg==","timestep":59},"seed":4294967295,"steps":3,' +
        '"guidance":0,"truncation":{"kind":"topK","k":3},"redraw":0.25,"sampler":"authors-fast","arithmetic":"half"}',
    );
  });

  it('comes back the same, to the last byte', () => {
    for (const recipe of recipes) {
      const text = writeRecipe(recipe);
      expect(readRecipeText(text)).toEqual(recipe);
      expect(writeRecipe(readRecipeText(text))).toBe(text);
    }
  });

  it('does not depend on the order of fields, on spaces, or on how a number is written', () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, inner]) => [key, reversed(inner)]),
            )
          : value;
    for (const recipe of recipes) {
      const other = readRecipeText(JSON.stringify(reversed(recipe), null, 3));
      expect(sameRecipe(other, recipe)).toBe(true);
    }
    const text = writeRecipe(elaborate).replace('"guidance":0', '"guidance":-0.0e3');
    expect(readRecipeText(text)).toEqual(elaborate);
  });

  it('names every field there is', () => {
    const full = { ...avoiding, redraw: 0.25, looks: 1 } as const;
    expect(Object.keys(JSON.parse(writeRecipe(full)) as object)).toEqual([...recipeFields]);
  });
});

describe('a change of any one value', () => {
  const others: Record<string, unknown[]> = {
    number: [0, 1, -1, 2.5, 7, 2 ** 31, 1e300],
    string: ['', 'x', 'none', 'exact', 'half', 'text', 'AAAA', 'AAAAgD8='],
    object: ['00112233445566778899aabc'],
  };

  it('is refused, or is another recipe', async () => {
    let told = 0;
    for (const recipe of [avoiding, elaborate]) {
      for (const path of leaves(recipe)) {
        const before = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], recipe);
        for (const value of [...others[typeof before], undefined, null, true, [], {}]) {
          if (Object.is(value, before)) continue;
          const text = JSON.stringify(changed(recipe, path, value));
          try {
            const other = readRecipeText(text);
            expect(sameRecipe(other, recipe), `${path.join('.')} = ${JSON.stringify(value)}`).toBe(false);
            told++;
          } catch {
            await refusal(() => readRecipeText(text));
          }
        }
      }
    }
    expect(told).toBeGreaterThan(50);
  });

  it('is refused in every field of its own when that is missing, but for what to avoid, and looks', async () => {
    for (const field of recipeFields) {
      const less = changed(avoiding, [field], undefined);
      if (field === 'avoid') expect(readRecipeText(JSON.stringify(less))).toEqual(plain);
      else if (field !== 'looks') expect(await refused(less)).toContain(`${field} is missing`);
    }
  });
});

describe('a faulty recipe', () => {
  it('is told everything that is wrong, in one message', async () => {
    expect(await refused({ ...plain, seed: 5.5, steps: 0, guidance: 'x', sampler: 'fast' })).toBe(
      'This recipe cannot be used: seed should be a whole number from 0 to 4294967295, found 5.5; ' +
        'steps should be a whole number from 1 to 100000, found 0; guidance should be a number from 0 to 100, found “x”; ' +
        'and 1 more. Put it right, or copy one from the page.',
    );
    expect(await refused([plain])).toContain('it should be an object, found a list of 1');
    expect(await refused(null)).toContain('it should be an object, found null');
    for (const field of ['model', 'condition', 'start', 'truncation']) {
      for (const value of [null, [], 'x', 3]) {
        expect(await refused({ ...plain, [field]: value })).toContain(`${field} should be an object`);
      }
    }
  });

  it('has its unknown fields named, in every part', async () => {
    expect(await refused({ ...plain, strength: 1, '\u202egnp': 2 })).toContain(
      'the field “strength” is unknown; the field “\\u{202e}gnp” is unknown',
    );
    for (const path of [['model'], ['condition'], ['start'], ['truncation']]) {
      expect(await refused(changed(plain, [...path, 'more'], 1))).toContain(
        `the field “more” in ${path[0]} is unknown`,
      );
    }
    const others = [
      ['condition', 'base'],
      ['condition', 'base', 'from'],
      ['condition', 'to'],
      ['start'],
      ['truncation'],
    ];
    for (const path of [['condition'], ...others]) {
      expect(await refused(changed(elaborate, [...path, 'more'], 1))).toContain(
        `the field “more” in ${path.join('.')} is unknown`,
      );
    }
    const most: Recipe['truncation'][] = [{ kind: 'none' }, { kind: 'topR', r: 1 }, { kind: 'topK', k: 1 }];
    for (const truncation of most) {
      const recipe = { ...plain, truncation };
      expect(readRecipeText(JSON.stringify(recipe))).toEqual(recipe);
      expect(await refused({ ...recipe, truncation: { ...truncation, more: 1 } })).toContain(
        'the field “more” in truncation is unknown',
      );
    }
    expect(await refused(changed(elaborate, ['condition', 'to', 'parts', 0, 'more'], 1))).toContain(
      'the field “more” in condition.to.parts[0] is unknown',
    );
  });

  it('gets nothing through prototypes', async () => {
    const text = writeRecipe(plain);
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const smuggled = text.replace('"seed":42', `"${name}":{"seed":42}`);
      const message = await refusal(() => readRecipeText(smuggled));
      expect(message).toContain(`the field “${name}” is unknown`);
      expect(message).toContain('seed is missing');
    }
    Object.defineProperty(Object.prototype, 'seed', { value: 7, configurable: true });
    try {
      expect(await refusal(() => readRecipeText(text.replace('"seed":42,', '')))).toContain(
        'seed is missing',
      );
    } finally {
      Reflect.deleteProperty(Object.prototype, 'seed');
    }
    const kind = text.replace('"kind":"topR"', '"kind":"constructor"');
    expect(await refusal(() => readRecipeText(kind))).toContain('truncation.kind should be one of');
  });

  it('is refused for its size or depth before anything is built', async () => {
    expect(await refusal(() => readRecipeText('['.repeat(MAX_RECIPE_TEXT)))).toContain('nested more than');
    expect(await refusal(() => readRecipeText(' '.repeat(MAX_RECIPE_TEXT + 1)))).toContain('characters long');
    expect(await refusal(() => readRecipeText('{"version":'))).toContain('is not JSON');
    // Brackets in texts are no nesting.
    const brackets = makeRecipe({ ...plain, condition: { kind: 'text', text: '"[{\\'.repeat(100) } });
    expect(readRecipeText(writeRecipe(brackets))).toEqual(brackets);
  });

  it('holds no more conditions, and no deeper, than can be computed', async () => {
    const text: RecipeCondition = { kind: 'text', text: 'x' };
    const nested = (depth: number): RecipeCondition =>
      depth === 1 ? text : { kind: 'between', from: nested(depth - 1), to: text, at: 0.5 };
    expect(readRecipeText(JSON.stringify(withCondition(nested(MAX_DEPTH))))).toBeDefined();
    expect(await refused(withCondition(nested(MAX_DEPTH + 1)))).toContain(`nested at most ${MAX_DEPTH} deep`);
    const mix = (condition: RecipeCondition, count: number): RecipeCondition => ({
      kind: 'mix',
      parts: Array.from({ length: count }, () => ({ condition, weight: 1 })),
    });
    expect(readRecipeText(JSON.stringify(withCondition(mix(mix(text, 6), 9))))).toBeDefined();
    expect(await refused(withCondition(mix(mix(text, 8), 8)))).toContain(
      `at most ${MAX_CONDITIONS} conditions`,
    );
    expect(readRecipeText(JSON.stringify(withCondition(mix(text, 16))))).toBeDefined();
    expect(await refused(withCondition(mix(text, 17)))).toContain('a list of 1 to 16 items');
    expect(await refused(withCondition({ kind: 'mix', parts: [{ condition: text, weight: 0 }] }))).toContain(
      'weights other than 0',
    );
  });

  it('has embeddings of length 1, in base64 of one spelling', async () => {
    const values = (text: unknown) => withCondition({ kind: 'embedding', values: text });
    expect(readRecipeText(JSON.stringify(values('AACAPw==')))).toBeDefined();
    for (const wrong of [
      '',
      'AACAPx==',
      'AACAPw=',
      'AACAPw',
      'AACAP/==',
      'AAAAQA==',
      'AADAfw==',
      'AAAAAA==',
      7,
    ]) {
      expect(await refused(values(wrong)), String(wrong)).toContain('condition.values should be base64');
    }
    expect(await refused(values('A'.repeat(200_000)))).toContain('condition.values should be base64');
  });

  it('has tokens of which some may change', async () => {
    const start = (tokens: unknown, free: unknown) => ({
      ...elaborate,
      start: { kind: 'tokens', tokens, free, timestep: 0 },
    });
    expect(await refused(start([], 'AA=='))).toContain('start.tokens should be a list of 1 to 4096 items');
    expect(await refused(start([1.5, 0], 'AQ=='))).toContain('start.tokens[0] should be a whole number');
    for (const free of ['AA==', 'BA==', 'AQ', 'AQA=', '', 1]) {
      expect(await refused(start([1, 0], free)), String(free)).toContain(
        'start.free should be base64 of 2 bits',
      );
    }
  });

  it('has nothing to avoid where guidance would not look at it', async () => {
    expect(await refused({ ...avoiding, guidance: 1 })).toContain('left out where guidance is 1');
    expect(makeRecipe({ ...avoiding, guidance: 1 })).toEqual({ ...plain, guidance: 1 });
    expect(makeRecipe(avoiding)).toEqual(avoiding);
  });
});

describe('bytes as text', () => {
  it('are what the platform writes, at every length', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 83 + length * 29) & 255);
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
      expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
    }
    expect(decodeBase64('====')).toBeNull();
    expect(decodeBase64Url('A')).toBeNull();
  });

  it('hold a bit for each position', () => {
    for (const positions of [1, 7, 8, 9, 64, 65]) {
      const free = Array.from({ length: positions }, (_, i) => i % 3 === 0);
      expect(decodeFree(encodeFree(free), positions)).toEqual(free);
      expect(decodeFree(encodeFree([...free, true]), positions)).toBeNull();
    }
  });
});
