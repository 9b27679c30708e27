/** Name and content of each file in a stored archive, read from its end, as readers go. */
export async function zipContents(archive: Blob): Promise<Map<string, Buffer>> {
  const file = Buffer.from(await archive.arrayBuffer());
  const end = file.length - 22;
  const found = new Map<string, Buffer>();
  for (let at = file.readUInt32LE(end + 16); at < end; ) {
    const size = file.readUInt32LE(at + 24);
    const nameLength = file.readUInt16LE(at + 28);
    const start = file.readUInt32LE(at + 42) + 30 + nameLength;
    found.set(file.toString('utf8', at + 46, at + 46 + nameLength), file.subarray(start, start + size));
    at += 46 + nameLength;
  }
  return found;
}
