// A page that the browser ends, with the GPU's driver or for lack of memory, can tell nobody. So it leaves a mark while it
// asks the GPU for what it has not done yet, and the next visit that finds one is careful: no device is caught in a loop.
import { readSchema, type Shelf } from './shelf.ts';

const key = 'clip-vqdiffusion.gpu';
const schema = 1;

export interface CrashMark {
  /** Settles when what earlier visits left is known. */
  readonly known: Promise<void>;
  /** Visits in a row that broke off, of those before this one. */
  readonly crashes: () => number;
  /** The GPU is about to be used. */
  readonly begin: () => void;
  /** It was, or will not be, and the page is still there. */
  readonly end: () => void;
  /** Pictures were made to their end: whatever broke off before is forgotten. */
  readonly forget: () => void;
}

interface Mark {
  readonly crashes: number;
  /** Of the visit that uses the GPU at this moment; null for none. */
  readonly visit: string | null;
}

/**
 * A mark of this visit, on the shelf where those of earlier ones are.
 * @param isOpen whether a visit is still going on, in another tab: what that one is doing is no crash
 */
export function createCrashMark(
  shelf: Shelf,
  visit: string,
  isOpen: (visit: string) => Promise<boolean>,
): CrashMark {
  let { crashes, visit: last } = parse(shelf.read(key));
  let isUsing = false;
  const write = () => shelf.write(key, JSON.stringify({ schema, crashes, visit: isUsing ? visit : null }));
  const use = (wanted: boolean) => {
    if (isUsing === wanted) return;
    isUsing = wanted;
    write();
  };
  async function know(): Promise<void> {
    if (last === null || (await isOpen(last).catch(() => false))) return;
    last = null;
    crashes++;
    write();
  }
  return {
    known: know(),
    crashes: () => crashes,
    begin: () => use(true),
    end: () => use(false),
    forget() {
      if (crashes === 0) return;
      crashes = 0;
      write();
    },
  };
}

/** The same in a browser. Every visit holds a lock as long as it lasts, and a page that is left in peace is none that broke off. */
export function browserCrashMark(
  shelf: Shelf,
  locks: LockManager | undefined,
  page: Pick<EventTarget, 'addEventListener'>,
): CrashMark {
  const lockOf = (visit: string) => `${key} ${visit}`;
  const visit = [...crypto.getRandomValues(new Uint32Array(3))].join('-');
  locks?.request(lockOf(visit), () => new Promise<never>(() => {})).catch(() => {});
  const mark = createCrashMark(shelf, visit, async (other) => {
    const { held = [] } = (await locks?.query()) ?? {};
    return held.some(({ name }) => name === lockOf(other));
  });
  page.addEventListener('pagehide', mark.end);
  return mark;
}

function parse(text: string | null): Mark {
  const { crashes, visit } = readSchema(text, schema) ?? {};
  return {
    crashes: Number.isInteger(crashes) && Number(crashes) > 0 ? Math.min(9, Number(crashes)) : 0,
    visit: typeof visit === 'string' && visit.length <= 64 ? visit : null,
  };
}

/** Where nothing is kept. */
export const noCrashMark: CrashMark = {
  known: Promise.resolve(),
  crashes: () => 0,
  begin() {},
  end() {},
  forget() {},
};
