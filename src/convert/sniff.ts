// What a file is that is not a checkpoint, and what to do about it.
import type { ByteSource } from './source.ts';

/** Bytes of the file's start that the sniffing looks at; "ustar" of a tar file ends at 262. */
export const sniffedBytes = 512;

/** One sentence: what the file looks like, and what to do. `head` is its first 512 bytes, or all of a shorter one. */
export function describeForeignFile(head: Uint8Array, source: ByteSource): string {
  if (source.byteLength === 0) return 'The file is empty: fetch it again.';
  const text = new TextDecoder().decode(head);
  if (/^\s*(<!doctype html|<html|<head|<\?xml|<!--)/i.test(text)) {
    return 'The file is a web page and not a checkpoint: the link led to a page about it. Fetch the file itself.';
  }
  if (text.startsWith('version https://git-lfs')) {
    return 'The file is a Git LFS pointer and not the checkpoint itself: run "git lfs pull", or fetch the file from its page.';
  }
  if (startsWith(head, [0x1f, 0x8b])) return 'The file is compressed with gzip: unpack it first.';
  if (startsWith(head, [0x37, 0x7a, 0xbc, 0xaf])) return 'The file is a 7z archive: unpack it first.';
  if (text.slice(257, 262) === 'ustar') {
    return 'The file is a tar archive: unpack it first; if it is a checkpoint from before PyTorch 0.1.10, load it with torch.load and save it again.';
  }
  if (startsWith(head, [0x89, 0x48, 0x44, 0x46]))
    return 'The file is in the HDF5 format (Keras?) and not from PyTorch.';
  if (text.startsWith('GGUF')) return 'The file is in the GGUF format and not from PyTorch.';
  if (head[0] === 0x80 && head[1] <= 5) {
    return 'The file is a Python pickle, but not one that torch.save wrote: load it in Python and save its state_dict with torch.save.';
  }
  const start = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `The file is not a PyTorch checkpoint: it begins with ${start}. Choose a .pt, .pth, .ckpt or .safetensors file.`;
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => head[i] === byte);
}
