import { picturesAsked } from '../../store/settings.ts';
import { useAppState } from '../context.ts';

/** How many pictures the choices of a prompt come to, before they are made. */
export function PictureTotal() {
  const total = useAppState(({ draft }) => picturesAsked(draft));
  const each = useAppState(({ draft }) => draft.candidates);
  if (total === null || total === each) return null;
  return (
    <p className="notice">
      {total / each} prompts × {each} = {total} pictures.
    </p>
  );
}
