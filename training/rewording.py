"""Phrases as people say them: words of the thesaurus learn rows of their own under the frozen text tower, so that "dreadlocks" or "in a
forest" is embedded as what captions say of it is, whatever stands around it.

Goes on from what training.pieces wrote: the other rows stay. The tower is its own teacher again, by sentences that differ in one thing.
No row of a word that captions use is touched, so that no prompt of their words changes by a bit.

python -m training.rewording CONFIG --clip FOLDER      reads and writes FOLDER/pieces.pt (the stage of that name in training.run)
"""
import random
from pathlib import Path

import torch

from . import clip, thesaurus
from . import config as configuration
from .free_rows import FreeRows
from .runtime import prepare
from .tokens import Tokenizer

STEPS, BATCH, RATE = 600, 96, 0.03
LONGEST = 100  # characters; a phrase counts more in short sentences, and they cost less


def full_table(embed, pieces):
    """The token table with what earlier stages gave to words that no caption has. [49408, width]"""
    table = embed.vocabulary.full_table(embed.model.token_embedding.weight.detach())
    for i, row in pieces['rows'].items():
        table[i] = row
    table[list(pieces['leans'])] = table[list(pieces['leans'].values())]
    return table


def pairs(rng, seed, count):
    """(as captions say it, as people may), without those that are too long"""
    while count:
        plain, said = thesaurus.pair(rng, rng.randrange(1 << 30), seed)
        if len(said) <= LONGEST:
            count -= 1
            yield plain, said


def learn(embed, pieces, seed, steps=STEPS):
    """-> {token id: row [width]} of the thesaurus's words, and how near the sentences came"""
    tokenizer, rng = Tokenizer(), random.Random(seed)
    free = sorted({i for word in thesaurus.words() for i in tokenizer.encode(word)} - set(embed.vocabulary.trained))
    table = full_table(embed, pieces)
    learner = FreeRows(embed.model, table, torch.arange(len(table)), free)

    def batch():
        plain, said = zip(*pairs(rng, seed, BATCH))
        with torch.no_grad():
            return said, learner.embedded(plain)

    return learner.learn(batch, steps, RATE, 50)


def train(config, folder):
    """Nothing where the configuration names no `pieces`."""
    if not config.get('pieces'):
        return
    prepare(config)
    path = Path(folder) / 'pieces.pt'
    pieces = torch.load(path)
    embed, _ = clip.load_trained(config, folder)
    rows, missed = learn(embed, pieces, config['seed'])
    leans = {**{i: to for i, to in pieces['leans'].items() if i not in rows}, **thesaurus.alike(embed.vocabulary.trained)}
    rows = {i: row for i, row in {**pieces['rows'], **rows}.items() if i not in leans}
    torch.save({'leans': leans, 'rows': rows, 'missed': pieces['missed'], 'reworded': missed}, path)


if __name__ == '__main__':
    configuration.command(train, 'clip')
