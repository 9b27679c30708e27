import { useCallback, useEffect, useRef, useState } from 'react';
import type { UserError } from '../../errors.ts';
import type { Head } from '../../gallery/picture.ts';
import type { Mending } from '../../store/relatedActions.ts';
import { asUserError } from '../../store/userError.ts';
import { leastSure, mendingOfWord, type Word, wordsOf } from '../../store/why.ts';
import { useAppState, useKeptActions } from '../context.ts';

/** What the region is of: a word of the prompt, or the tokens that the model was least sure of. */
export type Mended = Word | 'least sure';

export interface Why {
  /** Null while CLIP reads, and where it cannot. */
  readonly words: readonly Word[] | null;
  /** What a region is looked for, or was found. */
  readonly mended: Mended | null;
  /** How; null while the part is looked for. */
  readonly mending: Mending | null;
  /** Why CLIP cannot read, or no region can be found. */
  readonly problem: UserError | null;
  find(mended: Mended): void;
  leave(): void;
  retry(): void;
}

const nothing = { words: null, mended: null, mending: null, problem: null };

/** Reads a picture's prompt in it, once it is there; what is asked is called back with the component. */
export function useWhy(head: Head): Why {
  const { read, study, lookAt } = useKeptActions();
  const manifest = useAppState((state) => (state.pack.kind === 'ready' ? state.manifest : null));
  const [found, setFound] = useState<Pick<Why, 'words' | 'mended' | 'mending' | 'problem'>>(nothing);
  const [tries, setTries] = useState(0);
  const asking = useRef(new AbortController());

  /** One question at a time: a later one calls the former back. */
  const ask = useCallback((work: (signal: AbortSignal) => Promise<Partial<typeof found>>) => {
    asking.current.abort();
    const controller = new AbortController();
    asking.current = controller;
    work(controller.signal).then(
      (change) => !controller.signal.aborted && setFound((before) => ({ ...before, ...change })),
      (error) => {
        if (controller.signal.aborted) return;
        setFound((before) => ({
          ...before,
          mended: null,
          chosen: null,
          problem: asUserError(error),
        }));
      },
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is the same question again
  useEffect(() => {
    setFound(nothing);
    if (!manifest) return;
    ask(async (signal) => ({ words: await wordsOf(await read(head), manifest, study, signal) }));
    return () => asking.current.abort();
  }, [head.id, manifest, tries, ask, read, study]);

  return {
    ...found,
    find(mended) {
      if (!manifest) return;
      setFound((before) => ({ ...before, mended, mending: null, problem: null }));
      ask(async (signal) => {
        const picture = await read(head);
        const mending =
          mended === 'least sure'
            ? await leastSure(picture, lookAt, signal)
            : await mendingOfWord(picture, mended, manifest, study, signal);
        return { mending };
      });
    },
    leave() {
      asking.current.abort();
      setFound((before) => ({ ...before, mended: null, mending: null }));
    },
    retry: () => setTries(tries + 1),
  };
}
