// stages.ts on what a browser gives. Imported by a page.
import { packAt } from '../../engine/packReader.ts';
import { openRuntime } from '../../engine/runtime.ts';
import type { Provider } from '../../types.ts';
import { measureStages, type StageReport } from './stages.ts';

export interface PageOptions {
  readonly packUrl: string;
  readonly provider: Provider;
  readonly rounds: number;
}

export function measureInPage({ packUrl, provider, rounds }: PageOptions): Promise<StageReport> {
  const name = provider === 'wasm' ? 'WASM' : 'WebGPU';
  return measureStages({ name, fetchFile: packAt(packUrl), provider, openRuntime, rounds });
}
