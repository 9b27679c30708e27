"""The VQGAN with codes of colours: an encoder that tells them, and a decoder that shows them. Each learns alone."""
import numpy as np
import torch
import torch.nn.functional as F

from .. import vqgan
from ..data import Shuffle, signed
from ..evaluate.data import UNKNOWN
from ..models.vqgan import GumbelVQ
from ..runtime import Average, Session, autocast, generator, prepare, set_rate, turns, warm_cosine

REPORT = 50
SURE = 4.0  # logits by which a latent's unit along a colour's direction tells the colour
LEAN = 12.0  # logits; a look is farther from a latent than the nearest of many codes
SOFT = 2.0  # codes' logits are far apart; while they learn to stay they are nearer
# How much counts what codes are, which places tell a colour, and the colour: until it is known, and then
WEIGHTS = {'tell': (1.0, 1.0, 6.0), 'keep': (3.0, 2.0, 1.0)}


def widened(config, trained, codes):
    """A GumbelVQ with the new codes; it draws as the trained one does."""
    model = GumbelVQ(**{**config['vqgan']['model'], 'n_embed': codes.total})
    state, before, new, axes = model.state_dict(), trained.state_dict(), codes.new_embed(), codes.axes()
    # the nearest look, as Codebook.fold_into has nearest codes, and the colour by its direction
    scale = (before['quantize.proj.weight'][:, :, 0, 0] / (2 * codes.embed)).median()
    centres, height = codes.centres, (codes.embed @ axes.t()).mean(0)
    weight = (2 * scale * centres)[:, None] + SURE * axes[None]
    bias = (LEAN - scale * centres.pow(2).sum(1))[:, None] - SURE * height[None]
    rows = {'quantize.embed.weight': new, 'quantize.proj.weight': weight.flatten(0, 1)[:, :, None, None], 'quantize.proj.bias': bias.flatten()}
    model.load_state_dict({name: torch.cat([before[name], rows[name]]) if name in rows else before[name] for name in state})
    return model


class FreeTrainer(vqgan.Trainer):
    """The first phase again, from the trained weights and without codes: the encoder finds irises, which codes had made it pass over."""

    def __init__(self, config, faces, trained, folder):
        options = config['colour_codes']
        stage = {**config['vqgan'], **options['free'], 'grow': 0}
        # The noise grows as if codes were to follow; they do not.
        stage['minutes'] = {'autoencoder': 2 * options['minutes']['free'], 'codebook': 0, 'decoder': 0}
        super().__init__({**config, 'vqgan': stage}, faces, folder)
        self.session.budget /= 2
        if self.step == 0:
            self.model.load_state_dict(trained.state_dict())

    def run(self):
        if self.session.progress >= 1:
            return
        for values in turns(self, self.every):
            self.report(values)


class EncoderTrainer:
    """Tells colours at their places; elsewhere, and in looks, what the trained encoder said. The codes are given: the encoder alone learns."""

    def __init__(self, config, faces, model, codes, before, tokens, folder):
        """before: tokens of the trained encoder; tokens: the same with colours told [N, F, L]"""
        self.config, self.options, self.faces, self.codes = config, config['colour_codes'], faces, codes
        self.device = prepare(config)
        self.model = model.to(self.device, memory_format=torch.channels_last)
        self.model.quantize.requires_grad_(False)
        self.before, self.tokens = torch.from_numpy(before.astype(np.int64)), torch.from_numpy(tokens)
        self.axes = codes.axes().to(self.device)
        self.parameters = [*model.encoder.parameters(), *model.quant_conv.parameters()]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        self.minutes = {name: self.options['minutes'][name] for name in WEIGHTS}
        self.session = Session(folder, sum(self.minutes.values()), config.get('seconds_per_step'))
        self.step = 0
        state = self.session.resume()
        if state:
            self.step = state['step']
            self.model.load_state_dict(state['model'])
            self.optimizer.load_state_dict(state['optimizer'])
        self.shuffle = Shuffle(generator(state, config['seed'] + 5), lambda: faces.split('train'))
        self.elsewhere = torch.ones(tokens.shape[-1], dtype=torch.bool)
        self.elsewhere[codes.places] = False

    def save(self):
        self.session.save({'step': self.step, 'model': self.model.state_dict(), 'optimizer': self.optimizer.state_dict(),
                           'numpy_rng': self.shuffle.rng.bit_generator.state})

    def train_step(self):
        set_rate(self.optimizer, warm_cosine(self.step, 100, self.session.progress, self.options['rate'], 0.02))
        indices, flips = self.shuffle.take(self.options['batch'])
        rows = torch.from_numpy(indices), torch.from_numpy(flips).long()
        before, wanted = (tokens[rows].to(self.device) for tokens in (self.before, self.tokens))
        with autocast(self.device, self.config):
            z = self.model.latent(signed(self.faces.pictures(indices, flips), self.device))
        logits = self.model.quantize.proj(z.float()).flatten(2).transpose(1, 2)
        old, new = logits.split([self.codes.base, self.codes.total - self.codes.base], -1)
        stays = F.cross_entropy(old.flatten(0, 1) / SOFT, before.flatten())
        tells = new.logsumexp(-1) - old.logsumexp(-1)
        places, elsewhere = self.codes.places, self.elsewhere
        told = F.binary_cross_entropy_with_logits(tells[:, places], (wanted[:, places] >= self.codes.base).float()) + 4 * F.softplus(tells[:, elsewhere]).mean()
        colours = self.codes.colour_of(wanted[:, places])
        along = SURE * z.float().flatten(2).transpose(1, 2)[:, places] @ self.axes.t() - self.height()
        known = colours != UNKNOWN
        right = (along.argmax(-1) == colours)[known].float().mean() if known.any() else torch.tensor(0.0)
        colour = F.cross_entropy(along[known], colours[known]) if known.any() else 0.0
        weights = WEIGHTS['tell' if self.session.elapsed < 60 * self.minutes['tell'] else 'keep']
        loss = sum(weight * part for weight, part in zip(weights, (stays, told, colour)))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        kept = (logits[:, elsewhere].argmax(-1) == wanted[:, elsewhere]).float().mean()
        return {'loss': loss.item(), 'kept': kept.item(), 'right': right.item()}

    def height(self):
        return SURE * (self.codes.embed.to(self.device) @ self.axes.t()).mean(0)

    def run(self):
        if self.session.progress >= 1:
            return
        for values in turns(self, REPORT):
            print(f'encoder, step {self.step}:', {name: round(value, 3) for name, value in values.items()}, flush=True)


class DecoderTrainer(vqgan.Trainer):
    """The last phase again, from the trained model's averages: tokens are given, so what the encoder makes of a picture does not matter."""

    def __init__(self, config, faces, model, codes, tokens, before, folder):
        options = config['colour_codes']
        stage = {**config['vqgan'], **options['decoder'], 'grow': 0, 'model': {**config['vqgan']['model'], 'n_embed': codes.total}}
        stage['minutes'] = {'autoencoder': 0, 'codebook': 0, 'decoder': options['minutes']['decoder']}
        if not (folder / 'state.pt').exists():
            begin(model, before, stage, folder)
        super().__init__({**config, 'vqgan': stage}, faces, folder)
        self.tokens, self.now = torch.from_numpy(tokens), None
        self.model.encode = lambda _: self.tokens[self.now].to(self.device)

    def batch(self):
        indices, flips = self.shuffle.take(self.stage['batch'][self.phase])
        self.now = torch.from_numpy(indices), torch.from_numpy(flips).long()
        return self.pictures(indices, flips), self.weight

    def evaluate(self, count=64):
        """Nothing: the encoder that would be asked learns elsewhere."""
        return {}


def begin(model, before, stage, folder):
    """The state from which the last phase goes on with another codebook. Where the trained one came without its discriminator (from a pack or
    another machine), a new one learns beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    side = vqgan.decoder_side(model)
    optimizer = {'optimizer': torch.optim.Adam(side, lr=1e-3, betas=(0.9, 0.98)).state_dict()} if 'discriminator' in before else {}
    torch.save({
        **before, 'step': 0, 'phase': vqgan.PHASES[-1], 'phase_step': 0, 'elapsed': 0.0, 'book': None,
        'model': model.state_dict(), **optimizer, 'average': Average(side, stage['average']).state_dict(),
    }, folder / 'state.pt')
