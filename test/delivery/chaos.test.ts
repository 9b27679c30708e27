// Faults by seed: whatever a server does, the model opens as it should be or is refused in a sentence, and no wrong byte stays.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BlobStore } from '../../src/delivery/blobStore.ts';
import { deliveredPack } from '../../src/delivery/deliveredPack.ts';
import { openKeptFile } from '../../src/delivery/keptFile.ts';
import { memoryStore } from '../../src/delivery/memoryStore.ts';
import { usualLimits } from '../../src/delivery/patience.ts';
import { UserError } from '../../src/errors.ts';
import { type PackFile, parseManifest } from '../../src/pack/manifest.ts';
import { packFiles } from '../../src/pack/packFiles.ts';
import { deliveryPack } from '../support/deliveryPack.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import { serverFaults } from '../support/serverFaults.ts';
import { type TroubledServer, troubledServer } from '../support/troubledServer.ts';

const seeds = Number(process.env.VITE_CHAOS ?? 40);
const limits = {
  ...usualLimits,
  segment: 8192,
  stall: 120,
  leastBytes: 64,
  tries: 3,
  pause: 1,
  manifest: 200,
};

const names = Object.keys(serverFaults);

let server: TroubledServer;
const files = new Map<string, Uint8Array>();
let wanted: PackFile[];
beforeAll(async () => {
  for (const [path, bytes] of deliveryPack('One', { denoiser: 60_000, decoder: 20_000 }))
    files.set(path, bytes);
  wanted = packFiles(parseManifest(JSON.parse(new TextDecoder().decode(files.get('pack.json')))));
  server = await troubledServer(files);
});
afterAll(() => server.close());

async function open(store: BlobStore): Promise<UserError | null> {
  const pack = deliveredPack(server.url, { store, origin: new URL(server.url).origin, limits });
  try {
    const found = await pack.files(packFiles(await pack.manifest()), () => {});
    for (const { file, sha256 } of wanted) {
      expect(createHash('sha256').update(found.get(file)!).digest('hex'), file).toBe(sha256);
    }
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message.length).toBeLessThanOrEqual(300);
    return error as UserError;
  }
}

/** Of what is marked as whole every byte is right. */
async function expectNothingWrong(store: BlobStore): Promise<void> {
  for (const file of wanted) {
    const kept = await openKeptFile(store, file, limits.segment);
    if (!kept.isWhole) continue;
    const hash = createHash('sha256');
    for (const segment of kept.segments) hash.update(await kept.read(segment));
    expect(hash.digest('hex'), file.file).toBe(file.sha256);
  }
}

it(`${seeds} servers, each with some faults, one visit after the other until the model is open`, async () => {
  const told = new Map<string, number>();
  for (let seed = 0; seed < seeds; seed++) {
    const random = mulberry32(seed);
    const store: BlobStore = { ...memoryStore(), lasts: 'disk' };
    const kinds = [0, 1].map(() => names[Math.floor(random() * names.length)]);
    let left = 1 + Math.floor(random() * 12);
    server.state.trouble = (asked, ...rest) => {
      if (asked.path === 'pack.json' || left === 0 || random() < 0.5) return false;
      left--;
      return serverFaults[kinds[Math.floor(random() * kinds.length)]](asked, ...rest);
    };
    let error: UserError | null = null;
    for (let visit = 0; visit < 14; visit++) {
      error = await open(store);
      await expectNothingWrong(store).catch((wrong) => {
        throw new Error(`seed ${seed} (${kinds.join(', ')})`, { cause: wrong });
      });
      if (!error) break;
      told.set(error.code, (told.get(error.code) ?? 0) + 1);
    }
    // The faults come to an end, and so does what comes of them.
    expect(error?.message, `seed ${seed} (${kinds.join(', ')})`).toBeUndefined();
  }
  expect([...told.keys()].every((code) => ['network', 'pack-corrupt', 'pack-missing'].includes(code))).toBe(
    true,
  );
});
