"""Stage VQGAN, in three phases of wall-clock time:

autoencoder  no codes yet; noise on the latent makes it robust to being rounded to a code
codebook     k-means of the latents, then nearest-neighbour codes, straight-through gradients, codes that follow their latents;
             at its end the codes are folded exactly into the authors' quantize.proj and quantize.embed
decoder      the tokens are final (encoder frozen); the decoder alone goes on, later against a discriminator trained with it

With `grow`, the first two phases see pictures of half the size, and the outermost level comes with the third (growth.py).
"""
import torch

from . import config as configuration
from .codebook import Codebook, k_means
from .curves import Curves
from .data import Faces, Shuffle, signed, unsigned
from .growth import fit_outer, grown, halved, inner_config
from .models.vqgan import GumbelVQ
from .plain_start import start_plain
from .reconstruction import Discriminator, adversarial_loss, discriminator_loss, face_weight, pixel_loss, psnr
from .runtime import Average, Session, autocast, generator, prepare, set_rate, turns, warm_cosine
from .sheets import save_sheet

PHASES = ('autoencoder', 'codebook', 'decoder')
LATENT_NOISE = 0.4  # of the latent's standard deviation, at the end of the phase; none at its beginning
COMMITMENT = 0.5
POOL = 40000  # latents that k-means sees


class Trainer:
    def __init__(self, config, faces, folder):
        self.config, self.stage = config, config['vqgan']
        self.device = prepare(config)
        self.faces = faces.hold(self.device)
        self.minutes = [self.stage['minutes'][name] for name in PHASES]
        self.session = Session(folder, sum(self.minutes), config.get('seconds_per_step'))
        self.curves = Curves(self.session.folder, ['step', 'minutes', 'phase', 'loss', 'psnr', 'used', 'perplexity', 'adversarial', 'discriminator'])
        self.grows, self.every = self.stage.get('grow'), self.stage.get('report', 20)
        self.model = self.placed(GumbelVQ(**(inner_config(self.stage['model']) if self.grows else self.stage['model'])))
        start_plain(self.model)
        self.discriminator = Discriminator().to(self.device, memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, betas=(0.9, 0.98), fused=True)
        self.critic = torch.optim.Adam(self.discriminator.parameters(), lr=1e-3, betas=(0.5, 0.98), fused=True)
        self.decoder_side = decoder_side(self.model)
        self.average, self.book, self.pool = None, None, []
        self.step, self.phase_step, self.phase = 0, 0, PHASES[0]
        self.weight = self.face_weight()
        self.used = torch.zeros(self.stage['model']['n_embed'], device=self.device)
        state = self.session.resume()
        if state:
            self.restore(state)
        self.shuffle = Shuffle(generator(state, config['seed']), lambda: self.faces.split('train'))

    def placed(self, model):
        return model.to(self.device, memory_format=torch.channels_last)

    def face_weight(self):
        size = self.stage['model']['ddconfig']['resolution']
        return face_weight(size // 2 if self.small else size, self.device, self.stage.get('parts', 'middle'))

    def missed(self, made, real, weight):
        return pixel_loss(made, real, weight, self.stage.get('colour', 0))

    @property
    def small(self):
        """Whether pictures are halved now."""
        return self.grows and self.phase != PHASES[-1]

    def decoder_optimizer(self):
        return torch.optim.Adam(self.decoder_side, lr=1e-3, betas=(0.9, 0.98), fused=True)

    def restore(self, state):
        self.step, self.phase, self.phase_step = state['step'], state['phase'], state['phase_step']
        if self.phase == PHASES[-1]:
            self.model = self.placed(GumbelVQ(**self.stage['model']))
            self.decoder_side = decoder_side(self.model)
            self.optimizer = self.decoder_optimizer()
            self.weight = self.face_weight()
        self.model.load_state_dict(state['model'])
        if 'optimizer' in state:
            self.optimizer.load_state_dict(state['optimizer'])
            self.discriminator.load_state_dict(state['discriminator'])
            self.critic.load_state_dict(state['critic'])
        else:  # what travelled from another machine: the averages alone, from which learning begins gently
            self.phase_step = 0
        self.book = state['book'] and Codebook.from_state(state['book'], self.device)
        if state['average']:
            self.average = Average(self.decoder_side, self.stage['average'])
            self.average.load_state_dict(state['average'])

    def save(self):
        self.session.save({
            'step': self.step, 'phase': self.phase, 'phase_step': self.phase_step,
            'model': self.model.state_dict(), 'optimizer': self.optimizer.state_dict(),
            'discriminator': self.discriminator.state_dict(), 'critic': self.critic.state_dict(),
            'book': self.book and self.book.state_dict(), 'average': self.average and self.average.state_dict(),
            'numpy_rng': self.shuffle.rng.bit_generator.state,
        })

    def phase_now(self):
        """-> (phase, how much of it has passed)"""
        left = self.session.elapsed / 60
        for name, minutes in zip(PHASES, self.minutes):
            if left < minutes:
                return name, left / minutes
            left -= minutes
        return PHASES[-1], 1.0

    def enter(self, phase):
        if phase == 'codebook':
            pool = torch.cat(self.pool)
            self.book = Codebook(k_means(pool, self.stage['model']['n_embed']), len(self.pool[-1]))
            self.pool = []
        if phase == 'decoder':
            self.book.fold_into(self.model.quantize, self.points(self.latents(self.batch()[0])))
            if self.grows:
                self.grow()
            self.average = Average(self.decoder_side, self.stage['average'])
            self.optimizer = self.decoder_optimizer()
        self.phase, self.phase_step = phase, 0
        self.weight = self.face_weight()
        if phase == 'decoder':
            self.save()
            (self.session.folder / 'tokens_final').touch()  # what waits for them may begin

    def grow(self):
        small, self.model = self.model, self.placed(grown(self.model, self.stage['model']))
        crop = self.stage['model']['ddconfig']['resolution'] // 2

        def batch():
            pictures = self.faces.pictures(*self.shuffle.take(self.stage['batch']['decoder']))
            down, across = self.shuffle.rng.integers(0, crop + 1, 2)
            return signed(pictures[:, down : down + crop, across : across + crop], self.device)

        share = fit_outer(self.model, small, batch, self.stage['grow'])
        print(f'grown: the outer level misses {100 * share:.2f} % of what the small encoder saw', flush=True)
        self.decoder_side = decoder_side(self.model)

    def batch(self):
        """-> pictures, and the weight of their pixels. While the codes are learnt these are crops: a step then costs less
        and there are more of them, which is what colours need to be learnt."""
        count, crop = self.stage['batch'][self.phase], self.stage['crop'].get(self.phase)
        indices, flips = self.shuffle.take(count)
        pictures = self.pictures(indices, flips)
        if crop is None:
            return pictures, self.weight
        corners = self.shuffle.rng.integers(0, self.weight.shape[-1] - crop + 1, (count, 2))
        cut = lambda image, corner: image[:, corner[0] : corner[0] + crop, corner[1] : corner[1] + crop]
        real = torch.stack([cut(picture, corner) for picture, corner in zip(pictures, corners)]).contiguous(memory_format=torch.channels_last)
        return real, torch.stack([cut(self.weight[0], corner) for corner in corners])

    def pictures(self, indices, flips=None):
        """[N, 3, H, W] in -1..1, of the size that this phase sees"""
        real = signed(self.faces.pictures(indices, flips), self.device)
        return halved(real) if self.small else real

    def latents(self, pictures):
        with autocast(self.device, self.config):
            return self.model.latent(pictures).float()

    @staticmethod
    def points(z):
        """[N, D, h, w] -> [N*h*w, D]"""
        return z.permute(0, 2, 3, 1).reshape(-1, z.shape[1])

    def quantised(self, z):
        """What the decoder gets, and the extra loss, in the first two phases."""
        if self.phase == 'autoencoder':
            self.pool = (self.pool + [self.points(z.detach())])[-(POOL // (z.numel() // z.shape[1]) + 1):]
            noise = LATENT_NOISE * self.phase_now()[1] * z.detach().std()
            return z + noise * torch.randn_like(z), 1e-3 * z.pow(2).mean()
        points = self.points(z)
        nearest = self.book.assign(points.detach())
        if self.step % 10 == 0 and self.phase_now()[1] < 0.9:
            self.book.revive(points.detach())
        self.used += torch.bincount(nearest, minlength=len(self.used))
        chosen = self.book.codes[nearest]
        commitment = COMMITMENT * (points - chosen).pow(2).mean() / chosen.pow(2).mean()
        straight = points + (chosen - points).detach()
        return straight.view(z.shape[0], *z.shape[2:], -1).permute(0, 3, 1, 2), commitment

    def train_whole(self):
        """One step of the first two phases; the rate falls over both together."""
        whole = self.session.elapsed / 60 / sum(self.minutes[:2])
        set_rate(self.optimizer, warm_cosine(self.step, 50, whole, self.stage['rate'], 0.15))
        real, weight = self.batch()
        z, extra = self.quantised(self.latents(real))
        with autocast(self.device, self.config):
            made = self.model.decode_latent(z)
        loss = self.missed(made.float(), real, weight)
        self.optimizer.zero_grad()
        (loss + extra).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return {'loss': loss.item()}

    def train_decoder(self, progress):
        options = self.stage['adversarial']
        set_rate(self.optimizer, warm_cosine(self.phase_step, 50, progress, self.stage['decoder_rate'], 0.03))
        real, weight = self.batch()
        with torch.no_grad(), autocast(self.device, self.config):
            tokens = self.model.encode(real)
        with autocast(self.device, self.config):
            made = self.model.decode(tokens)
        seen = made.detach().float().requires_grad_()
        loss = self.missed(seen, real, weight)
        push, = torch.autograd.grad(loss, seen)
        values = {'loss': loss.item()}
        if progress > options['after']:
            push, values = self.against_discriminator(seen, real, push, values, progress)
        self.optimizer.zero_grad()
        made.backward(push.to(made.dtype))
        torch.nn.utils.clip_grad_norm_(self.decoder_side, 1.0)
        self.optimizer.step()
        self.average.update()
        return values

    def against_discriminator(self, seen, real, push, values, progress):
        """Add the adversarial gradients, each as a share of the pixel loss's gradient norm; train the discriminator."""
        options = self.stage['adversarial']
        set_rate(self.critic, options['rate'])
        with autocast(self.device, self.config):
            judged = discriminator_loss(self.discriminator, real, seen.detach())
        self.critic.zero_grad()
        judged.backward()
        self.critic.step()
        with autocast(self.device, self.config):
            fooling, matching = adversarial_loss(self.discriminator, seen, real)
        ramp = min(1, (progress - options['after']) / 0.1)
        for term, share in ((fooling, options['weight']), (matching, options['matching'])):
            gradient, = torch.autograd.grad(term, seen, retain_graph=True)
            push = push + ramp * share * push.norm() / (gradient.norm() + 1e-8) * gradient
        return push, {**values, 'adversarial': fooling.item(), 'discriminator': judged.item()}

    @torch.no_grad()
    def evaluate(self, count=64):
        """PSNR of held-out pictures as they would be shown; codes used."""
        indices = self.faces.split('test')[:count]
        real = self.pictures(indices)
        if self.phase == 'decoder':
            self.average.swap()
        made, used = [], torch.zeros_like(self.used)
        for part in real.split(16):
            with autocast(self.device, self.config):
                if self.phase == 'decoder':
                    tokens = self.model.encode(part)
                    used += torch.bincount(tokens.flatten(), minlength=len(used))
                    made.append(self.model.decode(tokens).float())
                    continue
                z = self.model.latent(part).float()
                if self.phase == 'codebook':
                    from .codebook import nearest_codes
                    points = self.points(z)
                    nearest = nearest_codes(points, self.book.codes)
                    used += torch.bincount(nearest, minlength=len(used))
                    z = self.book.codes[nearest].view(len(part), *z.shape[2:], -1).permute(0, 3, 1, 2)
                made.append(self.model.decode_latent(z).float())
        if self.phase == 'decoder':
            self.average.swap()
        made = torch.cat(made)
        pairs = torch.stack([unsigned(real[:16]), unsigned(made[:16])], 1).flatten(0, 1)
        save_sheet(pairs.numpy(), self.session.folder / 'reconstructions.png', columns=8)
        share = used[used > 0] / used.sum()
        return {'psnr': psnr(made, real), 'perplexity': float(torch.exp(-(share * share.log()).sum())) if len(share) else 0.0}

    def train_step(self):
        phase, progress = self.phase_now()
        if phase != self.phase:
            self.enter(PHASES[PHASES.index(self.phase) + 1])
        values = self.train_decoder(progress) if self.phase == 'decoder' else self.train_whole()
        self.phase_step += 1
        return values

    def run(self):
        for values in turns(self, self.every):
            self.report(values)
        while self.phase != 'decoder':  # a budget so short that phases were skipped
            self.enter(PHASES[PHASES.index(self.phase) + 1])
        self.report({})
        self.save()

    def report(self, values):
        if self.step % (10 * self.every) == 0 or not values:
            values = {**values, **self.evaluate()}
            self.faces.refresh()
        if self.phase == 'codebook':
            values['used'] = int((self.used > 0).sum())
            self.used.zero_()
        self.curves.add(step=self.step, minutes=round(self.session.elapsed / 60, 2), phase=self.phase, **values)
        if 'psnr' in values:
            self.curves.draw()


def decoder_side(model):
    """What still learns once the tokens are final."""
    return [*model.decoder.parameters(), *model.post_quant_conv.parameters(), model.quantize.embed.weight]


def train(config, data, folder):
    Trainer(config, Faces(data), folder).run()


def load_trained(config, folder):
    """The model as it ships (averaged decoder), in float32, for later stages."""
    state = torch.load(f'{folder}/state.pt', map_location='cpu', weights_only=False)
    model = GumbelVQ(**config['vqgan']['model'])
    model.load_state_dict(state['model'])
    if state['phase'] != 'decoder':
        raise ValueError(f'{folder}: VQGAN training stopped in phase "{state["phase"]}"; its tokens are not final, let it finish')
    average = Average(decoder_side(model), config['vqgan']['average'])
    average.load_state_dict(state['average'])
    average.swap()
    return model.eval().requires_grad_(False)


if __name__ == '__main__':
    configuration.command(train, 'data', 'out')
