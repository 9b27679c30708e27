// The converter speaks to people at a command line; on the page, files have names and options have fields.
import type { ModelKind } from './importProtocol.ts';

/** The same message for the page. `names` are those of the files, as far as they are known by kind. */
export function inPageWords(message: string, names: Readonly<Partial<Record<ModelKind, string>>>): string {
  return message
    .replace(/the file given as --(diffusion|vqgan|clip)/gi, (whole, kind: ModelKind) =>
      names[kind] === undefined ? whole : `“${names[kind]}”`,
    )
    .replace(
      /gives (\S+); if it is linear, pass /,
      'would give $1; if it is linear, use npm run convert with ',
    )
    .replace('convert it without --weights plain', 'choose averaged weights')
    .replace('convert it with --dtype fp32', 'convert it in full precision')
    .replace('convert it with --dtype fp16', 'convert it in half precision');
}
