// What a pack is made of, for those who count, store or copy it.
import type { PackFile, PackManifest } from './manifest.ts';

/** Every file that pack.json names, each once; pack.json itself is not among them. */
export function packFiles({ graphs, tokenizer }: PackManifest): PackFile[] {
  return [
    ...Object.values(tokenizer),
    ...Object.values(graphs)
      .flatMap((types) => Object.values(types))
      .flatMap((file) => [file, ...(file.data ?? [])]),
  ];
}
