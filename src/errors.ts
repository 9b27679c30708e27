// The few failures a person can act on. Everything else is a bug and keeps its own message.

export type ErrorCode =
  /** A file is not where the pack says, or is not a pack at all. */
  | 'pack-missing'
  /** A pack's file has the wrong size or hash, or the runtime refuses it. */
  | 'pack-corrupt'
  /** pack.json does not say what a pack must say, or says it in a newer version. */
  | 'pack-invalid'
  /** A checkpoint cannot be read, or is not the model it should be. */
  | 'checkpoint'
  /** The browser's storage is full, or refuses. */
  | 'storage'
  /** A setting is out of its range. */
  | 'settings'
  /** A picture, link or text holds no recipe that can be read. */
  | 'recipe'
  /** The browser does not let the page use the clipboard, or not for pictures. */
  | 'clipboard'
  /** The GPU was lost or refuses to work. */
  | 'device'
  /** The GPU or the processor has too little memory left. */
  | 'memory'
  /** The network failed on the way. */
  | 'network'
  /** Part of the page itself, the runtime above all, does not load or start. */
  | 'runtime'
  /** A part of the page that is fetched when it is needed did not come. */
  | 'page'
  /** The runtime starts no threads here, and is worth another try with one. */
  | 'threads'
  /** A worker ended, or hangs; what it held is gone with it. */
  | 'lost'
  | 'internal';

/** One clear sentence: what was found, and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
