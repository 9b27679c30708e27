"""Stage text: the text tower goes on alone, towards the image embeddings that the diffusion was conditioned on.

Contrast alone drives texts apart, past all pictures and away from their mean, where the diffusion has never been. So each text is
pulled to its picture, far more strongly than contrast pushes: the embedding becomes the mean direction of the pictures that the
text describes. With a pull of 2 the shipped model's texts had a cosine of 0.46 to their pictures, and 53 % of what prompts named was drawn;
with 40 it is 0.69, and 70 %.

Only the cached embeddings are needed, which makes a step cheap; the diffusion does not change and never sees a text.
"""
import random
from pathlib import Path

import torch
import torch.nn.functional as F

from . import clip
from . import config as configuration
from .cache import Cache
from .clip_scores import recall, zero_shot
from .curves import Curves
from .data import Faces, Shuffle
from .runtime import Average, Session, autocast, generator, prepare, set_rate, turns, warm_cosine
from .vocabulary import Captions, longest


class Trainer:
    def __init__(self, config, faces, cache, clip_folder):
        self.config, self.stage, self.faces, self.cache = config, config['text'], faces, cache
        self.device = prepare(config)
        self.session = Session(Path(clip_folder) / 'text', self.stage['minutes'], config.get('seconds_per_step'))
        self.curves = Curves(self.session.folder, ['step', 'minutes', 'loss', 'cosine', 'image_to_text', 'text_to_image', 'zero_shot'])
        self.embed, clip_state = clip.load_trained(config, clip_folder)  # with what an earlier start of this stage has reached
        self.model = self.embed.model.to(self.device)
        self.embed.device = self.device
        self.names = [name for name, _ in self.model.named_parameters() if not name.startswith('visual.')]
        parameters = dict(self.model.named_parameters())
        self.parameters = [parameters[name].requires_grad_() for name in self.names]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        self.average = Average(self.parameters, self.stage['average'])
        self.step, self.longest = 0, clip_state['longest']
        state = self.session.resume()
        if state:
            self.model.load_state_dict(state.get('live', state['text']), strict=False)
            if 'live' in state:
                self.optimizer.load_state_dict(state['optimizer'])
                self.average.load_state_dict(state['average'])
            self.step, self.longest = state['step'], state['longest']
        self.captions = Captions(faces.attributes, clip.caption_source(config['captions']))
        self.words = random.Random(config['seed'] + 3 + self.step)
        self.shuffle = Shuffle(generator(state, config['seed'] + 3), lambda: self.cache.split('train'))

    def text_weights(self):
        return {name: p.detach().clone() for name, p in zip(self.names, self.parameters)}

    def save(self):
        live = self.text_weights()
        self.average.swap()
        averaged = self.text_weights()
        self.average.swap()
        self.session.save({'step': self.step, 'longest': self.longest, 'text': averaged, 'live': live, 'optimizer': self.optimizer.state_dict(),
                           'average': self.average.state_dict(), 'numpy_rng': self.shuffle.rng.bit_generator.state})

    def train_step(self):
        set_rate(self.optimizer, warm_cosine(self.step, 40, self.session.progress, self.stage['rate'], 0.02))
        indices, flips = self.shuffle.take(self.stage['batch'])
        image = self.cache.embeddings[indices, torch.from_numpy(flips).long()].to(self.device)
        drawn, fits = self.captions.described(indices, self.words)
        ids = self.embed.vocabulary.rows(drawn).to(self.device)
        self.longest = max(self.longest, longest(ids))
        with autocast(self.device, self.config):
            text = self.model.encode_text(ids)
        text = F.normalize(text.float(), dim=-1)
        cosine = (image * text).sum(1).mean()
        loss = clip.contrast(image, text, fits.to(self.device), self.model.logit_scale) + self.stage['pull'] * (1 - cosine)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.average.update()
        with torch.no_grad():
            self.model.logit_scale.clamp_(0, clip.LARGEST_SCALE)
        return {'loss': loss.item(), 'cosine': cosine.item()}

    def evaluate(self):
        self.average.swap()
        scores, accuracy = recall(self.embed, self.faces, self.captions), zero_shot(self.embed, self.faces)
        self.average.swap()
        return {**scores, 'zero_shot': sum(accuracy.values()) / max(1, len(accuracy))}, accuracy

    def run(self):
        if self.session.progress >= 1:
            return
        for values in turns(self, self.stage['report']):
            self.log(values)
        scores, accuracy = self.evaluate()
        self.log(scores)
        self.curves.draw()
        print(accuracy, flush=True)

    def log(self, values):
        self.curves.add(step=self.step, minutes=round(self.session.elapsed / 60, 2), **values)


def train(config, data, cache_folder, clip_folder):
    Trainer(config, Faces(data), Cache(cache_folder), clip_folder).run()


if __name__ == '__main__':
    configuration.command(train, 'data', 'cache', 'clip')
