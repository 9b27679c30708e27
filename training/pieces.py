"""Words of several tokens: their pieces learn rows of the token table, so that the frozen text tower reads "spectacles" as it reads "glasses".

The tower is its own teacher: a caption in which a word is replaced by one that leans to it (neighbours.py) is to be embedded as the caption
was. Only rows of pieces that mean nothing alone are learnt, so that no prompt without them changes by a bit. Words that lean to nothing
are put in as well, where they are to change nothing: pieces are shared.

python -m training.pieces CONFIG --clip FOLDER      learns them, and writes FOLDER/pieces.pt, which stage "export" takes up
                                                    (the stage of that name in training.run)
"""
import random
from pathlib import Path

import torch

from . import clip
from . import config as configuration
from .dictionary import Dictionary
from .faces import attributes
from .free_rows import FreeRows
from .neighbours import WordModel, leaning, nearest
from .runtime import prepare
from .tokens import Tokenizer

CAPTIONS, LONGEST = 30_000, 70  # of which the short ones, in characters, serve: a word counts more in them, and they cost less
STEPS, BATCH, RATE = 3000, 96, 0.02
COMMON = 8  # times as often as rare words
NOTHING = 0.25  # of the captions get a word that leans to nothing


def learn(embed, caption, dictionary, model, seed, steps=STEPS):
    """-> ({token id: trained id} of words of one token, {piece id: row [width]}), and how near the texts came"""
    tokenizer, rng = Tokenizer(), random.Random(seed)
    trained = embed.vocabulary.trained
    leans = leaning(trained, model, dictionary, tokenizer)
    texts = [caption(attributes.sample(seed, k), f'pieces {k}')[0] for k in range(CAPTIONS)]
    texts = sorted({text for text in texts if len(text) <= LONGEST})
    captions_with = {}
    for k, text in enumerate(texts):
        for word in set(text.split()):
            captions_with.setdefault(word, []).append(k)
    several = [word for word in dictionary.words() if len(tokenizer.word(word)) > 1]
    means = {word: to for word, to in nearest(several, list(captions_with), model, dictionary).items()}
    free = sorted({i for word in means for i in tokenizer.word(word)} - set(trained) - set(leans))
    means = {word: to for word, to in means.items() if set(tokenizer.word(word)) & set(free)}
    idle = [word for word in several if word not in means and set(tokenizer.word(word)) & set(free)]
    words = list(means)
    weights = [COMMON if model.common(word) else 1 for word in words]
    idle_weights = [COMMON if model.common(word) else 1 for word in idle]

    table = embed.model.token_embedding.weight.detach()
    places = torch.from_numpy(embed.vocabulary.compact.copy())
    places[list(leans)] = places[list(leans.values())]
    learner = FreeRows(embed.model, table, places, free)
    with torch.no_grad():
        wanted = torch.cat([learner.embedded(texts[k : k + 256]) for k in range(0, len(texts), 256)])

    def pairs():
        before, after = [], []
        for word in rng.choices(words, weights, k=BATCH):
            before.append(rng.choice(captions_with[means[word]]))
            parts = texts[before[-1]].split()
            if rng.random() < NOTHING:
                parts.insert(rng.randint(0, len(parts)), rng.choices(idle, idle_weights)[0])
            else:
                parts = [word if part == means[word] else part for part in parts]
            after.append(' '.join(parts))
        return after, wanted[before]

    rows, missed = learner.learn(pairs, steps, RATE, 100)
    return leans, rows, missed


def train(config, folder):
    """Nothing where the configuration names no `pieces`."""
    if not config.get('pieces'):
        return
    prepare(config)
    embed, _ = clip.load_trained(config, folder)
    leans, rows, missed = learn(embed, clip.caption_source(config['captions']), Dictionary(), WordModel(), config['seed'])
    torch.save({'leans': leans, 'rows': rows, 'missed': missed}, Path(folder) / 'pieces.pt')


if __name__ == '__main__':
    configuration.command(train, 'clip')
