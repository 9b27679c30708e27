// Writes ONNX models as a stream: only one weight is in memory at a time, so a graph may be larger than memory.
import {
  bytesField,
  floatField,
  type Hole,
  integerField,
  messageField,
  type Segment,
  textField,
  totalBytes,
} from './protobuf.ts';

// Opset 17 is the first with LayerNormalization, and nothing newer is needed; every operator we use has WASM and
// WebGPU kernels for it in onnxruntime-web 1.30. IR version 8 is the one that came with opset 17.
const OPSET = 17;
const IR_VERSION = 8;
const MICROSOFT_OPSET = 1;

/** One protobuf message, and so one ONNX file, ends before 2 GiB. */
export const MAX_MODEL_BYTES = 2 ** 31 - 1;

const elementTypes = {
  float32: { code: 1, bytes: 4 },
  int8: { code: 3, bytes: 1 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  float16: { code: 10, bytes: 2 },
} as const;
export type ElementType = keyof typeof elementTypes;

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface Node {
  readonly op: string;
  /** `com.microsoft` for the fused operators of ONNX Runtime. */
  readonly domain: '' | 'com.microsoft';
  /** Names of values; an empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant. Its bytes, row-major and little-endian, are asked for when they are written. */
export interface Initialiser {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  load(): Promise<Uint8Array>;
}

/** An input or output; a text among the dimensions names one that is free. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initialisers: readonly Initialiser[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export interface ModelFile {
  readonly byteLength: number;
  /** The file from its beginning, piece by piece. @throws {Error} when a weight has another size than it declared. */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** The graph as an ONNX file. Field numbers are those of onnx.proto. */
export function writeModel(graph: Graph): ModelFile {
  const segments = [
    ...integerField(1, IR_VERSION),
    ...textField(2, 'clip-vqdiffusion-web'),
    ...messageField(7, encodeGraph(graph)),
    ...messageField(8, [...textField(1, ''), ...integerField(2, OPSET)]),
    ...messageField(8, [...textField(1, 'com.microsoft'), ...integerField(2, MICROSOFT_OPSET)]),
  ];
  return {
    byteLength: totalBytes(segments),
    async *chunks() {
      // Small pieces go out together: a sink should not be called once for every field.
      let pending: Uint8Array[] = [];
      for (const segment of segments) {
        if (segment instanceof Uint8Array) {
          pending.push(segment);
          continue;
        }
        yield joined(pending);
        pending = [];
        const bytes = await segment.load();
        if (bytes.byteLength !== segment.byteLength) {
          throw new Error(`A weight has ${bytes.byteLength} bytes instead of ${segment.byteLength}.`);
        }
        yield bytes;
      }
      yield joined(pending);
    },
  };
}

function encodeGraph(graph: Graph): Segment[] {
  return [
    ...graph.nodes.flatMap((node, index) => messageField(1, encodeNode(node, index))),
    ...textField(2, graph.name),
    ...graph.initialisers.flatMap((initialiser) => messageField(5, encodeInitialiser(initialiser))),
    ...graph.inputs.flatMap((port) => messageField(11, encodePort(port))),
    ...graph.outputs.flatMap((port) => messageField(12, encodePort(port))),
  ];
}

function encodeNode(node: Node, index: number): Segment[] {
  return [
    ...node.inputs.flatMap((name) => textField(1, name)),
    ...node.outputs.flatMap((name) => textField(2, name)),
    ...textField(3, `${node.op}_${index}`),
    ...textField(4, node.op),
    ...Object.entries(node.attributes).flatMap(([name, value]) =>
      messageField(5, encodeAttribute(name, value)),
    ),
    ...textField(7, node.domain),
  ];
}

function encodeAttribute(name: string, value: Attribute): Segment[] {
  const typed = (type: number, content: Segment[]) => [
    ...textField(1, name),
    ...content,
    ...integerField(20, type),
  ];
  if (typeof value === 'number') return typed(2, integerField(3, value));
  if (typeof value === 'string') return typed(3, textField(4, value));
  if ('float' in value) return typed(1, floatField(2, value.float));
  return typed(
    7,
    value.flatMap((item) => integerField(8, item)),
  );
}

function encodeInitialiser({ name, type, shape, load }: Initialiser): Segment[] {
  const { code, bytes } = elementTypes[type];
  const hole: Hole = { byteLength: shape.reduce((product, size) => product * size, bytes), load };
  return [
    ...shape.flatMap((size) => integerField(1, size)),
    ...integerField(2, code),
    ...textField(8, name),
    ...bytesField(9, hole),
  ];
}

function encodePort({ name, type, shape }: Port): Segment[] {
  const dimensions = shape.flatMap((size) =>
    messageField(1, typeof size === 'number' ? integerField(1, size) : textField(2, size)),
  );
  const tensorType = [...integerField(1, elementTypes[type].code), ...messageField(2, dimensions)];
  return [...textField(1, name), ...messageField(2, messageField(1, tensorType))];
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(totalBytes(pieces));
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.byteLength;
  }
  return bytes;
}
