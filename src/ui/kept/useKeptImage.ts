import { useEffect, useState } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { useKeptActions } from '../context.ts';

/** An address of a kept picture's PNG for as long as it is shown, or why it cannot be. */
export function useKeptImage({ id }: Pick<Head, 'id'>, shown: boolean) {
  const { read } = useKeptActions();
  const [image, setImage] = useState<{ readonly address: string | null; readonly problem: string | null }>({
    address: null,
    problem: null,
  });
  useEffect(() => {
    if (!shown) return;
    let made: string | null = null;
    let gone = false;
    read({ id }).then(
      ({ png }) => {
        if (gone) return;
        made = URL.createObjectURL(png);
        setImage({ address: made, problem: null });
      },
      ({ message }: Error) => {
        if (!gone) setImage({ address: null, problem: message });
      },
    );
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
      setImage({ address: null, problem: null });
    };
  }, [id, shown, read]);
  return image;
}
