import type { Head } from '../../gallery/picture.ts';
import { useKeptImage } from './useKeptImage.ts';
import { ViewLink } from './ViewLink.tsx';

interface KeptImageProps {
  readonly head: Head;
  readonly name: string;
  /** What the viewer goes through. */
  readonly among: () => readonly string[];
  /** Shown in its place while it is there. */
  readonly instead?: string | null;
}

/** A kept picture that opens large. */
export function KeptImage({ head, name, among, instead }: KeptImageProps) {
  const { address, problem } = useKeptImage(head);
  const shown = instead ?? address;
  return (
    <>
      {shown && (
        <ViewLink id={head.id} address={shown} among={among}>
          <img src={shown} alt={name} decoding="async" />
        </ViewLink>
      )}
      {problem && <p className="kept-problem">{problem}</p>}
    </>
  );
}
