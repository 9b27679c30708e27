const dom = (name: string, message = '') => new DOMException(message, name);
const named = (name: string, message = '') => Object.assign(new Error(message), { name });

/** What browsers throw where the disk is full, or the quota spent. */
export const fullDisks: readonly (readonly [string, Error])[] = [
  ['Chromium, a quota', dom('QuotaExceededError', 'Quota exceeded.')],
  [
    'Chromium, on opening',
    dom('QuotaExceededError', 'Encountered full disk while opening backing store for indexedDB.open.'),
  ],
  ['Chromium, under another name', dom('UnknownError', 'Internal error: disk full.')],
  ['Chromium, a file', dom('InvalidStateError', 'No space available for this operation')],
  ['Firefox, its limit for a site', named('NS_ERROR_DOM_INDEXEDDB_QUOTA_ERR')],
  ['Firefox, older', named('NS_ERROR_DOM_QUOTA_REACHED', 'Persistent storage maximum size reached')],
  ['Firefox, the disk', named('NS_ERROR_FILE_NO_DEVICE_SPACE')],
  ['Safari', dom('UnknownError', 'Unable to store record in object store: not enough disk space.')],
  ['the system’s words', named('Error', 'ENOSPC: no space left on device')],
];
