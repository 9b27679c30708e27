// Pack files, each checked against its size and SHA-256 before anything uses it.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { UserError } from '../errors.ts';
import { MOST_MANIFEST_BYTES, type PackFile, type PackManifest, parseManifest } from '../pack/manifest.ts';
import { quoted } from '../quote.ts';
import type { LoadProgress } from '../types.ts';

/** Gets a file of the pack by its path relative to pack.json. */
export type PackFetch = (path: string) => Promise<Response>;

/** What is told of a transfer; `stage` where its bytes do not come over the network. */
export type PackBytes = Pick<LoadProgress, 'loadedBytes' | 'totalBytes'> & { readonly stage?: 'open' };

/** A pack whose files come in a way of their own, several at once. */
export interface PackSource {
  /** @throws {UserError} as of readManifest() */
  manifest(): Promise<PackManifest>;
  /**
   * The bytes of these files, by their paths, each of the size and SHA-256 that the manifest says.
   * @throws {UserError}
   */
  files(
    files: readonly PackFile[],
    onBytes: (bytes: PackBytes) => void,
  ): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>>;
}

/** A pack in a folder on a web server. */
export function packAt(folderUrl: string, options?: RequestInit): PackFetch {
  const base = folderUrl.endsWith('/') ? folderUrl : `${folderUrl}/`;
  return async (path) => {
    const url = new URL(path, base).href;
    try {
      return await fetch(url, options);
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

/** A pack whose files simply come, all at once. @param stage where they do not come over the network */
export function packFrom(fetchFile: PackFetch, stage: Pick<PackBytes, 'stage'> = {}): PackSource {
  return {
    manifest: () => readManifest(fetchFile),
    async files(files, onBytes) {
      const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
      let loadedBytes = 0;
      onBytes({ loadedBytes, totalBytes, ...stage });
      // Without one of the files the others are of no use.
      const failed = new AbortController();
      const counted = (count: number) => {
        loadedBytes += count;
        onBytes({ loadedBytes, totalBytes, ...stage });
      };
      const read = async (file: PackFile) => {
        try {
          return [file.file, await readPackFile(fetchFile, file, counted, failed.signal)] as const;
        } catch (error) {
          failed.abort();
          throw error;
        }
      };
      return new Map(await Promise.all(files.map(read)));
    },
  };
}

/** @throws {UserError} when there is no pack.json, or none that this version reads */
export async function readManifest(fetchFile: PackFetch): Promise<PackManifest> {
  return parseManifest(await readPackJson(fetchFile));
}

/** What pack.json holds, before anything of it is believed. @throws {UserError} when there is none, or no JSON */
export async function readPackJson(fetchFile: PackFetch): Promise<unknown> {
  const response = await open(fetchFile, 'pack.json');
  const text = new TextDecoder().decode(await manifestBytes(response));
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(
      'pack-invalid',
      `${nameOf(response, 'pack.json')} is not JSON: this is not a model pack.`,
    );
  }
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
  if (bytesToHex(hash.digest()) !== file.sha256) throw wrongHash(file);
  return bytes;
}

/** Memory of a file's size, which is only pack.json's word. @throws {UserError} when it is more than a browser gives */
export function memoryFor(file: PackFile): Uint8Array<ArrayBuffer> {
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

export function wrongHash({ file }: PackFile): UserError {
  return new UserError(
    'pack-corrupt',
    `${file} is damaged: its SHA-256 is not the one in pack.json. Load the pack again, or copy it anew.`,
  );
}

/** @param found for instance "5 instead of 7" */
export function wrongSize(file: PackFile, found: string): UserError {
  return new UserError(
    'pack-corrupt',
    `${file.file} is damaged: it has ${found} bytes. Load the pack again, or copy it anew.`,
  );
}

async function open(fetchFile: PackFetch, path: string): Promise<Response> {
  const response = await fetchFile(path);
  checkAnswer(response, path);
  return response;
}

/** @throws {UserError} `pack-missing` unless the answer may be the file */
export function checkAnswer(response: Response, path: string): void {
  const where = nameOf(response, path);
  if (!response.ok) {
    throw new UserError('pack-missing', `${where} is not there: the server answers ${response.status}.`);
  }
  // Servers of single-page sites answer every unknown path with their page.
  if (response.headers.get('content-type')?.startsWith('text/html')) throw webPage(response, path);
}

export function webPage(response: Response, path: string): UserError {
  return new UserError(
    'pack-missing',
    `${nameOf(response, path)} is a web page and not a file of a model pack: check the address.`,
  );
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
