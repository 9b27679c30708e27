// What mojibake looks like: pairs and triples of characters that hardly ever meet except where UTF-8 was read in
// another encoding. Categories and rules are those of ftfy 6.1.3 (see fixText.ts).

// Parts of character classes, without their brackets.
const common = '\\xa0\\xad´·–-―’…';
const c1 = '\\x80-\\x9f';
const bad = '¤¦-¨ª¬¯¶¸ºƒˆˇ˘˛˜†‡‰⌐◊\\ufffd';
const currency = '¢£¥₧€';
const opening = '¡©«¿΄΅‘‚“„•‹\\uf8ff';
const closing = '®»˝”›™';
const numeric = '±-³µ¹¼-¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥';
/** Letters and signs that make faces, and so stand beside odd ones by intent. */
const kaomoji = '°Ò-ÖÙ-Üò-öø-üŐ';
const upperAccented = 'À-ÑØÜÝĂĄĆČĎĐĘĚĞİĹĽŁŃŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ';
const lowerAccented = 'ß-ñüăąćčďđęěğĺľłœŕśşšťźżžґﬁﬂ';
const accented = lowerAccented + upperAccented;
const upperCommon = 'ÞΆΈ-ΊΌΎΏΑ-ΫЁ-Я';
const lowerCommon = 'ά-ωа-џ';
const box = '│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓';

// Python's \s and \w, whose Unicode differs from JavaScript's.
const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const wordCharacter = '[\\p{L}\\p{N}_]';

const beforeOrAfterBad = accented + box + opening + closing + currency + numeric;
const arabicSecond = `[${common}${currency}${bad}${numeric}${opening}ŸŠ®°µ»]`;

const rules = [
  `[${c1}]`,
  `[${bad}${beforeOrAfterBad}][${bad}]`,
  `[a-zA-Z][${lowerCommon}${upperCommon}][${bad}]`,
  `[${bad}][${beforeOrAfterBad}]`,
  `[${lowerAccented}${lowerCommon}${box}${closing}${currency}${numeric}][${upperAccented}]`,
  `[${box}${closing}${currency}${numeric}][${lowerAccented}]`,
  `[${lowerAccented}${box}${closing}][${currency}]`,
  `${space}[${upperAccented}][${currency}]`,
  `[${upperAccented}${box}][${numeric}]`,
  `[${accented}${box}${currency}${closing}][${opening}][${numeric}]`,
  `[${accented}${currency}${numeric}${box}][${closing}][${opening}]`,
  `[${currency}${numeric}${box}][${opening}]`,
  `[a-z][${upperAccented}][${opening}${currency}]`,
  `[${box}][${kaomoji}]`,
  `[${accented}${currency}${numeric}${opening}${closing}][${box}]`,
  `[${box}][${closing}]`,
  `[${accented}][${closing}]${wordCharacter}`,
  // A ligature that no plain letter follows.
  '[Œœ][^A-Za-z]',
  // Windows-1252: two-byte sequences, then Arabic, then South Asian scripts.
  `[ÂÃÎÐ][€Šš¢£Ÿž\\xa0\\xad®©°·»${opening}${closing}–—´]`,
  '×[²³]',
  `[ØÙ]${arabicSecond}[ØÙ]${arabicSecond}`,
  'à[²µ¹¼½¾]',
  // Mac Roman.
  '√[±∂†≠®™´≤≥¥µø]',
  '≈[°¢]',
  '‚Ä[ìîïòôúùû†°¢π]',
  '‚[âó][àä°ê]',
  // Windows-1251: general punctuation, then Cyrillic and Latin-1, then that twice over.
  'вЂ',
  `[ВГРС][${c1}${bad}${opening}${closing}${currency}°µ][ВГРС]`,
  'ГўВЂВ[^\\n][A-Za-z ]',
  // Windows-1252: à and á, and the no-break space.
  'Ã[\\xa0¡]',
  `[a-z]${space}?[ÃÂ] `,
  '^[ÃÂ] ',
  `[a-z.,?!${closing}]Â[ ${opening}${closing}]`,
  // Windows-1253: general punctuation, then Greek.
  'β€[™\\xa0Ά\\xad®°]',
  `[ΒΓΞΟ][${c1}${bad}${opening}${closing}${currency}°][ΒΓΞΟ]`,
];
const badness = new RegExp(rules.join('|'), 'u');

/** Whether the text holds anything that looks like mojibake. */
export function isBad(text: string): boolean {
  return badness.test(text);
}

// Characters that UTF-8's leading bytes (of 2, 3 and 4) and continuation bytes become in a Latin-1-like encoding.
const firstOfTwo = 'Â-ßĂĆČĎĐĘĚĞİĹŃŇŐŘŞŢŮŰΒ-ΡΣ-ίВ-Я';
const firstOfThree = 'à-ïăćčďęěĺŕΰ-οа-п';
const firstOfFour = 'ðóđğπσру';
/** Without those that often stand for themselves beside mojibake: spaces, dashes, quotation marks. */
const strictContinuation = '\\x80-\\xbfĄąĽľŁłŒœŚśŞ-šŤťŸ-žƒˆˇ˘˛-˝΄-ΆΈ-ΊΌΎΏЁ-ЌЎЏё-ќўџҐґ†-•‰‹›€№™';
const continuation = `[${strictContinuation} –-―‘-‚“-„…]`;

/** Runs of what looks like UTF-8 sequences, wherever they are. Global: for `replace` only. */
export const embeddedUtf8 = new RegExp(
  `(?<![${strictContinuation}])(?:[${firstOfTwo}]${continuation}|[${firstOfThree}]${continuation}{2}|[${firstOfFour}]${continuation}{3})+`,
  'gu',
);
