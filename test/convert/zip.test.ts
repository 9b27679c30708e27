import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/convert/source.ts';
import { openZip } from '../../src/convert/zip.ts';
import { crc32 } from '../../src/crc32.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { bytes, concatenate } from '../support/pickleWriter.ts';
import { refusal } from '../support/refusal.ts';
import { makeZip } from '../support/zipWriter.ts';

const files = [
  { name: 'top/data.pkl', data: bytes('contents') },
  { name: 'top/data/0', data: Uint8Array.from({ length: 300 }, (_, i) => i) },
  { name: 'top/data/1', data: new Uint8Array(0) },
];

async function readAll(archive: Uint8Array): Promise<Record<string, number[]>> {
  const read: Record<string, number[]> = {};
  for (const [name, entry] of await openZip(bytesSource(archive))) {
    read[name] = [...(await entry.slice(0, entry.byteLength))];
  }
  return read;
}

describe('crc32', () => {
  test('is that of zlib for every length around the eight-byte turn, from any alignment', () => {
    const random = mulberry32(1);
    const data = Uint8Array.from({ length: 100 }, () => random() * 256);
    for (let start = 0; start < 9; start++) {
      for (let end = start; end < 60; end++) {
        const part = data.subarray(start, end);
        expect(crc32(part)).toBe(zlib.crc32(part));
      }
    }
  });
});

describe('zip', () => {
  const expected = Object.fromEntries(files.map(({ name, data }) => [name, [...data]]));

  test.each([
    ['plain', {}],
    ['zip64', { zip64: true }],
    ['data descriptors', { dataDescriptors: true }],
    ['both', { zip64: true, dataDescriptors: true }],
  ])('reads stored entries: %s', async (_, options) => {
    expect(await readAll(makeZip(files, options))).toEqual(expected);
  });

  test('finds the end in front of a comment that looks like another end', async () => {
    const archive = makeZip(files);
    const comment = concatenate([archive.subarray(-22), bytes('!')]);
    archive[archive.length - 2] = comment.length;
    expect(await readAll(concatenate([archive, comment]))).toEqual(expected);
  });

  test('reads only the part of an entry that is asked for', async () => {
    const ranges: number[] = [];
    const inner = bytesSource(makeZip([{ name: 'big', data: new Uint8Array(1_000_000).fill(7) }]));
    const entries = await openZip({
      byteLength: inner.byteLength,
      slice: (start, end) => {
        ranges.push(end - start);
        return inner.slice(start, end);
      },
    });
    ranges.length = 0;
    expect([...(await entries.get('big')!.slice(500_000, 500_004))]).toEqual([7, 7, 7, 7]);
    expect(ranges.reduce((total, range) => total + range, 0)).toBeLessThan(200);
  });

  test('a changed byte is found when the whole entry is read', async () => {
    const archive = makeZip(files);
    const at = archive.findIndex(
      (_, i) => archive[i] === 100 && archive[i + 1] === 101 && archive[i + 2] === 102,
    );
    archive[at] ^= 1;
    expect(await refusal(() => readAll(archive))).toBe(
      'The zip archive is damaged: the check sum of entry “top/data/0” does not match its contents. Fetch the file again.',
    );
  });

  test('an archive written without check sums (zeros) is read', async () => {
    const archive = makeZip(files);
    const view = new DataView(archive.buffer);
    for (let at = 0; at < archive.length - 4; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 16, 0, true);
    }
    expect(await readAll(archive)).toEqual(expected);
  });

  test.each([
    ['plain', {}],
    ['zip64', { zip64: true }],
  ])('cut off anywhere, it says so: %s', async (_, options) => {
    const archive = makeZip(files, options);
    for (let length = 0; length < archive.length; length++) {
      expect(await refusal(() => readAll(archive.slice(0, length)))).toMatch(/cut off|damaged/);
    }
  });

  describe('deflated entries', () => {
    const data = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251);
    const archive = makeZip([{ name: 'a', data, deflate: true }]);
    const entryOf = async (file: Uint8Array) => (await openZip(bytesSource(file))).get('a')!;

    test('are read as PyTorch reads them: whole, and any part', async () => {
      const entry = await entryOf(archive);
      expect(await entry.slice(0, 5000)).toEqual(data);
      for (const [start, end] of [
        [0, 1],
        [17, 3000],
        [4999, 5000],
        [5000, 5000],
      ]) {
        expect(await entry.slice(start, end)).toEqual(data.slice(start, end));
      }
    });

    test('that do not unpack to what is promised are damaged', async () => {
      for (const size of [4999, 5001]) {
        const wrong = archive.slice();
        const central = wrong.length - 22 - 46 - 1;
        new DataView(wrong.buffer).setUint32(central + 24, size, true);
        const entry = await entryOf(wrong);
        expect(await refusal(() => entry.slice(0, size))).toMatch(/does not unpack to|check sum/);
      }
      const spoilt = archive.slice();
      spoilt[70] ^= 0xff;
      const entry = await entryOf(spoilt);
      expect(await refusal(() => entry.slice(0, 5000))).toMatch(/does not unpack to 5000 bytes|check sum/);
    });

    test('that promise more than deflate can are refused before memory is taken', async () => {
      const wrong = archive.slice();
      new DataView(wrong.buffer).setUint32(wrong.length - 22 - 46 - 1 + 24, 2 ** 31, true);
      const entry = await entryOf(wrong);
      expect(await refusal(() => entry.slice(0, 2 ** 31))).toMatch('cannot have 2147483648 bytes');
    });

    test('of another method are named', async () => {
      const other = archive.slice();
      new DataView(other.buffer).setUint16(other.length - 22 - 46 - 1 + 10, 14, true);
      const entry = await entryOf(other);
      expect(await refusal(() => entry.slice(0, 1))).toMatch(
        'Entry “a” of this zip file is compressed in a way that PyTorch does not read (method 14)',
      );
    });
  });

  test.each(['\n', '\0', '\r\n and more'])('bytes put behind the archive: %j', async (behind) => {
    for (const zip64 of [false, true]) {
      expect(await readAll(concatenate([makeZip(files, { zip64 }), bytes(behind)]))).toEqual(expected);
    }
  });

  test('the signature of an end in the contents is not taken for one where the end is cut off', async () => {
    const fake = { name: 'top/data/2', data: concatenate([bytes('PK', 5, 6), new Uint8Array(40).fill(9)]) };
    const archive = makeZip([...files, fake]);
    expect(await refusal(() => readAll(archive.slice(0, -30)))).toMatch('its end is missing');
  });

  test('an entry listed twice is refused', async () => {
    expect(await refusal(() => readAll(makeZip([files[0], files[0]])))).toMatch(
      'entry “top/data.pkl” is listed twice',
    );
  });

  test('absurd sizes in the end record cost nothing', async () => {
    const archive = makeZip(files, { zip64: true });
    const view = new DataView(archive.buffer);
    const record = archive.length - 22 - 20 - 56;
    view.setBigUint64(record + 40, 2n ** 62n, true);
    expect(await refusal(() => readAll(archive))).toMatch('it speaks of 4611686018427387904 bytes');
    view.setBigUint64(record + 40, 2n ** 40n, true);
    expect(await refusal(() => readAll(archive))).toMatch('reaches beyond its end');
  });
});
