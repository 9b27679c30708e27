// The full-size models, whose weights are too large for a test: their key lists alone (test/golden/keys/README.md).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MAX_FILE_BYTES, writeModelParts } from '../../src/convert/externalData.ts';
import { conditioner } from '../../src/convert/graphs/conditioner.ts';
import { denoiser } from '../../src/convert/graphs/denoiser.ts';
import { checkKind, checkTensors } from '../../src/convert/models/check.ts';
import { clipShape, clipTensors } from '../../src/convert/models/clip.ts';
import { diffusionShape, diffusionTensors } from '../../src/convert/models/diffusion.ts';
import { vqganShape, vqganTensors } from '../../src/convert/models/vqgan.ts';
import { writeModel } from '../../src/convert/onnx.ts';
import type { CheckpointTensor, CheckpointTensors } from '../../src/convert/tensors.ts';
import { weightFinder } from '../../src/convert/weights.ts';

const unread = () => Promise.reject(new Error('Only the shapes should be needed.'));

function keyList(name: string): CheckpointTensors {
  const text = readFileSync(new URL(`../golden/keys/${name}.tsv`, import.meta.url), 'utf8');
  const rows = text.trim().split('\n').slice(1);
  return new Map(
    rows.map((row): [string, CheckpointTensor] => {
      const [key, shape] = row.split('\t') as [string, string];
      return [key, { dtype: 'float32', shape: JSON.parse(shape), float32: unread, bytes: unread }];
    }),
  );
}

describe('full size', () => {
  test('FFHQ diffusion', () => {
    const tensors = keyList('ffhq_diffusion');
    const shape = diffusionShape(tensors);
    expect(shape).toEqual({
      layers: 24,
      width: 512,
      rows: 16,
      columns: 16,
      codebookSize: 4096,
      timesteps: 100,
      conditionSize: 512,
      mlp: 'conv',
      hiddenSize: 2048,
    });
    checkKind(tensors, 'diffusion');
    checkTensors(tensors, 'diffusion', diffusionTensors(shape));
    expect(diffusionTensors(shape).shapes.size).toBe(474 - 10);
  });

  test('FFHQ VQGAN', () => {
    const tensors = keyList('ffhq_gumbelvq');
    const shape = vqganShape(tensors);
    expect(shape).toMatchObject({ codebookSize: 4096, codeSize: 256, scaleFactor: 16 });
    expect(shape.decoder.map(({ channels, blocks, attention }) => [channels, blocks, attention])).toEqual([
      [128, 3, false],
      [128, 3, false],
      [256, 3, false],
      [256, 3, false],
      [512, 3, true],
    ]);
    checkKind(tensors, 'vqgan');
    checkTensors(tensors, 'vqgan', vqganTensors(shape));
    expect(vqganTensors(shape).shapes.size).toBe(345);
  });

  test('CLIP ViT-B/32', () => {
    const tensors = keyList('clip_vit_b32');
    const shape = clipShape(tensors);
    expect(shape).toEqual({
      embedSize: 512,
      contextLength: 77,
      vocabularySize: 49408,
      imageSize: 224,
      patchSize: 32,
      activation: 'quick-gelu',
      text: { layers: 12, width: 512, heads: 8, hiddenSize: 2048 },
      vision: { layers: 12, width: 768, heads: 12, hiddenSize: 3072 },
    });
    checkKind(tensors, 'clip');
    checkTensors(tensors, 'clip', clipTensors(shape));
    expect(clipTensors(shape).shapes.size).toBe(302 - 1);
  });

  test('the FFHQ denoiser is laid out in files below the limit, without reading a weight', () => {
    const tensors = keyList('ffhq_diffusion');
    const shape = diffusionShape(tensors);
    const bytes = (weightType: 'fp16' | 'fp32') => {
      const graph = denoiser(weightFinder(tensors), shape, 16, weightType);
      const { model, data } = writeModelParts(graph, 'denoiser.onnx', MAX_FILE_BYTES);
      expect(model.byteLength).toBeLessThan(2e6);
      for (const part of data) expect(part.byteLength).toBeLessThanOrEqual(MAX_FILE_BYTES);
      return data.reduce((sum, part) => sum + part.byteLength, model.byteLength);
    };
    expect(bytes('fp16')).toBeGreaterThan(0.95e9);
    expect(bytes('fp16')).toBeLessThan(0.98e9);
    expect(bytes('fp32')).toBeLessThan(2e9);
    expect(writeModel(conditioner(weightFinder(tensors), shape, 'fp16')).byteLength).toBeLessThan(40e6);
  });
});
