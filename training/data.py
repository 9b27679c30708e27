"""The folder of pictures that training.faces.dataset writes, also while it is still being written.

images.npy uint8 [N, H, W, 3] (memory-mapped), attributes.jsonl (line i describes picture i), done.json {"count": n}: the
first n pictures are complete.
"""
import json
from pathlib import Path

import numpy as np
import torch


class Faces:
    def __init__(self, folder):
        self.folder, self.held = Path(folder), None
        self.count, self.attributes, self.read = 0, [], 0  # read: how far into attributes.jsonl
        for name in ('images.npy', 'attributes.jsonl', 'done.json'):
            if not (self.folder / name).exists():
                raise FileNotFoundError(f'{self.folder} has no {name}; render the pictures first (stage "data")')
        self.refresh()

    def refresh(self):
        """Look again how many pictures are complete; returns whether there are more than before."""
        count = json.loads((self.folder / 'done.json').read_text())['count']
        if count == self.count:
            return False
        self.images = np.load(self.folder / 'images.npy', mmap_mode='r')
        with open(self.folder / 'attributes.jsonl') as lines:
            lines.seek(self.read)
            for _ in range(count - len(self.attributes)):
                line = lines.readline()
                if not line.endswith('\n'):
                    break
                self.attributes.append(json.loads(line))
                self.read = lines.tell()
        self.count = min(count, len(self.attributes))
        if self.held is not None:
            self.hold(self.held.device)
        names = np.array([attributes['split'] for attributes in self.attributes])
        self.splits = {str(name): np.flatnonzero(names == name) for name in np.unique(names)}
        return True

    def hold(self, device):
        """Keep the pictures on a GPU, whose steps are shorter than a reading; returns self. Those that come later are added."""
        if device.type == 'cuda':
            if self.held is None:
                self.held, self.copied = torch.empty(self.images.shape, dtype=torch.uint8, device=device), 0
            for start in range(self.copied, self.count, 2048):
                part = slice(start, min(start + 2048, self.count))
                self.held[part] = torch.from_numpy(np.ascontiguousarray(self.images[part])).to(device)
            self.copied = self.count
        return self

    def split(self, name):
        """Indices of the complete pictures of a split."""
        if name not in self.splits:
            raise ValueError(f'{self.folder} has no picture of split "{name}" among its first {self.count}')
        return self.splits[name]

    def labels(self):
        """What kind each complete picture is of, by every attribute that has few named kinds -> {name: how many}, int64 [N, names].
        Absent (no hat) is a kind as well."""
        first = self.attributes[0]
        columns = {name: [a[name] for a in self.attributes] for name in first if name != 'split'}
        kinds = {name: sorted(map(str, set(column))) for name, column in columns.items() if all(v is None or isinstance(v, str) for v in column)}
        places = {name: {kind: i for i, kind in enumerate(values)} for name, values in kinds.items() if 1 < len(values) <= 64}
        labels = [[place[str(v)] for v in columns[name]] for name, place in places.items()]
        return {name: len(place) for name, place in places.items()}, torch.tensor(labels).t()

    def pictures(self, indices, flips=None):
        """indices [N], flips bool [N] -> uint8 [N, H, W, 3]"""
        if self.held is not None:
            out = self.held[torch.from_numpy(np.asarray(indices)).to(self.held.device)]
            turned = torch.zeros(len(out), dtype=torch.bool) if flips is None else torch.from_numpy(np.asarray(flips))
            return torch.where(turned.to(out.device)[:, None, None, None], out.flip(2), out)
        order = np.argsort(indices)  # a memory map likes its reads in order
        out = np.empty((len(indices), *self.images.shape[1:]), np.uint8)
        out[order] = self.images[np.asarray(indices)[order]]
        if flips is not None:
            out[flips] = out[flips, :, ::-1]
        return torch.from_numpy(out)


class Shuffle:
    """Endless batches of indices, every picture once a round; new pictures join at the next round."""

    def __init__(self, rng, indices):
        self.rng, self.indices, self.left = rng, indices, np.empty(0, np.int64)

    def take(self, n):
        while len(self.left) < n:
            self.left = np.concatenate([self.left, self.rng.permutation(self.indices())])
        batch, self.left = self.left[:n], self.left[n:]
        return batch, self.rng.random(n) < 0.5


def signed(pictures, device='cpu'):
    """uint8 [N, H, W, 3] -> float [N, 3, H, W] in -1..1, channels last in memory as the bytes are"""
    return pictures.to(device).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def unsigned(pictures):
    """float [N, 3, H, W] in -1..1 -> uint8 [N, H, W, 3]"""
    return pictures.float().clamp(-1, 1).add(1).mul(127.5).round().byte().permute(0, 2, 3, 1).cpu()
