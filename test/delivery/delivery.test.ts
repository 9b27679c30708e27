// Packs fetched from a server that misbehaves on purpose: what comes is right, or is told in one sentence, and nothing wrong is kept.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BlobStore } from '../../src/delivery/blobStore.ts';
import { deliveredPack } from '../../src/delivery/deliveredPack.ts';
import { memoryStore } from '../../src/delivery/memoryStore.ts';
import { type Limits, usualLimits } from '../../src/delivery/patience.ts';
import type { PackBytes } from '../../src/engine/packReader.ts';
import { UserError } from '../../src/errors.ts';
import { packFiles } from '../../src/pack/packFiles.ts';
import { deliveryPack, randomBytes } from '../support/deliveryPack.ts';
import { type Asked, type TroubledServer, troubledServer } from '../support/troubledServer.ts';

const limits: Limits = { ...usualLimits, segment: 100_000, tries: 3, pause: 5 };
/** Of somebody who waits for nothing. */
const hasty: Limits = { ...limits, stall: 100, leastBytes: 100, manifest: 100 };
const large = 'denoiser.onnx';
const sizes = { denoiser: 950_000, decoder: 90_000 };

let server: TroubledServer;
const files = new Map<string, Uint8Array>();
let store: BlobStore;

beforeAll(async () => {
  server = await troubledServer(files);
});
afterAll(() => server.close());
beforeEach(async () => {
  files.clear();
  for (const [path, bytes] of deliveryPack('One', sizes)) files.set(path, bytes);
  store = asDisk(memoryStore());
  await server.begin();
});
afterEach(() => vi.unstubAllGlobals());

/** A disk as far as anybody can tell. */
const asDisk = (memory: BlobStore): BlobStore => ({ ...memory, lasts: 'disk' });

interface Opening {
  readonly folder?: string;
  readonly origin?: string | undefined;
  readonly space?: number;
  readonly limits?: Limits;
}

/** Opens the pack as a page does; what came is held against what the server has. */
async function open({ folder = '', space = Number.POSITIVE_INFINITY, ...options }: Opening = {}) {
  const seen: PackBytes[] = [];
  const pack = deliveredPack(server.url + folder, {
    store,
    origin: 'origin' in options ? options.origin : new URL(server.url).origin,
    limits: options.limits ?? limits,
    space: async () => space,
    now: () => 1_700_000_000_000,
  });
  const manifest = await pack.manifest();
  const wanted = packFiles(manifest);
  const bytes = await pack.files(wanted, (progress) => seen.push(progress));
  for (const file of wanted) {
    const hash = createHash('sha256').update(bytes.get(file.file)!).digest('hex');
    if (hash !== file.sha256) throw new Error(`${file.file} is not what it should be`);
  }
  return { notKept: pack.notKept(), seen, stages: new Set(seen.map(({ stage }) => stage ?? 'download')) };
}

async function refusal(options?: Opening): Promise<UserError> {
  const error = await open(options).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message.length).toBeLessThanOrEqual(300);
  return error as UserError;
}

/** Requests for anything but pack.json. */
const asked = (path?: string) =>
  server.requests.filter((each) => each.path !== 'pack.json' && (path === undefined || each.path === path));
const askedBytes = () => asked().reduce((sum, { from, to }) => sum + to - from, 0);
const bytesOf = (path: string) => files.get(path)!.length;
const allBytes = () =>
  [...files].reduce((sum, [path, { length }]) => sum + (path === 'pack.json' ? 0 : length), 0);
const keptBytes = async (path: string) => {
  const sizes = await store.sizes(createHash('sha256').update(files.get(path)!).digest('hex'));
  return [...sizes].reduce((sum, [name, size]) => sum + (/^\d+$/.test(name) ? size : 0), 0);
};

describe('a first visit', () => {
  it('fetches a large file by parts, several at once, a small one whole, and no byte twice', async () => {
    let most = 0;
    const held: (() => void)[] = [];
    server.state.trouble = ({ path, from, to }, response, body) => {
      if (path !== large) return false;
      response.setHeader('content-range', `bytes ${from}-${to - 1}/${body.length}`);
      held.push(() => response.writeHead(206).end(body.subarray(from, to)));
      most = Math.max(most, held.length);
      // None has an answer before four are asked for, but for the last ones.
      if (held.length === 4 || asked(large).length > 8) for (const answer of held.splice(0)) answer();
      return true;
    };
    const { stages, seen, notKept } = await open();
    expect(most).toBe(4);
    expect(asked(large)).toHaveLength(10);
    expect(asked(large).every(({ isPart }) => isPart)).toBe(true);
    expect(asked('decoder.onnx')).toMatchObject([{ isPart: false }]);
    expect(askedBytes()).toBe(allBytes());
    expect([...stages]).toEqual(['download']);
    expect(seen.at(-1)).toEqual({ loadedBytes: allBytes(), totalBytes: allBytes() });
    expect(notKept).toBeNull();
  });

  it('asks other origins for nothing that they would have to allow', async () => {
    await interruptedAt(0.5);
    await server.begin();
    await open({ origin: 'https://elsewhere.example' });
    expect(asked().some(({ isPart }) => isPart)).toBe(true);
    for (const { headers } of asked()) expect(headers).not.toHaveProperty('if-range');
    await server.begin();
    store = asDisk(memoryStore());
    await interruptedAt(0.5);
    await server.begin();
    await open();
    expect(asked(large).some(({ headers }) => headers['if-range'])).toBe(true);
  });
});

describe('a second visit', () => {
  it('asks for pack.json alone, and opens', async () => {
    await open();
    await server.begin();
    const { stages, seen } = await open();
    expect(server.requests.map(({ path }) => path)).toEqual(['pack.json']);
    expect([...stages]).toEqual(['open']);
    expect(seen[0].loadedBytes).toBe(0);
    expect(seen.at(-1)!.loadedBytes).toBe(allBytes());
  });

  it.each<[string, (asked: Asked, response: ServerResponse) => boolean]>([
    ['offline', (_, response) => response.destroy() !== undefined],
    ['with a server that never answers', () => true],
    ['with a server that is busy', (_, response) => response.writeHead(503).end() !== undefined],
    [
      'in a network that shows its own page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Hi') !== undefined,
    ],
  ])('%s opens from what is kept', async (_, trouble) => {
    await open();
    server.state.trouble = trouble;
    const { stages } = await open({ limits: hasty });
    expect([...stages]).toEqual(['open']);
  });

  it('to a pack that changed fetches what changed, and lets go of what was there', async () => {
    await open();
    const before = await store.folders();
    for (const [path, bytes] of deliveryPack('One', { ...sizes, decoder: 90_001 })) files.set(path, bytes);
    await server.begin();
    await open();
    expect(asked().map(({ path }) => path)).toEqual(['decoder.onnx']);
    expect(await store.folders()).toHaveLength(before.length);
  });

  it('finds what the disk has spoiled, and fetches that file again', async () => {
    await open();
    const name = createHash('sha256').update(files.get(large)!).digest('hex');
    const part = (await store.read(name, '300000'))!;
    part[5] ^= 1;
    await store.write(name, '300000', part);
    await server.begin();
    await open();
    expect(new Set(asked().map(({ path }) => path))).toEqual(new Set([large]));
    await server.begin();
    await open();
    expect(asked()).toEqual([]);
  });
});

/** A visit whose server falls silent for good once it has sent that share; the tab is then closed. */
async function interruptedAt(share: number): Promise<UserError> {
  let left = Math.round(share * allBytes());
  server.state.trouble = ({ path, from, to, isPart }, response, body) => {
    if (path === 'pack.json') return false;
    const some = Math.min(left, to - from);
    left -= some;
    if (isPart) response.setHeader('content-range', `bytes ${from}-${to - 1}/${body.length}`);
    response.writeHead(isPart ? 206 : 200, { 'content-length': to - from });
    if (some > 0) response.write(body.subarray(from, from + some));
    if (some === to - from) response.end();
    return true;
  };
  return refusal({ limits: hasty });
}

describe('a download that is broken off', () => {
  it('goes on from what is there: cut at 60 %, at most 41 % comes again', async () => {
    const { code, message } = await interruptedAt(0.6);
    expect(code).toBe('network');
    expect(message).toMatch(/^The server stopped sending, 3 times in a row\. 0\.7 of 1\.1 MB are kept/);
    await server.begin();
    await open();
    expect(askedBytes()).toBeLessThanOrEqual(0.41 * allBytes());
    expect(askedBytes()).toBeGreaterThanOrEqual(0.39 * allBytes());
  });

  it('mends itself where connections break now and then, without a byte coming twice', async () => {
    const broken = new Set<number>();
    server.state.trouble = ({ path, from, to, isPart }, response, body) => {
      if (path !== large || broken.has(Math.floor(from / 100_000))) return false;
      broken.add(Math.floor(from / 100_000));
      if (isPart) response.setHeader('content-range', `bytes ${from}-${to - 1}/${body.length}`);
      response.writeHead(206, { 'content-length': to - from });
      response.write(body.subarray(from, from + 30_000), () => response.socket!.end());
      return true;
    };
    await open();
    expect(broken.size).toBe(10);
    // What was asked for again is what had not come.
    expect(asked(large).filter(({ from }) => from % 100_000 === 0)).toHaveLength(10);
    expect(asked(large).filter(({ from }) => from % 100_000 === 30_000)).toHaveLength(10);
  });

  it('without storage says that nothing is kept', async () => {
    store = memoryStore();
    const { message } = await interruptedAt(0.6);
    expect(message).toContain('keeps none of the 0.7 of 1.1 MB');
    await server.begin();
    expect((await open()).notKept).toMatch(/^This browser keeps no files/);
  });
});

type Answer = NonNullable<TroubledServer['state']['trouble']>;
const onLarge =
  (answer: Answer): Answer =>
  (request, ...rest) =>
    request.path === large && answer(request, ...rest);

describe('a server', () => {
  it('that knows no ranges: the body is taken from its start, by one request', async () => {
    await interruptedAt(0.6);
    await server.begin();
    server.state.trouble = onLarge((_, response, body) => {
      response.writeHead(200, { 'content-length': body.length });
      response.end(body);
      return true;
    });
    await open({ limits: { ...limits, atOnce: 1 } });
    expect(asked(large)).toHaveLength(1);
  });

  it.each<[string, number, Answer]>([
    [
      'says 206 without saying which part',
      4,
      ({ from, to, isPart }, response, body) => {
        if (!isPart) return false;
        response.writeHead(206, { 'content-length': to - from });
        response.end(body.subarray(from, to));
        return true;
      },
    ],
    [
      'sends another part than was asked for',
      4,
      ({ to, from, isPart }, response, body) => {
        if (!isPart) return false;
        response.setHeader('content-range', `bytes 0-${to - from - 1}/${body.length}`);
        response.writeHead(206).end(body.subarray(0, to - from));
        return true;
      },
    ],
    [
      'sends more than was asked for',
      4,
      ({ from, to, isPart }, response, body) => {
        if (!isPart) return false;
        response.setHeader('content-range', `bytes ${from}-${to - 1}/${body.length}`);
        response.writeHead(206).end(body.subarray(from));
        return true;
      },
    ],
    [
      'spoils parts on the way',
      10,
      ({ from, to, isPart }, response, body) => {
        if (!isPart) return false;
        const part = body.slice(from, to);
        part[0] ^= 1;
        response.setHeader('content-range', `bytes ${from}-${to - 1}/${body.length}`);
        response.writeHead(206).end(part);
        return true;
      },
    ],
    [
      'answers every range with 416',
      4,
      ({ isPart }, response) => isPart && response.writeHead(416).end() !== undefined,
    ],
  ])('that %s is asked for the whole in one piece', async (_, most, answer) => {
    server.state.trouble = onLarge(answer);
    await open();
    // As soon as it is seen: what is asked for by then are those at once.
    expect(asked(large).filter(({ isPart }) => isPart).length).toBeLessThanOrEqual(most);
    expect(asked(large).filter(({ isPart }) => !isPart)).toHaveLength(1);
  });

  it('with other bytes is refused, and none of them stay', async () => {
    files.set(large, randomBytes(bytesOf(large), 'other'));
    const { code, message } = await refusal();
    expect(code).toBe('pack-corrupt');
    expect(message).toMatch(/^denoiser\.onnx is damaged: its SHA-256/);
    expect(await keptBytes(large)).toBe(0);
  });

  it.each([
    ['shorter', 949_999, '949999 instead of 950000'],
    ['longer', 950_001, 'more than 950000'],
    ['empty', 0, '0 instead of 950000'],
  ])('with a %s file is refused by its size', async (_, length, found) => {
    files.set(large, randomBytes(length, 'other'));
    const { code, message } = await refusal();
    expect(code).toBe('pack-corrupt');
    expect(message).toContain(found);
    // Once, as it is by the server's own word.
    expect(asked(large).filter(({ headers }) => !headers.range)).toHaveLength(1);
  });

  it.each([
    ['by its type', 'text/html', 'Sorry'],
    ['by its look', 'application/octet-stream', '\n<!DOCTYPE html><title>Sorry'],
  ])('that sends a page in place of a file is told, %s', async (_, type, page) => {
    server.state.trouble = ({ path }, response) => {
      if (path !== 'decoder.onnx') return false;
      response.writeHead(200, { 'content-type': type }).end(page);
      return true;
    };
    const { code, message } = await refusal();
    expect(code).toBe('pack-missing');
    expect(message).toContain('decoder.onnx” is a web page');
    expect(await keptBytes('decoder.onnx')).toBe(0);
  });

  it('without a file says so at once', async () => {
    files.delete('decoder.onnx');
    expect(await refusal()).toMatchObject({ code: 'pack-missing', message: expect.stringContaining('404') });
  });

  it('that is busy is asked again, and told of when it stays so', async () => {
    let times = 0;
    const busy: Answer = ({ path }, response) =>
      path === 'decoder.onnx' && times-- > 0 && response.writeHead(503).end() !== undefined;
    server.state.trouble = busy;
    times = 2;
    await open();
    expect(asked('decoder.onnx')).toHaveLength(3);
    await server.begin();
    store = asDisk(memoryStore());
    server.state.trouble = busy;
    times = Number.POSITIVE_INFINITY;
    expect((await refusal()).message).toMatch(/^The server answers 503, 3 times in a row\. .* are kept/);
    expect(asked('decoder.onnx')).toHaveLength(3);
  });

  it.each<[string, Answer]>([
    ['never answers', () => true],
    [
      'drips a byte at a time',
      (_, response, body) => {
        response.writeHead(200, { 'content-length': body.length });
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(timer));
        return true;
      },
    ],
  ])('that %s is not waited for', async (_, answer) => {
    server.state.trouble = ({ path }, ...rest) =>
      path === 'decoder.onnx' && answer({ path } as Asked, ...rest);
    expect((await refusal({ limits: hasty })).message).toMatch(/^The server stopped sending/);
    expect(asked('decoder.onnx')).toHaveLength(3);
  });

  it('whose file changed meanwhile, by its ETag, is asked for it from the start', async () => {
    const content = files.get(large)!;
    await interruptedAt(0.6);
    await server.begin();
    server.state.etag = () => '"another"';
    await open();
    expect(asked(large).some(({ headers }) => headers['if-range'])).toBe(true);
    expect(askedBytes()).toBeGreaterThan(content.length);
  });

  it('that sends to another one is gone on with, without a header that the other would have to allow', async () => {
    const other = await troubledServer(files);
    try {
      const sendOn: Answer = ({ path }, response) =>
        path !== 'pack.json' && response.writeHead(302, { location: other.url + path }).end() !== undefined;
      let isSilent = true;
      other.state.trouble = ({ path, from, to, isPart }, response, body) => {
        if (path !== large || !isSilent) return false;
        if (isPart) response.setHeader('content-range', `bytes ${from}-${to - 1}/${body.length}`);
        response.writeHead(206).write(body.subarray(from, from + 50));
        return true;
      };
      server.state.trouble = sendOn;
      await refusal({ limits: hasty });
      isSilent = false;
      await other.begin();
      await open();
      const resumed = other.requests.filter(({ path, from }) => path === large && from % 100_000 > 0);
      expect(resumed.length).toBeGreaterThan(0);
      for (const { headers } of server.requests) expect(headers).not.toHaveProperty('if-range');
    } finally {
      await other.close();
    }
  });

  it('that heeds no If-Range is seen through all the same', async () => {
    await interruptedAt(0.6);
    await server.begin();
    // The content is another one, and pack.json is the old.
    const other = randomBytes(bytesOf(large), 'other');
    server.state.trouble = onLarge(({ headers }, response) => {
      const [, first, last] = /(\d+)-(\d+)/.exec(headers.range ?? '') ?? [];
      response.setHeader('etag', '"another"');
      if (!first) return void response.writeHead(200).end(other) === undefined;
      response.setHeader('content-range', `bytes ${first}-${last}/${other.length}`);
      response.writeHead(206).end(other.subarray(Number(first), Number(last) + 1));
      return true;
    });
    expect((await refusal({ limits: { ...limits, atOnce: 1 } })).code).toBe('pack-corrupt');
    expect(await keptBytes(large)).toBe(0);
    // By the first answer: the rest of the parts is not asked for.
    expect(asked(large).filter(({ headers }) => headers.range)).toHaveLength(1);
  });
});

describe('a store', () => {
  it('with too little room: the model opens, and how much is missing is said', async () => {
    const { notKept } = await open({ space: 500_000 });
    expect(notKept).toMatch(/^The browser’s storage lacks 0\.6 MB for this model/);
    expect(await keptBytes(large)).toBe(0);
  });

  it('that fills up on the way: the model opens, and that is said', async () => {
    let room = 400_000;
    const memory = memoryStore();
    store = {
      ...asDisk(memory),
      async append(...place) {
        const appender = await memory.append(...place);
        return {
          ...appender,
          append(bytes) {
            room -= bytes.length;
            if (room < 0) throw new DOMException('Quota exceeded.', 'QuotaExceededError');
            appender.append(bytes);
          },
        };
      },
    };
    const { notKept } = await open();
    expect(notKept).toMatch(/^The browser’s storage is full, so it is fetched again/);
  });

  it('that refuses to write: the model opens, and that is said', async () => {
    const refuse = () => Promise.reject(new DOMException('no', 'InvalidStateError'));
    store = { ...asDisk(memoryStore()), write: refuse, append: refuse };
    expect((await open()).notKept).toMatch(/^The browser refused to keep/);
  });

  it('is shared by two tabs: what one fetches the other waits for', async () => {
    vi.stubGlobal('navigator', { locks: locksOfTabs(), onLine: true });
    await Promise.all([open(), open()]);
    expect(askedBytes()).toBe(allBytes());
  });
});

/** Web Locks, as far as they are used. */
function locksOfTabs() {
  const held = new Map<string, Promise<unknown>>();
  return {
    async request(
      name: string,
      { ifAvailable = false }: { ifAvailable?: boolean },
      act: (lock: object | null) => Promise<unknown>,
    ) {
      if (ifAvailable && held.has(name)) return act(null);
      const before = held.get(name) ?? Promise.resolve();
      const mine = before.catch(() => {}).then(() => act({}));
      held.set(name, mine);
      try {
        return await mine;
      } finally {
        if (held.get(name) === mine) held.delete(name);
      }
    },
  };
}
