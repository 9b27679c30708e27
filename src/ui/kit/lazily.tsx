// Components whose code comes when they are first shown, so that a first visit need not wait for it. Not React's own
// `lazy`: what fails there can only be thrown.
import { type ComponentType, useEffect, useId, useRef, useState } from 'react';
import type { UserError } from '../../errors.ts';
import { late } from '../../late.ts';
import { asUserError } from '../../store/userError.ts';
import { useModal } from './useModal.ts';

type Coming<Props> = ComponentType<Props> | UserError | null;

/** A hook: the component, why it does not come, or null while it is on its way. Fetched once for all. */
function coming<Props>(load: () => Promise<ComponentType<Props>>): () => Coming<Props> {
  let here: ComponentType<Props> | null = null;
  return () => {
    const [found, setFound] = useState<Coming<Props>>(() => here);
    useEffect(() => {
      let isWanted = true;
      const tell = (what: Coming<Props>) => isWanted && setFound(() => what);
      late(load).then(
        (component) => {
          here = component;
          tell(component);
        },
        (error) => tell(asUserError(error)),
      );
      return () => {
        isWanted = false;
      };
    }, []);
    return found;
  };
}

const isFailure = (found: unknown): found is UserError => found instanceof Error;

/** A part of the page or of a dialog. Where its code does not come, its `close`, if it has one, is a button all the same. */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  const useComing = coming(load);
  return function Late(props: Props) {
    const Found = useComing();
    if (isFailure(Found))
      return <Missing error={Found} close={'close' in props ? (props.close as Close) : null} />;
    return Found ? <Found {...props} /> : <p className="late">One moment…</p>;
  };
}

/** A whole dialog: where its code does not come, another one says so. */
export function lazyDialog<Props extends { readonly close: () => void }>(
  load: () => Promise<ComponentType<Props>>,
) {
  const useComing = coming(load);
  return function LateDialog(props: Props) {
    const Found = useComing();
    if (isFailure(Found)) return <MissingDialog error={Found} close={props.close} />;
    if (Found) return <Found {...props} />;
    return (
      <p className="late late-alone" role="status">
        One moment…
      </p>
    );
  };
}

type Close = () => void;

interface MissingProps {
  readonly error: UserError;
  readonly close: Close | null;
}

function Missing({ error, close }: MissingProps) {
  return (
    <div role="alert" className="alert">
      <p>{error.message}</p>
      <div className="alert-actions">
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
        {close && (
          <button type="button" onClick={close}>
            Close
          </button>
        )}
      </div>
    </div>
  );
}

function MissingDialog({ error, close }: { readonly error: UserError; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useModal(dialog, close);
  return (
    <dialog ref={dialog} className="about" aria-labelledby={heading} onClose={close}>
      <h2 id={heading} tabIndex={-1}>
        This does not open
      </h2>
      <Missing error={error} close={close} />
    </dialog>
  );
}
