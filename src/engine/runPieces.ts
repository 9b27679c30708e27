// A graph that is opened piece by piece as it runs: slower than one that stays open, in a fraction of its memory.
import { type GraphPiece, piecesOf, type ReadData } from './graphPieces.ts';
import type { Graph, Runtime } from './session.ts';

/** Bytes of weights that are in memory at once; unfolding and the runtime's own copies make some times as much of it. */
export const PIECE_BYTES = 32e6;

type OrtTensor = InstanceType<Runtime['ort']['Tensor']>;

export interface PieceOptions {
  /** Told of the weights of each piece once it has run. */
  readonly onBytes?: (bytes: number) => void;
  /** Heeded between two pieces. */
  readonly signal?: AbortSignal;
  readonly pieceBytes?: number;
}

/**
 * @param model an ONNX file, its weights in it or where `readData` finds them
 * @throws {RangeError} when it is no protobuf
 */
export function graphInPieces(
  { ort, provider }: Runtime,
  model: Uint8Array,
  readData: ReadData,
  { onBytes, signal, pieceBytes = PIECE_BYTES }: PieceOptions = {},
): Pick<Graph, 'run'> {
  const pieces = piecesOf(model, pieceBytes);

  async function runPiece(piece: GraphPiece, values: ReadonlyMap<string, OrtTensor>) {
    const bytes = await piece.write((name) => values.get(name)!, readData);
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
    try {
      const feeds = Object.fromEntries(piece.inputs.map((name) => [name, values.get(name)!]));
      return Object.entries(await session.run(feeds, piece.outputs));
    } finally {
      await session.release();
    }
  }

  return {
    async run(inputs) {
      const values = new Map<string, OrtTensor>();
      for (const [name, tensor] of Object.entries(inputs)) {
        if ('buffer' in tensor) throw new TypeError(`${name} is on a GPU`);
        values.set(name, new ort.Tensor(tensor.type, tensor.data, tensor.dims));
      }
      let results: [string, OrtTensor][] = [];
      for (const [index, piece] of pieces.entries()) {
        signal?.throwIfAborted();
        results = await runPiece(piece, values);
        for (const [name, tensor] of results) values.set(name, tensor);
        const wanted = new Set(pieces.slice(index + 1).flatMap(({ inputs: later }) => later));
        for (const name of values.keys()) if (!wanted.has(name)) values.delete(name);
        onBytes?.(piece.bytes);
      }
      const [[, { data }]] = results;
      return data as Float32Array | Int32Array;
    },
  };
}
