import { type RefObject, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Run } from '../../store/run.ts';
import { promptOf } from '../../store/settings.ts';
import { unknownWords, unknownWordsSentence } from '../../store/unknownWords.ts';
import { useActions, useAppState } from '../context.ts';
import { HistoryNote } from './HistoryNote.tsx';
import { Ideas } from './Ideas.tsx';
import { OpenPicture } from './OpenPicture.tsx';
import { PictureTotal } from './PictureTotal.tsx';
import { usePromptHistory } from './usePromptHistory.ts';

/** The prompt, and what is wrong with it, was cut from it or cannot be drawn. */
export function PromptField() {
  const prompt = useAppState((state) => state.draft.prompt);
  const complaint = useAppState((state) => (state.complaint?.field === 'prompt' ? state.complaint : null));
  const { edit } = useActions();
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const history = usePromptHistory();

  // The page is about this field: whoever arrives can type at once.
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (complaint) field.current?.focus();
  }, [complaint]);

  return (
    <div className="prompt">
      <div className="prompt-head">
        <label htmlFor={id}>Prompt</label>
        <OpenPicture />
      </div>
      <div className="prompt-text">
        <textarea
          id={id}
          ref={field}
          rows={3}
          dir="auto"
          value={prompt}
          placeholder="Describe a face…"
          aria-invalid={complaint !== null}
          aria-describedby={`${id}-notes`}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
          onKeyDown={history.onKeyDown}
          onChange={(event) => edit({ prompt: event.target.value })}
        />
        <CutMark field={field} />
      </div>
      <Ideas />
      <div id={`${id}-notes`} className="prompt-notes" aria-live="polite">
        {complaint && <p className="complaint">{complaint.message}</p>}
        {history.place !== null && <HistoryNote place={history.place} field={field} />}
        <PictureTotal />
        <UnknownWords />
        <CutNotice />
      </div>
    </div>
  );
}

/** Long enough that a word being typed is not called unknown halfway. */
const typingPause = 700;

function UnknownWords() {
  const prompt = useSettled(useAppState((state) => state.draft.prompt));
  const words = useAppState((state) => state.manifest?.vocabulary?.words);
  const vocabulary = useMemo(() => words && new Set(words), [words]);
  const sentence = useMemo(
    () => vocabulary && unknownWordsSentence(unknownWords(prompt, vocabulary)),
    [prompt, vocabulary],
  );
  return sentence ? (
    <p className="notice" dir="auto">
      {sentence}
    </p>
  ) : null;
}

/** The value once it has stood still for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), typingPause);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** What CLIP left out; as long as the prompt stands as it was then. */
function useCut(): Run['cut'] {
  return useAppState(({ runs, draft }) => (runs[0]?.prompt === draft.prompt ? runs[0].cut : null));
}

/** Whether it can be struck out in the field: what is avoided stands elsewhere, and a text with choices is not what CLIP read. */
function useIsStruck(cut: Run['cut']): boolean {
  const alike = useAppState(({ runs }) => {
    const run = runs[0];
    return run !== undefined && promptOf(run.recipes[0]) === run.prompt;
  });
  return cut?.what === 'prompt' && alike;
}

/** Lies over the field, word upon word, and strikes out what was left out. */
function CutMark({ field }: { readonly field: RefObject<HTMLTextAreaElement | null> }) {
  const prompt = useAppState((state) => state.draft.prompt);
  const cut = useCut();
  const struck = useIsStruck(cut);
  const copy = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const text = field.current;
    if (!cut || !text) return;
    const follow = () => {
      if (copy.current) copy.current.scrollTop = text.scrollTop;
    };
    follow();
    text.addEventListener('scroll', follow);
    return () => text.removeEventListener('scroll', follow);
  }, [cut, field]);

  if (!cut || !struck) return null;
  const from = cut.read + prompt.slice(cut.read).search(/\S|$/);
  return (
    <div ref={copy} className="cut-mark" dir="auto" aria-hidden="true">
      {prompt.slice(0, from)}
      <mark>{prompt.slice(from)}</mark>
    </div>
  );
}

function CutNotice() {
  const cut = useCut();
  const how = useIsStruck(cut) ? ', struck out,' : '';
  if (!cut) return null;
  const rest = cut.unused === 1 ? `last one${how} was` : `last ${cut.unused}${how} were`;
  return (
    <p className="notice">
      That’s a long {cut.what === 'prompt' ? 'prompt' : 'text to avoid'}: CLIP reads {cut.limit} tokens, so
      the {rest} left out.
    </p>
  );
}
