"""Stage CLIP: image and text towers by contrast within the batch, on pictures and captions drawn anew each time.

The image tower also learns to tell every attribute from its embedding: a caption names three or four of them, the labels all, and
what the embedding does not hold, the diffusion cannot be told. These heads are for training only.
"""
import math
import random
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import config as configuration
from .clip_scores import recall, zero_shot
from .curves import Curves
from .data import Faces, Shuffle
from .models.clip import CLIP, MEAN, STD, normalised, shrunk
from .runtime import Average, Session, autocast, generator, prepare, set_rate, turns, warm_cosine
from .tokens import Tokenizer
from .vocabulary import Captions, Vocabulary, longest

LARGEST_SCALE = math.log(100)


def caption_source(name):
    """The function that words attributes: of the portraits, or of the smoke test's shapes."""
    if name == 'faces':
        from .faces.captions import caption
    else:
        from .tests.shapes import caption
    return caption


def augmented(pictures, side, device):
    """uint8 [N, H, H, 3] -> CLIP input [N, 3, side, side] with small shifts, brightness, contrast and, for a third, softness: the decoder's pictures
    differ so from real ones. Colours are named in captions, so hue stays as it is."""
    x = shrunk(pictures.to(device), side)
    n = len(x)
    reach = max(1, side // 32)
    down, across = torch.randint(-reach, reach + 1, (2,), device=device)
    places = torch.arange(side, device=device)
    x = x[:, :, (places + down).clamp(0, side - 1)][..., (places + across).clamp(0, side - 1)]
    mean, std = (torch.tensor(v, device=device).view(1, 3, 1, 1) for v in (MEAN, STD))
    one = lambda: torch.rand(n, 1, 1, 1, device=device) * 2 - 1
    contrast = 1 + 0.08 * one()
    x = torch.addcmul((0.5 - 0.5 * contrast + 0.04 * one() - mean) / std, x, contrast / std / 255)
    some = n // 3
    soft = F.avg_pool2d(F.pad(x[:some], (1, 1, 1, 1), mode='replicate'), 3, 1)
    x[:some].lerp_(soft, torch.rand(some, 1, 1, 1, device=device))
    return x


def contrast(image, text, fits, scale):
    """unit vectors [N, D]; bool [N, N], whether a text describes a picture -> mean cross-entropy of finding, both ways, all that fit.

    In CLIP's loss only the own partner fits. Here "a smiling woman" describes many pictures of a batch, and to be told off for
    finding them teaches a network to look at whatever is rarest: expressions and hairstyles stayed at chance (UniCL, arXiv 2204.03610).
    """
    similarity = scale.exp() * text @ image.t()
    fits = fits.float()
    return (F.cross_entropy(similarity, fits / fits.sum(1, True)) + F.cross_entropy(similarity.t(), (fits / fits.sum(0)).t())) / 2


class Heads(nn.Module):
    """One linear reader an attribute, on the unit embedding."""

    SHARPNESS = 20

    def __init__(self, width, kinds):
        super().__init__()
        self.readers = nn.ModuleDict({name: nn.Linear(width, count) for name, count in kinds.items()})

    def loss(self, embedding, labels):
        """unit [N, D], int64 [N, attributes] -> mean cross-entropy"""
        return sum(F.cross_entropy(reader(self.SHARPNESS * embedding), labels[:, i]) for i, reader in enumerate(self.readers.values())) / len(self.readers)


class Trainer:
    def __init__(self, config, faces, folder):
        self.config, self.stage = config, config['clip']
        self.device = prepare(config)
        self.faces = faces.hold(self.device)
        self.session = Session(folder, self.stage['minutes'], config.get('seconds_per_step'))
        self.curves = Curves(self.session.folder, ['step', 'minutes', 'loss', 'scale', 'image_to_text', 'text_to_image', 'zero_shot'])
        state = self.session.resume()
        self.captions = Captions(faces.attributes, caption_source(config['captions']))
        self.vocabulary = Vocabulary(state['trained_ids']) if state else self.captions.vocabulary(faces.split('train'), self.stage['vocabulary_draws'], config['seed'])
        self.model = CLIP(**self.stage['model'], vocab_size=len(self.vocabulary.trained) + 1).to(self.device)
        kinds, self.labels = faces.labels()
        self.heads = Heads(self.stage['model']['embed_dim'], kinds).to(self.device)
        bare = [p for name, p in self.model.named_parameters() if p.ndim < 2 or 'embedding' in name]
        bare_ids = {id(p) for p in bare}
        heavy = [p for p in self.model.parameters() if id(p) not in bare_ids]
        self.optimizer = torch.optim.AdamW([{'params': heavy, 'weight_decay': 0.05}, {'params': [*bare, *self.heads.parameters()], 'weight_decay': 0.0}], lr=1e-3, betas=(0.9, 0.98), eps=1e-6, fused=True)
        self.average = Average(self.model.parameters(), self.stage['average'])
        self.step, self.longest = 0, 0
        if state:
            self.average.load_state_dict(state['average'])
            self.heads.load_state_dict(state['heads'])
            if 'model' in state:
                self.model.load_state_dict(state['model'])
                self.optimizer.load_state_dict(state['optimizer'])
            else:  # it came back from elsewhere
                self.average.swap()
                self.average.load_state_dict(state['average'])
            self.step, self.longest = state['step'], state['longest']
        self.words = random.Random(config['seed'] + self.step)
        self.shuffle = Shuffle(generator(state, config['seed'] + 1), lambda: self.faces.split('train'))

    def save(self):
        self.session.save({
            'step': self.step, 'longest': self.longest, 'model': self.model.state_dict(), 'heads': self.heads.state_dict(), 'optimizer': self.optimizer.state_dict(),
            'average': self.average.state_dict(), 'trained_ids': self.vocabulary.trained, 'numpy_rng': self.shuffle.rng.bit_generator.state,
        })

    def train_step(self):
        set_rate(self.optimizer, warm_cosine(self.step, 60, self.session.progress, self.stage['rate'], 0.01))
        indices, flips = self.shuffle.take(self.stage['batch'])
        pictures = augmented(self.faces.pictures(indices, flips), self.stage['model']['image_resolution'], self.device)
        self.captions.attributes = self.faces.attributes
        drawn, fits = self.captions.described(indices, self.words)
        ids = self.vocabulary.rows(drawn)
        self.longest = max(self.longest, longest(ids))
        with autocast(self.device, self.config):
            image, text = self.model.encode_image(pictures), self.model.encode_text(ids.to(self.device))
        image, text = F.normalize(image.float(), dim=-1), F.normalize(text.float(), dim=-1)
        told = self.heads.loss(image, self.labels[indices].to(self.device))
        loss = contrast(image, text, fits.to(self.device), self.model.logit_scale) + self.stage['attributes'] * told
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.average.update()
        with torch.no_grad():
            self.model.logit_scale.clamp_(0, LARGEST_SCALE)
        return {'loss': loss.item()}

    def evaluate(self):
        self.average.swap()
        embed = Embedder(self.model, self.vocabulary, self.captions.tokenizer, self.device)
        scores = recall(embed, self.faces, self.captions)
        accuracy = zero_shot(embed, self.faces)
        self.average.swap()
        return {**scores, 'zero_shot': sum(accuracy.values()) / max(1, len(accuracy))}, accuracy

    def run(self):
        every = self.stage['report']
        for values in turns(self, every):
            values['scale'] = self.model.logit_scale.exp().item()
            if self.step % (8 * every) == 0:
                values.update(self.evaluate()[0])
                if self.faces.refresh():
                    self.labels = self.faces.labels()[1]
            self.log(values)
        scores, accuracy = self.evaluate()
        self.log(scores)
        self.curves.draw()
        print(accuracy, flush=True)

    def log(self, values):
        self.curves.add(step=self.step, minutes=round(self.session.elapsed / 60, 2), **values)


class Embedder:
    """Unit embeddings of pictures and texts."""

    def __init__(self, model, vocabulary, tokenizer, device='cpu'):
        self.model, self.vocabulary, self.tokenizer, self.device = model, vocabulary, tokenizer, device

    @torch.no_grad()
    def pictures(self, pictures):
        """uint8 [N, H, H, 3] -> [N, D]"""
        side = self.model.visual.resolution
        parts = [self.model.encode_image(normalised(part, side, self.device)) for part in pictures.split(128)]
        return F.normalize(torch.cat(parts).float(), dim=-1)

    @torch.no_grad()
    def texts(self, texts):
        ids = self.vocabulary.rows([self.tokenizer.encode(text) for text in texts]).to(self.device)
        return F.normalize(torch.cat([self.model.encode_text(part) for part in ids.split(128)]).float(), dim=-1)


def train(config, data, folder):
    Trainer(config, Faces(data), folder).run()


def load_trained(config, folder):
    """-> (Embedder with averaged weights, training state)"""
    state = torch.load(f'{folder}/state.pt', map_location='cpu', weights_only=False)
    vocabulary = Vocabulary(state['trained_ids'])
    model = CLIP(**config['clip']['model'], vocab_size=len(vocabulary.trained) + 1)
    average = Average(model.parameters(), 0)
    average.load_state_dict(state['average'])
    average.swap()
    named, tuned = Path(folder) / 'named.pt', Path(folder) / 'text/state.pt'
    if tuned.exists():
        text = torch.load(tuned, map_location='cpu', weights_only=False)['text']
        text.pop('logit_scale', None)  # contrast alone tells how sure a cosine is; the stage text pulls as well
        model.load_state_dict(text, strict=False)
    if named.exists():
        model.load_state_dict(torch.load(named), strict=False)
    return Embedder(model.eval().requires_grad_(False), vocabulary, Tokenizer()), state


if __name__ == '__main__':
    configuration.command(train, 'data', 'out')
