"""Which pictures a caption describes."""
import random

import torch

from training.clip import contrast
from training.tests.shapes import caption
from training.vocabulary import Captions


def test_a_caption_describes_all_that_share_what_it_tells():
    shown = [{'index': i, 'colour': colour, 'shape': shape, 'background': background}
             for i, (colour, shape, background) in enumerate((('red', 'cross', 'white'), ('red', 'cross', 'black'), ('red', 'circle', 'white')))]
    captions, rng = Captions(shown, caption), random.Random(3)
    seen = set()
    for _ in range(30):
        _, fits = captions.described(range(3), rng)
        assert fits.diagonal().all() and not fits[:2, 2].any()
        seen.add(bool(fits[0, 1]))  # "a red cross", or with its background
    assert seen == {True, False}


def test_finding_another_picture_that_fits_costs_nothing():
    image = torch.eye(2)
    text = torch.nn.functional.normalize(torch.ones(2, 2), dim=-1)
    both, own = torch.ones(2, 2, dtype=torch.bool), torch.eye(2, dtype=torch.bool)
    scale = torch.tensor(3.0)
    assert torch.allclose(contrast(image, text, both, scale), torch.tensor(2.0).log())
    swapped = contrast(image, image.flip(0), own, scale)
    assert contrast(image, image.flip(0), both, scale) < swapped
