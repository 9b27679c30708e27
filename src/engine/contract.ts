// The graphs of a pack and its pack.json must be of one model. What can be told from the files is told before a runtime
// opens them: a wrong size would end a run half-way, and a GPU reads past the end of a table without a word.
import { UserError } from '../errors.ts';
import type { GraphName, PackManifest } from '../pack/manifest.ts';
import { onnxPorts } from './onnxPorts.ts';

interface Contract {
  /** Shapes without the batch. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** How many values an input of whole numbers may have. */
  readonly values?: Readonly<Record<string, number>>;
}

function contracts(manifest: PackManifest, modulation: number): Readonly<Record<GraphName, Contract>> {
  const { grid, image, codebookSize, timesteps, conditionSize, layers, clip } = manifest;
  const positions = grid.rows * grid.columns;
  return {
    text_encoder: { inputs: { ids: [clip.contextLength] }, values: { ids: clip.vocabularySize } },
    conditioner: { inputs: { condition: [conditionSize] } },
    denoiser: {
      inputs: { tokens: [positions], timestep: [], modulation: [layers, modulation] },
      // With MASK.
      values: { tokens: codebookSize + 1, timestep: timesteps },
    },
    decoder: { inputs: { tokens: [positions] }, values: { tokens: codebookSize } },
    encoder: { inputs: { image: [3, image.height, image.width] } },
    image_encoder: { inputs: { image: [3, clip.imageSize, clip.imageSize] } },
  };
}

/**
 * Holds each graph's declared inputs against pack.json. A size that a graph leaves open passes.
 * @param models ONNX files
 * @throws {UserError} `pack-corrupt`
 */
export function checkContracts(models: ReadonlyMap<GraphName, Uint8Array>, manifest: PackManifest): void {
  const ports = new Map([...models].map(([name, model]) => [name, portsOf(name, model)]));
  const [given] = ports.get('conditioner')?.outputs.values() ?? [];
  const taken = ports.get('denoiser')?.inputs.get('modulation');
  const expected = contracts(manifest, given?.at(-1) ?? taken?.at(-1) ?? 0);
  for (const [name, { inputs, rows }] of ports) {
    for (const [input, shape] of Object.entries(expected[name].inputs)) {
      if (!inputs.has(input)) throw apart(name, `has no input “${input}”`, 'asks for one');
      const declared = inputs.get(input);
      if (declared && String(declared) !== String(shape)) {
        throw apart(name, `takes ${input} of [${declared.slice(0, 8)}]`, `makes it [${shape}]`);
      }
    }
    for (const [input, count] of Object.entries(expected[name].values ?? {})) {
      const found = rows.get(input);
      if (found !== undefined && found !== count) {
        throw apart(name, `knows ${found} values of ${input}`, `makes it ${count}`);
      }
    }
  }
}

function portsOf(name: GraphName, model: Uint8Array) {
  try {
    const ports = onnxPorts(model);
    if (ports.outputs.size > 0) return ports;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = `The graph ${name} is no ONNX model (${cause.message}): convert the pack again.`;
    throw new UserError('pack-corrupt', message, { cause });
  }
  throw new UserError('pack-corrupt', `The graph ${name} has no output: convert the pack again.`);
}

function apart(name: GraphName, found: string, expected: string): UserError {
  return new UserError(
    'pack-corrupt',
    `The graph ${name} ${found} where pack.json ${expected}: they do not belong together, so convert the pack again.`,
  );
}
