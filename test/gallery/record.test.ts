import { describe, expect, it } from 'vitest';
import { type Migration, migrate, migrations, RECORD_SCHEMA } from '../../src/gallery/migrate.ts';
import { listed, readBody, readHead, writeRecord } from '../../src/gallery/record.ts';
import { readRecipe } from '../../src/png/readRecipe.ts';
import { headOf, newPicture } from '../support/pictures.ts';
import { changed, elaborate, leaves, recipes } from '../support/recipes.ts';

const id = '0123456789abcdef0123456789abcdef';
/** As a page of schema 1 stored it. Never to be changed: it lies in people's browsers. */
const firstHead = {
  schema: 1,
  id,
  time: 1_790_000_000_000,
  prompt: 'a smiling woman',
  seed: 42,
  model: 'Micro',
  score: 0.25,
  favourite: true,
  width: 128,
  height: 128,
  bytes: 31_415,
  removed: null,
};
const firstBody = {
  schema: 1,
  id,
  png: new Blob(['picture']),
  recipe:
    '{"version":2,"model":{"id":"micro","fingerprint":"00112233445566778899aabb"},"condition":{"kind":"text","text":"a smiling woman"},"start":{"kind":"all masked"},"seed":42,"steps":10,"guidance":1.15,"truncation":{"kind":"topR","r":0.85},"sampler":"exact","arithmetic":"single"}',
  steps: Uint8Array.of(4, 2, 5, 1, 3, 2, 3, 1, 0, 1, 4, 2, 1),
};

describe('a record', () => {
  it('comes back as it was written', async () => {
    for (const recipe of recipes) {
      const picture = { ...(await newPicture('')), recipe };
      const { head, body } = writeRecord(id, 1234, picture);
      const again = structuredClone(head);
      expect(readHead(again)).toEqual(head);
      expect(readBody(body, listed(head))).toEqual({
        head: listed(head),
        png: picture.png,
        recipe,
        steps: picture.steps,
      });
    }
  });

  it('holds the picture with its recipe, and a head that tells the list of it', async () => {
    const picture = await newPicture('a hat', 7, null);
    const { head, body } = writeRecord(id, 1234, { ...picture, steps: null });
    expect(listed(head)).toEqual({
      id,
      time: 1234,
      prompt: 'a hat',
      seed: 7,
      model: 'Micro',
      score: null,
      favourite: false,
      width: 4,
      height: 4,
      bytes: picture.png.size,
      film: null,
    });
    expect(await readRecipe(await body.png.bytes())).toMatchObject({ recipe: picture.recipe });
    expect(readBody(body, head)?.steps).toBeNull();
  });

  it('lists what the condition is about', async () => {
    const { head } = writeRecord(id, 1, { ...(await newPicture('')), recipe: elaborate });
    expect(head.prompt).toBe('a hat');
  });

  it('of the first schema is read for ever', () => {
    expect(readHead(firstHead)).toEqual({ ...firstHead, schema: RECORD_SCHEMA, film: null });
    expect(readBody(firstBody, firstHead as never)).toMatchObject({
      recipe: { version: 4, redraw: 0, seed: 42, model: { id: 'micro' } },
      steps: { mask: 5, rows: [Int32Array.of(5, 5, 2, 5), Int32Array.of(0, 4, 2, 1)] },
    });
  });

  it.each([undefined, null, 7, 'head', [], {}, { id }])('is skipped where there is none: %j', (value) => {
    expect(readHead(value)).toBeNull();
    expect(readBody(value, headOf(1))).toBeNull();
  });

  it('is skipped when any one of its fields is missing or of another kind', () => {
    for (const path of leaves(firstHead)) {
      // A null stands for no score, and for a record that was not removed.
      for (const value of [undefined, {}, 'no', Number.NaN, -2]) {
        const label = `${path}: ${String(value)}`;
        if ((path[0] === 'prompt' || path[0] === 'model') && value === 'no') continue;
        expect(readHead(changed(firstHead, path, value)), label).toBeNull();
      }
    }
  });

  it('knows which picture of a film it is', async () => {
    const film = { id: 'f'.repeat(32), frame: 3, frames: 17 };
    const { head } = writeRecord(id, 1, { ...(await newPicture('')), film });
    expect(readHead(head)?.film).toEqual(film);
    const odd = [{}, 7, { ...film, id: 'f' }, { ...film, frame: 17 }, { ...film, frame: -1 }];
    for (const place of [...odd, { ...film, frame: 0, frames: 1 }, { ...film, frames: 1001 }]) {
      expect(readHead({ ...head, film: place }), JSON.stringify(place)).toBeNull();
    }
  });

  it('is skipped when its time is none', () => {
    expect(readHead({ ...firstHead, time: 8.64e15 })).not.toBeNull();
    expect(readHead({ ...firstHead, time: 8.65e15 })).toBeNull();
    expect(readHead({ ...firstHead, removed: 8.65e15 })).toBeNull();
  });

  it('keeps its picture where recipe or tokens cannot be read', () => {
    const head = listed(readHead(firstHead)!);
    const odd = { ...firstBody, recipe: '{"version":99}', steps: Uint8Array.of(1, 2) };
    expect(readBody(odd, head)).toEqual({ head, png: firstBody.png, recipe: null, steps: null });
    expect(readBody({ ...firstBody, png: 'gone' }, head)).toBeNull();
  });
});

describe('migrations', () => {
  const rename = (to: string) => (json: Readonly<Record<string, unknown>>) => ({ ...json, [to]: true });
  const steps: Migration[] = [
    { from: 1, title: '', reason: '', head: rename('second'), body: (json) => json },
    { from: 2, title: '', reason: '', head: rename('third'), body: rename('thirdBody') },
  ];

  it('lead from the first schema to this program’s without a gap', () => {
    expect(migrations.map(({ from }) => from)).toEqual(migrations.map((_, i) => i + 1));
    expect(RECORD_SCHEMA).toBe(migrations.length + 1);
  });

  it('take each step from where the record is', () => {
    expect(migrate('head', { schema: 1 }, steps)).toEqual({ schema: 3, second: true, third: true });
    expect(migrate('body', { schema: 1 }, steps)).toEqual({ schema: 3, thirdBody: true });
    expect(migrate('head', { schema: 2 }, steps)).toEqual({ schema: 3, third: true });
    expect(migrate('head', { schema: 3, kept: 1 }, steps)).toEqual({ schema: 3, kept: 1 });
  });

  it.each([
    { schema: 4 },
    { schema: 0 },
    { schema: 1.5 },
    { schema: '1' },
    Object.create({ schema: 1 }),
    null,
  ])('leave what is newer or no record: %j', (value) => expect(migrate('head', value, steps)).toBeNull());
});
