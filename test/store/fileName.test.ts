import { describe, expect, it } from 'vitest';
import { archiveFileName, distinctNames, pictureFileName } from '../../src/store/fileName.ts';

describe('file names', () => {
  it('are the prompt’s words and the seed', () => {
    expect(pictureFileName('A smiling woman, with long red hair!', 1234567890)).toBe(
      'a-smiling-woman-with-long-red-hair_1234567890.png',
    );
    expect(archiveFileName('a man', 3)).toBe('a-man_3.zip');
  });

  it('keep letters of every script and drop what systems forbid', () => {
    expect(pictureFileName('Frau mit Brille / ÄÖÜ', 1)).toBe('frau-mit-brille-äöü_1.png');
    expect(pictureFileName('красивое лицо', 1)).toBe('красивое-лицо_1.png');
    expect(pictureFileName('a<b>c:"d"\\e|f?*\u0000\u0007\u202e.exe', 1)).toBe('a-b-c-d-e-f-exe_1.png');
    expect(pictureFileName('../../etc/passwd', 1)).toBe('etc-passwd_1.png');
  });

  it('never are empty, and end at a word', () => {
    expect(pictureFileName('👩‍🦰 \ud83d', 5)).toBe('picture_5.png');
    const long = pictureFileName('word '.repeat(1000), 5);
    expect(long).toBe(`${Array(12).fill('word').join('-')}_5.png`);
  });

  it('fit into 255 bytes in any script', () => {
    for (const prompt of ['顔'.repeat(500), '𝒳'.repeat(500), 'x'.repeat(5000), 'ö '.repeat(900)]) {
      const name = pictureFileName(prompt, 4294967295);
      expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255);
      expect(name.isWellFormed()).toBe(true);
      expect(name.length).toBeGreaterThan(30);
    }
  });

  it('are told apart in one archive', () => {
    const long = 'word '.repeat(20);
    const [red, blue] = ['red', 'blue'].map((colour) => pictureFileName(long + colour, 7));
    expect(distinctNames([red, blue, 'a_7.png', blue])).toEqual([
      red,
      red.replace('.png', '-2.png'),
      'a_7.png',
      red.replace('.png', '-3.png'),
    ]);
  });
});
