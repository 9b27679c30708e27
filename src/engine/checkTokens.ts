import { UserError } from '../errors.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { ImageTokens } from '../types.ts';

/** @throws {UserError} `settings` for what is no finished picture of this model */
export function checkTokens(
  tokens: ImageTokens,
  { grid, codebookSize }: Pick<PackManifest, 'grid' | 'codebookSize'>,
): void {
  const fits = tokens.length === grid.rows * grid.columns;
  if (fits && tokens.every((token) => token >= 0 && token < codebookSize)) return;
  throw new UserError(
    'settings',
    'This is no finished picture of the model that is open: make it again, or open its own model.',
  );
}
