// The few pieces of the protobuf wire format that an ONNX file is made of: writing, and reading field by field.

/** Encoded bytes, or a hole of known length that is filled while writing. */
export type Segment = Uint8Array | Hole;

export interface Hole {
  readonly byteLength: number;
  load(): Promise<Uint8Array>;
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

const wire = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

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

export function integerField(field: number, value: number): Uint8Array[] {
  return [Uint8Array.from([...key(field, wire.varint), ...varint(value)])];
}

export function floatField(field: number, value: number): Uint8Array[] {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [Uint8Array.from(key(field, wire.fixed32)), bytes];
}

export function bytesField<S extends Segment>(field: number, content: S): (Uint8Array | S)[] {
  return [
    Uint8Array.from([...key(field, wire.lengthDelimited), ...varint(content.byteLength)]),
    ...(content.byteLength ? [content] : []),
  ];
}

export function textField(field: number, text: string): Uint8Array[] {
  return bytesField(field, utf8.encode(text));
}

/** A message within a message: its length is known before its holes are filled. */
export function messageField<S extends Segment>(field: number, content: readonly S[]): (Uint8Array | S)[] {
  return [Uint8Array.from([...key(field, wire.lengthDelimited), ...varint(totalBytes(content))]), ...content];
}

export function totalBytes(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.byteLength, 0);
}

/** Segments without holes, as one. */
export function joined(segments: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(totalBytes(segments));
  let at = 0;
  for (const segment of segments) {
    whole.set(segment, at);
    at += segment.byteLength;
  }
  return whole;
}

/** One field of a message. */
export interface Field {
  readonly number: number;
  /** Of a whole number, else 0. */
  readonly integer: number;
  /** Of a text, of bytes or of a message, else empty. */
  readonly content: Uint8Array;
  /** The field as it lies in the message. */
  readonly bytes: Uint8Array;
}

/** No message of a graph has as many fields; each takes some hundred bytes here, and two in the file. */
const MOST_FIELDS = 100_000;

/**
 * The fields of a message in their order, as views of it. Goes forward only: every length is checked against what is left.
 * @throws {RangeError} when it is cut off or no protobuf
 */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (!(count >= 0 && count <= message.byteLength - at)) {
      throw new RangeError(`protobuf: cut off: no ${count} bytes at ${at} of ${message.byteLength}`);
    }
    at += count;
    return message.subarray(at - count, at);
  };
  const readVarint = (): number => {
    let value = 0n;
    // 64 bits are ten bytes at most.
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const [byte] = take(1);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    throw new RangeError(`protobuf: a whole number of more than ten bytes before ${at}`);
  };
  while (at < message.byteLength) {
    if (fields.length === MOST_FIELDS) throw new RangeError(`protobuf: more than ${MOST_FIELDS} fields`);
    const begin = at;
    const head = readVarint();
    if (!(head >= 8 && head < 2 ** 32))
      throw new RangeError(`protobuf: no field begins with ${head} at ${begin}`);
    let integer = 0;
    let content = message.subarray(at, at);
    const type = head & 7;
    if (type === wire.varint) integer = readVarint();
    else if (type === wire.lengthDelimited) content = take(readVarint());
    else if (type === wire.fixed32 || type === wire.fixed64) take(type === wire.fixed32 ? 4 : 8);
    else throw new RangeError(`protobuf: unknown wire type ${type} at ${begin}`);
    fields.push({ number: head >>> 3, integer, content, bytes: message.subarray(begin, at) });
  }
  return fields;
}

/** The text of a field's content. */
export function textOf(content: Uint8Array): string {
  return fromUtf8.decode(content);
}
