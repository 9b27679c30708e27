/** Hands a file to the visitor, as a click on a download link does. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads the blob after this task; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
