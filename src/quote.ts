// Text from files and links, made fit for a message to a person.

/** What has no shape of its own, or changes how what stands around it is read: controls, bidirectional marks, joiners. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * The text in quotation marks, control and bidirectional characters shown as escapes (`\u{202e}`), and cut with … where
 * that takes more than `limit` characters. The work is bounded by the limit, however long the text.
 */
export function quoted(text: string, limit = 60): string {
  // No more than `limit` + 1 characters can matter, each of two code units at most.
  const pieces = Array.from(text.slice(0, 2 * (limit + 1)), visible);
  const whole = pieces.join('');
  if (whole.length <= limit) return `“${whole}”`;
  let cut = '';
  for (const piece of pieces) {
    if (cut.length + piece.length > limit - 1) break;
    cut += piece;
  }
  return `“${cut}…”`;
}

function visible(character: string): string {
  return unseen.test(character) ? `\\u{${character.codePointAt(0)!.toString(16)}}` : character;
}
