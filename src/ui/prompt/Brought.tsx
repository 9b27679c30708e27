import { OpenedRecipe } from './OpenedRecipe.tsx';
import { OwnPicture } from './OwnPicture.tsx';

/** What a picture or a link brought to the form. */
export function Brought() {
  return (
    <>
      <OpenedRecipe />
      <OwnPicture />
    </>
  );
}
