/** Random access to a file that may be larger than memory. Positions in bytes, end exclusive. */
export interface ByteSource {
  readonly byteLength: number;
  slice(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file the person picked or dropped, or a browser's stored file. */
export function blobSource(blob: Blob): ByteSource {
  return {
    byteLength: blob.size,
    slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** Bytes already in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    // Not bytes.slice(): that of Node's Buffer gives a view.
    slice: async (start, end) => new Uint8Array(bytes.subarray(start, end)),
  };
}
