import { describe, expect, it } from 'vitest';
import { encodePng } from '../../src/png/write.ts';
import { pictureSize } from '../../src/store/pictureSize.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { cmykJpeg, twoFrameGif } from '../support/ownPictures.ts';
import { grey } from '../support/page.ts';

const bytesOf = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...part].map((letter) => letter.charCodeAt(0)) : part,
    ),
  );

const pictures: [string, Uint8Array, number, number][] = [
  ['a PNG', new Uint8Array(await (await encodePng(grey(1), [])).arrayBuffer()), 4, 4],
  ['a GIF', twoFrameGif(), 1, 1],
  ['a JPEG of four inks', cmykJpeg(), 16, 16],
  [
    'a progressive JPEG behind its camera’s words',
    bytesOf([
      0xff, 0xd8, 0xff, 0xe1, 0, 6, 1, 2, 3, 4, 0xff, 0xff, 0xc4, 0, 2, 0xff, 0xc2, 0, 17, 8, 0x1f, 0x40,
      0x17, 0x70,
    ]),
    6000,
    8000,
  ],
  // Laid out as RFC 9649 has it.
  [
    'a lossy WebP',
    bytesOf('RIFF', [0, 0, 0, 0], 'WEBPVP8 ', [0, 0, 0, 0, 0x30, 1, 0, 0x9d, 1, 0x2a, 0x90, 1, 0x2c, 1]),
    400,
    300,
  ],
  [
    'a lossless WebP',
    bytesOf('RIFF', [0, 0, 0, 0], 'WEBPVP8L', [0, 0, 0, 0, 0x2f, 0x8f, 0xc1, 0x4a, 0]),
    400,
    300,
  ],
  [
    'an extended WebP',
    bytesOf('RIFF', [0, 0, 0, 0], 'WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0, 0x8f, 1, 0, 0x2b, 1, 0]),
    400,
    300,
  ],
];

describe('the size of a picture', () => {
  it.each(pictures)('is read from %s', (_, bytes, width, height) => {
    expect(pictureSize(bytes)).toEqual({ width, height });
    // Where it is a view of more.
    const whole = new Uint8Array(bytes.length + 7);
    whole.set(bytes, 7);
    expect(pictureSize(whole.subarray(7))).toEqual({ width, height });
  });

  it('is not known of others, and of what breaks off or is broken', () => {
    for (const other of ['', 'BM', 'ftypheic', '<svg xmlns="http://www.w3.org/2000/svg"/>']) {
      expect(pictureSize(bytesOf(other))).toBeNull();
    }
    const draw = mulberry32(2);
    for (const [name, bytes] of pictures) {
      for (let length = 0; length < Math.min(20, bytes.length); length++) {
        expect(() => pictureSize(bytes.slice(0, length)), name).not.toThrow();
      }
      for (let i = 0; i < 500; i++) {
        const broken = bytes.slice();
        broken[Math.floor(draw() * broken.length)] = Math.floor(draw() * 256);
        expect(() => pictureSize(broken), name).not.toThrow();
      }
    }
  });
});
