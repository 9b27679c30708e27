import { describe, expect, it } from 'vitest';
import { zip } from '../../src/store/zip.ts';

describe('zip archives', () => {
  it('list and hold their files', async () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    const blob = zip([
      { name: 'a.txt', bytes: encode('123456789') },
      { name: 'лицо.txt', bytes: encode('') },
    ]);
    const file = Buffer.from(await blob.arrayBuffer());
    // From the end, as readers go: end record, central directory, local headers.
    const end = file.length - 22;
    expect(file.readUInt32LE(end)).toBe(0x06054b50);
    expect(file.readUInt16LE(end + 10)).toBe(2);
    const found: Record<string, string> = {};
    let at = file.readUInt32LE(end + 16);
    expect(at + file.readUInt32LE(end + 12)).toBe(end);
    while (at < end) {
      expect(file.readUInt32LE(at)).toBe(0x02014b50);
      const size = file.readUInt32LE(at + 24);
      const nameLength = file.readUInt16LE(at + 28);
      const local = file.readUInt32LE(at + 42);
      expect(file.readUInt32LE(local)).toBe(0x04034b50);
      expect(file.subarray(local + 14, local + 28)).toEqual(file.subarray(at + 16, at + 30));
      const start = local + 30 + nameLength;
      found[file.toString('utf8', at + 46, at + 46 + nameLength)] = file.toString(
        'utf8',
        start,
        start + size,
      );
      if (size) expect(file.readUInt32LE(at + 16)).toBe(0xcbf43926);
      at += 46 + nameLength;
    }
    expect(found).toEqual({ 'a.txt': '123456789', 'лицо.txt': '' });
  });
});
