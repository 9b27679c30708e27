// Zip archives as PyTorch reads them: stored and deflated entries, zip64, data descriptors. Entries are found by the
// central directory alone (APPNOTE 6.3, 4.3); sizes in local headers may be zero and are not looked at.

import { crc32 } from '../crc32.ts';
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { cost, openingBudget } from './budget.ts';
import { readExactly } from './bytes.ts';
import { inflate } from './inflate.ts';
import type { ByteSource } from './source.ts';

const localHeaderSignature = 0x04034b50;
const centralHeaderSignature = 0x02014b50;
const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const end64LocatorSignature = 0x07064b50;

const stored = 0;
const deflated = 8;

const endBytes = 22;
const end64Bytes = 56;
const end64LocatorBytes = 20;
const centralHeaderBytes = 46;
const localHeaderBytes = 30;
const longestComment = 0xffff;
/** Ends that are tried where none reaches the file's end. */
const mostEnds = 8;

/** Far above any checkpoint (the largest read here has 500 entries), far below what would fill memory. */
const largestDirectory = 16 * 2 ** 20;

/** Deflate's best: 258 bytes from two bits. No entry can be longer. */
const largestRatio = 1032;
/** What an entry takes once it is listed: its header, its name and what reads it. */
const entryBytes = 6 * cost.object + cost.mapItem;

/** One entry; a slice of all its bytes is checked against the CRC-32, where the writer kept one. */
export interface ZipEntry extends ByteSource {
  readonly name: string;
}

export type ZipEntries = ReadonlyMap<string, ZipEntry>;

interface Directory {
  readonly start: number;
  readonly byteLength: number;
  readonly entries: number;
}

interface CentralHeader {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly byteLength: number;
  readonly localHeader: number;
}

/** The entries by name, in the directory's order. Contents are only read by `slice`. */
export async function openZip(source: ByteSource, budget = openingBudget()): Promise<ZipEntries> {
  const directory = await findDirectory(source);
  if (directory.byteLength > largestDirectory) {
    throw damaged(`its list of contents takes ${directory.byteLength} bytes, more than any checkpoint's`);
  }
  const bytes = await readExactly(source, directory.start, directory.start + directory.byteLength);
  const entries = new Map<string, ZipEntry>();
  for (const header of centralHeaders(bytes, directory.entries)) {
    budget.spend(entryBytes + header.name.length);
    const shown = quoted(header.name);
    if (entries.has(header.name)) throw damaged(`entry ${shown} is listed twice`);
    if (header.localHeader + localHeaderBytes + header.compressedBytes > directory.start) {
      throw damaged(`entry ${shown} lies beyond the end of the contents`);
    }
    entries.set(header.name, zipEntry(source, header));
  }
  return entries;
}

function zipEntry(source: ByteSource, header: CentralHeader): ZipEntry {
  const { name, byteLength } = header;
  let dataStart: Promise<number> | undefined;
  return {
    name,
    byteLength,
    slice: async (start, end) => {
      dataStart ??= findData(source, header);
      const origin = await dataStart;
      if (!(start >= 0 && start <= end && end <= byteLength)) {
        throw damaged(
          `bytes ${start} to ${end} of entry ${quoted(name)} were asked for, but it has ${byteLength}`,
        );
      }
      const bytes =
        header.method === deflated
          ? await inflateEntry(source, origin, header, start, end)
          : await readExactly(source, origin + start, origin + end);
      // PyTorch writes 0 where it was told not to compute check sums.
      if (header.crc !== 0 && bytes.byteLength === byteLength && crc32(bytes) !== header.crc) {
        throw damaged(`the check sum of entry ${quoted(name)} does not match its contents`);
      }
      return bytes;
    },
  };
}

/** Compressed bytes can only be read from their beginning: all up to `end` are, and those before `start` dropped. */
async function inflateEntry(
  source: ByteSource,
  origin: number,
  { name, compressedBytes, byteLength }: CentralHeader,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = (from: number, to: number) => readExactly(source, origin + from, origin + to);
  const bytes = await inflate(packed, compressedBytes, start, end, byteLength);
  if (!bytes) throw damaged(`entry ${quoted(name)} does not unpack to ${byteLength} bytes`);
  return bytes;
}

/** Where an entry's bytes begin: behind a local header whose length only the header itself tells. */
async function findData(source: ByteSource, header: CentralHeader): Promise<number> {
  const shown = quoted(header.name);
  if (header.flags & 1) {
    throw new UserError(
      'checkpoint',
      `Entry ${shown} of this zip file is encrypted: save it without a password.`,
    );
  }
  if (header.method !== stored && header.method !== deflated) {
    throw new UserError(
      'checkpoint',
      `Entry ${shown} of this zip file is compressed in a way that PyTorch does not read (method ${header.method}): unpack the file and zip it again without compression.`,
    );
  }
  if (header.method === deflated && header.byteLength > largestRatio * header.compressedBytes) {
    throw damaged(`entry ${shown} cannot have ${header.byteLength} bytes`);
  }
  if (header.method === stored && header.compressedBytes !== header.byteLength) {
    throw damaged(
      `entry ${shown} is stored, yet has two sizes, ${header.compressedBytes} and ${header.byteLength}`,
    );
  }
  const { localHeader, nameBytes } = header;
  const nameStart = localHeader + localHeaderBytes;
  const bytes = await readExactly(source, localHeader, nameStart + nameBytes.length);
  const view = viewOf(bytes);
  const sameName = nameBytes.every((byte, i) => byte === bytes[localHeaderBytes + i]);
  if (view.getUint32(0, true) !== localHeaderSignature || !sameName) {
    throw damaged(`entry ${shown} is not where the list of contents says`);
  }
  return nameStart + view.getUint16(26, true) + view.getUint16(28, true);
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const tailStart = Math.max(0, source.byteLength - endBytes - longestComment);
  const tail = await readExactly(source, tailStart, source.byteLength);
  const view = viewOf(tail);
  const candidates: number[] = [];
  for (let at = tail.length - endBytes; at >= 0; at--) {
    if (view.getUint32(at, true) === endSignature) candidates.push(at);
  }
  // The signature may also turn up in contents. The record that reaches the file's end counts; after a line feed or a
  // few bytes that were put behind it, the last one that a list of contents leads up to.
  const exact = candidates.find((at) => at + endBytes + view.getUint16(at + 20, true) === tail.length);
  if (exact !== undefined) return readDirectory(source, view, tailStart, exact);
  for (const at of candidates.slice(0, mostEnds)) {
    const directory = await readDirectory(source, view, tailStart, at).catch(onlyDamage);
    if (directory && (await isDirectory(source, directory))) return directory;
  }
  throw new UserError(
    'checkpoint',
    `The file begins like a zip archive, as PyTorch files do, but its end is missing after ${source.byteLength} bytes: the download or copy was cut off. Fetch it again.`,
  );
}

/** undefined for what is no list of contents; anything else is passed on. */
function onlyDamage(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

/** Does it begin with the header of an entry? */
async function isDirectory(source: ByteSource, { start, entries, byteLength }: Directory): Promise<boolean> {
  if (entries === 0 || byteLength < centralHeaderBytes) return false;
  return viewOf(await readExactly(source, start, start + 4)).getUint32(0, true) === centralHeaderSignature;
}

async function readDirectory(
  source: ByteSource,
  tail: DataView,
  tailStart: number,
  at: number,
): Promise<Directory> {
  let end = tailStart + at;
  let entries = tail.getUint16(at + 10, true);
  let byteLength = tail.getUint32(at + 12, true);
  let start = tail.getUint32(at + 16, true);
  const locatorStart = end - end64LocatorBytes;
  if (locatorStart >= 0) {
    const locator = viewOf(await readExactly(source, locatorStart, end));
    if (locator.getUint32(0, true) === end64LocatorSignature) {
      end = safeNumber(locator.getBigUint64(8, true));
      const record = viewOf(await readExactly(source, end, end + end64Bytes));
      if (record.getUint32(0, true) !== end64Signature) throw damaged('its zip64 end record is missing');
      entries = safeNumber(record.getBigUint64(32, true));
      byteLength = safeNumber(record.getBigUint64(40, true));
      start = safeNumber(record.getBigUint64(48, true));
    }
  }
  if (start + byteLength > end) throw damaged('its list of contents reaches beyond its end');
  return { start, byteLength, entries };
}

function* centralHeaders(bytes: Uint8Array, entries: number): Generator<CentralHeader> {
  const view = viewOf(bytes);
  const decoder = new TextDecoder();
  let at = 0;
  for (let index = 0; index < entries; index++) {
    if (at + centralHeaderBytes > bytes.length || view.getUint32(at, true) !== centralHeaderSignature) {
      throw damaged(`its list of contents breaks off after ${index} of ${entries} entries`);
    }
    const nameStart = at + centralHeaderBytes;
    const extraStart = nameStart + view.getUint16(at + 28, true);
    const extraEnd = extraStart + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > bytes.length) throw damaged(`its list of contents breaks off in entry ${index}`);
    const nameBytes = bytes.subarray(nameStart, extraStart);
    const long = zip64Numbers(bytes.subarray(extraStart, extraEnd));
    // Fields that do not fit are all ones and follow in the zip64 extra field, in this order and only those.
    const longIfNeeded = (short: number) => (short === 0xffffffff ? (long.next().value ?? short) : short);
    const byteLength = longIfNeeded(view.getUint32(at + 24, true));
    const compressedBytes = longIfNeeded(view.getUint32(at + 20, true));
    const localHeader = longIfNeeded(view.getUint32(at + 42, true));
    yield {
      name: decoder.decode(nameBytes),
      nameBytes,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressedBytes,
      byteLength,
      localHeader,
    };
    at = next;
  }
}

/** The 64-bit numbers of the zip64 extra field (id 1), if there is one. */
function* zip64Numbers(extra: Uint8Array): Generator<number, undefined> {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = Math.min(at + 4 + view.getUint16(at + 2, true), extra.length);
    if (view.getUint16(at, true) === 1) {
      for (let number = at + 4; number + 8 <= end; number += 8)
        yield safeNumber(view.getBigUint64(number, true));
      return;
    }
    at = end;
  }
}

function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(`it speaks of ${value} bytes`);
  return Number(value);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(what: string): UserError {
  return new UserError('checkpoint', `The zip archive is damaged: ${what}. Fetch the file again.`);
}
