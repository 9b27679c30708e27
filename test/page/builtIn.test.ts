// What a visitor does with the built-in model, on the built page in Chromium: type, generate, watch, download; cancel, and again.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pngChunks } from '../support/png.ts';
import { hasChromium, PATIENCE, Visitor } from '../support/visitor.ts';

const prompt = 'a smiling woman with long red hair and round glasses';
vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasChromium)('a visitor of the built-in model', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await Visitor.arrive({ args: [] });
  });
  afterAll(() => visitor?.leave());
  afterEach(() => visitor.context?.close());
  beforeEach(async () => {
    await visitor.visit();
    await visitor.ready();
  });

  it('types, generates, watches, gets ranked pictures and downloads one', async () => {
    await visitor.write(prompt);
    await visitor.slide('Steps', 3);
    await visitor.button('Generate').click();
    await visitor.page.getByText(/Step \d of \d/).waitFor();
    await visitor.page
      .getByText(/\d+ of 256 tiles set/)
      .first()
      .waitFor();
    await visitor.finished(4);

    const scores = await visitor.page.getByText(/^CLIP \d\.\d\d$/).allTextContents();
    expect(scores).toHaveLength(4);
    expect(scores).toEqual([...scores].sort().reverse());

    // All four side by side: none stands alone in a second row.
    const tops = await visitor.page
      .locator('.run .tile')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getBoundingClientRect().top));
    expect(tops).toEqual(Array(4).fill(tops[0]));

    const [download] = await Promise.all([
      visitor.page.waitForEvent('download'),
      visitor.results().first().click(),
    ]);
    expect(download.suggestedFilename()).toMatch(
      /^a-smiling-woman-with-long-red-hair-and-round-glasses_\d+\.png$/,
    );
    const chunks = pngChunks(readFileSync(await download.path()));
    const header = Buffer.from(chunks[0].data);
    expect([chunks[0].type, header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual(['IHDR', 256, 256]);
    const texts = chunks
      .filter(({ type }) => type === 'iTXt')
      .map(({ data }) => Buffer.from(data).toString('utf8'));
    expect(texts.some((text) => text.includes(prompt))).toBe(true);
    expect(visitor.complaints).toEqual([]);
  });

  it('cancels within a step, and generates again', async () => {
    await visitor.write(prompt);
    await visitor.slide('Steps', 100);
    await visitor.button('Generate').click();
    await visitor.page.getByText(/Step ([3-9]|[1-4]\d) of 10\d/).waitFor();
    await visitor.button('Stop').click();
    await visitor.ready();
    const said = await visitor.wordsOfWorkers();
    const steps = (words: readonly string[]) => words.filter((word) => word === 'step').length;
    const cancel = said.indexOf('cancel');
    expect(steps(said.slice(0, cancel))).toBeLessThan(60);
    // Those on their way when it was pressed; had the run gone on, they would be forty at least.
    expect(steps(said.slice(cancel))).toBeLessThan(10);
    expect(said.slice(cancel)).not.toContain('image');
    expect(said.at(-1)).toBe('cancelled');
    expect(await visitor.results().count()).toBe(0);
    // What was seen stays, with all that made it.
    await visitor.page.getByText(/stopped at step \d+ of 10\d/).waitFor();
    await visitor.page.getByRole('img', { name: 'Picture 4, unfinished' }).waitFor();

    await visitor.quick();
    await visitor.button('Generate').click();
    await visitor.finished(1);
    expect(visitor.complaints).toEqual([]);
  });
});
