"""Words that no caption has lean to the nearest that captions have, as the two teachers tell."""
import torch

from training.neighbours import leaning
from training.tokens import Tokenizer


class Teacher:
    """Stands for the sentence model, whose package a machine may lack."""

    CLOSE = {'glasses': (1, 0, 0), 'eyewear': (0.9, 0.436, 0), 'red': (0, 0, 1), 'scarlet': (0, 0.8, 0.5), 'table': (0, 1, 0), 'long': (0, 0.8, 0.6)}

    def embed(self, words):
        return torch.tensor([self.CLOSE.get(word, (0, 0, 0)) for word in words], dtype=torch.float32)


class Dictionary:
    """Stands for WordNet."""

    def meant(self, word):
        return {'scarlet': {'red': 1.0, 'cloth': 0.5}, 'table': {'red': 0.4}}.get(word, {})


def test_each_word_leans_to_the_nearest_or_to_nothing():
    tokenizer = Tokenizer()
    of = lambda word: tokenizer.encode(word)[0]
    found = leaning([of('glasses'), of('red'), of('long')], Teacher(), Dictionary(), tokenizer)
    assert found[of('scarlet')] == of('red')  # too far for the one, sure for both together
    assert of('table') not in found  # too far from all
    assert of('red') not in found and of('long') not in found.values()  # known words stay, and nothing leans to "long"
    if len(tokenizer.encode('eyewear')) == 1:
        assert found[of('eyewear')] == of('glasses')
