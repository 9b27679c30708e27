"""The denoiser with codes of colours. It begins as the trained one, and goes on with their places counting more; the row of a new code is
that of its look and that of its colour together, so that every look learns from all colours, and every colour from all looks."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from .. import diffusion
from ..runtime import Average

HEAVY = 12.0  # how much more the places of colours count
EAGER = 10.0  # how much faster the new rows learn than what is learnt already
LEARNT = ('looks', 'colours')
HEAD, EMBEDDING = 'transformer.to_logits.1', 'transformer.content_emb.emb'


class Rows(nn.Module):
    """A table whose rows are: of the old codes, for each look and colour the sum of both, and whatever stood last."""

    def __init__(self, table, codes):
        """table [K, ...] or, with the mask's row, [K + 1, ...]: of the trained model"""
        super().__init__()
        self.register_buffer('old', table[: codes.base].clone())
        self.register_buffer('last', table[codes.base :].clone())
        self.looks = nn.Parameter(codes.of_looks(table)[:: codes.colours].clone())
        self.colours = nn.Parameter(torch.zeros(codes.colours, *table.shape[1:]))

    def forward(self):
        new = (self.looks[:, None] + self.colours[None]).flatten(0, 1)
        return torch.cat([self.old, new, self.last])


class Head(nn.Module):
    def __init__(self, weight, bias, codes):
        super().__init__()
        self.weight, self.bias = Rows(weight, codes), Rows(bias, codes)
        self.bias.looks.data -= np.log(codes.colours)  # the looks are as likely as before, the colours alike

    def forward(self, x):
        return F.linear(x, self.weight(), self.bias())


class Embedding(nn.Module):
    def __init__(self, table, codes):
        super().__init__()
        self.weight = Rows(table, codes)

    def forward(self, tokens):
        return F.embedding(tokens, self.weight())


def widened(config, trained, codes):
    """The trained denoiser with the new codes; config: of the one that it becomes"""
    model, weights = diffusion.build(config), trained.state_dict()
    model.transformer.to_logits[1] = Head(weights[f'{HEAD}.weight'], weights[f'{HEAD}.bias'], codes)
    model.transformer.content_emb.emb = Embedding(weights[f'{EMBEDDING}.weight'], codes)
    # the schedule's buffers know how many codes there are
    same = {name: value for name, value in weights.items() if name in model.state_dict() and model.state_dict()[name].shape == value.shape}
    model.load_state_dict(same, strict=False)
    return model


def plain(config, model):
    """As an ordinary denoiser, whose rows are put together."""
    out = diffusion.build(config)
    weights = {name: value for name, value in model.state_dict().items() if name in out.state_dict()}
    head, embedding = model.transformer.to_logits[1], model.transformer.content_emb.emb
    tables = {f'{HEAD}.weight': head.weight(), f'{HEAD}.bias': head.bias(), f'{EMBEDDING}.weight': embedding.weight()}
    out.load_state_dict({**weights, **{name: table.detach() for name, table in tables.items()}})
    return out


class Trainer(diffusion.Trainer):
    """Stage diffusion again, from the trained model's averages; folder: in which it goes on, result: of the ordinary denoiser."""

    def __init__(self, config, cache, trained, codes, folder, result):
        options = config['colour_codes']
        stage = {**config['diffusion'], **options['denoiser'], 'minutes': options['minutes']['denoiser']}
        stage['model'] = {**config['diffusion']['model'], 'codes': codes.total}
        self.trained, self.codes, self.result = trained, codes, result
        super().__init__({**config, 'diffusion': stage}, cache, folder)
        self.heavy = torch.ones(cache.tokens.shape[-1], device=self.device)
        self.heavy[codes.places] = HEAVY

    def built(self):
        return widened(self.config, self.trained, self.codes).requires_grad_(True)

    def parameter_groups(self):
        new = [p for name, p in self.model.named_parameters() if name.endswith(LEARNT)]
        groups = super().parameter_groups()
        for group in groups:
            group['params'] = [p for p in group['params'] if all(p is not row for row in new)]
        return [*groups, {'params': new, 'weight_decay': 0.0, 'share': EAGER}]

    def losses(self, run, tokens, condition, t):
        return diffusion.losses(self.model, run, tokens, condition, t, self.context(), self.heavy)

    def run(self):
        if self.session.progress < 1:
            super().run()
        self.average.swap()
        made = plain(self.config, self.model)
        self.average.swap()
        self.result.mkdir(parents=True, exist_ok=True)
        torch.save({'step': self.step, 'elapsed': self.session.elapsed, 'average': Average(made.parameters(), 0).state_dict(),
                    'torch_rng': torch.get_rng_state(), 'numpy_rng': self.shuffle.rng.bit_generator.state}, self.result / 'state.pt')
