// Files out of a drop or a folder picker.

/** The files of a folder that may be checkpoints, by their names. */
export function checkpointsAmong(files: Iterable<File>): File[] {
  return [...files].filter(({ name }) => /\.(pt|pth|pth\.tar|ckpt|bin|safetensors)$/i.test(name));
}

/** Browsers know the type of what they can show; the others are told that they cannot be read. */
const pictureNames = /\.(png|jpe?g|webp|gif|avif|bmp|svgz?|hei[cf]|jxl|tiff?)$/i;

/** The first picture of what is dropped or pasted. */
export function pictureIn({ files }: DataTransfer): File | null {
  return [...files].find(({ type, name }) => type.startsWith('image/') || pictureNames.test(name)) ?? null;
}

/** All dropped files, and those in dropped folders that may be checkpoints. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // Read before the first await: a drop's items are gone after the event. Some files have no entry.
  const items = [...transfer.items].map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: File[] = [];
  for (const item of items) {
    if (item instanceof File) found.push(item);
    else if (item && isFile(item)) found.push(await fileOf(item));
    else if (item && isDirectory(item)) found.push(...checkpointsAmong(await filesIn(item)));
  }
  return found;
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

async function filesIn(directory: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = directory.createReader();
  const files: File[] = [];
  for (;;) {
    // A reader gives its entries in portions, and at last an empty one.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return files;
    for (const entry of entries) {
      if (isFile(entry)) files.push(await fileOf(entry));
      else if (isDirectory(entry)) files.push(...(await filesIn(entry)));
    }
  }
}
