// Pack files, each checked against its size and SHA-256 before anything uses it.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { UserError } from '../errors.ts';
import { MOST_MANIFEST_BYTES, type PackFile, type PackManifest, parseManifest } from '../pack/manifest.ts';
import { quoted } from '../quote.ts';

/** Gets a file of the pack by its path relative to pack.json. */
export type PackFetch = (path: string) => Promise<Response>;

/** A pack in a folder on a web server. */
export function packAt(folderUrl: string): PackFetch {
  const base = folderUrl.endsWith('/') ? folderUrl : `${folderUrl}/`;
  return async (path) => {
    const url = new URL(path, base).href;
    try {
      return await fetch(url);
    } catch (cause) {
      throw new UserError(
        'network',
        `${quoted(url, 120)} could not be reached: check the connection and try again.`,
        {
          cause,
        },
      );
    }
  };
}

/** @throws {UserError} when there is no pack.json, or none that this version reads */
export async function readManifest(fetchFile: PackFetch): Promise<PackManifest> {
  const response = await open(fetchFile, 'pack.json');
  const text = new TextDecoder().decode(await manifestBytes(response));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(
      'pack-invalid',
      `${nameOf(response, 'pack.json')} is not JSON: this is not a model pack.`,
    );
  }
  return parseManifest(value);
}

/** Stops at the limit: the file may be any file, and may have no end. */
async function manifestBytes(response: Response): Promise<Uint8Array> {
  const taken: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of pieces(response)) {
      length += piece.length;
      if (length > MOST_MANIFEST_BYTES) {
        throw new UserError(
          'pack-invalid',
          `${nameOf(response, 'pack.json')} has more than ${MOST_MANIFEST_BYTES / 1e6} MB: this is not a model pack.`,
        );
      }
      taken.push(piece);
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError('network', 'The connection broke while pack.json was read: try again.', { cause });
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of taken) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * The bytes of one file.
 * @param onBytes told of each arriving piece
 * @param signal ends the transfer between two pieces
 * @throws {UserError} `pack-missing`, `pack-corrupt`, `pack-invalid` or `network`
 */
export async function readPackFile(
  fetchFile: PackFetch,
  file: PackFile,
  onBytes: (count: number) => void,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await open(fetchFile, file.file);
  const bytes = memoryFor(file);
  const hash = sha256.create();
  let received = 0;
  try {
    for await (const piece of pieces(response)) {
      signal?.throwIfAborted();
      if (received + piece.length > file.bytes) throw wrongSize(file, `more than ${file.bytes}`);
      bytes.set(piece, received);
      received += piece.length;
      hash.update(piece);
      onBytes(piece.length);
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      'network',
      `The connection broke after ${received} of ${file.bytes} bytes of ${file.file}: try again.`,
      { cause },
    );
  }
  if (received < file.bytes) throw wrongSize(file, `${received} instead of ${file.bytes}`);
  if (bytesToHex(hash.digest()) !== file.sha256) {
    throw new UserError(
      'pack-corrupt',
      `${file.file} is damaged: its SHA-256 is not the one in pack.json. Load the pack again, or copy it anew.`,
    );
  }
  return bytes;
}

/** The size is only pack.json's word, and may be more than a browser gives. */
function memoryFor(file: PackFile): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(file.bytes);
  } catch (cause) {
    throw new UserError(
      'pack-invalid',
      `${file.file} should have ${file.bytes} bytes, which is more memory than this browser gives: use a smaller model.`,
      { cause },
    );
  }
}

function wrongSize(file: PackFile, found: string): UserError {
  return new UserError(
    'pack-corrupt',
    `${file.file} is damaged: it has ${found} bytes. Load the pack again, or copy it anew.`,
  );
}

async function open(fetchFile: PackFetch, path: string): Promise<Response> {
  const response = await fetchFile(path);
  const where = nameOf(response, path);
  if (!response.ok) {
    throw new UserError('pack-missing', `${where} is not there: the server answers ${response.status}.`);
  }
  // Servers of single-page sites answer every unknown path with their page.
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    throw new UserError(
      'pack-missing',
      `${where} is a web page and not a file of a model pack: check the address.`,
    );
  }
  return response;
}

/** The address where there is one: quoted, as a link may have brought it. */
function nameOf({ url }: Response, path: string): string {
  return url ? quoted(url, 120) : path;
}

async function* pieces(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
