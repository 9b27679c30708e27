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
ALONE = 0.3  # of the time: the new rows learn first, by themselves
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
    """Stage diffusion again, from the trained model's averages; folder: in which it goes on, result: of the ordinary denoiser.

    Only what is new is learnt from pictures. Of all other tokens the trained model, which has seen more of them, says how likely they are:
    it reads the same picture, with its own codes. Left to themselves, they became 0.07 nats worse in 2,500 steps, and fewer faces were whole.
    """

    def __init__(self, config, cache, trained, codes, before, folder, result):
        """before: the tokens as the trained model knows them [N, F, L]"""
        options = config['colour_codes']
        stage = {**config['diffusion'], **options['denoiser'], 'minutes': options['minutes']['denoiser']}
        stage['model'] = {**config['diffusion']['model'], 'codes': codes.total}
        self.trained, self.codes, self.result = trained, codes, result
        super().__init__({**config, 'diffusion': stage}, cache, folder)
        self.run_trained = diffusion.compiled(self.trained.to(self.device)) if self.run_model is not self.model else self.trained.to(self.device)
        self.before, self.now = torch.from_numpy(before.astype(np.int64)), None
        self.places = torch.tensor(codes.places, device=self.device)
        self.heavy = torch.ones(cache.tokens.shape[-1], device=self.device)
        self.heavy[self.places] = HEAVY
        self.settled = [p for name, p in self.model.named_parameters() if not name.endswith(LEARNT)]

    def built(self):
        return widened(self.config, self.trained, self.codes).requires_grad_(True)

    def parameter_groups(self):
        new = [p for name, p in self.model.named_parameters() if name.endswith(LEARNT)]
        groups = super().parameter_groups()
        for group in groups:
            group['params'] = [p for p in group['params'] if all(p is not row for row in new)]
        return [*groups, {'params': new, 'weight_decay': 0.0, 'share': EAGER}]

    def pick(self, indices, flips):
        self.now = torch.from_numpy(indices), torch.from_numpy(flips).long()
        return super().pick(indices, flips)

    def train_step(self):
        goes_on = self.session.progress >= ALONE
        if self.settled[0].requires_grad != goes_on:
            for p in self.settled:
                p.requires_grad_(goes_on)
        return super().train_step()

    def losses(self, run, tokens, condition, t):
        seen = self.model.corrupt(tokens, t)
        hidden = seen == self.model.codes
        before = torch.where(hidden, self.trained.codes, self.before[self.now].to(self.device))
        with self.context():
            with torch.no_grad():
                wanted = self.run_trained(before, condition, t).float().log_softmax(-1)
            told = run(seen, condition, t).float().log_softmax(-1)
        loss = (wanted.exp() * (wanted - told[..., : self.codes.base])).sum(-1)
        entropy = F.nll_loss(told[:, self.places].flatten(0, 1), tokens[:, self.places].flatten(), reduction='none')
        loss = loss.index_copy(1, self.places, entropy.view(len(tokens), -1))
        kept = (told.detach().argmax(2) == tokens).float()
        masked, visible = hidden.float(), (~hidden).float()
        means = [diffusion.mean_where(loss, where * self.heavy) for where in (masked, visible)]
        return *means, diffusion.mean_where(kept, visible)

    def run(self):
        if self.session.progress < 1:
            super().run()
        self.average.swap()
        made = plain(self.config, self.model)
        self.average.swap()
        self.result.mkdir(parents=True, exist_ok=True)
        torch.save({'step': self.step, 'elapsed': self.session.elapsed, 'average': Average(made.parameters(), 0).state_dict(),
                    'torch_rng': torch.get_rng_state(), 'numpy_rng': self.shuffle.rng.bit_generator.state}, self.result / 'state.pt')
