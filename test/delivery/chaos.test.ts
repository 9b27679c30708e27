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
import { type Asked, type TroubledServer, troubledServer } from '../support/troubledServer.ts';

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

type Answer = NonNullable<TroubledServer['state']['trouble']>;
const part = ({ from, to, isPart }: Asked, body: Uint8Array) =>
  isPart ? { 'content-range': `bytes ${from}-${to - 1}/${body.length}` } : undefined;

/** What can go wrong with one answer. */
const faults: Readonly<Record<string, Answer>> = {
  'a cut': (asked, response, body) => {
    response.writeHead(asked.isPart ? 206 : 200, {
      ...part(asked, body),
      'content-length': asked.to - asked.from,
    });
    response.write(body.subarray(asked.from, (asked.from + asked.to) >> 1), () => response.destroy());
    return true;
  },
  'a refused connection': (_, response) => response.destroy() !== undefined,
  'a stall': (asked, response, body) => {
    response.writeHead(asked.isPart ? 206 : 200, part(asked, body));
    response.write(body.subarray(asked.from, asked.from + 100));
    return true;
  },
  'a drip': (asked, response, body) => {
    response.writeHead(asked.isPart ? 206 : 200, part(asked, body));
    const timer = setInterval(() => response.write(body.subarray(asked.from, asked.from + 1)), 20);
    response.on('close', () => clearInterval(timer));
    return true;
  },
  'wrong bytes': (asked, response, body) => {
    const wrong = body.slice(asked.from, asked.to);
    wrong[wrong.length >> 1] ^= 64;
    return response.writeHead(asked.isPart ? 206 : 200, part(asked, body)).end(wrong) !== undefined;
  },
  'an early end': (asked, response, body) =>
    response
      .writeHead(asked.isPart ? 206 : 200, part(asked, body))
      .end(body.subarray(asked.from, (asked.from + asked.to) >> 1)) !== undefined,
  'too much': (asked, response, body) =>
    response.writeHead(asked.isPart ? 206 : 200, part(asked, body)).end(new Uint8Array(2 * body.length)) !==
    undefined,
  '206 that says no range': ({ from, to }, response, body) =>
    response.writeHead(206).end(body.subarray(from, to)) !== undefined,
  '206 of another range': (_, response, body) =>
    response
      .writeHead(206, { 'content-range': `bytes 7-${body.length - 1}/${body.length}` })
      .end(body.subarray(7)) !== undefined,
  'a 200 to a range': (_, response, body) => response.writeHead(200).end(body) !== undefined,
  'another ETag': (asked, response, body) =>
    response
      .writeHead(asked.isPart ? 206 : 200, { ...part(asked, body), etag: '"another"' })
      .end(body.subarray(asked.from, asked.to)) !== undefined,
  'a 503': (_, response) => response.writeHead(503).end('busy') !== undefined,
  'a 304': (_, response) => response.writeHead(304).end() !== undefined,
  'a 416': (_, response) => response.writeHead(416).end() !== undefined,
  'a 204': (_, response) => response.writeHead(204).end() !== undefined,
  'a page': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hi') !== undefined,
  'a page of no type': (_, response) => response.writeHead(200).end('<!doctype html><p>Hi') !== undefined,
};
const names = Object.keys(faults);

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
      return faults[kinds[Math.floor(random() * kinds.length)]](asked, ...rest);
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
