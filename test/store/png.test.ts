import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/crc32.ts';
import { recipeKeyword, scoreKeyword } from '../../src/png/recipeTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import { writeRecipe } from '../../src/recipe/write.ts';
import { pictureFile } from '../../src/store/pictureFile.ts';
import type { RgbaImage } from '../../src/types.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { micro, microRecipe } from '../support/page.ts';
import { pngPixels } from '../support/png.ts';

/** Noise is what no filter can flatter: every byte must come back. */
function noise(width: number, height: number): RgbaImage {
  const random = mulberry32(7);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = i % 4 === 3 ? 255 : Math.floor(random() * 256);
  return { width, height, data };
}

/** A reader written from the specification's text, to check the writer against. */
async function readPng(blob: Blob) {
  const file = Buffer.from(await blob.arrayBuffer());
  expect([...file.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    expect(file.readUInt32BE(at + 8 + length), `checksum of ${type}`).toBe(
      crc32(file.subarray(at + 4, at + 8 + length)),
    );
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  const header = chunks[0].data;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const pixels = pngPixels(file);
  const texts = new Map(
    chunks
      .filter(({ type }) => type === 'iTXt')
      .map(({ data }) => {
        const [keyword] = data.toString('latin1').split('\0');
        // compression flag and method, then language and translated keyword, each ended by 0
        expect([...data.subarray(keyword.length, keyword.length + 5)]).toEqual([0, 0, 0, 0, 0]);
        return [keyword, data.toString('utf8', keyword.length + 5)];
      }),
  );
  return { width, height, pixels, texts, order: chunks.map(({ type }) => type), header: [...header] };
}

describe('PNG files', () => {
  it('hold every pixel, whatever the size', async () => {
    for (const [width, height] of [
      [1, 1],
      [5, 3],
      [64, 64],
    ]) {
      const image = noise(width, height);
      const read = await readPng(await encodePng(image, []));
      expect([read.width, read.height]).toEqual([width, height]);
      expect(read.pixels).toEqual(new Uint8Array(image.data.filter((_, i) => i % 4 !== 3)));
    }
  });

  it('say what they are: 8-bit RGB, texts before pixels', async () => {
    const read = await readPng(await encodePng(noise(2, 2), [{ keyword: 'Description', text: 'x' }]));
    expect(read.header.slice(8)).toEqual([8, 2, 0, 0, 0]);
    expect(read.order).toEqual(['IHDR', 'iTXt', 'IDAT', 'IEND']);
  });

  it('carry prompts of any script, and neither a zero nor half a character spoils them', async () => {
    const text = 'лицо 顔 👩‍🦰 é';
    const read = await readPng(
      await encodePng(noise(1, 1), [{ keyword: 'Description', text: `${text}\0!` }]),
    );
    expect(read.texts.get('Description')).toBe(`${text}\uFFFD!`);
    const recipe = { ...microRecipe, condition: { kind: 'text', text: 'half \ud83d' } } as const;
    const file = await pictureFile(micro.model, { index: 0, recipe, score: 0.5, image: noise(1, 1) });
    expect((await readPng(file)).texts.get('Description')).toBe('half \uFFFD');
  });

  it('hold the recipe that makes this very picture again, alone, and the score beside it', async () => {
    const recipe = { ...microRecipe, seed: 44, arithmetic: 'half' } as const;
    const picture = { index: 2, recipe, score: 0.71, image: noise(4, 4) };
    const { texts } = await readPng(await pictureFile(micro.model, picture));
    expect(texts.get(recipeKeyword)).toBe(writeRecipe(recipe));
    expect(texts.get(scoreKeyword)).toBe('0.71');
    expect(texts.get('Description')).toBe('a smiling woman');
    expect(texts.get('Software')).toContain('Micro (MIT)');
    expect(texts.get('parameters')).toContain('Seed: 44');
  });
});

describe('crc32', () => {
  it('gives the check value of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});
