"""People called by how they look (people.py): the text tower goes on, so that "a bald man" is embedded as a man with a bald head was.

Captions never say so, and their words lead astray before a person: "a blonde woman" had brown hair. The tower as it was is the teacher, of
this and of everything else: captions, what the thesaurus says, and any other words among them are to be embedded as before. Of what somebody
is without it tells by what is left when that is taken away: nobody captions "a man without glasses".

python -m training.naming CONFIG --clip FOLDER      after training.rewording; writes FOLDER/named.pt, and FOLDER/pieces.pt anew
                                                    (the stage of that name in training.run)
"""
import copy
import random
from pathlib import Path

import torch
import torch.nn.functional as F

from . import clip, people, thesaurus
from . import config as configuration
from .faces import attributes
from .rewording import LONGEST, full_table
from .runtime import prepare
from .tokens import END, START, Tokenizer, rows as padded
from .vocabulary import VOCABULARY_SIZE

STEPS, BATCH, RATE = 3600, 96, 6e-4
KEEP = 3.0  # how much more it counts that everything else stays
PARTS = 0.35  # of what is to stay are parts of sentences: people type "white hair, blue background" too, and nothing else would hold them
OTHER_WORDS = 0.3  # of it get one to three words of any kind
REPORT = 50


class Naming:
    """The tower that goes on, and its teacher."""

    def __init__(self, embed, pieces, seed, caption):
        self.tokenizer, self.rng, self.seed, self.caption = Tokenizer(), random.Random(seed), seed, caption
        self.teacher, self.table = embed.model.eval().requires_grad_(False), full_table(embed, pieces)
        self.tower = copy.deepcopy(self.teacher)
        self.learnt = {name: p.requires_grad_() for name, p in self.tower.named_parameters() if not name.startswith('visual.') and name != 'logit_scale'}
        # A word leans to another's row; words of people that had none of their own get one, where they are one token.
        trained, compact = embed.vocabulary.trained, embed.vocabulary.compact
        said = {ids[0] for ids in map(self.tokenizer.encode, sorted(people.words())) if len(ids) == 1}
        self.own = sorted(said - set(trained))
        self.places = torch.arange(VOCABULARY_SIZE) + len(trained) + 1
        self.places[trained] = torch.from_numpy(compact[trained])
        for i, to in pieces['leans'].items():
            if i not in said:
                self.places[i] = self.places[to]
        self.rows = self.table[self.own].clone().requires_grad_()

    def encoded(self, texts):
        return [list(self.tokenizer.encode(text)) for text in texts]

    def taught(self, ids):
        """as the teacher embeds them: unit [N, D]"""
        ids = torch.from_numpy(padded(ids))
        ends = ids.argmax(1)
        with torch.no_grad():
            return F.normalize(self.teacher.encode_rows(self.table[ids[:, : int(ends.max()) + 1]], ends), dim=-1)

    def embedded(self, ids):
        ids = torch.from_numpy(padded(ids))
        ends = ids.argmax(1)
        trained = self.tower.token_embedding.weight
        table = torch.cat([trained, self.table.index_copy(0, torch.tensor(self.own), self.rows)])
        return F.normalize(self.tower.encode_rows(table[self.places[ids[:, : int(ends.max()) + 1]]], ends), dim=-1)

    def named(self, count):
        """[(as captions say it, [(odds, what to take away from that)], as people may)] * count"""
        made = []
        while len(made) < count:
            each = people.pair(self.rng, self.rng.randrange(1 << 30), self.seed)
            if len(each[-1]) <= LONGEST:
                made.append(each)
        return made

    def wanted(self, named):
        """What the teacher makes of them: unit [N, D]"""
        plain = self.taught(self.encoded(plain for plain, _, _ in named))
        taken = [(i, odds, text) for i, (_, taken, _) in enumerate(named) for odds, text in taken]
        if not taken:
            return plain
        at, odds, texts = zip(*taken)
        at = torch.tensor(at)
        away = torch.tensor(odds)[:, None] * (plain[at] - self.taught(self.encoded(texts)))
        return F.normalize(plain.index_add(0, at, away), dim=-1)

    def part(self, text):
        """a few words in a row, without a comma at an end"""
        words = text.split()
        first = self.rng.randrange(len(words))
        return ' '.join(words[first : self.rng.randint(first + 1, len(words))]).strip(' ,.')

    def others(self, count):
        """What is to be embedded as before: ids for the teacher, which reads what is meant, and as they are said."""
        meant, said = [[]], [[]]
        while len(said) < count:
            index = self.rng.randrange(1 << 30)
            text = thesaurus.pair(self.rng, index, self.seed)[1] if self.rng.random() < 0.4 else self.caption(attributes.sample(self.seed, index), index)[0]
            if len(text) > LONGEST:
                continue
            if self.rng.random() < PARTS:
                text = self.part(text)
            plain, ids = self.encoded([people.meant(text), text])
            if plain == ids and self.rng.random() < OTHER_WORDS:
                for _ in range(self.rng.choice((1, 1, 2, 3))):
                    ids.insert(self.rng.randint(0, len(ids)), self.rng.randrange(min(START, END)))
                plain = ids
            meant.append(plain)
            said.append(ids)
        return meant, said

    def missed(self, count):
        """1 - cosine of what is to be learnt and of what is to stay"""
        named = self.named(count)
        meant, kept = self.others(count)
        return 1 - (self.embedded(self.encoded(said for *_, said in named)) * self.wanted(named)).sum(1), 1 - (self.embedded(kept) * self.taught(meant)).sum(1)

    def learn(self):
        """-> 1 - cosine of both at the end, of unseen sentences"""
        optimizer = torch.optim.Adam([*self.learnt.values(), self.rows], lr=RATE)
        told = []
        for step in range(STEPS):
            named, kept = (each.mean() for each in self.missed(BATCH))
            optimizer.zero_grad()
            (named + KEEP * kept).backward()
            torch.nn.utils.clip_grad_norm_([*self.learnt.values(), self.rows], 1.0)
            for group in optimizer.param_groups:
                group['lr'] = RATE * min(1, (step + 1) / 50) * (1 - step / STEPS)
            optimizer.step()
            told.append((named.item(), kept.item()))
            if step % REPORT == 0:
                named, kept = (sum(each) / len(each) for each in zip(*told[-REPORT:]))
                print(f'step {step} of {STEPS}: 1 - cosine {named:.4f} of people, {kept:.5f} of everything else', flush=True)
        with torch.no_grad():
            return tuple(each.mean().item() for each in self.missed(1000))


def train(config, folder):
    """Nothing where the configuration names no `pieces`, or where it is done: the tower as it was is no more the teacher then."""
    folder = Path(folder)
    if not config.get('pieces') or (folder / 'named.pt').exists():
        return
    prepare(config)
    pieces = torch.load(folder / 'pieces.pt')
    embed, _ = clip.load_trained(config, folder)
    naming = Naming(embed, pieces, config['seed'], clip.caption_source(config['captions']))
    named, kept = naming.learn()
    print(f'1 - cosine {named:.4f} of people, {kept:.5f} of everything else', flush=True)
    rows = {**pieces['rows'], **dict(zip(naming.own, naming.rows.detach()))}
    leans = {i: to for i, to in pieces['leans'].items() if i not in naming.own}
    torch.save({**pieces, 'rows': rows, 'leans': leans}, folder / 'pieces.pt')
    torch.save({name: p.detach() for name, p in naming.learnt.items()}, folder / 'named.pt')


if __name__ == '__main__':
    configuration.command(train, 'clip')
