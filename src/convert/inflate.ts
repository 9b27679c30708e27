// Unpacking part of a deflated stream (RFC 1951) by the platform's own decoder.

const packedChunk = 2 ** 20;

/**
 * The bytes from `start` to `end` of what the stream unpacks to; no more is kept, and nothing beyond `end` unpacked
 * (but for what the decoder gives in one piece). Undefined where the stream is damaged or does not unpack to `total`
 * bytes, as far as it is read.
 *
 * @param packed reads bytes of the stream, whose length is `packedBytes`
 */
export async function inflate(
  packed: (start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>,
  packedBytes: number,
  start: number,
  end: number,
  total: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let readTo = 0;
  let failed: unknown;
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const from = readTo;
      readTo = Math.min(from + packedChunk, packedBytes);
      if (from === packedBytes) return controller.close();
      try {
        controller.enqueue(await packed(from, readTo));
      } catch (error) {
        // To be told from the decoder's complaints.
        failed = error;
        controller.error(error);
      }
    },
  });
  const out = new Uint8Array(end - start);
  let at = 0;
  const reader = compressed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    // To the stream's own end where everything is wanted: it may go on, or be damaged there.
    while (at < end || end === total) {
      const { done, value } = await reader.read();
      if (done) break;
      const [from, to] = [Math.max(start - at, 0), Math.min(end - at, value.length)];
      if (from < to) out.set(value.subarray(from, to), at + from - start);
      at += value.length;
      if (at > total) break;
    }
  } catch {
    if (failed) throw failed;
    return undefined;
  }
  await reader.cancel();
  return at > total || at < end ? undefined : out;
}
