/** "My Faces" -> my-faces, my-faces-2: the letters that a pack's id may have. */
export function packId(name: string, count: number): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '-')
    .slice(0, 40);
  const id = plain || 'model';
  return count === 1 ? id : `${id}-${count}`;
}
