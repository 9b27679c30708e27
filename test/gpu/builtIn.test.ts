// The model that is built in, opened on the software adapter. An evaluation of it takes a quarter of a minute there, so there is
// one: the steps that opening it times are the micro model's (gpuChain.test.ts), and the reference runs on WASM.
import { expect, it, vi } from 'vitest';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { planJumps } from '../../src/diffusion/timesteps.ts';
import type { StartChain } from '../../src/engine/chain.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { packAt } from '../../src/engine/packReader.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import { builtInPack } from '../../src/store/address.ts';
import type { ProviderChoice } from '../../src/types.ts';

vi.mock('../../src/engine/gpu/probe.ts', () => ({ probeStep: async () => 1000 }));

const open = (provider: ProviderChoice) =>
  openEngine({
    fetchFile: packAt(new URL(`/${builtInPack}`, location.href).href),
    provider,
    openRuntime,
    onProgress: () => {},
  });

/** Of one step without guidance; more steps, and guidance, are the micro model's. */
async function tokensOf({ manifest, encodeText, tokenize }: Engine, startChain: StartChain) {
  const chain = await startChain({
    schedule: createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule),
    jumps: planJumps('exact', manifest.timesteps, 1),
    guidance: 1,
    truncation: { kind: 'topR', r: 0.85 },
    conditions: [await encodeText(tokenize('a hat').ids)],
    avoided: [null],
    seeds: [7],
  });
  try {
    for await (const { tokens } of chain.steps()) return [...tokens];
  } finally {
    chain.dispose();
  }
}

it('the built-in model draws the reference’s tokens on the GPU', async () => {
  const onGpu = await open('webgpu');
  expect(onGpu.device.provider).toBe('webgpu');
  const drawn = await tokensOf(onGpu, onGpu.startChain);
  await onGpu.dispose();
  const onWasm = await open('wasm');
  expect(drawn).toEqual(await tokensOf(onWasm, onWasm.startReference));
  expect(drawn).not.toContain(onWasm.manifest.codebookSize);
  await onWasm.dispose();
});
