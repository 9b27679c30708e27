import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { htmlEntities } from '../../src/tokenizer/htmlEntities.ts';
import { loadNamesIn, unescapeHtml, unescapeStrictly } from '../../src/tokenizer/htmlUnescape.ts';

beforeAll(() => loadNamesIn('&'));

describe('before any name is loaded', () => {
  const fresh = async () => {
    vi.resetModules();
    return {
      ...(await import('../../src/tokenizer/htmlUnescape.ts')),
      ...(await import('../../src/tokenizer/cleanText.ts')),
    };
  };
  const ascii = String.fromCharCode(...Array(128).keys()).replace('&', '');

  test('all other characters of ASCII are cleaned without them, one by one and together', async () => {
    const { loadNamesIn, cleanText } = await fresh();
    for (const text of [ascii, ...ascii]) {
      await loadNamesIn(text);
      expect(() => cleanText(`a ${text}amp; #65;`)).not.toThrow();
    }
    expect(() => cleanText('&eacute;')).toThrow('before they are loaded');
  });

  // The wide ampersand becomes a plain one, and a mojibake of it too.
  test.each(['caf&eacute;', 'caf＆eacute;', 'cafï¼†eacute;'])('they are there for %j', async (text) => {
    const { loadNamesIn, cleanText } = await fresh();
    await loadNamesIn(text);
    expect(cleanText(text)).toBe('café');
  });
});

test('the packed table is the whole of HTML5', () => {
  const { texts, bare } = htmlEntities;
  const names = [...[...texts.keys()].map((name) => `${name};`), ...bare];
  expect(names.length).toBe(2231);
  const lines = names.sort().map((name) => `${name}=${texts.get(name.replace(';', ''))}\n`);
  // hashlib.sha256(''.join(f'{n}={html5[n]}\n' for n in sorted(html.entities.html5)).encode()).hexdigest()
  expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(
    '3d6451507e2331f4f4de67370de6df66900b91431b3c0fcb365e4fd2c8448bc3',
  );
});

// { text: html.unescape(text) } of Python 3.11
const asPython = {
  '&lt;b&gt &amp;amp;': '<b> &amp;',
  '&notit; &notin; &ampersand': '¬it; ∉ &ersand',
  '&NotEqualTilde; &acE;': '≂̸ ∾̳',
  '&#65;&#x41;&#X41&#065': 'AAAA',
  '&#0;&#xD800;&#1114112;': '\ufffd\ufffd\ufffd',
  '&#128;&#x9f;&#x81;': '€Ÿ\x81',
  '[&#1;&#xb;&#x7f;&#xfdd0;&#x1ffff;]': '[]',
  '&#9;&#10;&#12;&#13;': '\t\n\f\r',
  '&; &# &#x; & &nosuchname; &é;': '&; &# &#x; & &nosuchname; &é;',
  '&constructor; &__proto__;': '&constructor; &__proto__;',
};

test.each(Object.entries(asPython))('%j unescapes as in Python', (text, expected) => {
  expect(unescapeHtml(text)).toBe(expected);
});

// { text: ftfy.fixes.unescape_html(text) } of ftfy 6.1.3
const asFtfy = {
  '&eacute; &EACUTE; &SZLIG; &nTILDE;': 'é É SS &nTILDE;',
  '&amp &notit; &AMP;': '&amp &notit; &',
  '&LTIMES; &ltimes;': '&LTIMES; ⋉',
  '&#65; &#65 &#59; &#12a;': 'A &#65 &#59; &#12a;',
  '&CounterClockwiseContourIntegral;': '&CounterClockwiseContourIntegral;',
};

test.each(Object.entries(asFtfy))('%j unescapes strictly as in ftfy', (text, expected) => {
  expect(unescapeStrictly(text)).toBe(expected);
});
