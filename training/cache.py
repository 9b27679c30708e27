"""Stage tokens: what the diffusion learns from, computed once: the codes of every picture and its CLIP embedding, plain and mirrored."""
import json
import os
from pathlib import Path

import numpy as np
import torch

from . import clip, vqgan
from . import config as configuration
from .data import Faces, signed
from .runtime import autocast, prepare

CHUNK = {'cpu': 32, 'cuda': 256}


def build(config, data, vqgan_folder, clip_folder, folder):
    """Write or extend tokens.npy uint16 [N, 2, L] and embeddings.npy float32 [N, 2, D] for all complete pictures."""
    device = prepare(config)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    faces = Faces(data)
    tokenizer = vqgan.load_trained(config, vqgan_folder).to(device, memory_format=torch.channels_last)
    embedder, _ = clip.load_trained(config, clip_folder)
    embedder.model.to(device)
    embedder.device = device
    tokens, embeddings = [], []
    done = 0
    if (folder / 'cache.json').exists():
        tokens, embeddings = [np.load(folder / 'tokens.npy')], [np.load(folder / 'embeddings.npy')]
        done = len(tokens[0])
    chunk = CHUNK[device.type]
    with torch.no_grad():
        for start in range(done, faces.count, chunk):
            indices = np.arange(start, min(start + chunk, faces.count))
            both = [faces.pictures(indices, np.full(len(indices), flip)) for flip in (False, True)]
            with autocast(device, config):
                tokens.append(np.stack([tokenizer.encode(signed(p, device)).cpu().numpy().astype(np.uint16) for p in both], 1))
                embeddings.append(np.stack([embedder.pictures(p).cpu().numpy() for p in both], 1))
            if start // chunk % 40 == 0:
                print(f'cached {indices[-1] + 1} of {faces.count}', flush=True)
    for name, arrays in (('tokens', tokens), ('embeddings', embeddings)):
        with open(folder / f'{name}.new', 'wb') as file:
            np.save(file, np.concatenate(arrays))
        os.replace(folder / f'{name}.new', folder / f'{name}.npy')
    splits = [attributes['split'] for attributes in faces.attributes]
    (folder / 'cache.json').write_text(json.dumps({'data': str(data), 'splits': splits}))


class Cache:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.stamp = None
        self.refresh()

    def refresh(self):
        """Take over what has been cached since; returns whether there was any."""
        stamp = (self.folder / 'cache.json').stat().st_mtime_ns
        if stamp == self.stamp:
            return False
        self.stamp = stamp
        self.tokens = torch.from_numpy(np.load(self.folder / 'tokens.npy').astype(np.int64))
        self.embeddings = torch.from_numpy(np.load(self.folder / 'embeddings.npy'))
        self.splits = np.array(json.loads((self.folder / 'cache.json').read_text())['splits'])[: len(self.tokens)]
        return True

    def split(self, name):
        return np.flatnonzero(self.splits == name)


if __name__ == '__main__':
    configuration.command(build, 'data', 'vqgan', 'clip', 'out')
