// A storage that is closed under the page, at each moment at which that can happen.
import { describe, expect, it } from 'vitest';
import { holdShelf } from '../../src/gallery/heldShelf.ts';
import { inTurn } from '../../src/gallery/inTurn.ts';
import { memoryShelf } from '../../src/gallery/memoryShelf.ts';
import type { Shelf } from '../../src/gallery/shelf.ts';

const closing = () => new DOMException('The database connection is closing.', 'InvalidStateError');

/** Opens shelves in turn and notes what becomes of them; an error in place of a shelf is what opening says. */
function world(...outcomes: (Error | 'opens')[]) {
  const shelves: { shelf: Shelf; closes: () => void; isClosed: boolean }[] = [];
  const inPlace: (string | null)[] = [];
  const open = async (onClosed: () => void) => {
    const outcome = outcomes.shift() ?? 'opens';
    if (outcome !== 'opens') throw outcome;
    const one = { shelf: memoryShelf(), closes: onClosed, isClosed: false };
    one.shelf.close = () => {
      one.isClosed = true;
    };
    shelves.push(one);
    return one.shelf;
  };
  const held = holdShelf(open, async (_, reason) => void inPlace.push(reason));
  return { held, shelves, inPlace };
}

describe('the shelf in use', () => {
  it('is in memory, with the reason, where none opens', async () => {
    const { held, inPlace } = world(new DOMException('', 'VersionError'));
    await held.ready;
    expect(inPlace).toEqual([expect.stringMatching(/newer version/)]);
    expect(await held.use((shelf) => shelf.heads())).toEqual([]);
  });

  it('is opened again when the browser closes it', async () => {
    const { held, shelves, inPlace } = world();
    await held.ready;
    shelves[0].closes();
    expect(await held.use(async (shelf) => shelf)).toBe(shelves[1].shelf);
    expect(shelves[0].isClosed).toBe(true);
    expect(inPlace).toEqual([null, null]);
  });

  it('does a work again that was closed under, once for all that were', async () => {
    const { held, shelves } = world();
    await held.ready;
    const tried: Shelf[] = [];
    const work = async (shelf: Shelf) => {
      tried.push(shelf);
      if (shelf === shelves[0].shelf) throw closing();
      return 'done';
    };
    expect(await Promise.all([held.use(work), held.use(work)])).toEqual(['done', 'done']);
    expect(shelves).toHaveLength(2);
    expect(tried).toHaveLength(4);
    // The browser's word for it comes late.
    shelves[0].closes();
    expect(await held.use(async (shelf) => shelf)).toBe(shelves[1].shelf);
  });

  it('passes on every other failure', async () => {
    const { held, shelves } = world();
    const full = new DOMException('', 'QuotaExceededError');
    await expect(held.use(() => Promise.reject(full))).rejects.toBe(full);
    expect(shelves).toHaveLength(1);
  });

  it('goes on in memory when it cannot be opened again', async () => {
    const { held, shelves, inPlace } = world('opens', new DOMException('', 'VersionError'));
    await held.ready;
    shelves[0].closes();
    expect(await held.use((shelf) => shelf.heads())).toEqual([]);
    expect(inPlace).toEqual([null, expect.stringMatching(/newer version/)]);
  });

  it('is looked at again when it is closed while being looked at', async () => {
    let looks = 0;
    const shelves: Shelf[] = [];
    const held = holdShelf(
      async () => {
        shelves.push(memoryShelf());
        return shelves[shelves.length - 1];
      },
      async () => {
        if (++looks === 1) throw closing();
      },
    );
    expect(await held.use(async (shelf) => shelf)).toBe(shelves[1]);
    expect(looks).toBe(2);
  });

  it('gives up a storage that is closed for ever', async () => {
    const { held, shelves, inPlace } = world();
    await held.ready;
    for (let i = 0; i < 20; i++) {
      shelves[shelves.length - 1].closes();
      await held.use(async () => {});
    }
    expect(shelves.length).toBeLessThan(10);
    expect(inPlace.at(-1)).toMatch(/again and again/);
  });

  it('opens nothing any more once it is put away', async () => {
    const { held, shelves } = world();
    await held.ready;
    held.close();
    await Promise.resolve();
    expect(shelves[0].isClosed).toBe(true);
    await expect(held.use(() => Promise.reject(closing()))).rejects.toThrow('closing');
    shelves[0].closes();
    await expect(held.use(() => Promise.reject(closing()))).rejects.toThrow('closing');
    expect(shelves).toHaveLength(1);
  });
});

describe('works in turn', () => {
  it('go one after the other, past one that fails', async () => {
    const next = inTurn();
    const order: string[] = [];
    const slow = next(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push('slow');
    });
    const failing = next(async () => {
      order.push('failing');
      throw new Error('no');
    });
    const last = next(async () => order.push('last'));
    await expect(failing).rejects.toThrow('no');
    await Promise.all([slow, last]);
    expect(order).toEqual(['slow', 'failing', 'last']);
  });
});
