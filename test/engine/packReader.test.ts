import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packAt, readManifest, readPackFile } from '../../src/engine/packReader.ts';
import { UserError } from '../../src/errors.ts';

const content = new Uint8Array(100_000).map((_, i) => i * 7);
const file = {
  file: 'denoiser.onnx',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
};

/** A server with one answer. */
function answers(body: BodyInit | null, init?: ResponseInit) {
  return async () => new Response(body, init);
}

async function failure(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('a pack file', () => {
  it('arrives whole, counted by bytes', async () => {
    let counted = 0;
    const bytes = await readPackFile(answers(content), file, (count) => {
      counted += count;
    });
    expect(bytes).toEqual(content);
    expect(counted).toBe(content.length);
  });

  it('with one flipped bit is refused', async () => {
    const flipped = content.slice();
    flipped[77_777] ^= 1;
    const error = await failure(readPackFile(answers(flipped), file, () => {}));
    expect(error.code).toBe('pack-corrupt');
    expect(error.message).toMatch(/^denoiser\.onnx is damaged: its SHA-256/);
  });

  it.each([
    [content.subarray(0, 99_999), '99999 instead of 100000'],
    [new Uint8Array(100_001), 'more than 100000'],
    [new Uint8Array(0), '0 instead of 100000'],
  ])('of the wrong size is refused', async (body, found) => {
    const error = await failure(readPackFile(answers(body as BodyInit), file, () => {}));
    expect(error.code).toBe('pack-corrupt');
    expect(error.message).toContain(found);
  });

  it('larger than any memory says so', async () => {
    const error = await failure(readPackFile(answers(content), { ...file, bytes: 2 ** 40 }, () => {}));
    expect(error).toMatchObject({ code: 'pack-invalid' });
    expect(error.message).toContain(`${2 ** 40} bytes, which is more memory`);
  });

  it('that is not there names the answer', async () => {
    const error = await failure(readPackFile(answers('no', { status: 404 }), file, () => {}));
    expect(error).toMatchObject({
      code: 'pack-missing',
      message: 'denoiser.onnx is not there: the server answers 404.',
    });
  });

  it('that is a web page says so', async () => {
    const page = answers('<!doctype html>', { headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(await failure(readPackFile(page, file, () => {}))).toMatchObject({ code: 'pack-missing' });
  });

  it('whose connection breaks says how far it came', async () => {
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(content.subarray(0, 1000));
      },
      pull(controller) {
        controller.error(new TypeError('terminated'));
      },
    });
    const error = await failure(readPackFile(answers(broken), file, () => {}));
    expect(error.code).toBe('network');
    expect(error.message).toContain('after 1000 of 100000 bytes');
  });
});

describe('pack.json', () => {
  it('that is a web page, missing, or not JSON is refused in one sentence', async () => {
    const page = answers('<!doctype html>', { headers: { 'content-type': 'text/html' } });
    expect((await failure(readManifest(page))).message).toContain('is a web page');
    expect((await failure(readManifest(answers('', { status: 404 })))).message).toContain('answers 404');
    expect((await failure(readManifest(answers('{"format":')))).message).toContain('not JSON');
  });

  it('without an end is left as soon as it is too long', async () => {
    let sent = 0;
    let left = false;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
      cancel() {
        left = true;
      },
    });
    const error = await failure(readManifest(answers(endless)));
    expect(error).toMatchObject({
      code: 'pack-invalid',
      message: 'pack.json has more than 4 MB: this is not a model pack.',
    });
    expect(left).toBe(true);
    expect(sent).toBeLessThan(4.2e6);
  });

  it('nested without end is no model pack, and says so', async () => {
    const error = await failure(readManifest(answers('['.repeat(2e6) + ']'.repeat(2e6))));
    expect(error.message).toContain('not a model pack');
  });

  it('at an address of any length is named by its beginning', async () => {
    const error = await failure(readManifest(packAt(`http://127.0.0.1:1/\u202e${'a'.repeat(100_000)}`)));
    expect(error.message.length).toBeLessThanOrEqual(300);
    expect(error.message).toMatch(/^“http:\/\/127\.0\.0\.1:1\/%E2%80%AEaaa/);
  });

  it('whose connection breaks says so', async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new TypeError('terminated'));
      },
    });
    expect(await failure(readManifest(answers(broken)))).toMatchObject({ code: 'network' });
  });

  it('on a server that cannot be reached says so', async () => {
    // Port 1 of this machine: nothing listens there.
    const error = await failure(readManifest(packAt('http://127.0.0.1:1/pack')));
    expect(error.code).toBe('network');
    expect(error.message).toContain('http://127.0.0.1:1/pack/pack.json');
  });
});
