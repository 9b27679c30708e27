// What is wrong with a checkpoint is said in one message, before anything is written.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Checkpoints, checkModels, type ModelOptions } from '../../src/convert/models/models.ts';
import { authorsSchedule } from '../../src/convert/models/schedule.ts';
import type { CheckpointTensor } from '../../src/convert/tensors.ts';
import { UserError } from '../../src/errors.ts';
import { changed, goldenTensors, tensorOf } from '../support/checkpoints.ts';

let good: Checkpoints;
beforeAll(async () => {
  good = {
    diffusion: await goldenTensors('diffusion_tiny.pt'),
    vqgan: await goldenTensors('vqgan_tiny.ckpt'),
    clip: await goldenTensors('clip_small_2head.pt'),
  };
});

const options: ModelOptions = {
  weightType: 'fp16',
  heads: 4,
  normGroups: null,
  config: null,
  schedule: authorsSchedule,
  clipActivation: null,
};
const zeros = (...shape: number[]) =>
  tensorOf(shape, new Float32Array(shape.reduce((product, size) => product * size, 1)));

/** The message for checkpoints with such changes. */
async function complaint(
  changes: Partial<Record<keyof Checkpoints, Record<string, CheckpointTensor | null>>>,
  given: Partial<ModelOptions> = {},
): Promise<string> {
  const tensors = {
    diffusion: changed(good.diffusion, changes.diffusion ?? {}),
    vqgan: changed(good.vqgan, changes.vqgan ?? {}),
    clip: changed(good.clip, changes.clip ?? {}),
  };
  const outcome = await checkModels(tensors, { ...options, ...given }).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ name: 'UserError', code: 'checkpoint' });
  return (outcome as Error).message;
}

test('the golden checkpoints are right, with the losses, buffers and statistics that they carry', async () => {
  const models = await checkModels(good, options);
  expect(models.heads).toBe(4);
  expect(models.clip).toMatchObject({ text: { heads: 2, layers: 1 }, patchSize: 8 });
});

test('norm groups: given, of the configuration, the authors’', async () => {
  const groupsOf = async (given: Partial<ModelOptions>) =>
    (await checkModels(good, { ...options, ...given })).vqgan.normGroups;
  expect(await groupsOf({})).toBe(32);
  expect(await groupsOf({ config: 'ddconfig:\n  norm_groups: 8\n' })).toBe(8);
  expect(await groupsOf({ config: 'norm_groups: 8\n', normGroups: 16 })).toBe(16);
});

test('norm groups that do not divide the channels, and none at all', async () => {
  expect(await complaint({}, { config: 'norm_groups: none' })).toContain('cannot have NaN groups');
  expect(await complaint({}, { normGroups: 24 })).toContain(
    '32 channels, which cannot be normalised in 24 groups',
  );
});

describe('tensors', () => {
  test('missing, misshapen and unknown ones are counted, and the first named', async () => {
    const message = await complaint({
      diffusion: {
        'transformer.blocks.1.attn.proj.bias': null,
        'transformer.to_logits.0.weight': null,
        'transformer.blocks.0.ln2.emb.weight': zeros(48, 7),
        'transformer.mystery': zeros(3),
        // Beside the model, and nobody's concern.
        log_mystery: zeros(3),
        'loss.mystery': zeros(3),
      },
    });
    expect(message).toContain('--diffusion');
    expect(message).toContain('4 tensors:');
    expect(message).toContain('missing transformer.blocks.1.attn.proj.bias [48]');
    expect(message).toContain('missing transformer.to_logits.0.weight [48]');
    expect(message).toContain('transformer.blocks.0.ln2.emb.weight has shape [48,7] instead of [48,48]');
    expect(message).toContain('; and 1 more.');
  });

  test('a wrong tensor that sizes are read from is itself the one named', async () => {
    const message = await complaint({ diffusion: { 'transformer.content_emb.emb.weight': zeros(41, 47) } });
    expect(message).toContain('1 tensor:');
    expect(message).toContain('transformer.content_emb.emb.weight has shape [41,47] instead of [41,48]');
  });

  test('a long list is cut, and counted', async () => {
    const extra = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`transformer.extra.${i}`, zeros(1)]),
    );
    const message = await complaint({ diffusion: extra });
    expect(message).toContain('50 tensors:');
    expect(message).toContain('unknown “transformer.extra.0” [1]');
    expect(message.length).toBeLessThanOrEqual(300);
  });

  test('what nobody needs is passed over, in each model', async () => {
    const tensors = {
      diffusion: changed(good.diffusion, { 'content_codec.colorize': zeros(3), log_something: zeros(1) }),
      vqgan: changed(good.vqgan, { colorize: zeros(3, 1, 1), 'discriminator.weight': zeros(4) }),
      clip: changed(good.clip, { logit_bias: zeros(), 'text_decoder.weight': zeros(9) }),
    };
    await expect(checkModels(tensors, options)).resolves.toBeDefined();
  });

  test.each([
    ['vqgan', 'decoder.extra.weight'],
    ['clip', 'positional_embedding_res'],
    ['clip', 'text_projection.bias'],
    ['clip', 'visual.attnpool.weight'],
    ['diffusion', 'empty_text_embed_2'],
  ] as const)('what changes the arithmetic of the %s model is not: %s', async (place, key) => {
    expect(await complaint({ [place]: { [key]: zeros(1) } })).toContain(`unknown “${key}” [1]`);
  });

  test('keys and shapes of any length are cut', async () => {
    const key = `transformer.\u202e${'a'.repeat(1e6)}`;
    const message = await complaint({
      diffusion: { [key]: zeros(...Array.from({ length: 1000 }, () => 1)) },
    });
    expect(message).toMatch(/unknown “transformer\.\\u\{202e\}a+…” \[1,1,1,1,1,1,…\]\.$/);
    expect(message.length).toBeLessThanOrEqual(300);
  });

  test('a missing block of the VQGAN and of CLIP', async () => {
    expect(await complaint({ vqgan: { 'decoder.up.0.block.1.conv2.weight': null } })).toContain(
      'missing decoder.up.0.block.1.conv2.weight [32,32,3,3]',
    );
    expect(await complaint({ clip: { 'visual.ln_post.bias': null } })).toContain(
      'missing visual.ln_post.bias [128]',
    );
  });

  test.each([
    ['diffusion', 'transformer.blocks.900000000.attn.key.bias'],
    ['vqgan', 'decoder.up.900000000.block.0.conv1.bias'],
    ['vqgan', 'encoder.down.0.block.900000000.conv1.bias'],
    ['clip', 'visual.transformer.resblocks.900000000.ln_1.bias'],
  ] as const)('a number in a key of the %s model that asks for layers without end', async (place, key) => {
    expect(await complaint({ [place]: { [key]: zeros(1) } })).toMatch(/names ask for \d+|and \d+ more/);
  });

  test('levels times blocks far beyond the tensors there are', async () => {
    const keys = Array.from({ length: 12 }, (_, level) => `decoder.up.${level}.block.0.conv1.weight`);
    for (let block = 0; block < 1000; block++) keys.push(`encoder.down.0.block.${block}.conv1.weight`);
    const vqgan = Object.fromEntries(keys.map((key) => [key, zeros(32, 32, 3, 3)]));
    expect(await complaint({ vqgan })).toMatch(/ tensors, and their names ask for \d{5,}: it is damaged/);
  });

  test('without anything to read a size from', async () => {
    expect(
      await complaint({
        clip: { text_projection: null, 'visual.proj': null },
      }),
    ).toContain('none of the tensors text_projection, visual.proj');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s among the weights', async (value) => {
    const spoilt = (length: number) => {
      const values = new Float32Array(length);
      values[length - 1] = value;
      return tensorOf([length], values);
    };
    const message = await complaint({
      vqgan: { 'decoder.conv_out.bias': spoilt(3), 'decoder.norm_out.bias': spoilt(32) },
    });
    expect(message).toContain('--vqgan has NaN or infinite weights');
    expect(message).toContain('decoder.conv_out.bias');
    expect(message).toContain('decoder.norm_out.bias');
  });

  test('a weight that cannot be read names its file', async () => {
    const broken: CheckpointTensor = {
      ...zeros(3),
      float32: () => Promise.reject(new UserError('checkpoint', 'The check sum does not match.')),
    };
    expect(await complaint({ vqgan: { 'decoder.conv_out.bias': broken } })).toBe(
      '--vqgan: The check sum does not match.',
    );
  });

  test('weights that half precision cannot hold, in fp16 only', async () => {
    const large = { vqgan: { 'decoder.conv_out.bias': tensorOf([3], Float32Array.of(0, 70000, 0)) } };
    expect(await complaint(large)).toMatch(/--dtype fp32.*decoder\.conv_out\.bias \(70000\)/s);
    const tensors = { ...good, vqgan: changed(good.vqgan, large.vqgan) };
    await expect(checkModels(tensors, { ...options, weightType: 'fp32' })).resolves.toBeDefined();
  });
});

describe('files', () => {
  test.each([
    ['diffusion', 'vqgan', 'a VQGAN'],
    ['diffusion', 'clip', 'a CLIP'],
    ['vqgan', 'diffusion', 'a diffusion transformer'],
    ['vqgan', 'clip', 'a CLIP'],
    ['clip', 'vqgan', 'a VQGAN'],
    ['clip', 'diffusion', 'a diffusion transformer'],
  ] as const)('as --%s a file for --%s', async (place, actual, name) => {
    const tensors = { ...good, [place]: good[actual] };
    await expect(checkModels(tensors, options)).rejects.toThrow(
      `The file given as --${place} is ${name}: pass it as --${actual}`,
    );
  });

  test('something else altogether', async () => {
    const tensors = { ...good, clip: new Map([['fc.weight', zeros(2, 2)]]) };
    await expect(checkModels(tensors, options)).rejects.toThrow('is not a CLIP: it holds “fc.weight”');
  });

  test.each([
    ['diffusion', 'transformer.blocks.0.attn1.query.weight', /cross-attention.*not supported/],
    ['vqgan', 'quantize.embedding.weight', /VQModel.*not supported/],
    ['clip', 'visual.layer1.0.conv1.weight', /ResNet.*not supported/],
  ] as const)('a relative of the %s model', async (place, key, message) => {
    expect(await complaint({ [place]: { [key]: zeros(1) } })).toMatch(message);
  });

  test('half a CLIP', async () => {
    const half = (text: boolean) => ({
      ...good,
      clip: new Map([...good.clip].filter(([key]) => key.startsWith('visual.') !== text)),
    });
    await expect(checkModels(half(true), options)).rejects.toThrow(
      'is only the text half of a CLIP: take a whole',
    );
    await expect(checkModels(half(false), options)).rejects.toThrow('is only the picture half of a CLIP');
  });

  test('parts that do not belong together', async () => {
    const other = { ...good, diffusion: await goldenTensors('diffusion_tiny_1024.pt') };
    await expect(checkModels(other, options)).rejects.toThrow('24 codes and the VQGAN has 40');
    const wide = {
      ...good,
      clip: changed(good.clip, { text_projection: zeros(128, 64), 'visual.proj': zeros(128, 64) }),
    };
    await expect(checkModels(wide, options)).rejects.toThrow('length 48 and CLIP gives 64');
  });
});

describe('heads', () => {
  const config = 'transformer_config:\n  params:\n    class_type: adalayerclip\n    n_head: 6\n';

  test('from the flag, else from the configuration', async () => {
    expect((await checkModels(good, { ...options, heads: 8, config })).heads).toBe(8);
    expect((await checkModels(good, { ...options, heads: null, config })).heads).toBe(6);
  });
  test('no guess where the width is no multiple of 32', async () => {
    expect(await complaint({}, { heads: null })).toMatch(/width 48 .*--heads/);
  });
  test('a number that does not divide the width', async () => {
    expect(await complaint({}, { heads: 5 })).toContain('48 cannot be divided into 5 heads');
  });
  test('two numbers in one configuration', async () => {
    expect(await complaint({}, { heads: null, config: `${config}other:\n  n_head: 3\n` })).toContain('6, 3');
  });
  test('a variant that only the configuration tells', async () => {
    const adain = config.replace('adalayerclip', 'adainclip');
    expect(await complaint({}, { config: adain })).toContain('class_type: adainclip');
  });
});

describe('schedule', () => {
  test('another one than the checkpoint was trained with', async () => {
    const schedule = { ...authorsSchedule, gammaBar: [0.00001, 0.99999] } as const;
    const message = await complaint({}, { schedule });
    expect(message).toMatch(/log_cumprod_ct at timestep 0 .*--gamma-bar/);
  });
  test('a buffer that was averaged is still the same schedule', async () => {
    const logs = await good.diffusion.get('log_cumprod_at')!.float32();
    const moved = tensorOf(
      [101],
      logs.map((value) => value * (1 + 1e-6)),
    );
    const tensors = { ...good, diffusion: changed(good.diffusion, { log_cumprod_at: moved }) };
    await expect(checkModels(tensors, options)).resolves.toBeDefined();
  });
  test('no buffer', async () => {
    expect(await complaint({ diffusion: { log_cumprod_at: null } })).toContain('log_cumprod_at');
  });
});
