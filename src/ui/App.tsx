import { useEffect } from 'react';
import { Alerts } from './Alerts.tsx';
import { useActions, useAppState } from './context.ts';
import { Gallery } from './gallery/Gallery.tsx';
import { Header } from './Header.tsx';
import { lazily, lazyDialog } from './kit/lazily.tsx';
import { PageNotes } from './PageNotes.tsx';
import { ActionBar } from './prompt/ActionBar.tsx';
import { Examples } from './prompt/Examples.tsx';
import { PromptField } from './prompt/PromptField.tsx';
import { TuningFields } from './prompt/TuningFields.tsx';

const Brought = lazily(async () => (await import('./prompt/Brought.tsx')).Brought);
const Brush = lazyDialog(async () => (await import('./brush/Brush.tsx')).Brush);
const HowItWorks = lazyDialog(async () => (await import('./explain/Explainer.tsx')).Explainer);

/** The whole page. */
export function App() {
  const { cancel, generate, closeBrush, explain } = useActions();
  const hasBrought = useAppState(({ opened, own }) => opened !== null || own !== null);
  const isPainting = useAppState((state) => state.brush !== null);
  const isExplaining = useAppState((state) => state.explaining && state.manifest !== null);
  const announcement = useAppState((state) => state.announcement);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // An open dialog keeps its keys, and so does an input method that is still composing.
      if (event.isComposing || document.querySelector('dialog:modal')) return;
      if (event.key === 'Escape') cancel();
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        // On a focused button it would click that as well.
        event.preventDefault();
        // Held down it is still meant once.
        if (!event.repeat) void generate();
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [cancel, generate]);

  return (
    <div className="page">
      <Header />
      <PageNotes />
      <Alerts />
      <main className="columns">
        <form
          className="controls"
          aria-label="Make pictures"
          noValidate
          onKeyDown={(event) => {
            // Held down, Enter would add to the line again and again.
            if (event.key === 'Enter' && event.repeat && !(event.target instanceof HTMLTextAreaElement)) {
              event.preventDefault();
            }
          }}
          onSubmit={(event) => {
            event.preventDefault();
            void generate();
          }}
        >
          {/* Scrolls inside the panel: Firefox would paint a scroll bar of the panel's own over its round corners. */}
          <div className="controls-scroll">
            <PromptField />
            {hasBrought && <Brought />}
            <ActionBar />
            <Examples />
            <TuningFields />
          </div>
        </form>
        <Gallery />
      </main>
      {isPainting && <Brush close={closeBrush} />}
      {isExplaining && <HowItWorks close={() => explain(false)} />}
      <p className="visually-hidden" role="status">
        {announcement}
      </p>
    </div>
  );
}
