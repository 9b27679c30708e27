// Moving PNGs: what is in the file, and that what knows only still ones shows the first picture.
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeFilm, FRAME, framesOf, HOLD } from '../../src/png/film.ts';
import { encodePng } from '../../src/png/write.ts';
import type { RgbaImage } from '../../src/types.ts';
import { pngChunks } from '../support/png.ts';

const picture = (value: number, width = 3): RgbaImage => ({
  width,
  height: 2,
  data: Uint8ClampedArray.from({ length: 8 * width }, (_, i) => (i % 4 === 3 ? 255 : value + i)),
});
const still = (image: RgbaImage) => encodePng(image, [{ keyword: 'Title', text: 'one of them' }]);
const chunksOf = async (file: Blob) => pngChunks(Buffer.from(await file.arrayBuffer()));

describe('a film', () => {
  it('goes there and back, and holds its ends', () => {
    expect(framesOf(3).map(({ index }) => index)).toEqual([0, 1, 2, 1]);
    expect(framesOf(3).map(({ milliseconds }) => milliseconds)).toEqual([HOLD, FRAME, HOLD, FRAME]);
    expect(framesOf(1)).toEqual([{ index: 0, milliseconds: HOLD }]);
  });

  it('holds each picture as a still file would, in numbered frames of the whole size', async () => {
    const files = await Promise.all([picture(0), picture(60), picture(120)].map(still));
    const chunks = await chunksOf(await encodeFilm(files, [{ keyword: 'Title', text: 'a morph' }]));
    expect(chunks.map(({ type }) => type)).toEqual([
      'IHDR',
      'iTXt',
      'acTL',
      'fcTL',
      'IDAT',
      'fcTL',
      'fdAT',
      'fcTL',
      'fdAT',
      'fcTL',
      'fdAT',
      'IEND',
    ]);
    const stills = await Promise.all(
      files.map(async (file) => (await chunksOf(file)).find(({ type }) => type === 'IDAT')!.data),
    );
    const pixels = chunks.flatMap(({ type, data }) =>
      type === 'IDAT' ? [data] : type === 'fdAT' ? [data.subarray(4)] : [],
    );
    expect(pixels.map((data) => inflateSync(data))).toEqual([0, 1, 2, 1].map((i) => inflateSync(stills[i])));

    const numbered = chunks.filter(({ type }) => type === 'fcTL' || type === 'fdAT');
    expect(numbered.map(({ data }) => Buffer.from(data).readUInt32BE(0))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const actl = Buffer.from(chunks.find(({ type }) => type === 'acTL')!.data);
    expect([actl.length, actl.readUInt32BE(0), actl.readUInt32BE(4)]).toEqual([8, 4, 0]);
    const control = Buffer.from(chunks.find(({ type }) => type === 'fcTL')!.data);
    expect(control.length).toBe(26);
    expect([4, 8, 12, 16].map((at) => control.readUInt32BE(at))).toEqual([3, 2, 0, 0]);
    expect([control.readUInt16BE(20), control.readUInt16BE(22), control[24], control[25]]).toEqual([
      HOLD,
      1000,
      0,
      0,
    ]);
  });

  it('is of pictures of one size', async () => {
    const files = await Promise.all([picture(0), picture(0, 4)].map(still));
    await expect(encodeFilm(files, [])).rejects.toThrow(RangeError);
    await expect(encodeFilm([], [])).rejects.toThrow(RangeError);
    const bare = new Blob([(await files[0].bytes()).subarray(0, 33)]);
    await expect(encodeFilm([bare], [])).rejects.toThrow(RangeError);
  });
});
