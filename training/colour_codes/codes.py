"""Which codes there are: those of the VQGAN, and behind them, for each look, one of every colour."""
import numpy as np
import torch

from ..codebook import nearest_codes
from ..evaluate.data import UNKNOWN, label

ROUNDS = 30
APART = 0.5  # of the codes' deviation: how far a colour begins from its look


class ColourCodes:
    """
    embed: codes of the trained VQGAN [K, D]
    tokens: of training pictures, by which looks are found [N, ..., L]
    options: the section "colour_codes" of a configuration; places are [row, column]
    colours: how many values the attribute has
    """

    def __init__(self, embed, tokens, options, colours):
        side = int(tokens.shape[-1] ** 0.5)
        self.base, self.colours, self.looks = len(embed), colours, options['looks']
        self.places = [row * side + column for row, column in options['places']]
        self.embed = embed
        seen = torch.as_tensor(tokens[..., self.places].astype(np.int64)).flatten()
        self.share = torch.bincount(seen, minlength=self.base).float()
        self.look, self.centres = self.found_looks()

    @property
    def total(self):
        return self.base + self.looks * self.colours

    def found_looks(self):
        """k-means of the codes, each as heavy as it is often -> the look of each code [K], centres [looks, D]"""
        draw = torch.Generator().manual_seed(5)
        drawn = lambda count: self.embed[torch.multinomial(self.share, count, replacement=True, generator=draw)]
        centres = drawn(self.looks)
        for _ in range(ROUNDS):
            look = nearest_codes(self.embed, centres)
            weight = torch.zeros(self.looks).index_add_(0, look, self.share)
            sums = torch.zeros_like(centres).index_add_(0, look, self.embed * self.share[:, None])
            centres = torch.where(weight[:, None] > 0, sums / weight.clamp(min=1)[:, None], drawn(self.looks))
        return nearest_codes(self.embed, centres), centres

    def told(self, tokens, colours):
        """tokens [N, F, L], colours [N], UNKNOWN where none is to be seen -> the same with the colours told"""
        out, known = tokens.astype(np.int64), colours != UNKNOWN
        for place in self.places:
            looks = self.look.numpy()[out[known][..., place]]
            out[known, ..., place] = self.base + looks * self.colours + colours[known].reshape(-1, *[1] * (looks.ndim - 1))
        return out

    def colour_logits(self, logits):
        """logits [..., total] -> [..., colours], of all looks together"""
        return logits[..., self.base :].unflatten(-1, (self.looks, self.colours)).logsumexp(-2)

    def colour_of(self, tokens):
        """[...] -> [...], UNKNOWN where a token tells none"""
        return torch.where(tokens >= self.base, (tokens - self.base) % self.colours, UNKNOWN)

    def of_looks(self, values):
        """What the new codes begin with: the mean over the old codes of a look, as often as they are. [K, ...] -> [looks * colours, ...]"""
        weight = self.share + 1e-3
        sums = torch.zeros(self.looks, *values.shape[1:]).index_add_(0, self.look, values[: self.base] * weight.view(-1, *[1] * (values.ndim - 1)))
        mean = sums / torch.zeros(self.looks).index_add_(0, self.look, weight).view(-1, *[1] * (values.ndim - 1))
        return mean.repeat_interleave(self.colours, 0)

    def axes(self):
        """[colours, D]: along these the old codes hardly differ, so that an encoder which tells a colour along them changes none"""
        _, axes = torch.linalg.eigh((self.embed - self.embed.mean(0)).t().cov().double())
        return axes[:, : self.colours].t().float()

    def new_embed(self):
        """[looks * colours, D]: colours lie in directions of their own, the same for all looks"""
        turned, _ = torch.linalg.qr(torch.randn(self.embed.shape[1], self.embed.shape[1], generator=torch.Generator().manual_seed(3)))
        size = (self.embed - self.embed.mean(0)).pow(2).sum(1).mean().sqrt()
        return (self.centres[:, None] + APART * size * turned[None, : self.colours]).flatten(0, 1)


def colours_of(faces, name):
    """name: of the attribute -> index of each picture's colour, UNKNOWN where it is not to be seen [N]; how many colours there are"""
    values = sorted({attributes[name] for attributes in faces.attributes})
    return np.array([label(attributes, name, values) for attributes in faces.attributes]), len(values)
