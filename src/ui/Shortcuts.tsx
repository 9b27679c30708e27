/** What there is, in the order of use. */
const shortcuts: readonly { readonly keys: readonly (readonly string[])[]; readonly does: string }[] = [
  { keys: [['Ctrl', 'Enter']], does: 'Generate, or add to the line, from anywhere on the page' },
  { keys: [['Esc']], does: 'End a selection; stop the run; close a dialog' },
  {
    keys: [
      ['Alt', '↑'],
      ['Alt', '↓'],
    ],
    does: 'In the prompt: an earlier prompt, and back to yours',
  },
  { keys: [['←'], ['→']], does: 'Among the groups of ideas: the next one' },
  { keys: [['←'], ['→']], does: 'In a picture seen large: the one before, and the next' },
  {
    keys: [['Space'], ['B'], ['E'], ['['], [']']],
    does: 'Under the brush: paint a token; brush, eraser; narrower, wider',
  },
  {
    keys: [
      ['Ctrl', 'Z'],
      ['Ctrl', 'Shift', 'Z'],
    ],
    does: 'Under the brush: take a stroke back; bring it again',
  },
  { keys: [['Space']], does: 'On the slider of a picture’s steps: play, and pause' },
  { keys: [['Shift', 'click']], does: 'On a picture’s box: select all up to there' },
  { keys: [['↑'], ['↓']], does: 'In a number or on a slider: one step more or less' },
  { keys: [['?']], does: 'This list' },
];

/** The keys that do something. */
export function Shortcuts() {
  return (
    <dl className="shortcuts">
      {shortcuts.map(({ keys, does }) => (
        <div key={does}>
          <dt>
            {keys.map((chord) => (
              <span key={chord.join()}>
                {chord.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </span>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
