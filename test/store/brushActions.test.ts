// Painting over pictures: from what is painted to the recipes that the engine is asked for.
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { KeptPicture } from '../../src/gallery/picture.ts';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { checkRecipe } from '../../src/recipe/fit.ts';
import { decodeFree } from '../../src/recipe/start.ts';
import { promptUnderBrush } from '../../src/store/brushActions.ts';
import { titleOf } from '../../src/store/run.ts';
import type { ImageTokens } from '../../src/types.ts';
import { grey, microManifest, microRecipe, onWasm } from '../support/page.ts';
import { headOf } from '../support/pictures.ts';
import { ready, setUp, started } from '../support/readyPage.ts';
import { refusal } from '../support/refusal.ts';

const tokens = Int32Array.of(0, 4, 2, 1);
const kept: KeptPicture = {
  head: headOf(1, { prompt: 'a {smiling} woman' }),
  png: new Blob(),
  recipe: {
    ...microRecipe,
    condition: { kind: 'text', text: 'a {smiling} woman' },
    guidance: 2.5,
    avoid: { kind: 'text', text: 'rain' },
    arithmetic: 'half',
  },
  steps: { mask: 5, rows: [Int32Array.of(5, 5, 2, 5), tokens] },
};
const chosen = [false, true, false, true];

describe('a kept picture under the brush', () => {
  it('that is to be mended is painted already, and asked for so while its prompt stays', async () => {
    const { actions, runs, state } = await ready();
    const condition = { kind: 'text', text: 'smiling' } as const;
    actions.openBrush(kept, { chosen, condition });
    expect(state().brush?.chosen).toEqual(chosen);
    const prompt = promptUnderBrush(state().brush!, state());
    expect(prompt).toBe('a \\{smiling\\} woman');
    void actions.repaint({ chosen, prompt });
    await started();
    for (const recipe of runs[0].recipes) expect(recipe).toMatchObject({ condition, guidance: 2.5 });
    actions.openBrush(kept, { chosen, condition });
    void actions.repaint({ chosen, prompt: 'a hat' });
    expect(state().line.waiting[0].recipes[0].condition).toEqual({ kind: 'text', text: 'a hat' });
  });

  it('is drawn again where it is painted, under its own settings, as often as the form says', async () => {
    const { actions, runs, state } = await ready();
    actions.edit({ candidates: 3, steps: 99, guidance: 1 });
    actions.openBrush(kept);
    const source = state().brush!;
    expect(source).toMatchObject({ title: 'a {smiling} woman', tokens, manifest: microManifest });
    expect(promptUnderBrush(source, state())).toBe('a \\{smiling\\} woman');
    void actions.repaint({ chosen, prompt: 'a {red|blue} hat' });
    await started();
    expect(state().brush).toBeNull();
    const { recipes } = runs[0];
    expect(recipes.map(({ seed, condition }) => [seed, condition])).toEqual(
      ['a red hat', 'a blue hat'].flatMap((text) =>
        [1001, 1002, 1003].map((seed) => [seed, { kind: 'text', text }]),
      ),
    );
    for (const { start, ...recipe } of recipes) {
      expect(recipe).toMatchObject({
        steps: 10,
        guidance: 2.5,
        avoid: { text: 'rain' },
        arithmetic: 'single',
      });
      if (start.kind !== 'tokens') throw new Error('no tokens');
      expect(start.tokens).toEqual([0, 5, 2, 5]);
      expect(decodeFree(start.free, 4)).toEqual(chosen);
      expect(() => checkRecipe({ ...recipe, start }, microManifest)).not.toThrow();
    }
    expect(titleOf(state().runs[0])).toContain('hat');
  });

  it('keeps all of its condition while its prompt is left as it was, an embedding too', async () => {
    const { actions, runs, state } = await ready();
    const condition = embeddingCondition(Float32Array.of(0.6, 0, -0.8, 0));
    for (const recipe of [kept.recipe!, { ...kept.recipe!, condition }]) {
      actions.openBrush({ ...kept, recipe });
      const done = actions.repaint({ chosen, prompt: promptUnderBrush(state().brush!, state()) });
      await started();
      expect(runs.at(-1)!.recipes.map((made) => made.condition)).toEqual(Array(4).fill(recipe.condition));
      runs.at(-1)!.resolve({ cancelled: false });
      await done;
    }
  });

  it('waits in line while a run is on', async () => {
    const { actions, runs, state } = await ready();
    void actions.generate();
    await started();
    actions.openBrush(kept);
    void actions.repaint({ chosen, prompt: 'a hat' });
    expect(runs).toHaveLength(1);
    expect(state().line.waiting).toMatchObject([{ prompt: 'a hat' }]);
  });

  it('stays under it, with a sentence, where its prompt is none', async () => {
    const { actions, state } = await ready();
    actions.openBrush(kept);
    const refused = (prompt: string) => refusal(() => actions.repaint({ chosen, prompt }));
    expect(await refused(' ')).toBe('Write what the picture should show.');
    expect(await refused('x'.repeat(10_001))).toContain('10001 characters');
    expect(await refused(`{${'a|'.repeat(99)}b}`)).toContain('400 pictures');
    expect(state().brush).not.toBeNull();
  });

  it('is of no use to another model, and says so', async () => {
    const { actions, opens, state } = await ready();
    expect(await refusal(() => actions.openBrush({ ...kept, steps: null }))).toContain('without its tokens');
    actions.openBrush(kept);
    const opening = actions.openPack('packs/other/', 'auto');
    opens[1].resolve({ manifest: { ...microManifest }, device: onWasm });
    await opening;
    expect(await refusal(() => actions.repaint({ chosen, prompt: 'a hat' }))).toContain('is not open');
    expect(state().brush).not.toBeNull();
  });
});

describe('a picture of one’s own', () => {
  const file = new File([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)], 'beach.jpg', { type: 'image/jpeg' });
  const sizes: object[] = [];
  const decodePicture = async (_: Blob, size: object) => {
    sizes.push(size);
    return grey(9);
  };

  it('is offered to the brush, seen as the model sees it, and drawn under the form’s settings', async () => {
    const { actions, encodes, runs, state } = await ready({ decodePicture });
    await actions.openPicture(file);
    expect(state()).toMatchObject({
      runError: null,
      own: { note: expect.stringContaining('This is a JPEG') },
    });
    expect(sizes.at(-1)).toEqual({ width: 4, height: 4 });
    const opening = actions.openOwn();
    // A second press asks nothing more.
    void actions.openOwn();
    await expect.poll(() => encodes.length).toBe(1);
    expect(state().own?.busy).toBe(true);
    expect(encodes[0].image).toEqual(grey(9));
    encodes[0].resolve({ tokens: tokens as ImageTokens, image: grey(8) });
    await opening;
    expect(encodes).toHaveLength(1);
    expect(state().own?.busy).toBe(false);
    expect(state().brush).toMatchObject({ title: 'beach.jpg', picture: grey(8), recipe: null });
    expect(promptUnderBrush(state().brush!, state())).toBe('a smiling woman');
    actions.edit({ steps: 7, candidates: 2, avoid: 'rain', guidance: 3 });
    void actions.repaint({ chosen, prompt: 'a hat' });
    await started();
    expect(runs[0].recipes).toMatchObject(
      [1001, 1002].map((seed) => ({
        seed,
        steps: 7,
        guidance: 3,
        condition: { text: 'a hat' },
        avoid: { text: 'rain' },
        start: { tokens: [0, 5, 2, 5] },
      })),
    );
    // It is there for another time, until it is put away.
    expect(state().own?.file).toBe(file);
    actions.dismissOwn();
    expect(state().own).toBeNull();
  });

  it('leaves with the next picture that is opened, and does not come back late', async () => {
    const { actions, encodes, state } = await ready({ decodePicture });
    await actions.openPicture(file);
    const opening = actions.openOwn();
    await expect.poll(() => encodes.length).toBe(1);
    const next = new File([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)], 'hill.jpg');
    await actions.openPicture(next);
    encodes[0].resolve({ tokens: tokens as ImageTokens, image: grey(8) });
    await opening;
    expect(state()).toMatchObject({ brush: null, own: { file: next, busy: false } });
  });

  it('that the engine is lost over, or has no encoder for, says so in the state', async () => {
    const { actions, encodes, opens, state } = await ready({ decodePicture });
    await actions.openPicture(file);
    for (const [reason, code, message] of [
      [new UserError('lost', 'The engine stopped.'), 'lost', 'The engine stopped.'],
      [new DOMException('', 'AbortError'), 'recipe', expect.stringContaining('Another model was opened')],
      [new UserError('settings', 'No encoder.'), 'settings', 'No encoder.'],
    ] as const) {
      const opening = actions.openOwn();
      const asked = encodes.length + 1;
      await expect.poll(() => encodes.length).toBe(asked);
      encodes.at(-1)!.reject(reason);
      await opening;
      expect(state()).toMatchObject({ brush: null, own: { busy: false }, runError: { code, message } });
      if (code === 'lost') {
        opens.at(-1)!.resolve({ manifest: microManifest, device: onWasm });
        await expect.poll(() => state().pack.kind).toBe('ready');
      }
    }
    expect(opens).toHaveLength(2);
  });

  it('waits for a model', async () => {
    const { actions, state } = setUp({ decodePicture });
    await actions.openPicture(file);
    expect(sizes.at(-1)).toEqual({ width: 256, height: 256 });
    await actions.openOwn();
    expect(state().runError?.message).toContain('No model is open yet');
  });

  const refused = async (given: File) => {
    const { actions, state } = await ready({
      decodePicture: () => Promise.reject(new DOMException('', 'InvalidStateError')),
    });
    await actions.openPicture(given);
    expect(state().own).toBeNull();
    return refusal(() => {
      throw state().runError;
    });
  };

  it('that cannot be read says why in one sentence', async () => {
    const header = new Uint8Array(24);
    header.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    new DataView(header.buffer).setUint32(16, 60_000);
    new DataView(header.buffer).setUint32(20, 60_000);
    expect(await refused(new File([header], 'x'))).toBe(
      '“x” has 3600 megapixels, and 120 can be taken: make it smaller first.',
    );
    expect(await refused(new File(['<svg/>'], 'logo.svg', { type: 'image/svg+xml' }))).toMatch(
      /^“logo.svg” is a drawing of lines/,
    );
    const heic = new File([Uint8Array.of(0, 0, 0, 24), 'ftypheic'], `\u202e${'a'.repeat(200)}.heic`);
    expect(await refused(heic)).toMatch(/^This browser cannot read “/);
    // What should have been a picture of this program says what became of it.
    expect(await refused(new File(['x'], 'x.png'))).toMatch(/^This file is no PNG/);
  });
});
