import { useEffect } from 'react';
import { ActionBar } from './ActionBar.tsx';
import { Alerts } from './Alerts.tsx';
import { useActions, useAppState } from './context.ts';
import { Gallery } from './Gallery.tsx';
import { Header } from './Header.tsx';
import { PromptField } from './PromptField.tsx';
import { TuningFields } from './TuningFields.tsx';

/** The whole page. */
export function App() {
  const { cancel, generate } = useActions();
  const announcement = useAppState((state) => state.announcement);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // In an open dialog, Escape closes the dialog.
      if (event.key === 'Escape' && !document.querySelector('dialog:modal')) cancel();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [cancel]);

  return (
    <div className="page">
      <Header />
      <Alerts />
      <main className="columns">
        <form
          className="controls"
          aria-label="What to make"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void generate();
          }}
        >
          <PromptField />
          <ActionBar />
          <TuningFields />
        </form>
        <Gallery />
      </main>
      <p className="visually-hidden" role="status">
        {announcement}
      </p>
    </div>
  );
}
