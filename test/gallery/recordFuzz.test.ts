// Records of the gallery by the thousand, as a damaged storage or another page may leave them; see test/support/fuzz.ts.
import { beforeAll, expect, test } from 'vitest';
import { createCatalogue } from '../../src/gallery/catalogue.ts';
import { listed, readBody, readHead, writeRecord } from '../../src/gallery/record.ts';
import { decodeSteps, encodeSteps } from '../../src/gallery/steps.ts';
import { readRecipeText } from '../../src/recipe/read.ts';
import { writeRecipe } from '../../src/recipe/write.ts';
import { type Dice, fuzz, mutated } from '../support/fuzz.ts';
import { chanceOf, mutatedBytes, mutatedJson } from '../support/mutations.ts';
import { newPicture } from '../support/pictures.ts';
import { recipes } from '../support/recipes.ts';

let whole: ReturnType<typeof writeRecord>;
beforeAll(async () => {
  whole = writeRecord('0123456789abcdef0123456789abcdef', 1_790_000_000_000, await newPicture('a hat'));
});

test('a head is read, and then can be listed, or passed over', async () => {
  let read = 0;
  await fuzz((dice) => {
    const head = readHead(mutated(whole.head, dice));
    if (!head) return;
    read++;
    expect(readHead(structuredClone(head))).toEqual(head);
    const catalogue = createCatalogue();
    catalogue.fill([head]);
    expect(catalogue.list()).toEqual(head.removed === null ? [listed(head)] : []);
    expect(Number.isNaN(new Date(head.time).getTime())).toBe(false);
  });
  expect(read).toBeGreaterThan(20);
});

/** Bytes as encodeSteps writes them, with numbers of all sizes in all places. */
function steps(dice: Dice): Uint8Array<ArrayBuffer> {
  const { below, pick } = dice;
  const positions = 1 + below(16);
  const rows = Array.from({ length: 1 + below(8) }, () =>
    Int32Array.from({ length: positions }, () => below(6)),
  );
  const sound = encodeSteps({ mask: 5, rows });
  if (below(3)) return Uint8Array.from(mutatedBytes(sound, chanceOf(dice)));
  const numbers = Array.from({ length: 1 + dice.size(5000) }, () => pick([0, 1, 2, 127, 128, 255]));
  const [many, more] = [pick([1, 0x80, 0xff]), pick([1, 0x80, 0xff])];
  return Uint8Array.of(many, pick([1, 0x1f]), more, pick([1, 0x7f]), ...numbers);
}

test('a body gives its picture, with what else in it can be read', async () => {
  const counts = { steps: 0, recipe: 0, none: 0 };
  const head = listed(whole.head);
  await fuzz((dice) => {
    const json = JSON.stringify(mutatedJson(dice.pick(recipes), chanceOf(dice)));
    const body = {
      ...whole.body,
      recipe: dice.pick([json, json, whole.body.recipe, json.slice(dice.below(json.length)), 5, null]),
      steps: dice.below(20) ? steps(dice) : dice.pick([null, [1, 2], new Uint8Array(), new ArrayBuffer(9)]),
      ...(dice.below(20) === 0 && { png: dice.pick([null, 'picture', new Uint8Array(9)]) }),
      ...(dice.below(20) === 0 && { schema: dice.pick([0, 2, '1', Number.NaN]) }),
    };
    const picture = readBody(body, head);
    if (!picture) {
      counts.none++;
      return;
    }
    if (picture.recipe) {
      counts.recipe++;
      expect(readRecipeText(writeRecipe(picture.recipe))).toEqual(picture.recipe);
    }
    if (picture.steps) {
      counts.steps++;
      const { mask, rows } = picture.steps;
      expect(rows.every((row) => row.length === rows[0].length)).toBe(true);
      // What is read is what these bytes say: another writing of it is the same.
      expect(decodeSteps(encodeSteps({ mask, rows }))).toEqual(picture.steps);
    }
  });
  for (const count of Object.values(counts)) expect(count, JSON.stringify(counts)).toBeGreaterThan(20);
});
