// Made up in the form that each tool writes.
import { describe, expect, it } from 'vitest';
import { MAX_TEXT } from '../../src/recipe/condition.ts';
import { readForeign } from '../../src/recipe/foreign.ts';
import { readParameters, writeParameters } from '../../src/recipe/parameters.ts';
import { avoiding, elaborate, plain } from '../support/recipes.ts';

const read = (texts: Record<string, unknown>) =>
  readForeign(
    new Map(
      Object.entries(texts).map(([keyword, text]) => [
        keyword,
        typeof text === 'string' ? text : JSON.stringify(text),
      ]),
    ),
  );
const found = { prompt: 'a castle, テスト', avoid: 'fog', seed: 123, steps: 20, guidance: 6.5 };

describe("A1111's text", () => {
  it('is this one, and comes back', () => {
    const text = writeParameters(avoiding, { width: 64, height: 32 });
    expect(text).toBe(
      'a smiling woman\nNegative prompt: лицо 顔 👩‍🦰 "é"\nSteps: 10, Sampler: CLIP-VQDiffusion exact, CFG scale: 1.15, ' +
        'Seed: 42, Size: 64x32, Model hash: 00112233, Model: micro, Truncation: 0.85',
    );
    expect(readParameters(text!)).toEqual({
      tool: 'A1111',
      prompt: 'a smiling woman',
      avoid: 'лицо 顔 👩‍🦰 "é"',
      seed: 42,
      steps: 10,
      guidance: 1.15,
    });
    const size = { width: 1, height: 1 };
    expect(writeParameters({ ...plain, truncation: { kind: 'none' } }, size)).toMatch(/Truncation: none$/);
    expect(writeParameters({ ...plain, truncation: { kind: 'topK', k: 3 } }, size)).toMatch(/: 3 codes$/);
    expect(writeParameters(plain, size)).not.toContain('Negative');
    expect(writeParameters({ ...plain, condition: { kind: 'text', text: 'half \ud83d' } }, size)).toMatch(
      /^half \ufffd\n/,
    );
  });

  it('is not written where it would not say enough', () => {
    const size = { width: 1, height: 1 };
    expect(writeParameters({ ...plain, start: elaborate.start }, size)).toBeNull();
    expect(writeParameters({ ...plain, condition: elaborate.condition }, size)).toBeNull();
    expect(writeParameters({ ...plain, avoid: elaborate.condition }, size)).toBeNull();
  });

  it('is read over several lines, quotation marks and foreign fields', () => {
    const text =
      'a castle,\r\n(towers:1.2)\nNegative prompt: fog,\nrain\nSteps: 20, Sampler: "DPM++, Seed: 9, CFG scale: 1", ' +
      'Schedule type: Karras, CFG scale: 6.5, Seed: 123, Lora hashes: "a: 1, b: \\"2\\"", Version: f2.0';
    expect(readParameters(text)).toEqual({
      ...found,
      tool: 'A1111',
      prompt: 'a castle,\n(towers:1.2)',
      avoid: 'fog,\nrain',
    });
  });

  it('may lack everything but the prompt', () => {
    expect(readParameters('just a prompt, with: colons')).toEqual({
      tool: 'A1111',
      prompt: 'just a prompt, with: colons',
    });
    expect(readParameters('x\nSteps: 0, Seed: -1, CFG scale: NaN, Size: 1x1')).toEqual({
      tool: 'A1111',
      prompt: 'x',
    });
    expect(readParameters('x\nSampler: Euler, Seed: 5, Size: 1x1')).toEqual({
      tool: 'A1111',
      prompt: 'x',
      seed: 5,
    });
    for (const nothing of ['', '\n', 'Negative prompt: fog', 'Steps: 20, Seed: 1']) {
      expect(readParameters(nothing), nothing).toBeNull();
    }
  });

  it('is not read where it is far longer than any', () => {
    expect(readParameters('word '.repeat(13_000))?.prompt).toHaveLength(MAX_TEXT);
    expect(readParameters('word '.repeat(14_000))).toBeNull();
  });
});

describe("other tools' texts", () => {
  const { prompt, avoid, seed, steps, guidance } = found;

  it('are read from InvokeAI, old and new', () => {
    const metadata = {
      generation_mode: 'txt2img',
      positive_prompt: prompt,
      negative_prompt: avoid,
      seed,
      steps,
    };
    expect(read({ invokeai_metadata: { ...metadata, cfg_scale: guidance }, invokeai_graph: '{' })).toEqual({
      tool: 'InvokeAI',
      ...found,
    });
    const image = {
      prompt: [{ prompt: `${prompt} [fog] [rain]`, weight: 1 }],
      seed,
      steps,
      cfg_scale: guidance,
    };
    expect(read({ 'sd-metadata': { model: 'x', image }, Dream: 'a castle' })).toEqual({
      tool: 'InvokeAI',
      ...found,
      avoid: 'fog, rain',
    });
    expect(read({ 'sd-metadata': { image: { ...image, prompt } } })).toMatchObject({ prompt, seed });
  });

  it('are read from Fooocus, SwarmUI, NovelAI and Easy Diffusion', () => {
    expect(
      read({ parameters: { prompt, negative_prompt: avoid, seed: '123', steps, guidance_scale: guidance } }),
    ).toEqual({
      tool: 'Fooocus',
      ...found,
    });
    const swarm = { prompt, negativeprompt: avoid, seed, steps, cfgscale: guidance };
    expect(read({ parameters: { sui_image_params: swarm } })).toEqual({ tool: 'SwarmUI', ...found });
    const comment = { uc: avoid, seed, steps, scale: guidance };
    expect(read({ Title: 'AI', Description: prompt, Comment: comment })).toEqual({
      tool: 'NovelAI',
      ...found,
    });
    const texts = {
      Prompt: prompt,
      'Negative Prompt': avoid,
      Seed: '123',
      Steps: '20',
      'Guidance Scale': '6.5',
    };
    expect(read(texts)).toEqual({ tool: 'another tool', ...found });
    expect(read({ Software: 'x', Description: prompt })).toEqual({ tool: 'the description', prompt });
  });

  const node = (class_type: string, inputs: object) => ({ class_type, inputs });
  const encoder = (text: unknown) => node('CLIPTextEncode', { text, clip: ['model', 1] });
  const graph = {
    // Before the sampler, and not wired to it.
    note: encoder('something else'),
    control: node('ControlNetApply', { positive: ['note', 0], negative: ['note', 0], strength: 1 }),
    words: node('PrimitiveString', { value: prompt }),
    encode: encoder(['words', 0]),
    combine: node('ConditioningCombine', { conditioning_1: ['encode', 0], conditioning_2: ['note', 0] }),
    no: encoder(avoid),
    sampler: node('KSampler', {
      seed,
      steps,
      cfg: guidance,
      model: ['model', 0],
      positive: ['combine', 0],
      negative: ['no', 0],
      latent_image: ['latent', 0],
    }),
    model: node('CheckpointLoaderSimple', { ckpt_name: 'x.safetensors' }),
    latent: node('EmptyLatentImage', { width: 64 }),
  };

  it("are found along ComfyUI's wires", () => {
    expect(read({ prompt: graph, workflow: '{' })).toEqual({ tool: 'ComfyUI', ...found });
    const flux = {
      sampler: node('SamplerCustomAdvanced', {
        noise: ['noise', 0],
        guider: ['guider', 0],
        sigmas: ['scheduler', 0],
        latent_image: ['latent', 0],
      }),
      noise: node('RandomNoise', { noise_seed: 2 ** 32 + 7 }),
      guider: node('BasicGuider', { conditioning: ['flux', 0] }),
      flux: node('FluxGuidance', { guidance: 3.5, conditioning: ['encode', 0] }),
      encode: encoder(prompt),
      scheduler: node('BasicScheduler', { steps: 8 }),
      latent: node('EmptyLatentImage', {}),
    };
    expect(read({ prompt: flux })).toEqual({ tool: 'ComfyUI', prompt, seed: 7, steps: 8, guidance: 3.5 });
    const zeroed = {
      ...graph,
      no: node('ConditioningZeroOut', { conditioning: ['encode', 0] }),
    };
    expect(read({ prompt: zeroed })).not.toHaveProperty('avoid');
  });

  it('are nothing where wires go round in circles or nowhere', () => {
    const circle = {
      a: node('KSampler', { positive: ['b', 0], latent_image: ['a', 0] }),
      b: node('Reroute', { conditioning: ['a', 0] }),
      __proto__x: null,
    };
    expect(read({ prompt: circle })).toBeNull();
    expect(read({ prompt: { a: node('KSampler', { positive: ['gone', 0] }) } })).toBeNull();
    expect(read({ prompt: '{"a":{"inputs":{"positive":["__proto__",0]}}}' })).toBeNull();
    for (const nothing of ['{}', '{"a":1}', '{"a":{"inputs":[]}}', '{"a":{"inputs":{"positive":["a",0]}}}']) {
      expect(read({ prompt: nothing }), nothing).toBeNull();
    }
  });

  it('are not read beyond a size, nor too deep', () => {
    expect(read({ prompt: `{"a":${'['.repeat(1_000_000)}` })?.tool).not.toBe('ComfyUI');
    expect(read({ invokeai_metadata: `{"prompt":"${'x'.repeat(1 << 22)}"}` })).toBeNull();
    expect(read({ parameters: 'x'.repeat(1 << 22) })).toBeNull();
  });
});
