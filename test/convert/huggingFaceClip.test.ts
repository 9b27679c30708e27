// CLIP as Hugging Face stores it: the golden CLIP, renamed and cut up as their model.safetensors is, is the same CLIP.
import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { imageEncoder } from '../../src/convert/graphs/imageEncoder.ts';
import { textEncoder } from '../../src/convert/graphs/textEncoder.ts';
import { inspectCheckpoint } from '../../src/convert/inspect.ts';
import { checkKind, checkTensors } from '../../src/convert/models/check.ts';
import { clipShape, clipTensors } from '../../src/convert/models/clip.ts';
import { openAiClip } from '../../src/convert/models/huggingFaceClip.ts';
import { bytesSource } from '../../src/convert/source.ts';
import type { CheckpointTensors } from '../../src/convert/tensors.ts';
import { weightFinder } from '../../src/convert/weights.ts';
import { changed, goldenFile, goldenTensors, tensorOf } from '../support/checkpoints.ts';
import { maxDifference, openGraph } from '../support/onnx.ts';
import { readGolden } from '../support/safetensors.ts';
import { makeSafetensors, type WrittenTensor } from '../support/safetensorsWriter.ts';

/** Names of openai/clip-vit-base-patch32, each with what it is in OpenAI's file; `#` is a layer. */
const whole: [theirs: string, openAi: string][] = [
  ['logit_scale', 'logit_scale'],
  ['text_model.embeddings.token_embedding.weight', 'token_embedding.weight'],
  ['text_model.embeddings.position_embedding.weight', 'positional_embedding'],
  ['text_model.final_layer_norm.weight', 'ln_final.weight'],
  ['text_model.final_layer_norm.bias', 'ln_final.bias'],
  ['vision_model.embeddings.class_embedding', 'visual.class_embedding'],
  ['vision_model.embeddings.patch_embedding.weight', 'visual.conv1.weight'],
  ['vision_model.embeddings.position_embedding.weight', 'visual.positional_embedding'],
  ['vision_model.pre_layrnorm.weight', 'visual.ln_pre.weight'],
  ['vision_model.pre_layrnorm.bias', 'visual.ln_pre.bias'],
  ['vision_model.post_layernorm.weight', 'visual.ln_post.weight'],
  ['vision_model.post_layernorm.bias', 'visual.ln_post.bias'],
];
const layer: [theirs: string, openAi: string][] = [
  ['self_attn.out_proj', 'attn.out_proj'],
  ['layer_norm1', 'ln_1'],
  ['layer_norm2', 'ln_2'],
  ['mlp.fc1', 'mlp.c_fc'],
  ['mlp.fc2', 'mlp.c_proj'],
];

/** OpenAI's tensors as Hugging Face's file. */
async function huggingFaceFile(tensors: CheckpointTensors): Promise<Uint8Array> {
  const file: Record<string, WrittenTensor> = {};
  const put = (name: string, shape: readonly number[], values: Float32Array) => {
    file[name] = { dtype: 'F32', shape, data: new Uint8Array(Float32Array.from(values).buffer) };
  };
  const copy = async (name: string, from: string) => {
    const tensor = tensors.get(from);
    if (tensor) put(name, tensor.shape, await tensor.float32());
  };
  const turn = async (name: string, from: string) => {
    const [rows, columns] = tensors.get(from)!.shape;
    const values = await tensors.get(from)!.float32();
    put(
      name,
      [columns, rows],
      values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]),
    );
  };
  for (const [theirs, openAi] of whole) await copy(theirs, openAi);
  await turn('text_projection.weight', 'text_projection');
  await turn('visual_projection.weight', 'visual.proj');
  for (const [tower, prefix] of [
    ['text_model', 'transformer'],
    ['vision_model', 'visual.transformer'],
  ]) {
    for (let i = 0; tensors.has(`${prefix}.resblocks.${i}.ln_1.weight`); i++) {
      const from = `${prefix}.resblocks.${i}`;
      const to = `${tower}.encoder.layers.${i}`;
      for (const [theirs, openAi] of layer) {
        await copy(`${to}.${theirs}.weight`, `${from}.${openAi}.weight`);
        await copy(`${to}.${theirs}.bias`, `${from}.${openAi}.bias`);
      }
      for (const field of ['weight', 'bias']) {
        const { shape, float32 } = tensors.get(`${from}.attn.in_proj_${field}`)!;
        const values = await float32();
        const third = values.length / 3;
        // Their file is in the order of the alphabet.
        for (const [part, place] of [['k', 1] as const, ['q', 0] as const, ['v', 2] as const]) {
          const name = `${to}.self_attn.${part}_proj.${field}`;
          put(name, [shape[0] / 3, ...shape.slice(1)], values.subarray(place * third, (place + 1) * third));
        }
      }
    }
  }
  const positions = BigInt64Array.from({ length: 77 }, (_, i) => BigInt(i));
  file['text_model.embeddings.position_ids'] = {
    dtype: 'I64',
    shape: [1, 77],
    data: new Uint8Array(positions.buffer),
  };
  return makeSafetensors(file);
}

let original: CheckpointTensors;
let theirs: CheckpointTensors;
beforeAll(async () => {
  original = await goldenTensors('clip_small_2head.pt');
  theirs = (await openCheckpoint(bytesSource(await huggingFaceFile(original)))).tensors;
});

describe("Hugging Face's CLIP", () => {
  test('has the tensors of OpenAI’s, value for value', async () => {
    const named = openAiClip(theirs);
    checkKind(named, 'clip');
    checkTensors(named, 'clip', clipTensors(clipShape(named)));
    expect(clipShape(named)).toEqual(clipShape(original));
    for (const [key, tensor] of named) {
      expect([key, tensor.shape]).toEqual([key, original.get(key)!.shape]);
      expect(await tensor.float32(), key).toEqual(await original.get(key)!.float32());
    }
  });

  test('gives the same embeddings', async () => {
    const golden = readGolden('clip/small_2head.safetensors');
    const named = openAiClip(theirs);
    const clip = clipShape(named);
    const text = await openGraph(await textEncoder(weightFinder(named), clip, 'fp32'));
    const ids = Int32Array.from(golden.numbers('token_ids'));
    const texts = await text({ ids: { data: ids, shape: [7, 77] } });
    expect(maxDifference(texts.embedding.data, golden.numbers('text_embed_normalised'))).toBeLessThan(8e-7);
    const image = await openGraph(imageEncoder(weightFinder(named), clip, 'fp32'));
    const pixels = Float32Array.from(golden.numbers('pixels'));
    const images = await image({ image: { data: pixels, shape: [3, 3, 32, 32] } });
    expect(maxDifference(images.embedding.data, golden.numbers('image_embed_normalised'))).toBeLessThan(7e-7);
  });

  test('is recognised before anything is converted', async () => {
    const { weights } = await inspectCheckpoint(bytesSource(goldenFile('clip_small_2head.pt')));
    expect(await inspectCheckpoint(bytesSource(await huggingFaceFile(original)))).toEqual({
      kind: 'clip',
      weights,
      embedSize: 48,
      vocabularySize: 512,
      activation: 'quick-gelu',
    });
  });

  test('is known for what it is when it is given as something else', () => {
    expect(() => checkKind(theirs, 'vqgan')).toThrow('is a CLIP: pass it as --clip');
  });

  test('that lacks a key matrix is refused, and the one that is odd is named', () => {
    const key = 'text_model.encoder.layers.0.self_attn.k_proj.weight';
    const refuse = (tensors: CheckpointTensors) => () =>
      checkTensors(openAiClip(tensors), 'clip', clipTensors(clipShape(original)));
    expect(refuse(changed(theirs, { [key]: null }))).toThrow(
      'missing transformer.resblocks.0.attn.in_proj_weight',
    );
    expect(refuse(changed(theirs, { [key]: tensorOf([1, 128], new Float32Array(128)) }))).toThrow(
      `unknown “${key}” [1,128]`,
    );
  });

  test('OpenAI’s own names stay as they are', () => expect(openAiClip(original)).toBe(original));
});
