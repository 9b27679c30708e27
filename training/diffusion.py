"""Stage diffusion, language-free as in the paper: the condition is a CLIP image embedding plus noise, never a caption or a label.
Besides the paper's noise in all directions alike, a condition may be left vague, as texts are.

Loss: cross-entropy of x0, the mean over masked positions (with alpha1, which replaces next to no token, that is the variational
bound's own weighting) plus the mean over visible ones: the last step samples every position again, so they must be copied.
"""
import sys

import torch
import torch.nn.functional as F

from . import config as configuration
from .cache import Cache
from .curves import Curves
from .data import Shuffle
from .models.diffusion import DiffusionTransformer
from .runtime import Average, Session, autocast, generator, prepare, set_rate, turns, warm_cosine

NOISE = 0.25  # length of the random vector added to the condition; under the paper's 0.5, CLIP's heads tell a fifth fewer hair styles
NULL_SHARE = 0.1
CHECKED = (10, 30, 50, 70, 90)  # timesteps of the held-out figures


def noisy(embedding):
    """unit [N, D] + NOISE times a random unit vector, unit again"""
    return F.normalize(embedding + NOISE * F.normalize(torch.randn_like(embedding), dim=-1), dim=-1)


class Vagueness:
    """What a text leaves open, drawn from embeddings alone: it lies at the mean of all pictures it describes, where a picture's own
    embedding is definite in everything. Without this, the diffusion finds in a text's embedding a blend of all that was not said.

    Embeddings [M, D] are whitened (directions that hardly vary are left alone); of a turned basis, drawn for each batch, every
    sample keeps a share of the directions and takes the mean in the others. The share is uniform in 0..1, or all for DEFINITE.
    """

    DEFINITE = 0.3
    LEAST = 1e-3  # of the largest deviation

    def __init__(self, embeddings):
        self.mean = embeddings.mean(0)
        size, axes = torch.linalg.eigh((embeddings - self.mean).t().cov().double())
        deviation = size.clamp(min=0).sqrt()
        varied = deviation > self.LEAST**0.5 * deviation.max()
        self.white = (axes / deviation)[:, varied].float()  # [D, r]
        self.colour = (axes * deviation)[:, varied].float()

    def __call__(self, embedding):
        white = (embedding - self.mean) @ self.white
        turn, _ = torch.linalg.qr(torch.randn(white.shape[1], white.shape[1], device=white.device))
        share = torch.rand(len(white), 1, device=white.device)
        definite = torch.rand(len(white), 1, device=white.device) < self.DEFINITE
        dropped = (torch.rand(white.shape, device=white.device) > share) & ~definite
        lost = ((white @ turn) * dropped) @ turn.t() @ self.colour.t()
        return F.normalize(embedding - lost, dim=-1)


def mean_where(values, weight):
    """[N, L], [N, L] -> each sample's weighted mean [N]"""
    return (values * weight).sum(1) / weight.sum(1).clamp(min=1)


def losses(model, run, tokens, condition, t, context):
    """run is the model, compiled or not -> cross-entropy on masked and on visible positions, mean over each sample's own [N], share of visible ones kept [N]"""
    seen = model.corrupt(tokens, t)
    with context:
        logits = run(seen, condition, t)
    entropy = F.cross_entropy(logits.flatten(0, 1).float(), tokens.flatten(), reduction='none').view_as(tokens)
    masked = (seen == model.codes).float()
    kept = (logits.detach().argmax(2) == tokens).float()
    return mean_where(entropy, masked), mean_where(entropy, 1 - masked), mean_where(kept, 1 - masked)


class Trainer:
    def __init__(self, config, cache, folder, minutes=None):
        self.config, self.stage, self.cache = config, config['diffusion'], cache
        self.device = prepare(config)
        self.session = Session(folder, minutes or self.stage['minutes'], config.get('seconds_per_step'))
        self.curves = Curves(self.session.folder, ['step', 'minutes', 'masked', 'visible', 'kept', 'rate', 'test_masked', 'test_visible', 'test_kept'])
        self.model = self.built().to(self.device)
        self.optimizer = torch.optim.AdamW(self.parameter_groups(), lr=1e-3, betas=(0.9, 0.97), fused=True)
        self.average = Average(self.model.parameters(), self.stage['average'])
        self.step = 0
        state = self.session.resume()
        if state:
            self.average.load_state_dict(state['average'])
            if 'model' in state:
                self.model.load_state_dict(state['model'])
                self.optimizer.load_state_dict(state['optimizer'])
            else:  # it came back from elsewhere
                self.average.swap()
                self.average.load_state_dict(state['average'])
            self.step = state['step']
        self.run_model = compiled(self.model) if self.stage.get('compile') or self.device.type == 'cuda' else self.model
        self.shuffle = Shuffle(generator(state, config['seed'] + 2), lambda: self.cache.split('train'))
        self.vague = self.vagueness()

    def built(self):
        return build(self.config)

    def parameter_groups(self):
        """What reads the condition learns faster: a condition has unit length, so its entries are sqrt(width) times smaller than
        those other layers see, and Adam, whose steps are of one size, would move its readings so much more slowly."""
        reads = lambda name: name.endswith('ln2.emb.weight')
        bare = lambda name, p: p.ndim < 2 or 'emb.weight' in name or 'empty' in name
        named = list(self.model.named_parameters())
        return [
            {'params': [p for name, p in named if not bare(name, p)], 'weight_decay': 0.02},
            {'params': [p for name, p in named if bare(name, p) and not reads(name)], 'weight_decay': 0.0},
            {'params': [p for name, p in named if reads(name)], 'weight_decay': 0.0, 'share': self.stage['model']['width'] ** 0.5},
        ]

    def vagueness(self):
        return Vagueness(self.cache.embeddings[self.cache.split('train')].flatten(0, 1).to(self.device))

    def save(self):
        self.session.save({
            'step': self.step, 'model': self.model.state_dict(), 'optimizer': self.optimizer.state_dict(),
            'average': self.average.state_dict(), 'numpy_rng': self.shuffle.rng.bit_generator.state,
        })

    def pick(self, indices, flips):
        flips = torch.from_numpy(flips).long()
        return self.cache.tokens[indices, flips].to(self.device), self.cache.embeddings[indices, flips].to(self.device)

    def context(self):
        return autocast(self.device, self.config)

    def losses(self, run, tokens, condition, t):
        return losses(self.model, run, tokens, condition, t, self.context())

    def train_step(self):
        rate = warm_cosine(self.step, self.stage['warm'], self.session.progress, self.stage['rate'], 0.02)
        set_rate(self.optimizer, rate)
        tokens, embedding = self.pick(*self.shuffle.take(self.stage['batch']))
        n = len(tokens)
        absent = torch.rand(n, 1, device=self.device) < NULL_SHARE
        condition = torch.where(absent, self.model.null_condition(), noisy(self.vague(embedding)))
        t = torch.randint(0, self.model.steps, (n,), device=self.device)
        masked, visible, kept = self.losses(self.run_model, tokens, condition, t)
        loss = masked.mean() + visible.mean()
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.average.update()
        return {'masked': masked.mean().item(), 'visible': visible.mean().item(), 'kept': kept.mean().item()}

    @torch.no_grad()
    def evaluate(self, count=96):
        """Held-out, averaged weights, the same noise each time."""
        indices = self.cache.split('test')[:count]
        tokens, embedding = self.pick(indices, indices < 0)
        self.average.swap()
        rows = []
        with torch.random.fork_rng():
            torch.manual_seed(1)
            for part in range(0, len(indices), 32):
                t = torch.tensor(CHECKED, device=self.device).repeat(32)[: len(tokens[part : part + 32])]
                rows.append(torch.stack(losses(self.model, self.model, tokens[part : part + 32], noisy(embedding[part : part + 32]), t, self.context())))
        self.average.swap()
        masked, visible, kept = torch.cat(rows, 1).cpu()
        times = torch.cat([torch.tensor(CHECKED).repeat(32)[: row.shape[1]] for row in rows])
        by_time = {t: round(float(masked[times == t].mean()), 3) for t in CHECKED}
        return {'test_masked': float(masked.mean()), 'test_visible': float(visible.mean()), 'test_kept': float(kept.mean())}, by_time

    def run(self):
        every = self.stage['report']
        for values in turns(self, every):
            values['rate'] = self.optimizer.param_groups[0]['lr']
            if self.step % (5 * every) == 0:
                values.update(self.evaluate()[0])
                if self.cache.refresh():
                    self.vague = self.vagueness()
                self.curves.draw()
            self.log(values)
        figures, by_time = self.evaluate()
        self.log(figures)
        self.curves.draw()
        print('masked cross-entropy of held-out pictures by timestep', by_time, flush=True)

    def log(self, values):
        self.curves.add(step=self.step, minutes=round(self.session.elapsed / 60, 2), **values)


def build(config):
    model = DiffusionTransformer(**config['diffusion']['model'])
    for p in model.parameters():
        if p.ndim == 4:
            p.data = p.data.to(memory_format=torch.channels_last)
    return model


def compiled(model):
    """The model compiled; where the compiler is missing or gives up, as it is."""
    torch._dynamo.config.suppress_errors = True
    return torch.compile(model)


def compile_ahead(config):
    """Fill the compiler's cache while there is nothing to learn from yet: one step on noise."""
    device, model = prepare(config), build(config)
    run, n = compiled(model.to(device)), config['diffusion']['batch']
    tokens = torch.randint(0, model.codes, (n, model.side**2), device=device)
    condition = F.normalize(torch.randn(n, config['diffusion']['model']['width'], device=device), dim=-1)
    masked, visible, _ = losses(model, run, tokens, condition, torch.full((n,), 50, device=device), autocast(device, config))
    (masked.mean() + visible.mean()).backward()


def load_trained(config, folder):
    """The averaged weights of the last save."""
    state = torch.load(f'{folder}/state.pt', map_location='cpu', weights_only=False)
    model = build(config)
    average = Average(model.parameters(), 0)
    average.load_state_dict(state['average'])
    average.swap()
    return model.eval().requires_grad_(False), state


def train(config, cache_folder, folder, minutes=None):
    Trainer(config, Cache(cache_folder), folder, minutes).run()


if __name__ == '__main__':
    if sys.argv[2:] == ['--compile']:
        compile_ahead(configuration.load(sys.argv[1]))
    else:
        configuration.command(train, 'cache', 'out')
