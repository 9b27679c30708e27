// Packs whose files are whole but do not fit together: said in one sentence, and never drawn as noise.
import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { openNodeRuntime } from '../../src/cli/nodeRuntime.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/generate.ts';
import type { PackManifest } from '../../src/pack/manifest.ts';
import { convertMicroPack, type PackInMemory, packInMemory } from '../support/microPack.ts';
import { microSettings } from '../support/page.ts';

let pack: PackInMemory;
beforeAll(async () => {
  pack = await convertMicroPack();
});

/** The pack with another pack.json, and with files in place of its own. */
function withManifest(
  change: (manifest: PackManifest) => Partial<PackManifest>,
  files: Readonly<Record<string, Uint8Array>> = {},
): PackInMemory {
  const manifest: PackManifest = JSON.parse(new TextDecoder().decode(pack.get('pack.json')));
  const text = JSON.stringify({ ...manifest, ...change(manifest) });
  return new Map([...pack, ...Object.entries(files), ['pack.json', new TextEncoder().encode(text)]]);
}

/** Opens a pack and draws one picture in one step. */
async function draw(files: PackInMemory): Promise<void> {
  const engine = await openEngine({
    fetchFile: packInMemory(files),
    provider: 'wasm',
    openRuntime: () => openNodeRuntime(1),
    onProgress: () => {},
  });
  try {
    const settings = { ...microSettings, steps: 1, candidates: 1 };
    for await (const _ of generate(engine, settings, new AbortController().signal));
  } finally {
    await engine.dispose();
  }
}

it('with a tokenizer that is not JSON', async () => {
  const bytes = new TextEncoder().encode('{"model":');
  const model = {
    file: 'tokenizer.json',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  const files = withManifest(({ tokenizer }) => ({ tokenizer: { ...tokenizer, model } }), {
    'tokenizer.json': bytes,
  });
  await expect(draw(files)).rejects.toMatchObject({
    code: 'pack-invalid',
    message: 'tokenizer.json is not JSON: convert the pack again.',
  });
});

it.each([
  ['denoiser', 'fewer codes', () => ({ codebookSize: 39 })],
  ['decoder', 'larger pictures', () => ({ image: { width: 24, height: 24 } })],
] as const)('whose %s was made for another pack.json, one of %s', async (name, _, change) => {
  await expect(draw(withManifest(change))).rejects.toMatchObject({
    code: 'pack-corrupt',
    message: expect.stringMatching(new RegExp(`^The graph ${name} gives \\d+ numbers where pack.json`)),
  });
});
