// A full disk or a spent quota, as each browser words it: of its database, and of its file system for pages.
import { UserError } from './errors.ts';

const fullNames = new Set([
  'QuotaExceededError',
  // Firefox, of quota, of the database's own limit, and of the disk.
  'NS_ERROR_DOM_QUOTA_REACHED',
  'NS_ERROR_DOM_INDEXEDDB_QUOTA_ERR',
  'NS_ERROR_FILE_NO_DEVICE_SPACE',
]);
/** Chromium and Safari name some of them UnknownError, and say it in the message alone. */
const fullWords =
  /\bquota\b|\bfull disk\b|\bdisk (is )?full\b|no space (left|available)|not enough (free )?(disk )?space/i;

/** Whether the storage, or the disk under it, has no room. An error of our own says itself what it is about. */
export function isFull(error: unknown): boolean {
  if (error instanceof UserError) return false;
  const { name, message } = asError(error);
  return fullNames.has(name) || fullWords.test(message);
}

/** Name and message of whatever was thrown. */
export function asError(error: unknown): { readonly name: string; readonly message: string } {
  // A DOMException is an Error in every browser of today.
  return error instanceof Error ? error : { name: '', message: String(error) };
}
