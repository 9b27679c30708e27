"""See the package."""
import argparse
import copy
import os
from pathlib import Path

import numpy as np
import torch
import yaml

from .. import cache, diffusion, vqgan
from .. import config as configuration
from ..data import Faces
from . import denoiser
from .codes import ColourCodes, colours_of
from .vqgan import DecoderTrainer, EncoderTrainer, FreeTrainer, widened

ENCODER = ('encoder.', 'quant_conv.')
STAGES = ('free', 'encoder', 'decoder', 'join', 'denoiser')


class Growth:
    """What the stages share, read once."""

    def __init__(self, config, data, folder, given):
        self.config, self.folder = config, folder
        self.faces = Faces(data)
        self.trained = vqgan.load_trained(config, given['vqgan'])
        self.given = given
        self.before = self.tokens_before(data)
        colours, count = colours_of(self.faces, config['colour_codes']['attribute'])
        train = self.faces.split('train')
        self.codes = ColourCodes(self.trained.quantize.embed.weight.detach(), self.before[train], config['colour_codes'], count)
        self.tokens = self.codes.told(self.before, colours[: len(self.before)])

    def tokens_before(self, data):
        """Of the trained VQGAN; the colours are told in a copy, the cache that the denoiser learns from."""
        folder = self.folder / 'cache_before'
        cache.build(self.config, data, self.given['vqgan'], self.given['clip'], folder)
        return np.load(folder / 'tokens.npy')

    def free(self):
        FreeTrainer(self.config, self.faces, self.trained, self.folder / 'free').run()

    def encoder(self):
        model = widened(self.config, self.trained, self.codes)
        found = torch.load(self.folder / 'free/state.pt', map_location='cpu', weights_only=False)['model']
        model.load_state_dict({**model.state_dict(), **{name: value for name, value in found.items() if name.startswith(ENCODER)}})
        EncoderTrainer(self.config, self.faces, model, self.codes, self.before, self.tokens, self.folder / 'encoder').run()

    def decoder(self):
        before = torch.load(Path(self.given['vqgan']) / 'state.pt', map_location='cpu', weights_only=False)
        model = widened(self.config, self.trained, self.codes)
        DecoderTrainer(self.config, self.faces, model, self.codes, self.tokens, before, self.folder / 'decoder').run()

    def join(self):
        """One VQGAN of both, as stage "vqgan" leaves one, the tokens with colours told, and the configuration that goes with them."""
        state = torch.load(self.folder / 'decoder/state.pt', map_location='cpu', weights_only=False)
        reads = torch.load(self.folder / 'encoder/state.pt', map_location='cpu', weights_only=False)['model']
        state['model'].update({name: value for name, value in reads.items() if name.startswith(ENCODER)})
        (self.folder / 'vqgan').mkdir(exist_ok=True)
        torch.save(state, self.folder / 'vqgan/state.pt')
        made = copy.deepcopy(self.config)
        made['vqgan']['model']['n_embed'] = made['diffusion']['model']['codes'] = self.codes.total
        (self.folder / 'config.yaml').write_text(yaml.safe_dump(made, sort_keys=False))
        (self.folder / 'cache').mkdir(exist_ok=True)
        np.save(self.folder / 'cache/tokens.npy', self.tokens.astype(np.uint16))
        for name in ('embeddings.npy', 'cache.json'):
            path = self.folder / 'cache' / name
            path.unlink(missing_ok=True)
            os.link(self.folder / 'cache_before' / name, path)

    def denoiser(self):
        trained, _ = diffusion.load_trained(self.config, self.given['diffusion'])
        made = self.folder / 'denoiser', self.folder / 'diffusion'
        denoiser.Trainer(self.config, cache.Cache(self.folder / 'cache'), trained, self.codes, self.before, *made).run()


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python -m training.colour_codes', description=__doc__)
    parser.add_argument('config')
    for name in ('data', 'vqgan', 'clip', 'diffusion', 'out'):
        parser.add_argument(f'--{name}', type=Path, required=True)
    parser.add_argument('--only', choices=STAGES)
    given = vars(parser.parse_args(arguments))
    growth = Growth(configuration.load(given.pop('config')), given.pop('data'), given.pop('out'), given)
    print(f'{growth.codes.total} codes', flush=True)
    for name in [given['only']] if given['only'] else STAGES:
        getattr(growth, name)()


if __name__ == '__main__':
    main()
