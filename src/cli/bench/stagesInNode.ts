// stages.ts without a browser: WebGPU through Dawn, and native ONNX Runtime on the processor to hold it against.
import { openDawnRuntime } from '../dawnRuntime.ts';
import { openNativeRuntime, packIn } from '../nodeRuntime.ts';
import { measureStages, type StageReport } from './stages.ts';

/** @throws {UserError} `device` where Dawn finds no GPU */
export function measureOnDawn(pack: string, rounds: number): Promise<StageReport> {
  const fetchFile = packIn(pack);
  return measureStages({ name: 'Dawn', fetchFile, provider: 'webgpu', openRuntime: openDawnRuntime, rounds });
}

export async function measureNatively(pack: string, rounds: number): Promise<StageReport> {
  const openRuntime = () => openNativeRuntime();
  const fetchFile = packIn(pack);
  const report = await measureStages({ name: 'native', fetchFile, provider: 'wasm', openRuntime, rounds });
  // It passes for WASM: what the engine says of its choices is not so.
  return { ...report, choices: [] };
}
