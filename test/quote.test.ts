import { describe, expect, test } from 'vitest';
import { quoted } from '../src/quote.ts';

describe('quoted', () => {
  test('leaves what can be read as it is', () => {
    expect(quoted('transformer.blocks.0')).toBe('“transformer.blocks.0”');
    expect(quoted('ключ 鍵 🔑 é')).toBe('“ключ 鍵 🔑 é”');
  });

  test('cuts at the limit, and only what is longer', () => {
    expect(quoted('x'.repeat(60))).toBe(`“${'x'.repeat(60)}”`);
    expect(quoted('x'.repeat(61))).toBe(`“${'x'.repeat(59)}…”`);
    expect(quoted('abcdef', 4)).toBe('“abc…”');
    // An emoji has two code units, and is never halved.
    expect(quoted('🔑🔑', 4)).toBe('“🔑🔑”');
    expect(quoted('🔑🔑🔑', 4)).toBe('“🔑…”');
  });

  test('shows controls, bidirectional marks and halves of characters', () => {
    expect(quoted('a\n\u001b[31m')).toBe('“a\\u{a}\\u{1b}[31m”');
    expect(quoted('evil\u202egnp.exe\u2066\u200b\u2028')).toBe(
      '“evil\\u{202e}gnp.exe\\u{2066}\\u{200b}\\u{2028}”',
    );
    expect(quoted('\ud800')).toBe('“\\u{d800}”');
  });

  test('escapes count as what they take', () => {
    expect(quoted('\u202e'.repeat(20_000_000))).toBe(`“${'\\u{202e}'.repeat(7)}…”`);
    expect(quoted('\u{e0001}'.repeat(60)).length).toBeLessThanOrEqual(62);
  });
});
