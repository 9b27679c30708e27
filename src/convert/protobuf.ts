// The few pieces of the protobuf wire format that an ONNX file is made of.

/** Encoded bytes, or a hole of known length that is filled while writing. */
export type Segment = Uint8Array | Hole;

export interface Hole {
  readonly byteLength: number;
  load(): Promise<Uint8Array>;
}

const utf8 = new TextEncoder();

const wire = { varint: 0, lengthDelimited: 2, fixed32: 5 } as const;

/** A whole number of at most 53 bits; negative numbers take ten bytes, as int64 does. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

const key = (field: number, type: (typeof wire)[keyof typeof wire]): number[] => varint((field << 3) | type);

export function integerField(field: number, value: number): Segment[] {
  return [Uint8Array.from([...key(field, wire.varint), ...varint(value)])];
}

export function floatField(field: number, value: number): Segment[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [Uint8Array.from(key(field, wire.fixed32)), bytes];
}

export function bytesField(field: number, content: Segment): Segment[] {
  return [
    Uint8Array.from([...key(field, wire.lengthDelimited), ...varint(content.byteLength)]),
    ...(content.byteLength ? [content] : []),
  ];
}

export function textField(field: number, text: string): Segment[] {
  return bytesField(field, utf8.encode(text));
}

/** A message within a message: its length is known before its holes are filled. */
export function messageField(field: number, content: readonly Segment[]): Segment[] {
  return [Uint8Array.from([...key(field, wire.lengthDelimited), ...varint(totalBytes(content))]), ...content];
}

export function totalBytes(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.byteLength, 0);
}
