// What a file is, before anything is converted.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCheckpoint } from '../../src/convert/inspect.ts';
import { clipTensors } from '../../src/convert/models/clip.ts';
import { bytesSource } from '../../src/convert/source.ts';
import type { CheckpointTensor } from '../../src/convert/tensors.ts';
import { goldenFile, goldenTensors } from '../support/checkpoints.ts';
import { dict } from '../support/pickleWriter.ts';
import { savedModels } from '../support/savedModels.ts';
import { writeCheckpoint } from '../support/writeCheckpoint.ts';

const inspect = (bytes: Uint8Array) => inspectCheckpoint(bytesSource(bytes));

/** Elements of all tensors but the schedule's, the training's and CLIP's own numbers. */
async function parameters(name: string): Promise<number> {
  const named = [...(await goldenTensors(name))].filter(
    ([key]) => !/^(log|Lt|loss|zero|.*_(length|resolution|size)$)/.test(key),
  );
  return named.reduce((sum, [, { shape }]) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

describe('a checkpoint', () => {
  test('is recognised by its keys, with the sizes it is known by', async () => {
    expect(await inspect(goldenFile('diffusion_tiny.pt'))).toEqual({
      kind: 'diffusion',
      weights: await parameters('diffusion_tiny.pt'),
      layers: 2,
      width: 48,
      rows: 6,
      columns: 6,
      codebookSize: 40,
      // 48 is no multiple of the authors' head size.
      heads: null,
    });
    expect(await inspect(goldenFile('vqgan_tiny.ckpt'))).toEqual({
      kind: 'vqgan',
      weights: await parameters('vqgan_tiny.ckpt'),
      codebookSize: 40,
    });
    expect(await inspect(goldenFile('clip_small_2head.pt'))).toEqual({
      kind: 'clip',
      weights: await parameters('clip_small_2head.pt'),
      embedSize: 48,
      vocabularySize: 512,
      activation: 'quick-gelu',
    });
  });

  test('tells its heads where the width is a multiple of the authors’ head size', async () => {
    expect(await inspect(goldenFile('diffusion_tiny_1024.pt'))).toMatchObject({ width: 32, heads: 1 });
  });

  test('that is a CLIP of published size and not OpenAI’s is recognised, its activation left open', async () => {
    const tower = { layers: 1, width: 512, heads: 8, hiddenSize: 2 };
    const sizes = { embedSize: 3, contextLength: 4, vocabularySize: 5, imageSize: 2, patchSize: 1 };
    const { shapes } = clipTensors({ ...sizes, text: tower, vision: tower, activation: 'quick-gelu' });
    const { filled, file } = savedModels();
    // float16 has no 0.1.
    const items = [...shapes].map(([name, shape]) => [name, filled(shape, 0.1)] as const);
    expect(await inspect(file(dict(items)))).toMatchObject({ kind: 'clip', embedSize: 3, activation: null });
  });

  test('that lacks tensors is refused with their names, before any weights are read', async () => {
    const whole = await goldenTensors('diffusion_tiny.pt');
    const kept = [...whole].filter(([name]) => name !== 'transformer.blocks.1.attn.proj.bias');
    await expect(inspect(await saved(kept))).rejects.toThrow(
      /1 tensor: missing transformer.blocks.1.attn.proj.bias \[48\]/,
    );
  });

  test('of another model is refused with what it holds', async () => {
    const whole = await goldenTensors('diffusion_tiny.pt');
    const kept = [...whole].filter(([name]) => name.startsWith('empty_text'));
    await expect(inspect(await saved(kept))).rejects.toThrow(
      'The file is neither a diffusion transformer nor a VQGAN nor a CLIP: it holds “empty_text_embed”.',
    );
  });
});

/** These tensors, as torch.save writes them. */
async function saved(tensors: Iterable<[string, CheckpointTensor]>): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  const path = join(folder, 'model.pt');
  try {
    const named = [];
    for (const [name, { dtype, shape, bytes }] of tensors) {
      named.push({ name, dtype, shape, data: await bytes() });
    }
    await writeCheckpoint(path, named);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
