import type { Entry } from '../../gallery/entries.ts';
import type { Head } from '../../gallery/picture.ts';
import { withSelected } from '../../store/selection.ts';
import { useKeptActions, useKeptState } from '../context.ts';
import { IconButton } from '../kit/IconButton.tsx';
import { Icon } from '../kit/icons.tsx';

interface EntryProps {
  readonly entry: Entry;
  /** What it is called. */
  readonly name: string;
}

interface SelectProps extends EntryProps {
  /** What a range of selected pictures lies in. */
  readonly among: () => readonly string[];
}

export const isSelected = (entry: Entry, selected: ReadonlySet<string>) =>
  entry.every(({ id }) => selected.has(id));

/** With Shift, all from the one before to this one. */
export function Select({ entry, name, among }: SelectProps) {
  const selection = useKeptState((state) => state.selection);
  const { select } = useKeptActions();
  const selected = isSelected(entry, selection.ids);
  return (
    <label className="kept-select" title={selected ? 'Selected' : 'Select; with Shift, up to here'}>
      <input
        type="checkbox"
        aria-label={`Select ${name}`}
        data-picture={entry[0].id}
        checked={selected}
        onChange={({ target: { checked }, nativeEvent }) => {
          // Of a checkbox, React's change is the browser's click.
          const range = nativeEvent instanceof MouseEvent && nativeEvent.shiftKey ? among() : [];
          select(withSelected(selection, idsOf(entry), checked, range));
        }}
      />
      <Icon name="tick" />
    </label>
  );
}

export function Favourite({ entry, name }: EntryProps) {
  const { setFavourite } = useKeptActions();
  const favourite = entry.every((head) => head.favourite);
  return (
    <button
      type="button"
      className="kept-favourite"
      aria-pressed={favourite}
      title={favourite ? 'No longer a favourite' : 'Favourite'}
      onClick={() => void setFavourite(idsOf(entry), !favourite)}
    >
      <Icon name="star" />
      <span className="visually-hidden">Favourite: {name}</span>
    </button>
  );
}

export function Delete({ entry, name }: EntryProps) {
  const { remove } = useKeptActions();
  return (
    <IconButton
      icon="bin"
      title="Delete"
      name={`Delete: ${name}`}
      onClick={(button) => {
        focusNeighbour(button);
        void remove(idsOf(entry));
      }}
    />
  );
}

export const idsOf = (heads: readonly Head[]) => heads.map(({ id }) => id);

/** Goes on where one was: the button is about to leave, and the focus would be lost. */
function focusNeighbour(button: HTMLElement): void {
  const tile = button.closest('li');
  const neighbour = tile?.nextElementSibling ?? tile?.previousElementSibling;
  neighbour?.querySelector<HTMLElement>('.tile-actions button:last-child')?.focus({ preventScroll: true });
}
