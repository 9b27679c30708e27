// Files that PyTorch itself wrote, against the values that PyTorch itself read (test/golden/formats/README.md).
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/convert/checkpoint.ts';
import { bytesSource } from '../../src/convert/source.ts';
import { refusal, refusalOf } from '../support/refusal.ts';
import { readGolden } from '../support/safetensors.ts';
import { writeCheckpoint } from '../support/writeCheckpoint.ts';

const golden = (path: string) => readFileSync(new URL(`../golden/${path}`, import.meta.url));
const open = (file: Uint8Array) => openCheckpoint(bytesSource(file));

const safetensorsDtype = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'F32',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
} as const;

describe('containers', () => {
  const expected = readGolden('formats/expected.safetensors');

  test.each([
    ['state_dict_zip.pt', 'zip', undefined],
    ['state_dict_zip_cuda_location.pt', 'zip', undefined],
    ['state_dict_legacy.pt', 'legacy', undefined],
    ['nested_zip.pt', 'zip', 'state_dict'],
  ])('%s gives every value exactly', async (file, container, section) => {
    const checkpoint = await open(golden(`formats/${file}`));
    expect(checkpoint).toMatchObject({ container, section });
    expect([...checkpoint.tensors.keys()].sort()).toEqual([...expected.names].sort());
    for (const [name, tensor] of checkpoint.tensors) {
      const { dtype, shape, data } = expected.tensor(name);
      expect([name, safetensorsDtype[tensor.dtype], tensor.shape]).toEqual([name, dtype, shape]);
      const bits = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const widened = await tensor.float32();
      if (tensor.dtype === 'bfloat16') {
        expect(new Uint8Array(widened.buffer)).toEqual(bits);
      } else {
        expect([name, await tensor.bytes()]).toEqual([name, bits]);
      }
      if (dtype !== 'F16') expect([...widened]).toEqual([...expected.numbers(name)].map(Math.fround));
    }
  });

  test("a TorchScript archive, as OpenAI's CLIP is: keys in order, shapes, bytes", async () => {
    const json = JSON.parse(golden('formats/clip_micro_jit_expected.json').toString()) as Record<
      string,
      { dtype: string; shape: number[]; sha256_of_le_bytes: string }
    >;
    const { container, tensors } = await open(golden('formats/clip_micro_jit.pt'));
    expect(container).toBe('torchscript');
    expect([...tensors.keys()]).toEqual(Object.keys(json));
    for (const [name, { dtype, shape, bytes }] of tensors) {
      const sha256 = createHash('sha256')
        .update(await bytes())
        .digest('hex');
      const { dtype: expectedDtype, shape: expectedShape, sha256_of_le_bytes } = json[name];
      expect([name, safetensorsDtype[dtype], shape, sha256]).toEqual([
        ...[name, expectedDtype, expectedShape, sha256_of_le_bytes],
      ]);
    }
  });
});

describe('tiny checkpoints', () => {
  test.each([
    ['diffusion_tiny.pt', 56, undefined, 'transformer.to_logits.1.weight', [40, 48], 'float32'],
    ['diffusion_tiny_1024.pt', 37, undefined, 'transformer.content_emb.emb.weight', [25, 32], 'float32'],
    ['vqgan_tiny.ckpt', 161, 'state_dict', 'quantize.embed.weight', [40, 24], 'float32'],
    ['clip_small_2head.pt', 41, undefined, 'text_projection', [128, 48], 'float16'],
    ['clip_tiny_vocab49408.pt.gz', undefined, undefined, 'token_embedding.weight', [49408, 64], 'float16'],
  ])('%s', async (file, count, section, name, shape, dtype) => {
    const data = golden(`checkpoints/${file}`);
    const checkpoint = await open(file.endsWith('.gz') ? gunzipSync(data) : data);
    expect(checkpoint.section).toBe(section);
    if (count !== undefined) expect(checkpoint.tensors.size).toBe(count);
    const tensor = checkpoint.tensors.get(name)!;
    expect([tensor.shape, tensor.dtype]).toEqual([shape, dtype]);
    const values = await tensor.float32();
    expect(values.length).toBe(shape[0] * shape[1]);
    expect(values.every((value) => Math.abs(value) < 100) && values.some((value) => value !== 0)).toBe(true);
  });
});

describe('damage to a real file', () => {
  test('any byte changed: a sentence, or nothing that matters', async () => {
    const whole = golden('formats/state_dict_zip.pt');
    const right = new Map<string, Uint8Array>();
    for (const [name, tensor] of (await open(whole)).tensors) right.set(name, await tensor.bytes());
    const wrong: string[] = [];
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const damaged = new Uint8Array(whole);
      damaged[at] ^= 0xff;
      const message = await refusalOf(async () => {
        const { tensors } = await open(damaged);
        for (const [name, tensor] of tensors) {
          if (Buffer.compare(await tensor.bytes(), right.get(name)!) !== 0) wrong.push(`${name}, byte ${at}`);
        }
      });
      if (message !== undefined) refused++;
    }
    expect(wrong).toEqual([]);
    // What is left are alignment, dates and the entries that nobody reads.
    expect(refused).toBeGreaterThan(2000);
  });

  test('a legacy file cut off anywhere', async () => {
    const whole = golden('formats/state_dict_legacy.pt');
    for (let length = 0; length < whole.length; length++) {
      expect(await refusal(() => open(whole.subarray(0, length)))).toMatch(
        /cut off|empty|not a PyTorch checkpoint|not one that torch.save wrote/,
      );
    }
  });

  test('a legacy file with any byte of its pickles changed throws nothing but sentences', async () => {
    const whole = golden('formats/state_dict_legacy.pt');
    let refused = 0;
    for (let at = 0; at < 1800; at++) {
      const damaged = new Uint8Array(whole);
      damaged[at] ^= 0x11;
      const message = await refusalOf(async () => {
        for (const tensor of (await open(damaged)).tensors.values()) await tensor.float32();
      });
      if (message !== undefined) refused++;
    }
    // There is no check sum: a changed name or value goes unseen.
    expect(refused).toBeGreaterThan(500);
  });
});

test('what writeCheckpoint writes is read back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
  try {
    const path = join(folder, 'written.ckpt');
    const weight = Float32Array.of(1, -2, 3, 4, 5, 6);
    await writeCheckpoint(
      path,
      [
        { name: 'weight', dtype: 'float32', shape: [2, 3], data: new Uint8Array(weight.buffer) },
        { name: 'steps', dtype: 'int64', shape: [], data: new Uint8Array([7, 0, 0, 0, 0, 0, 0, 0]) },
        { name: 'none', dtype: 'bool', shape: [0, 4], data: new Uint8Array(0) },
      ],
      'state_dict',
    );
    const { section, tensors } = await open(readFileSync(path));
    expect(section).toBe('state_dict');
    expect([...tensors.keys()]).toEqual(['weight', 'steps', 'none']);
    expect(await tensors.get('weight')!.float32()).toEqual(weight);
    expect([...(await tensors.get('steps')!.float32())]).toEqual([7]);
    expect((await tensors.get('none')!.float32()).length).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
