/** Deflate unfolds one byte to 1,032 at most; so much is given at a time that a piece stays at a megabyte. */
const PIECE = 1024;

/**
 * Unfolds zlib data without ever holding much more than the limit: the stream is stopped there.
 * @param budget what may be unfolded in all, in bytes; counted down, whether anything comes of it or not
 * @returns null when it is damaged; 'too long' when it has more than `limit` bytes
 */
export async function inflate(
  bytes: Uint8Array,
  limit: number,
  budget: { left: number },
): Promise<Uint8Array | null | 'too long'> {
  let at = 0;
  // Some browsers unfold a whole piece before anyone can stop them.
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + PIECE));
      else controller.close();
      at += PIECE;
    },
  });
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      pieces.push(read.value);
      length += read.value.length;
      budget.left -= read.value.length;
      if (length > limit || budget.left < 0) {
        await reader.cancel();
        return 'too long';
      }
    }
  } catch {
    return null;
  }
  const whole = new Uint8Array(length);
  let to = 0;
  for (const piece of pieces) {
    whole.set(piece, to);
    to += piece.length;
  }
  return whole;
}
