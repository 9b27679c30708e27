import type { ReactNode } from 'react';
import { useKeptActions } from '../context.ts';

interface ViewLinkProps {
  /** Null while the picture is not kept: then it is no link. */
  readonly id: string | null;
  /** The file itself, for whoever wants it in a tab of its own. */
  readonly address: string;
  /** What the viewer goes through. */
  readonly among: () => readonly string[];
  readonly children: ReactNode;
}

/** A picture that opens large. */
export function ViewLink({ id, address, among, children }: ViewLinkProps) {
  const { view } = useKeptActions();
  return (
    <a
      className="view-link"
      href={id === null ? undefined : address}
      onClick={(event) => {
        if (id === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        view({ id, ids: among() });
      }}
    >
      {children}
    </a>
  );
}
