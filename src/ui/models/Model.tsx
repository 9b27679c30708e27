import type { ReactNode } from 'react';
import { isSamePack } from '../../store/address.ts';
import { activeRun } from '../../store/store.ts';
import { useAppState } from '../context.ts';

export interface ModelListProps {
  /** @param pack as in the page's address */
  readonly onUse: (pack: string) => void;
}

interface ModelProps {
  /** Address of its pictures, of which the first is shown. */
  readonly picture: string | null;
  readonly name: string;
  readonly about: string;
  readonly children: ReactNode;
}

/** A line of the list. */
export function Model({ picture, name, about, children }: ModelProps) {
  return (
    <li>
      <span className="model-thumb">{picture && <img src={picture} alt="" loading="lazy" />}</span>
      <p className="model-name">
        <strong dir="auto">{name}</strong>
        <span className="hint">{about}</span>
      </p>
      <div className="model-actions">{children}</div>
    </li>
  );
}

interface UseButtonProps extends ModelListProps {
  readonly pack: string;
  readonly name: string;
}

export function UseButton({ pack, name, onUse }: UseButtonProps) {
  const isOpened = useAppState(({ packUrl }) => isSamePack(packUrl, pack, document.baseURI));
  const running = useAppState((state) => activeRun(state) !== null);
  if (isOpened) return <span className="in-use">In use</span>;
  return (
    <button
      type="button"
      className="quiet"
      // Opening another model would end the run.
      disabled={running}
      title={running ? 'When the pictures are finished' : undefined}
      onClick={() => onUse(pack)}
    >
      Use<span className="visually-hidden"> {name}</span>
    </button>
  );
}
