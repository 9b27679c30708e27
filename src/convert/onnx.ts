// Writes ONNX models as a stream: only one weight is in memory at a time, so a graph may be larger than memory.
import { bytesField, floatField, integerField, messageField, type Segment, textField } from '../protobuf.ts';
import { type SegmentFile, segmentFile } from './segmentFile.ts';

// Opset 17 is the first with LayerNormalization, and nothing newer is needed; every operator we use has WASM and
// WebGPU kernels for it in onnxruntime-web 1.30. IR version 8 is the one that came with opset 17.
const OPSET = 17;
const IR_VERSION = 8;
const MICROSOFT_OPSET = 1;
/** TensorProto.DataLocation */
const EXTERNAL = 1;

const elementTypes = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
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

export function initialiserBytes({ type, shape }: Initialiser): number {
  return shape.reduce((product, size) => product * size, elementTypes[type].bytes);
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

/** Where a constant's bytes lie in a file beside the model: path relative to it, offset and length in bytes. */
export interface DataPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * The graph as an ONNX file; constants that have a place elsewhere are only named in it. Field numbers are those of
 * onnx.proto.
 */
export function writeModel(graph: Graph, places: ReadonlyMap<string, DataPlace> = new Map()): SegmentFile {
  return segmentFile([
    ...integerField(1, IR_VERSION),
    ...textField(2, 'clip-vqdiffusion-web'),
    ...messageField(7, encodeGraph(graph, places)),
    ...messageField(8, [...textField(1, ''), ...integerField(2, OPSET)]),
    ...messageField(8, [...textField(1, 'com.microsoft'), ...integerField(2, MICROSOFT_OPSET)]),
  ]);
}

function encodeGraph(graph: Graph, places: ReadonlyMap<string, DataPlace>): Segment[] {
  return [
    ...graph.nodes.flatMap((node, index) => messageField(1, encodeNode(node, index))),
    ...textField(2, graph.name),
    ...graph.initialisers.flatMap((initialiser) =>
      messageField(5, encodeInitialiser(initialiser, places.get(initialiser.name))),
    ),
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

function encodeInitialiser(initialiser: Initialiser, place: DataPlace | undefined): Segment[] {
  const { name, type, shape, load } = initialiser;
  const declared = [
    ...shape.flatMap((size) => integerField(1, size)),
    ...integerField(2, elementTypes[type].code),
    ...textField(8, name),
  ];
  if (!place) return [...declared, ...bytesField(9, { byteLength: initialiserBytes(initialiser), load })];
  const entries = Object.entries(place).flatMap(([key, value]) =>
    messageField(13, [...textField(1, key), ...textField(2, String(value))]),
  );
  return [...declared, ...entries, ...integerField(14, EXTERNAL)];
}

function encodePort({ name, type, shape }: Port): Segment[] {
  const dimensions = shape.flatMap((size) =>
    messageField(1, typeof size === 'number' ? integerField(1, size) : textField(2, size)),
  );
  const tensorType = [...integerField(1, elementTypes[type].code), ...messageField(2, dimensions)];
  return [...textField(1, name), ...messageField(2, messageField(1, tensorType))];
}
