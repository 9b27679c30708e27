import { useId, useState } from 'react';
import { useModelActions } from '../context.ts';

/** A field for a model's address. @param onUsed it is being opened */
export function ByAddress({ onUsed }: { readonly onUsed: () => void }) {
  const [typed, setTyped] = useState('');
  const { useAddress: openAddress } = useModelActions();
  const field = useId();
  const hint = useId();
  const open = () => {
    if (!typed.trim() || !openAddress(typed)) return;
    setTyped('');
    onUsed();
  };
  return (
    <form
      className="by-address text"
      onSubmit={(event) => {
        event.preventDefault();
        open();
      }}
    >
      <label htmlFor={field}>Open a model by its address</label>
      <div className="by-address-row">
        <input
          id={field}
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://huggingface.co/…"
          aria-describedby={hint}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <button type="button" className="quiet" onClick={open}>
          Open
        </button>
      </div>
      <p className="hint" id={hint}>
        A folder with a pack.json on any web server, or a Hugging Face repository of that form. Its files are
        kept in this browser.
      </p>
    </form>
  );
}
