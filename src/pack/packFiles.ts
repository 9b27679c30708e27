// What a pack is made of, for those who count, store or copy it.
import type { GraphFile, GraphFiles, PackFile, PackManifest, WeightType } from './packTypes.ts';

/** Every file that pack.json names, each once; pack.json itself is not among them. */
export function packFiles(manifest: PackManifest): PackFile[] {
  return [...new Map(fileEntries(manifest).map((entry) => [entry.file, entry])).values()];
}

/** The same as pack.json lists them: a file that serves two graphs is there twice. */
export function fileEntries({ graphs, tokenizer }: PackManifest): PackFile[] {
  return [
    ...Object.values(tokenizer),
    ...Object.values(graphs)
      .flatMap((types) => Object.values(types))
      .flatMap((file) => [file, ...(file.data ?? [])]),
  ];
}

/** A graph names its data files relative to itself, and they lie beside it. */
export function dataPath({ file }: PackFile): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

export interface ChosenFile {
  readonly weightType: WeightType;
  readonly file: GraphFile;
  /** With its data files. */
  readonly bytes: number;
}

/** What is opened where a graph is stored in several ways: the smallest. */
export function chosenFile(stored: GraphFiles): ChosenFile {
  const [smallest] = Object.entries(stored)
    .map(([type, file]) => ({ weightType: type as WeightType, file, bytes: bytesOf(file) }))
    .sort((a, b) => a.bytes - b.bytes);
  return smallest;
}

const bytesOf = ({ bytes, data = [] }: GraphFile) => data.reduce((sum, file) => sum + file.bytes, bytes);
