import { Icon, type IconName } from './icons.tsx';

interface IconButtonProps {
  readonly icon: IconName;
  /** What it does, as a tool tip. */
  readonly title: string;
  /** Its name: what it does, and to what. */
  readonly name: string;
  readonly pressed?: boolean;
  readonly onClick: (button: HTMLButtonElement) => void;
}

/** A quiet button without words to be seen. */
export function IconButton({ icon, title, name, pressed, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className="quiet icon-only"
      title={title}
      aria-pressed={pressed}
      onClick={({ currentTarget }) => onClick(currentTarget)}
    >
      <Icon name={icon} />
      <span className="visually-hidden">{name}</span>
    </button>
  );
}
