import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflate } from '../../src/png/inflate.ts';
import { readTexts } from '../../src/png/readTexts.ts';
import { encodePng } from '../../src/png/write.ts';
import {
  compressed,
  end,
  header,
  international,
  internationalCompressed,
  pixels,
  pixelWith,
  pngOf,
  text,
} from '../support/pngWriter.ts';
import { refusal } from '../support/refusal.ts';

const prompt = 'лицо 顔 👩‍🦰 é';
const utf8 = (content: string) => new TextEncoder().encode(content);

describe('the texts of a PNG', () => {
  it('are read in every kind of chunk, in order, as often as they come', async () => {
    const file = pixelWith(
      text('a', 'é ÿ'),
      text('b', utf8(prompt)),
      compressed('c', prompt),
      compressed('d', '', deflateSync(Buffer.from('é ÿ', 'latin1'))),
      international('e', prompt),
      internationalCompressed('f', prompt),
      text('a', 'again'),
      text('g', ''),
    );
    expect(await readTexts(file)).toEqual({
      texts: [
        { keyword: 'a', text: 'é ÿ' },
        { keyword: 'b', text: prompt },
        { keyword: 'c', text: prompt },
        { keyword: 'd', text: 'é ÿ' },
        { keyword: 'e', text: prompt },
        { keyword: 'f', text: prompt },
        { keyword: 'a', text: 'again' },
        { keyword: 'g', text: '' },
      ],
      damage: null,
    });
  });

  it('are what the writer wrote', async () => {
    const texts = [
      { keyword: 'Description', text: prompt },
      { keyword: 'x', text: '{"a":"\\u0000"}\n' },
    ];
    const image = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
    const file = new Uint8Array(await (await encodePng(image, texts)).arrayBuffer());
    expect(await readTexts(file)).toEqual({ texts, damage: null });
    // A view into a larger buffer, as files come from archives.
    const larger = new Uint8Array(file.length + 9);
    larger.set(file, 5);
    expect((await readTexts(larger.subarray(5, 5 + file.length))).texts).toEqual(texts);
  });

  it('count behind the pixels as before them, but not behind the end', async () => {
    const file = pngOf(header, text('a', '1'), pixels, text('b', '2'), end, text('c', '3'));
    expect(await readTexts(file)).toEqual({
      texts: [
        { keyword: 'a', text: '1' },
        { keyword: 'b', text: '2' },
      ],
      damage: null,
    });
  });

  it('that are damaged are left out and told; the others stay', async () => {
    const good = text('good', 'as gold');
    const faults = {
      'the checksum of a text is wrong': { ...text('a', 'b'), sum: 1 },
      'a text has no keyword': { type: 'tEXt', data: utf8('no zero in it') },
      'a compressed text is damaged': compressed('a', '', Buffer.from('not zlib')),
      'a text is compressed in an unknown way': { type: 'zTXt', data: utf8('a\0\x01xx') },
      'a text is not formed as it should be': { type: 'iTXt', data: utf8('a\0\0\0no second zero') },
      'a text is no UTF-8': { type: 'iTXt', data: Uint8Array.of(97, 0, 0, 0, 0, 0, 0xff) },
    };
    for (const [damage, chunk] of Object.entries(faults)) {
      expect(await readTexts(pixelWith(chunk, good)), damage).toEqual({
        texts: [{ keyword: 'good', text: 'as gold' }],
        damage,
      });
    }
    const others = [
      { type: 'tEXt', data: utf8('\0empty keyword') },
      { type: 'tEXt', data: utf8(`${'k'.repeat(80)}\0x`) },
      { type: 'iTXt', data: utf8('a\0\x02\0\0\0x') },
      { type: 'iTXt', data: utf8('a\0\x01\x01\0\0x') },
      { type: 'zTXt', data: utf8('a\0') },
      { type: 'tEXt', data: new Uint8Array() },
      internationalCompressed('a', '', deflateSync(Buffer.from('cut off, cut off')).subarray(0, 9)),
      // Its own checksum, behind the data, is wrong.
      compressed('a', '', Buffer.concat([deflateSync(Buffer.from('x')).subarray(0, -1), Buffer.of(9)])),
    ];
    for (const chunk of others) {
      const { texts, damage } = await readTexts(pixelWith(chunk, good));
      expect([texts.length, typeof damage]).toEqual([1, 'string']);
    }
  });

  it('are read as far as a file goes', async () => {
    const file = pixelWith(text('a', '1'), text('b', '2'));
    // The header ends at byte 33, each of the texts takes 15.
    for (let length = 8; length < file.length; length++) {
      const { texts, damage } = await readTexts(file.subarray(0, length));
      expect(texts.length, `${length} bytes`).toBe(Math.min(2, Math.max(0, Math.floor((length - 33) / 15))));
      expect(damage).toBe(`the file is cut off after ${length} bytes`);
    }
  });

  it('stop where lengths or types make no sense', async () => {
    const good = text('a', '1');
    for (const length of [2 ** 32 - 1, 2 ** 31, 1000]) {
      const { texts, damage } = await readTexts(pixelWith(good, { ...text('b', '2'), length }, good));
      expect(texts).toHaveLength(1);
      expect(damage).toMatch(/cut off/);
    }
    for (const length of [0, 2, 9]) {
      const { texts, damage } = await readTexts(
        pixelWith(good, { ...text('b', '2 of some length'), length }, good),
      );
      expect(texts).toHaveLength(1);
      expect(damage).not.toBeNull();
    }
  });

  it('are none of a file that is no PNG', async () => {
    const refused = (bytes: readonly number[]) => refusal(() => readTexts(Uint8Array.from(bytes)));
    expect(await refused([0xff, 0xd8, 0xff, 0xe0, 0, 16])).toContain('This is a JPEG, and only PNGs');
    expect(await refused([...utf8('RIFF....WEBPVP8 ')])).toContain('a WebP picture');
    expect(await refused([...utf8('GIF89a')])).toContain('a GIF');
    expect(await refused([0, 0, 0, 28, ...utf8('ftypavif')])).toContain('AVIF');
    for (const bytes of [[], [0x89], [0x89, 0x50, 0x4e, 0x47, 0x0a, 0x1a, 0x0a], [...utf8('<svg>')]]) {
      expect(await refused(bytes)).toContain('This file is no PNG');
    }
  });
});

/** What the platform unfolded meanwhile, in bytes, whether anyone read it or not. */
async function countingUnfolded<T>(work: () => Promise<T>): Promise<{ unfolded: number; result: T }> {
  const RealStream = DecompressionStream;
  let unfolded = 0;
  globalThis.DecompressionStream = class extends RealStream {
    constructor(format: CompressionFormat) {
      super(format);
      const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(piece, controller) {
          unfolded += piece.length;
          controller.enqueue(piece);
        },
      });
      Object.defineProperty(this, 'readable', { value: super.readable.pipeThrough(count) });
    }
  };
  try {
    return { result: await work(), unfolded };
  } finally {
    globalThis.DecompressionStream = RealStream;
  }
}

describe('a decompression bomb', () => {
  const bomb = deflateSync(new Uint8Array(64 << 20));
  const unfold = (bytes: Uint8Array, limit: number) => inflate(bytes, limit, { left: 1 << 30 });

  it('is stopped at the limit, to the byte', async () => {
    expect(await unfold(deflateSync(new Uint8Array(5000)), 5000)).toHaveLength(5000);
    expect(await unfold(deflateSync(new Uint8Array(5001)), 5000)).toBe('too long');
    expect(await unfold(bomb.subarray(0, 1000), 1 << 30)).toBeNull();
  });

  it('is not unfolded any further', async () => {
    const { unfolded, result } = await countingUnfolded(() => unfold(bomb, 1 << 16));
    expect(result).toBe('too long');
    expect(unfolded).toBeGreaterThan(1 << 16);
    expect(unfolded).toBeLessThan(1 << 22);
  });

  it('costs its own text and no other; many, damaged ones as well, cost no more than a few', async () => {
    const damaged = deflateSync(new Uint8Array(4_000_000)).subarray(0, -4);
    for (const [folded, first] of [
      [bomb, 'a compressed text is too long'],
      [damaged, 'a compressed text is damaged'],
    ] as const) {
      const swarm = Array.from({ length: 80 }, () => [
        compressed('b', '', folded),
        internationalCompressed('b', '', folded),
      ]);
      const { unfolded, result } = await countingUnfolded(() =>
        readTexts(pixelWith(...swarm.flat(), text('a', '1'))),
      );
      expect(result).toEqual({ texts: [{ keyword: 'a', text: '1' }], damage: first });
      expect(unfolded).toBeGreaterThan(1 << 22);
      expect(unfolded).toBeLessThan(12e6);
    }
  });

  it('of many small texts is cut', async () => {
    const many = Array.from({ length: 201 }, (_, i) => text('a', String(i)));
    const { texts, damage } = await readTexts(pixelWith(...many));
    expect([texts.length, damage]).toEqual([200, 'it has more than 200 texts']);
  });
});
