"""Everyday phrases are embedded as what captions say of the same."""
import random
import re

import torch

from training import rewording, thesaurus, words
from training.clip import Embedder
from training.export import clip_checkpoint
from training.models.clip import CLIP
from training.tokens import Tokenizer
from training.vocabulary import Vocabulary


def test_pairs_say_the_same_once_in_words_of_captions():
    known, rng, kinds = set(words.words(12_000)), random.Random(5), set()
    for k in range(300):
        plain, said = thesaurus.pair(rng, k, 3)
        assert set(re.findall('[a-z]+', plain)) <= known, plain
        new = set(re.findall('[a-z]+', said)) - known
        assert new & thesaurus.words() or thesaurus.words() & set(re.findall('[a-z]+', said)), said
        kinds.add(next((word for word in ('background', 'hair', 'skin', 'suit', 'cap') if word in plain), None))
    assert len(kinds) == 6


def small_clip(trained):
    torch.manual_seed(0)
    model = CLIP(embed_dim=32, image_resolution=32, vision_layers=1, vision_width=64, vision_patch_size=16,
                 context_length=77, vocab_size=len(trained) + 1, transformer_width=64, transformer_layers=1)
    return Embedder(model, Vocabulary(trained), Tokenizer())


def test_rows_are_learnt_and_none_of_a_caption_changes(monkeypatch):
    same = [('a man with braided hair', 'a man with dreadlocks'), ('a woman, trees in the background', 'a woman in a forest')]
    monkeypatch.setattr(rewording, 'pairs', lambda rng, seed, count: same)
    monkeypatch.setattr(rewording, 'RATE', 0.01)
    of = Tokenizer().encode
    trained = {49406, 49407, *(i for word in words.words(3000) for i in of(word))}
    embed = small_clip(trained)
    pieces = {'leans': {of('scarlet')[0]: of('red')[0]}, 'rows': {of('eyewear')[0]: torch.ones(64)}}
    _, first = rewording.learn(embed, pieces, 7, steps=1)
    rows, last = rewording.learn(embed, pieces, 7, steps=40)
    assert last < 0.8 * first and not set(rows) & trained
    lent = {'leans': {of('cap')[0]: of('hoodie')[0]}, 'rows': rows}  # to a row that was learnt itself
    table = clip_checkpoint(embed, 20, 32, lent)['token_embedding.weight']
    assert torch.equal(table[of('cap')[0]], rows[of('hoodie')[0]].half())
