// Runtime and pack arrive side by side, and count as one download.
import { UserError } from '../errors.ts';
import { listenForSilence } from '../silence.ts';
import type { LoadProgress } from '../types.ts';
import type { PackBytes } from './packReader.ts';

export type BytesSoFar = Pick<LoadProgress, 'loadedBytes' | 'totalBytes'>;

/** Seconds without a byte after which a server counts as stuck. */
const PATIENCE = 30;

export interface Loading {
  runtime(bytes: BytesSoFar): void;
  pack(bytes: PackBytes): void;
  /** The runtime is open; one that said nothing of bytes had none to fetch. */
  runtimeOpened(): void;
  /** Never resolves; rejects when nothing has arrived for long. */
  readonly stalled: Promise<never>;
  end(): void;
}

/**
 * Sums up both downloads for `onProgress`, and says `prepare` once both are whole. One silence for all transfers: a single
 * one may well wait for the others, as browsers open few connections to a server.
 */
export function trackLoading(onProgress: (progress: LoadProgress) => void): Loading {
  const bytes: { runtime: BytesSoFar | null; pack: PackBytes | null } = { runtime: null, pack: null };
  let giveUp: (reason: UserError) => void;
  const stalled = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const silence = listenForSilence(
    () => (isWhole(bytes.runtime) && isWhole(bytes.pack) ? Number.POSITIVE_INFINITY : PATIENCE),
    () =>
      giveUp(
        new UserError(
          'network',
          `Nothing has arrived for ${PATIENCE} seconds: check the connection, then try again.`,
        ),
      ),
  );
  const moved = () => {
    silence.broken();
    const { runtime, pack } = bytes;
    // A bar that knew half of what is to come would jump back.
    if (!runtime || !pack) return;
    onProgress({
      stage: isWhole(runtime) && isWhole(pack) ? 'prepare' : (pack.stage ?? 'download'),
      loadedBytes: runtime.loadedBytes + pack.loadedBytes,
      totalBytes: runtime.totalBytes + pack.totalBytes,
    });
  };
  return {
    runtime(soFar) {
      bytes.runtime = soFar;
      moved();
    },
    pack(soFar) {
      bytes.pack = soFar;
      moved();
    },
    stalled,
    runtimeOpened() {
      bytes.runtime ??= { loadedBytes: 0, totalBytes: 0 };
      moved();
    },
    end: silence.end,
  };
}

function isWhole(bytes: BytesSoFar | null): boolean {
  return bytes !== null && bytes.loadedBytes >= bytes.totalBytes;
}
