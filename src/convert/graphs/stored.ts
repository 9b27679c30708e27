// Constants as a file holds them: bytes that are made while the file is written.

/** Row-major and little-endian. */
export interface Stored {
  readonly shape: readonly number[];
  load(): Promise<Uint8Array>;
}

/**
 * Hands out the parts of one computation, such as the codes of a matrix and their scales: it is done for the first part
 * that is asked for, each part is let go as it goes out, and for a part that is asked for again it is done again.
 */
export function madeTogether<Name extends string>(
  make: () => Promise<Readonly<Record<Name, ArrayBufferView>>>,
): (name: Name) => Promise<Uint8Array> {
  let waiting: Partial<Record<Name, ArrayBufferView>> = {};
  return async (name) => {
    if (!waiting[name]) waiting = { ...(await make()) };
    const part = waiting[name]!;
    delete waiting[name];
    return bytesOf(part);
  };
}

export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
