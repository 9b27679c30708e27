// The browser's own words about its storage ("A requested file or directory could not be found at the time an operation was
// processed") are for programmers.
import { UserError } from '../errors.ts';
import { isFull } from '../fullDisk.ts';

/**
 * What a failure of the storage means, in one sentence; anything else as it is.
 * @param gone what is missing when a file or folder is
 */
export function storageFailure(error: unknown, gone: string): unknown {
  const failure = (code: 'storage' | 'pack-missing', message: string) =>
    new UserError(code, message, { cause: error });
  if (isFull(error)) {
    return failure(
      'storage',
      'The browser’s storage is full: delete a model, or free space on the disk, and try again.',
    );
  }
  if (!(error instanceof DOMException)) return error;
  switch (error.name) {
    case 'NotFoundError':
    case 'NotReadableError':
      return failure('pack-missing', gone);
    case 'NoModificationAllowedError':
    case 'InvalidStateError':
      return failure('storage', 'Another tab is using this model: close it there, then try again.');
    case 'SecurityError':
    case 'NotAllowedError':
    case 'UnknownError':
      return failure(
        'storage',
        'This browser lets the page store nothing: leave private browsing, or allow this site to keep data.',
      );
    default:
      return error;
  }
}

/** Why a page has no storage at all, in one sentence; null where it has. */
export function whyNoStorage(): string | null {
  // Types know of secure pages only.
  const storage: StorageManager | undefined = navigator.storage;
  if (typeof storage?.getDirectory === 'function') return null;
  return isSecureContext
    ? 'This browser cannot keep models of your own: update it, or use another one.'
    : 'Models of your own need a page opened over https, or on localhost: at this address the browser keeps nothing.';
}
