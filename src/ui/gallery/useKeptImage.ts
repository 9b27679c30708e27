import { useEffect, useState } from 'react';
import type { Head } from '../../gallery/picture.ts';
import type { StepTokens } from '../../gallery/steps.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { useKeptActions } from '../context.ts';

interface KeptImage {
  /** Of the PNG. */
  readonly address: string | null;
  readonly recipe: Recipe | null;
  readonly steps: StepTokens | null;
  /** Why it cannot be shown. */
  readonly problem: string | null;
}

const nothing: KeptImage = { address: null, recipe: null, steps: null, problem: null };

/** What a kept picture shows, read when it is asked for and let go with the component. */
export function useKeptImage({ id }: Pick<Head, 'id'>): KeptImage {
  const { read } = useKeptActions();
  const [image, setImage] = useState(nothing);
  useEffect(() => {
    let address: string | null = null;
    let gone = false;
    read({ id }).then(
      ({ png, recipe, steps }) => {
        if (gone) return;
        address = URL.createObjectURL(png);
        setImage({ address, recipe, steps, problem: null });
      },
      ({ message }: Error) => {
        if (!gone) setImage({ ...nothing, problem: message });
      },
    );
    return () => {
      gone = true;
      if (address) URL.revokeObjectURL(address);
      setImage(nothing);
    };
  }, [id, read]);
  return image;
}
