// How long, how often and how much at once.
import { GaveUp, type PassingFault } from './faults.ts';

export interface Limits {
  /** Bytes that are asked for at once, of one file. */
  readonly segment: number;
  /** Requests at once; browsers open six connections to a server, and the runtime takes some. */
  readonly atOnce: number;
  /** Milliseconds in which something must come: `leastBytes`. */
  readonly stall: number;
  readonly leastBytes: number;
  /** Tries in a row that bring nothing to speak of. */
  readonly tries: number;
  /** Milliseconds before the second try; each later one waits twice as long. */
  readonly pause: number;
  /** Milliseconds for pack.json, where an earlier one is kept. */
  readonly manifest: number;
}

export const usualLimits: Limits = {
  segment: 8 * 2 ** 20,
  atOnce: 4,
  stall: 15_000,
  leastBytes: 4096,
  tries: 4,
  pause: 1000,
  manifest: 5000,
};

/** Bytes that make a try worth having been made. */
const WORTH = 65_536;
/** Seconds that a server may ask for. */
const LONGEST_WAIT = 10;

/** Counts the tries for one thing. `after()` waits before the next. @throws {GaveUp} from it */
export function createPatience({ tries, pause }: Limits, signal: AbortSignal) {
  let failed = 0;
  let reached = 0;
  return {
    /** @param bytes that are there by now */
    async after(fault: PassingFault, bytes: number): Promise<void> {
      if (bytes - reached >= WORTH) failed = 0;
      reached = bytes;
      if (++failed >= tries) throw new GaveUp(fault, tries);
      const asked = 1000 * Math.min(fault.wait, LONGEST_WAIT);
      await sleep(Math.max(asked, pause * 2 ** (failed - 1)), signal);
    },
  };
}

/** @throws the signal's reason as soon as there is one */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const wake = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', wake);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', wake, { once: true });
  });
}

export type Turn = <T>(act: () => Promise<T>) => Promise<T>;

/** Lets so many act at once; the others wait in their order. */
export function takingTurns(count: number): Turn {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
