"""Phrases as people say them: words of the thesaurus learn rows of their own under the frozen text tower, so that "dreadlocks" or "in a
forest" is embedded as what captions say of it is, whatever stands around it.

Goes on from what training.pieces wrote: the other rows stay. The tower is its own teacher again, by sentences that differ in one thing.
No row of a word that captions use is touched, so that no prompt of their words changes by a bit.

python -m training.rewording CONFIG --clip FOLDER      reads and writes FOLDER/pieces.pt (the stage of that name in training.run)
"""
import random
from pathlib import Path

import torch
import torch.nn.functional as F

from . import clip, thesaurus
from . import config as configuration
from .runtime import prepare
from .tokens import Tokenizer, rows as padded

STEPS, BATCH, RATE = 600, 96, 0.03
LONGEST = 100  # characters; a phrase counts more in short sentences, and they cost less


def full_table(embed, pieces):
    """The token table with what earlier stages gave to words that no caption has. [49408, width]"""
    table = embed.vocabulary.full_table(embed.model.token_embedding.weight.detach())
    table[list(pieces['rows'])] = torch.stack(list(pieces['rows'].values()))
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
    tower = embed.model.eval().requires_grad_(False)
    table = full_table(embed, pieces)
    rows = table[:1].repeat(len(free), 1).requires_grad_()
    places = torch.arange(len(table))
    places[free] = len(table) + torch.arange(len(free))
    optimizer = torch.optim.Adam([rows], lr=RATE)

    def embedded(texts):
        ids = torch.from_numpy(padded([tokenizer.encode(text) for text in texts]))
        ends = ids.argmax(1)
        of = places[ids[:, : int(ends.max()) + 1]]
        known = table[of.clamp(max=len(table) - 1)]
        learnt = rows[(of - len(table)).clamp(min=0)]
        return F.normalize(tower.encode_rows(torch.where((of < len(table))[..., None], known, learnt), ends), dim=-1)

    told = []
    for step in range(steps):
        plain, said = zip(*pairs(rng, seed, BATCH))
        with torch.no_grad():
            wanted = embedded(plain)
        loss = (1 - (embedded(said) * wanted).sum(1)).mean()
        optimizer.zero_grad()
        loss.backward()
        for group in optimizer.param_groups:
            group['lr'] = RATE * (1 - step / steps)
        optimizer.step()
        told.append(loss.item())
        if step % 50 == 0:
            print(f'step {step} of {steps}: 1 - cosine {sum(told[-50:]) / len(told[-50:]):.4f}, {len(free)} rows', flush=True)
    return dict(zip(free, rows.detach())), sum(told[-50:]) / len(told[-50:])


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
