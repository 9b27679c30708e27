// What an ONNX file says of its inputs, read before any runtime opens it. Field numbers are those of onnx.proto.
import { type Field, fieldsOf, textOf } from '../protobuf.ts';

export interface OnnxPorts {
  /** Declared shapes without the batch; null where a size is left open, or no shape is declared. */
  readonly inputs: ReadonlyMap<string, readonly number[] | null>;
  readonly outputs: ReadonlyMap<string, readonly number[] | null>;
  /** Rows of the smallest table that an input picks rows of, where that is a table of the file. */
  readonly rows: ReadonlyMap<string, number>;
}

const GRAPH = 7;
const [NODE, INITIALISER, INPUT, OUTPUT] = [1, 5, 11, 12];

/**
 * @param model an ONNX file
 * @throws {RangeError} when it is no protobuf
 */
export function onnxPorts(model: Uint8Array): OnnxPorts {
  const graph = fieldsOf(model).find(({ number }) => number === GRAPH);
  const fields = graph ? fieldsOf(graph.content) : [];
  const ports = (kind: number) =>
    new Map(all(fields, kind).map((port) => [textIn(port, 1), declaredShape(port)]));
  const inputs = ports(INPUT);
  /** Rows of each constant array. */
  const tables = new Map(
    all(fields, INITIALISER).map((tensor) => [textIn(tensor, 8), dimensions(tensor)[0]]),
  );
  const rows = new Map<string, number>();
  for (const node of all(fields, NODE)) {
    const parts = fieldsOf(node);
    const [kind] = texts(parts, 4);
    const [table, picked] = texts(parts, 1);
    const size = tables.get(table);
    if (size === undefined) continue;
    // Weights in half precision are unfolded first.
    if (kind === 'Cast') for (const name of texts(parts, 2)) tables.set(name, size);
    if (kind === 'Gather' && inputs.has(picked)) rows.set(picked, Math.min(size, rows.get(picked) ?? size));
  }
  return { inputs, outputs: ports(OUTPUT), rows };
}

/** ValueInfoProto.type.tensor_type.shape, whose first size is the batch's. */
function declaredShape(port: Uint8Array): readonly number[] | null {
  const shape = [2, 1, 2].reduce<Uint8Array | undefined>(
    (message, number) => message && all(fieldsOf(message), number)[0],
    port,
  );
  if (!shape) return null;
  const sizes = all(fieldsOf(shape), 1)
    .slice(1)
    .map((size) => fieldsOf(size).find(({ number }) => number === 1)?.integer);
  return sizes.every((size) => size !== undefined) ? sizes : null;
}

/** TensorProto.dims, one a field or packed into one. */
function dimensions(tensor: Uint8Array): number[] {
  return fieldsOf(tensor)
    .filter(({ number }) => number === 1)
    .flatMap(({ integer, content }) => (content.byteLength ? packedIntegers(content) : [integer]));
}

/** Varints one after the other. */
function packedIntegers(content: Uint8Array): number[] {
  const integers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of content) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    integers.push(value);
    value = 0;
    scale = 1;
  }
  return integers;
}

function all(fields: readonly Field[], wanted: number): Uint8Array[] {
  return fields.filter(({ number }) => number === wanted).map(({ content }) => content);
}

function texts(fields: readonly Field[], wanted: number): string[] {
  return all(fields, wanted).map(textOf);
}

function textIn(message: Uint8Array, wanted: number): string {
  return texts(fieldsOf(message), wanted)[0] ?? '';
}
