"""The token ids that captions use. All other ids share one row of the embedding: the unknown word.

Inside training ids are compact: 0 is the unknown word, then the trained ids in ascending order, so that the end mark stays the
largest and CLIP finds it by argmax. Padding (id 0, "!") becomes the unknown word, which the causal mask hides anyway.
"""
import random

import numpy as np
import torch

from .tokens import CONTEXT, END, START, Tokenizer, rows

VOCABULARY_SIZE = 49408
UNKNOWN_SHARE = 0.25  # of the captions get a few random other tokens


class Vocabulary:
    def __init__(self, trained):
        self.trained = sorted(trained)
        self.compact = np.zeros(VOCABULARY_SIZE, np.int64)
        self.compact[self.trained] = np.arange(1, len(self.trained) + 1)

    @classmethod
    def of_captions(cls, captions, tokenizer):
        return cls({START, END, *(i for text in captions for i in tokenizer.encode(text))})

    def rows(self, encoded):
        """lists of full ids -> compact ids [N, 77]"""
        return torch.from_numpy(self.compact[rows(encoded)])

    def full_table(self, table):
        """[trained + 1, width] -> [49408, width], equal rows wherever the word is unknown"""
        return table[torch.from_numpy(self.compact)]


class Captions:
    """Draws captions of pictures anew each time. caption(attributes, seed) -> (text, names of the attributes it tells)"""

    def __init__(self, attributes, caption, tokenizer=None):
        self.attributes, self.caption = attributes, caption
        self.tokenizer = tokenizer or Tokenizer()

    def described(self, indices, rng):
        """Draw a caption of each picture -> their ids, and bool [caption, picture]: does it describe the picture?"""
        drawn = [self.draw(int(i), rng) for i in indices]
        named = sorted({name for _, told in drawn for name in told})
        kinds = {}  # attribute values as numbers, so that a batch is compared at once
        shown = np.array([[kinds.setdefault(str(self.attributes[i][name]), len(kinds)) for name in named] for i in indices]).reshape(len(drawn), -1)
        silent = np.array([[name not in told for name in named] for _, told in drawn]).reshape(len(drawn), -1)
        fits = ((shown[:, None] == shown[None]) | silent[:, None]).all(2)
        return [ids for ids, _ in drawn], torch.from_numpy(fits)

    def vocabulary(self, indices, draws, seed):
        chosen = random.Random(seed).choices(list(indices), k=draws)
        return Vocabulary.of_captions((self.caption(self.attributes[i], f'vocabulary {k}')[0] for k, i in enumerate(chosen)), self.tokenizer)

    def draw(self, index, rng):
        """-> ids of one caption, now and then with words that say nothing; names of the attributes it tells"""
        text, told = self.caption(self.attributes[index], rng.randrange(1 << 30))
        ids = list(self.tokenizer.encode(text))
        if rng.random() < UNKNOWN_SHARE:
            for _ in range(rng.choice((1, 1, 2, 3))):
                ids.insert(rng.randint(0, len(ids)), 0)
        return ids, told

    def fullest(self, index, tries=8):
        """-> text of the longest of a few captions: says nearly everything"""
        return max((self.caption(self.attributes[index], f'full {k}')[0] for k in range(tries)), key=len)


def longest(ids):
    """compact ids [N, 77] -> positions in use"""
    return min(CONTEXT, int(ids.argmax(1).max()) + 1)
