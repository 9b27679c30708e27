// An ONNX graph cut into pieces that run one after the other, each with a part of the weights: so a model larger than memory
// answers as well. What stands between two pieces is handed on. Field numbers are those of onnx.proto.
import { bytesField, fieldsOf, integerField, joined, messageField, textField, textOf } from '../protobuf.ts';

const GRAPH = 7;
const [NODE, NAME, INITIALISER, INPUT, OUTPUT] = [1, 2, 5, 11, 12];
/** TensorProto.raw_data, .external_data and .data_location */
const [RAW_DATA, EXTERNAL_DATA, DATA_LOCATION] = [9, 13, 14];
/** TensorProto.DataType by the runtime's names. */
const elementCodes: Readonly<Record<string, number>> = {
  ...{ float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 },
};

/** Reads a part of a data file that a graph names beside itself. */
export type ReadData = (location: string, start: number, end: number) => Promise<Uint8Array>;

/** What a value is when it goes from one piece into another. */
export interface ValueKind {
  readonly type: string;
  readonly dims: readonly number[];
}

export interface GraphPiece {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Of its weights. */
  readonly bytes: number;
  /** As an ONNX file, its weights within. */
  write(kindOf: (input: string) => ValueKind, readData: ReadData): Promise<Uint8Array>;
}

interface NodeParts {
  readonly content: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

interface Constant {
  readonly bytes: number;
  /** The tensor as a field of a graph. */
  write(readData: ReadData): Promise<Uint8Array[]>;
}

/**
 * @param model an ONNX file
 * @param mostBytes of weights in a piece; a node that needs more by itself is a piece
 * @throws {RangeError} when it is no protobuf
 */
export function piecesOf(model: Uint8Array, mostBytes: number): GraphPiece[] {
  const file = fieldsOf(model);
  const graph = fieldsOf(file.find(({ number }) => number === GRAPH)?.content ?? new Uint8Array());
  const contents = (wanted: number) =>
    graph.flatMap((field) => (field.number === wanted ? [field.content] : []));
  const constants = new Map(contents(INITIALISER).map((tensor) => [textIn(tensor, 8), constantOf(tensor)]));
  /** By what no input changes, such as weights that are unfolded: each piece makes those that it needs. */
  const unfolders = new Map<string, NodeParts>();
  const steps = contents(NODE)
    .map(nodeParts)
    .filter((node) => {
      if (!node.inputs.every((name) => constants.has(name) || unfolders.has(name))) return true;
      for (const name of node.outputs) unfolders.set(name, node);
      return false;
    });

  const lastUse = new Map<string, number>();
  for (const [index, { inputs }] of steps.entries()) for (const name of inputs) lastUse.set(name, index);
  for (const port of contents(OUTPUT)) lastUse.set(textIn(port, 1), steps.length);

  return groups(steps, constants, unfolders, mostBytes).map(({ nodes, begin, end, weights, bytes }) => {
    const own = steps.slice(begin, end);
    const made = new Set(own.flatMap(({ outputs }) => outputs));
    const taken = new Set(own.flatMap(({ inputs }) => inputs));
    const inputs = [...taken].filter(
      (name) => !made.has(name) && !constants.has(name) && !unfolders.has(name),
    );
    const outputs = [...made].filter((name) => (lastUse.get(name) ?? -1) >= end);
    return {
      inputs,
      outputs,
      bytes,
      async write(kindOf, readData) {
        const tensors: Uint8Array[] = [];
        for (const name of weights) tensors.push(...(await constants.get(name)!.write(readData)));
        return joined([
          ...file.flatMap((field) => (field.number === GRAPH ? [] : [field.bytes])),
          ...messageField(GRAPH, [
            ...[...nodes].flatMap(({ content }) => messageField(NODE, [content])),
            ...textField(NAME, 'piece'),
            ...tensors,
            ...inputs.flatMap((name) => messageField(INPUT, portOf(name, kindOf(name)))),
            // The runtime finds out what they are.
            ...outputs.flatMap((name) => messageField(OUTPUT, textField(1, name))),
          ]),
        ]);
      },
    };
  });
}

/** Kinds of the nodes. @throws {RangeError} when it is no protobuf */
export function operatorsOf(model: Uint8Array): ReadonlySet<string> {
  const graph = fieldsOf(model).find(({ number }) => number === GRAPH)?.content ?? new Uint8Array();
  return new Set(
    fieldsOf(graph).flatMap((field) => (field.number === NODE ? [textIn(field.content, 4)] : [])),
  );
}

interface Group {
  readonly begin: number;
  end: number;
  /** With those that unfold weights, before those that need them. */
  readonly nodes: Set<NodeParts>;
  readonly weights: Set<string>;
  bytes: number;
}

function groups(
  steps: readonly NodeParts[],
  constants: ReadonlyMap<string, Constant>,
  unfolders: ReadonlyMap<string, NodeParts>,
  mostBytes: number,
): Group[] {
  const found: Group[] = [];
  for (const [index, step] of steps.entries()) {
    const nodes = new Set<NodeParts>();
    const weights = new Set<string>();
    const need = (node: NodeParts): void => {
      for (const name of node.inputs) {
        if (constants.has(name)) weights.add(name);
        const unfolder = unfolders.get(name);
        if (unfolder && !nodes.has(unfolder)) need(unfolder);
      }
      nodes.add(node);
    };
    need(step);
    const added = (group?: Group) =>
      [...weights].reduce(
        (sum, name) => sum + (group?.weights.has(name) ? 0 : constants.get(name)!.bytes),
        0,
      );
    const last = found.at(-1);
    if (last && last.bytes + added(last) <= mostBytes) {
      last.bytes += added(last);
      for (const node of nodes) last.nodes.add(node);
      for (const name of weights) last.weights.add(name);
      last.end = index + 1;
    } else found.push({ begin: index, end: index + 1, nodes, weights, bytes: added() });
  }
  return found;
}

function nodeParts(content: Uint8Array): NodeParts {
  const names = (wanted: number) =>
    fieldsOf(content).flatMap(({ number, content: text }) =>
      number === wanted && text.byteLength ? [textOf(text)] : [],
    );
  return { content, inputs: names(1), outputs: names(2) };
}

function constantOf(tensor: Uint8Array): Constant {
  const fields = fieldsOf(tensor);
  const place = new Map(
    fields.flatMap(({ number, content }) =>
      number === EXTERNAL_DATA ? [[textIn(content, 1), textIn(content, 2)] as const] : [],
    ),
  );
  const location = place.get('location');
  if (location === undefined)
    return { bytes: tensor.byteLength, write: async () => messageField(INITIALISER, [tensor]) };
  const offset = Number(place.get('offset') ?? 0);
  const bytes = Number(place.get('length'));
  const declared = fields.flatMap((field) =>
    field.number === EXTERNAL_DATA || field.number === DATA_LOCATION ? [] : [field.bytes],
  );
  return {
    bytes,
    write: async (readData) =>
      messageField(INITIALISER, [
        ...declared,
        ...bytesField(RAW_DATA, await readData(location, offset, offset + bytes)),
      ]),
  };
}

function portOf(name: string, { type, dims }: ValueKind): Uint8Array[] {
  const code = elementCodes[type];
  if (code === undefined) throw new RangeError(`no graph's value is of type ${type}`);
  const shape = dims.flatMap((size) => messageField(1, integerField(1, size)));
  return [
    ...textField(1, name),
    ...messageField(2, messageField(1, [...integerField(1, code), ...messageField(2, shape)])),
  ];
}

function textIn(message: Uint8Array, wanted: number): string {
  return textOf(fieldsOf(message).find(({ number }) => number === wanted)?.content ?? new Uint8Array());
}
