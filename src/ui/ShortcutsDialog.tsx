import { AboutDialog } from './device/AboutDialog.tsx';
import { lazily } from './kit/lazily.tsx';

const Shortcuts = lazily(async () => (await import('./Shortcuts.tsx')).Shortcuts);

/** The list of keys; opened by "?" as well. */
export function ShortcutsDialog() {
  return (
    <AboutDialog
      button={
        <>
          <span aria-hidden="true">?</span>
          <span className="visually-hidden">Keys</span>
        </>
      }
      className="quiet keys-button"
      title="Keys"
      heading="Keys"
      shortcut="?"
    >
      <Shortcuts />
    </AboutDialog>
  );
}
