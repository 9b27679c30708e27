// ONNX external data: the weights of a large graph in files of their own. A browser can neither fetch nor hold 2 GB in
// one piece, and a protobuf message ends there too.

import type { Segment } from '../protobuf.ts';
import { type DataPlace, type Graph, type Initialiser, initialiserBytes, writeModel } from './onnx.ts';
import { type SegmentFile, segmentFile } from './segmentFile.ts';

/** No file of a pack is as large, in bytes; one weight alone never comes near it. */
export const MAX_FILE_BYTES = 500_000_000;

/** A larger graph has its weights beside it: the runtime copies a model whole to read it, and data files piece by piece. */
const MAX_MODEL_BYTES = 200_000_000;

/** Weights begin on pages, so that ONNX Runtime can map them into memory. */
const PAGE = 4096;
/** Below it, in bytes, a constant stays in the graph: the runtime wants to see shapes there. */
const SMALLEST_MOVED = 1024;

export interface ModelPart extends SegmentFile {
  readonly path: string;
}

export interface ModelParts {
  readonly model: ModelPart;
  /** Empty where the model is small enough to be one file. */
  readonly data: readonly ModelPart[];
}

/** The graph as one ONNX file at `path`, or, where that would be too large, with data files beside it. */
export function writeModelParts(graph: Graph, path: string, maxFileBytes: number): ModelParts {
  const whole = writeModel(graph);
  if (whole.byteLength <= Math.min(maxFileBytes, MAX_MODEL_BYTES))
    return { model: { path, ...whole }, data: [] };
  const shards = packed(
    graph.initialisers.filter((each) => initialiserBytes(each) >= SMALLEST_MOVED),
    maxFileBytes,
  ).map((weights, index) => ({ path: path.replace(/\.onnx$/, `.${index}.data`), weights }));
  const places = new Map<string, DataPlace>();
  const data = shards.map(({ path: location, weights }) => {
    const segments: Segment[] = [];
    let offset = 0;
    for (const weight of weights) {
      const length = initialiserBytes(weight);
      const padding = paddingOf(length);
      places.set(weight.name, { location, offset, length });
      segments.push({ byteLength: length, load: weight.load });
      if (padding) segments.push(new Uint8Array(padding));
      offset += length + padding;
    }
    return { path: location, ...segmentFile(segments) };
  });
  return { model: { path, ...writeModel(graph, places) }, data };
}

/** The weights in order, as many in a group as fit one file. */
function packed(weights: readonly Initialiser[], maxFileBytes: number): Initialiser[][] {
  const groups: Initialiser[][] = [];
  let room = 0;
  for (const weight of weights) {
    const bytes = initialiserBytes(weight);
    const size = bytes + paddingOf(bytes);
    if (groups.length === 0 || size > room) {
      groups.push([]);
      room = maxFileBytes;
    }
    groups.at(-1)!.push(weight);
    room -= size;
  }
  return groups;
}

const paddingOf = (length: number) => (PAGE - (length % PAGE)) % PAGE;
