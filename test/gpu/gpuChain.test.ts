// The loop on the GPU against the loop with the sampler in TypeScript, on the software adapter; and what goes to and fro.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Move, planRedraw } from '../../src/diffusion/redraw.ts';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { planJumps, planJumpsFrom } from '../../src/diffusion/timesteps.ts';
import type { Chain, StartChain } from '../../src/engine/chain.ts';
import { type Engine, openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import { packAt } from '../../src/engine/packReader.ts';
import { toRgba } from '../../src/engine/rgba.ts';
import { openRuntime } from '../../src/engine/runtime.ts';
import type { GivenTokens } from '../../src/engine/starts.ts';
import { repainted } from '../../src/recipe/repaint.ts';
import type { Condition, ProviderChoice } from '../../src/types.ts';
import { countGpu, type GpuCounter } from '../support/gpuCounter.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { recipeFor } from '../support/recipes.ts';

/** How many to look for leaks with: two hundred take minutes on a software adapter (VITE_GPU_PICTURES=200). */
const pictures = Number(import.meta.env.VITE_GPU_PICTURES ?? 2);
/** Of the model (VITE_GPU_SWITCHES=10). */
const switches = Number(import.meta.env.VITE_GPU_SWITCHES ?? 3);
/** Milliseconds for them on a busy machine. */
const timeout = 600_000 + 10_000 * pictures;

const openPack = (pack: string, provider: ProviderChoice = 'webgpu') =>
  openEngine({
    fetchFile: packAt(new URL(pack, location.href).href),
    provider,
    openRuntime,
    onProgress: () => {},
  });

interface GpuRun {
  readonly steps: number;
  readonly candidates: number;
  readonly guidance?: number;
  /** What each candidate avoids; null or missing for the null condition. */
  readonly avoid?: readonly (Condition | null)[];
  readonly starts?: readonly (GivenTokens | null)[];
  readonly jumps?: readonly Move[];
  readonly redraw?: number;
}

async function chainOf(
  { manifest, encodeText, tokenize }: Engine,
  startChain: StartChain,
  { steps, candidates, guidance = 1.15, avoid = [], starts, jumps, redraw = 0 }: GpuRun,
): Promise<Chain> {
  const condition = await encodeText(tokenize('a hat').ids);
  return startChain({
    schedule: createSchedule(manifest.timesteps, manifest.codebookSize, manifest.schedule),
    jumps: jumps ?? [
      ...planJumps('exact', manifest.timesteps, steps),
      ...planRedraw(redraw, manifest.timesteps),
    ],
    guidance,
    truncation: { kind: 'topR', r: 0.85 },
    conditions: Array(candidates).fill(condition),
    avoided: Array.from({ length: candidates }, (_, i) => avoid[i] ?? null),
    seeds: Array.from({ length: candidates }, (_, i) => 7 + i),
    ...(starts && { starts }),
  });
}

/** x after every step, or after the first few. */
async function tokensOf(chain: Chain, most = Number.POSITIVE_INFINITY): Promise<number[][]> {
  const tokens: number[][] = [];
  for await (const step of chain.steps()) {
    tokens.push([...step.tokens]);
    if (tokens.length === most) break;
  }
  chain.dispose();
  return tokens;
}

describe('the loop on the GPU', () => {
  let micro: Engine;
  /** Its sampler in TypeScript is the reference: the GPU would take longer for the same logits. */
  let onWasm: Engine;
  let counter: GpuCounter;
  beforeAll(async () => {
    counter = countGpu();
    // A GPU cannot be had here: the software adapter passes for one, as far as drawing to a canvas goes.
    vi.spyOn(GPUAdapterInfo.prototype, 'isFallbackAdapter', 'get').mockReturnValue(false);
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('a browser elsewhere');
    micro = await openPack('/test/.tmp/micro');
    onWasm = await openPack('/test/.tmp/micro', 'wasm');
  }, timeout);
  afterAll(async () => {
    await micro?.dispose();
    await onWasm?.dispose();
    counter.stop();
    vi.restoreAllMocks();
  });

  it('brings down nothing but the tokens, and makes no buffer after the first step', async () => {
    const candidates = 2;
    const chain = await chainOf(micro, micro.startChain, { steps: 6, candidates });
    const bytes = 4 * candidates * 36;
    counter.take();
    const taken: ReturnType<GpuCounter['take']>[] = [];
    for await (const _ of chain.steps()) taken.push(counter.take());
    chain.dispose();
    expect(taken).toHaveLength(6);
    // The second step is under way when the first one's tokens arrive.
    expect(taken[0].mappedBytes).toBe(2 * bytes);
    expect(taken.slice(1, 5)).toEqual(Array(4).fill({ created: 0, mappedBytes: bytes }));
    expect(taken[5]).toEqual({ created: 0, mappedBytes: 0 });
  });

  it('draws previews where they are, with the bytes that the picture has, and brings down none', async () => {
    const chain = await chainOf(micro, micro.startChain, { steps: 3, candidates: 2 });
    for await (const _ of chain.steps());
    counter.take();
    const frames = [await chain.preview(0), await chain.preview(1)];
    await chain.idle();
    expect(counter.take().mappedBytes).toBe(0);
    const pictures = [await chain.picture(0), await chain.picture(1)];
    chain.dispose();
    const { width, height } = micro.manifest.image;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    for (const [i, frame] of frames.entries()) {
      context.drawImage(frame as ImageBitmap, 0, 0);
      const drawn = context.getImageData(0, 0, width, height).data;
      expect([...drawn]).toEqual([...toRgba(pictures[i], micro.manifest.image).data]);
    }
    expect(pictures[0]).not.toEqual(pictures[1]);
  });

  it('draws the reference’s tokens without guidance, too', async () => {
    const settings = { steps: 3, candidates: 2, guidance: 1 };
    const reference = await tokensOf(await chainOf(onWasm, onWasm.startReference, settings));
    expect(await tokensOf(await chainOf(micro, micro.startChain, settings))).toEqual(reference);
  });

  it('draws the reference’s tokens where each timestep has a step', async () => {
    const settings = { steps: 100, candidates: 1 };
    const reference = await tokensOf(await chainOf(onWasm, onWasm.startReference, settings), 3);
    expect(await tokensOf(await chainOf(micro, micro.startChain, settings), 3)).toEqual(reference);
    expect(reference[2]).not.toEqual(reference[0]);
  });

  it('draws the reference’s tokens where one candidate avoids something and the other does not', async () => {
    const avoid = [null, await micro.encodeText(micro.tokenize('a beard').ids)];
    const settings = { steps: 3, candidates: 2, guidance: 3 };
    const plain = await tokensOf(await chainOf(onWasm, onWasm.startReference, settings));
    const reference = await tokensOf(await chainOf(onWasm, onWasm.startReference, { ...settings, avoid }));
    expect(await tokensOf(await chainOf(micro, micro.startChain, { ...settings, avoid }))).toEqual(reference);
    const halves = (tokens: number[][]) => [tokens[2].slice(0, 36), tokens[2].slice(36)];
    expect(halves(reference)[0]).toEqual(halves(plain)[0]);
    expect(halves(reference)[1]).not.toEqual(halves(plain)[1]);
  });

  it('draws the reference’s tokens from given ones, of which some stay', async () => {
    const { codebookSize, timesteps } = micro.manifest;
    const given = {
      tokens: Array.from({ length: 36 }, (_, i) => (i % 3 === 2 ? codebookSize : i % codebookSize)),
      free: Array.from({ length: 36 }, (_, i) => i % 3 > 0),
    };
    // From its middle on; the other candidate is all masked.
    const jumps = planJumpsFrom(timesteps >> 1, 'exact', timesteps, 6);
    const settings = { steps: 6, candidates: 2, guidance: 3, starts: [given, null], jumps };
    const madeBy = async (engine: Engine, startChain: StartChain) => {
      const chain = await chainOf(engine, startChain, settings);
      const tokens: number[][] = [];
      for await (const step of chain.steps()) tokens.push([...step.tokens]);
      const picture = await chain.picture(0);
      chain.dispose();
      return { tokens, picture };
    };
    const reference = await madeBy(onWasm, onWasm.startReference);
    const own = await madeBy(micro, micro.startChain);
    expect(own.tokens).toEqual(reference.tokens);
    expect(own.tokens).toHaveLength(3);
    const kept = (row: readonly number[]) => row.filter((_, i) => i % 3 === 0);
    for (const row of own.tokens) expect(kept(row.slice(0, 36))).toEqual(kept(given.tokens));
    expect(kept(own.tokens[2].slice(36))).not.toEqual(kept(given.tokens));
    // What is kept is in the picture as well.
    const worst = own.picture.map((value, i) => Math.abs(value - reference.picture[i]));
    expect(Math.max(...worst)).toBeLessThan(1e-4);
  });

  it.each([1, 3])('draws the reference’s tokens through two looks, at guidance %s', async (guidance) => {
    const { codebookSize } = micro.manifest;
    const given = {
      tokens: Array.from({ length: 36 }, (_, i) => i % codebookSize),
      free: Array.from({ length: 36 }, (_, i) => i % 3 > 0),
    };
    const settings = { steps: 3, candidates: 2, guidance, starts: [null, given], redraw: 0.2 };
    const reference = await tokensOf(await chainOf(onWasm, onWasm.startReference, settings));
    counter.take();
    const own = await chainOf(micro, micro.startChain, settings);
    const tokens: number[][] = [];
    const created: number[] = [];
    for await (const step of own.steps()) {
      tokens.push([...step.tokens]);
      created.push(counter.take().created);
    }
    own.dispose();
    expect(tokens).toEqual(reference);
    for (const look of [3, 6]) {
      // Four of the one's tokens, two of the other's 24.
      const masked = tokens[look].flatMap((token, i) => (token === codebookSize ? i : []));
      expect([masked.filter((i) => i < 36).length, masked.filter((i) => i >= 36).length]).toEqual([4, 2]);
      expect(tokens[look + 2]).not.toEqual(tokens[look - 1]);
    }
    expect(tokens).toHaveLength(9);
    expect(created.slice(1)).toEqual(Array(8).fill(0));
    // A run that goes on after its first look, as when a GPU was lost.
    const { timesteps } = micro.manifest;
    const jumps = [...planJumps('exact', timesteps, 3), ...planRedraw(0.2, timesteps)].slice(6);
    const free = [Array(36).fill(true), given.free];
    const starts = [0, 1].map((i) => ({ tokens: tokens[5].slice(36 * i, 36 * i + 36), free: free[i] }));
    const rest = await chainOf(micro, micro.startChain, { ...settings, starts, jumps });
    expect(await tokensOf(rest)).toEqual(reference.slice(6));
  });

  it('takes up a picture as WASM does, and keeps what random brushes leave', async () => {
    const { width, height } = micro.manifest.image;
    const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
      i % 4 === 3 ? 255 : (i * i) % 251,
    );
    const tokens = await micro.encodePicture({ width, height, data });
    expect([...tokens]).toEqual([...(await onWasm.encodePicture({ width, height, data }))]);
    const draw = mulberry32(11);
    const brushes = [0.2, 0.8].map((share) =>
      Array.from({ length: 36 }, (_, i) => i === 7 || draw() < share),
    );
    const settings = recipeFor(micro, { guidance: 1, steps: 2 });
    const recipes = brushes.flatMap((chosen) => repainted([settings], tokens, chosen, micro.manifest));
    const steps = [0, 0];
    for await (const event of generate(micro, recipes, new AbortController().signal)) {
      if (event.type !== 'step') continue;
      const { tokens: all, indices, step } = event.progress;
      for (const [place, index] of indices.entries()) {
        const row = [...all.subarray(36 * place, 36 * (place + 1))];
        const kept = (from: Iterable<number>) => [...from].filter((_, i) => !brushes[index][i]);
        expect(kept(row)).toEqual(kept(tokens));
        expect(row.includes(micro.manifest.codebookSize)).toBe(step === 1);
        steps[index]++;
      }
    }
    expect(steps).toEqual([2, 2]);
  });

  it('leaves nothing behind, picture after picture, nor when it is stopped half-way', {
    timeout,
  }, async () => {
    const run = async (stopAfter: number) => {
      const recipes = [recipeFor(micro, { steps: 2 })];
      const controller = new AbortController();
      let steps = 0;
      try {
        for await (const event of generate(micro, recipes, controller.signal)) {
          if (event.type === 'step' && ++steps === stopAfter) controller.abort();
        }
      } catch (error) {
        if (!controller.signal.aborted) throw error;
      }
      return counter.liveBytes();
    };
    // ONNX Runtime keeps the buffers of its first runs for the next.
    for (const stopAfter of [3, 1]) await run(stopAfter);
    const bytes = new Set<number>();
    for (let picture = 0; picture < pictures; picture++) {
      if (picture % 3 === 0) bytes.add(await run(1));
      bytes.add(await run(3));
    }
    expect([...bytes]).toHaveLength(1);
  });

  it('leaves nothing behind when another model takes its place, again and again', { timeout }, async () => {
    const bytes: number[] = [];
    for (let turn = 0; turn < switches; turn++) {
      const other = await openPack(`/test/.tmp/${turn % 2 ? 'micro' : 'micro-int8'}`);
      const run = generate(other, [recipeFor(other, { steps: 1 })], new AbortController().signal);
      for await (const _ of run);
      await other.dispose();
      bytes.push(counter.liveBytes());
    }
    // ONNX Runtime keeps a few small ones of the first two.
    expect(Math.max(...bytes.slice(2))).toBeLessThanOrEqual(bytes[1]);
  });
});
