import { type ComponentType, useEffect, useState } from 'react';

/**
 * A part of the page whose script is fetched when it is first shown, so that no first visit waits for it. Where it does not
 * come, one sentence, and another try.
 * @param load a dynamic import
 */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let known: ComponentType<Props> | null = null;
  return function Late(props: Props) {
    const [Part, setPart] = useState(() => known);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Part || failed) return;
      let gone = false;
      load().then(
        (part) => {
          known = part;
          // A component is a function, and a function would be taken for an update.
          if (!gone) setPart(() => part);
        },
        () => !gone && setFailed(true),
      );
      return () => {
        gone = true;
      };
    }, [Part, failed]);
    if (Part) return <Part {...props} />;
    if (!failed) return null;
    return (
      <p className="viewer-soft" role="alert">
        This part of the page did not come: check the connection.{' '}
        <button type="button" className="quiet" onClick={() => setFailed(false)}>
          Try again
        </button>
      </p>
    );
  };
}
