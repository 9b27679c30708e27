import { useRef } from 'react';
import { useActions } from '../context.ts';

/** Takes prompt and settings out of a picture's file. */
export function OpenPicture() {
  const { openPicture } = useActions();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="link"
        title="Take the prompt and settings from a PNG"
        onClick={() => input.current?.click()}
      >
        Open a picture…
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file) void openPicture(file);
          // The same file can be chosen again.
          target.value = '';
        }}
      />
    </>
  );
}
