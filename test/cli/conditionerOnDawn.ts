// What the conditioner of the micro pack makes on Dawn and in WASM, as JSON. A process of its own: drivers are found by
// what the environment says when a process starts.
import { openDawnRuntime } from '../../src/cli/dawnRuntime.ts';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { openGraph, type Runtime } from '../../src/engine/session.ts';
import { convertMicroPack } from '../support/microPack.ts';

const model = (await convertMicroPack()).get('conditioner.onnx')!;
const condition = {
  type: 'float32',
  data: Float32Array.from({ length: 2 * 48 }, (_, i) => Math.sin(i)),
  dims: [2, 48],
} as const;

async function modulationOn(runtime: Runtime): Promise<number[]> {
  const graph = await openGraph(runtime, 'conditioner', model);
  return [...(await graph.run({ condition }))];
}

const dawn = await openDawnRuntime();
const { provider, adapter } = dawn;
const made = {
  provider,
  adapter,
  dawn: await modulationOn(dawn),
  wasm: await modulationOn(await openNodeRuntime(1)),
};
process.stdout.write(JSON.stringify(made));
process.exit(0);
