// A graph that computes in single precision, made to compute in half: for GPUs that can. Inputs and outputs stay as they
// are. What no input changes (weights being unfolded) is still computed in single, once, and rounded at the end.
// Field numbers are those of onnx.proto.
import { fieldsOf, integerField, joined, messageField, textField, textOf } from '../protobuf.ts';

const FLOAT = 1;
const FLOAT16 = 10;
/** AttributeProto.AttributeType */
const INT = 2;

const GRAPH = 7;
const [NODE, INITIALISER, INPUT, OUTPUT, VALUE_INFO] = [1, 5, 11, 12, 13];

/**
 * @param model an ONNX file
 * @throws {RangeError} when it is no protobuf
 */
export function inHalfPrecision(model: Uint8Array): Uint8Array {
  return joined(
    fieldsOf(model).flatMap(({ number, content, bytes }) =>
      number === GRAPH ? messageField(GRAPH, graphInHalf(content)) : [bytes],
    ),
  );
}

function graphInHalf(graph: Uint8Array): Uint8Array[] {
  const fields = fieldsOf(graph);
  const contentsOf = (wanted: number) =>
    fields.filter(({ number }) => number === wanted).map(({ content }) => content);

  /** Type of each value that no input changes. */
  const constants = new Map(
    contentsOf(INITIALISER).map((tensor) => [nameOf(tensor, 8), integerOf(tensor, 2)]),
  );
  const floatPorts = (kind: number) =>
    contentsOf(kind)
      .filter((port) => elementType(port) === FLOAT)
      .map((port) => nameOf(port, 1));
  const outputs = new Set(floatPorts(OUTPUT));
  /** Names of values in single precision, and of the same in half. */
  const halves = new Map<string, string>();
  const nodes: Uint8Array[] = [];

  function castToHalf(name: string): string {
    const half = `${name}.half`;
    nodes.push(...castNode(name, half, FLOAT16));
    halves.set(name, half);
    return half;
  }
  for (const name of floatPorts(INPUT)) castToHalf(name);
  const operand = (name: string) =>
    halves.get(name) ?? (constants.get(name) === FLOAT ? castToHalf(name) : name);

  for (const node of contentsOf(NODE)) {
    const parts = fieldsOf(node);
    const texts = (wanted: number) =>
      parts.filter(({ number }) => number === wanted).map(({ content }) => textOf(content));
    const [inputs, results, [kind]] = [texts(1), texts(2), texts(4)];
    if (inputs.every((name) => !name || constants.has(name))) {
      const type = kind === 'Cast' ? castTarget(node) : constants.get(inputs[0])!;
      for (const name of results) constants.set(name, type);
      // Stored in half to begin with: there is nothing to unfold.
      if (kind === 'Cast' && constants.get(inputs[0]) === FLOAT16) halves.set(results[0], inputs[0]);
      nodes.push(...messageField(NODE, [node]));
      continue;
    }
    const unfolds = kind === 'Cast' && castTarget(node) === FLOAT;
    const operands = inputs.map(operand);
    nodes.push(
      ...messageField(NODE, [
        ...operands.flatMap((name) => textField(1, name)),
        ...results.flatMap((name) => textField(2, outputs.has(name) ? `${name}.half` : name)),
        ...parts.flatMap(({ number, bytes }) => {
          if (number === 1 || number === 2) return [];
          return number === 5 && unfolds ? castAttribute(FLOAT16) : [bytes];
        }),
      ]),
    );
  }
  for (const name of outputs) nodes.push(...castNode(`${name}.half`, name, FLOAT));
  const others = fields.filter(({ number }) => number !== NODE && number !== VALUE_INFO);
  return [...nodes, ...others.map(({ bytes }) => bytes)];
}

function castNode(from: string, to: string, type: number): Uint8Array[] {
  const operands = [...textField(1, from), ...textField(2, to), ...textField(3, `Cast_${to}`)];
  return messageField(NODE, [...operands, ...textField(4, 'Cast'), ...castAttribute(type)]);
}

function castAttribute(type: number): Uint8Array[] {
  return messageField(5, [...textField(1, 'to'), ...integerField(3, type), ...integerField(20, INT)]);
}

function castTarget(node: Uint8Array): number {
  const attribute = fieldsOf(node).find(({ number }) => number === 5);
  return attribute ? integerOf(attribute.content, 3) : 0;
}

/** Of an input or output: ValueInfoProto.type.tensor_type.elem_type */
function elementType(port: Uint8Array): number {
  const within = (message: Uint8Array, wanted: number) =>
    fieldsOf(message).find(({ number }) => number === wanted)?.content ?? new Uint8Array();
  return integerOf(within(within(port, 2), 1), 1);
}

function integerOf(message: Uint8Array, wanted: number): number {
  return fieldsOf(message).find(({ number }) => number === wanted)?.integer ?? 0;
}

function nameOf(message: Uint8Array, wanted: number): string {
  return textOf(fieldsOf(message).find(({ number }) => number === wanted)?.content ?? new Uint8Array());
}
