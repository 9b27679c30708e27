import { beforeAll, expect, test } from 'vitest';
import { fixText } from '../../src/tokenizer/fixText.ts';
import { loadNamesIn } from '../../src/tokenizer/htmlUnescape.ts';

beforeAll(() => loadNamesIn('&'));

// The tokenizer hands over lower case only; these also hold for capitals. { text: ftfy.fix_text(text) } of ftfy 6.1.3
const asFtfy = {
  'schÃ¶n': 'schön',
  'Ã la mode, voilÃ le travail': 'à la mode, voilà le travail',
  'âœ” No problems': '✔ No problems',
  'Broken text&hellip; it&#x2019;s ﬂubberiﬁc!': "Broken text… it's flubberific!",
  'P&EACUTE;REZ': 'PÉREZ',
  'Ð¿Ñ€Ð¸Ð²ÐµÑ‚': 'привет',
  'РїСЂРёРІРµС‚': 'привет',
  'Ã€\nÃ': 'À\nÃ',
  'l’été à Évian — 20 °C, 5 €': "l'été à Évian — 20 °C, 5 €",
  // Python's $ before the last line feed: an oddity of its UTF-8 variants, kept.
  'Ã©À\nx': 'éx',
};

test.each(Object.entries(asFtfy))('%j is repaired as by ftfy', (text, expected) => {
  expect(fixText(text)).toBe(expected);
});

test('a line beyond a million characters is cut, and mojibake at the cut stays', () => {
  const filler = 'a'.repeat(999_999);
  expect(fixText(`${filler}â€™`)).toBe(`${filler}â€™`);
  expect(fixText(`${filler.slice(3)}â€™`)).toBe(`${filler.slice(3)}'`);
});
