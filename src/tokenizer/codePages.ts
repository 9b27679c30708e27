// The single-byte encodings that text is mistaken for, as ftfy 6.1.3 knows them (see fixText.ts). Literal tables:
// TextDecoder has no code page 437, no sloppy Windows-1253, and some runtimes read Windows-1252 as Latin-1.

/** Bytes, one a character of U+0000..U+00FF, so that regular expressions can work on them. */
export type ByteString = string;

export interface CodePage {
  /**
   * A sloppy encoding reads its unassigned bytes as Latin-1, and keeps byte 1A for a character that was already lost
   * (U+FFFD).
   */
  readonly sloppy: boolean;
  readonly byteOf: ReadonlyMap<string, string>;
}

/** `a-e` becomes `abcde`. */
function expand(ranges: string): string {
  return ranges.replace(/(.)-(.)/gsu, (_, first: string, last: string) => {
    const start = first.charCodeAt(0);
    return String.fromCharCode(
      ...Array.from({ length: last.charCodeAt(0) - start + 1 }, (_, i) => start + i),
    );
  });
}

const latin1 = expand('\x80-ÿ');
const windows1252 = expand('€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ\xa0-ÿ');
const windows1251 = expand('ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\x98™љ›њќћџ\xa0ЎўЈ¤Ґ¦§Ё©Є«¬\xad®Ї°±Ііґµ¶·ё№є»јЅѕїА-я');
const latin2Letters = 'ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙';
const windows1250 = expand(
  `€\x81‚\x83„…†‡\x88‰Š‹ŚŤŽŹ\x90‘’“”•–—\x98™š›śťžź\xa0ˇ˘Ł¤Ą¦§¨©Ş«¬\xad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż${latin2Letters}`,
);
const windows1253 = expand(
  '€\x81‚ƒ„…†‡\x88‰\x8a‹\x8c-\x90‘’“”•–—\x98™\x9a›\x9c-\xa0΅Ά£-\xae―°-³΄µ-·Έ-Ί»Ό½Ύ-ΡÒΣ-ώÿ',
);
const windows1254 = expand('€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8d-\x90‘’“”•–—˜™š›œ\x9d\x9eŸ\xa0-ÏĞÑ-ÜİŞß-ïğñ-üışÿ');
const latin2 = expand(`\x80-\xa0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\xadŽŻ°ą˛ł´ľśˇ¸šşťź˝žż${latin2Letters}`);
const macRoman =
  'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø' +
  '¿¡¬√ƒ≈∆«»…\xa0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ';
const codePage437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0';

/** @param upper the characters of bytes 80 to FF. [128] */
function codePage(upper: string, sloppy: boolean): CodePage {
  const byteOf = new Map<string, string>();
  for (let byte = 0; byte < 0x80; byte++) byteOf.set(String.fromCharCode(byte), String.fromCharCode(byte));
  for (let i = 0; i < 0x80; i++) byteOf.set(upper[i], String.fromCharCode(0x80 + i));
  if (sloppy) {
    byteOf.delete('\x1a');
    byteOf.set('\ufffd', '\x1a');
  }
  return { sloppy, byteOf };
}

/** In the order in which ftfy tries them. */
export const codePages: readonly CodePage[] = [
  codePage(latin1, false),
  ...[windows1252, windows1251, windows1250, windows1253, windows1254].map((upper) => codePage(upper, true)),
  ...[latin2, macRoman, codePage437].map((upper) => codePage(upper, false)),
];

/** The bytes that read as this text in that encoding; undefined where some character has none. */
export function encodeBytes(text: string, { byteOf }: CodePage): ByteString | undefined {
  let bytes = '';
  for (const character of text) {
    const byte = byteOf.get(character);
    if (byte === undefined) return undefined;
    bytes += byte;
  }
  return bytes;
}

/** C1 controls are Windows-1252 read as Latin-1, as in every browser; its five unassigned bytes stay as they are. */
export function c1ToWindows1252(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80]);
}
