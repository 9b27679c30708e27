// What can be wrong with the gallery's database, told apart however browsers word it, and in words for a person.
import { UserError } from '../errors.ts';
import { asError, isFull } from '../fullDisk.ts';
import { quoted } from '../quote.ts';

/** Before a transaction begins, while a request waits, between two requests. */
const lostNames = new Set(['InvalidStateError', 'AbortError', 'TransactionInactiveError']);

/** Whether the database was closed under the work: by a newer tab, or because its data were cleared. */
export function isLost(error: unknown): boolean {
  return lostNames.has(asError(error).name) && !isFull(error);
}

const meanwhile = 'New pictures last only until this page is closed: download those you want to keep.';

export const storesNothing = (): UserError =>
  new UserError(
    'storage',
    `This browser lets the page store nothing, as in some private windows. ${meanwhile}`,
  );

export const noAnswer = (): UserError =>
  new UserError(
    'storage',
    `The browser’s storage does not answer: close other tabs of this page and reload this one, or restart the browser. ${meanwhile}`,
  );

export const closedAgain = (): UserError =>
  new UserError(
    'storage',
    `The browser closes the storage again and again: reload the page, or restart the browser. ${meanwhile}`,
  );

/** Why the gallery works without storage, in at most 300 characters. */
export function whyMemory(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { name } = asError(error);
  if (isFull(error)) {
    return `The browser’s storage is full: delete a model, or free space on the disk, and reload the page. ${meanwhile}`;
  }
  if (name === 'VersionError') {
    return `A newer version of this page keeps the pictures: reload the page to see them. ${meanwhile}`;
  }
  if (name === 'SecurityError' || name === 'InvalidStateError') return storesNothing().message;
  return `The pictures in the browser’s storage cannot be opened (${words(error)}): reload the page to try again. ${meanwhile}`;
}

/** What navigator.storage.estimate() tells, in bytes. */
export interface Room {
  readonly quota: number;
  readonly usage: number;
}

/**
 * A picture, or a change, that could not be stored.
 * @param needed bytes of the picture; null for a change
 * @param room null where the browser does not tell
 */
export function cannotStore(cause: unknown, needed: number | null, room: Room | null): UserError {
  const isPicture = needed !== null;
  if (isFull(cause)) {
    const remedy = 'delete pictures or a model, or free space on the disk';
    const first = isPicture ? `Download the picture; to keep more, ${remedy}.` : `To go on, ${remedy}.`;
    return new UserError('storage', `The browser’s storage is full${missing(needed, room)}. ${first}`, {
      cause,
    });
  }
  const what = isPicture ? 'this picture' : 'this change';
  const remedy = isPicture ? 'Download it, and reload the page.' : 'Try again, or reload the page.';
  return new UserError('storage', `The browser could not store ${what} (${words(cause)}). ${remedy}`, {
    cause,
  });
}

/** @param cause null when there is a record, and nothing that can be read in it */
export function cannotRead(cause: unknown): UserError {
  const found = cause === null ? 'its record is damaged, or a newer page wrote it' : words(cause);
  return new UserError(
    'storage',
    `This picture cannot be read from the browser’s storage (${found}). Reload the page to try again.`,
    { cause },
  );
}

/** How much is missing. Chromium tells every page of the same 10 GB, so what it tells may seem to be enough. */
function missing(needed: number | null, room: Room | null): string {
  if (needed === null) return '';
  const left = room ? Math.max(0, room.quota - room.usage) : null;
  if (!room || left === null || needed <= left)
    return `: there is no room for the ${size(needed)} of this picture`;
  return `: ${size(room.usage)} of ${size(room.quota)} are used, and ${size(needed - left)} more are needed`;
}

/** 1234567 -> "1.2 MB" */
function size(bytes: number): string {
  if (bytes < 999_500) return `${Math.ceil(bytes / 1000)} kB`;
  return bytes < 999_500_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** The browser's own words. */
function words(error: unknown): string {
  const { name, message } = asError(error);
  return quoted(message || name);
}
