interface ConfirmDeleteProps {
  readonly name: string;
  /** What the button says. */
  readonly answer: string;
  readonly onKeep: () => void;
  readonly onDelete: () => void;
}

/** A question in the place of the buttons. */
export function ConfirmDelete({ name, answer, onKeep, onDelete }: ConfirmDeleteProps) {
  return (
    <fieldset className="confirm">
      <legend>
        Delete “<bdi>{name}</bdi>” from this browser?
      </legend>
      <button type="button" className="quiet danger" onClick={onDelete}>
        {answer}
      </button>
      {/* biome-ignore lint/a11y/noAutofocus: the button that was pressed is gone; its answer takes its place */}
      <button type="button" className="quiet" autoFocus onClick={onKeep}>
        Keep
      </button>
    </fieldset>
  );
}
