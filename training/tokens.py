"""CLIP's byte-pair encoding of ASCII captions, from the tokenizer.json that ships."""
import functools
import json
import re
from pathlib import Path

import numpy as np

TOKENIZER = Path(__file__).parents[1] / 'public/models/portraits/tokenizer.json'
START, END, CONTEXT = 49406, 49407, 77
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^\sa-z0-9]+")


class Tokenizer:
    def __init__(self, path=TOKENIZER):
        model = json.loads(Path(path).read_text())['model']
        self.ids = model['vocab']
        merges = (m if isinstance(m, list) else m.split(' ') for m in model['merges'])
        self.rank = {tuple(pair): i for i, pair in enumerate(merges)}
        self.word = functools.lru_cache(None)(self.word)

    def word(self, word):
        """One lower-case ASCII word -> ids: join the pair of best rank until none is left."""
        parts = [*word[:-1], word[-1] + '</w>']
        while len(parts) > 1:
            best = min(zip(parts, parts[1:]), key=lambda pair: self.rank.get(pair, 1 << 30))
            if best not in self.rank:
                break
            joined, i = [], 0
            while i < len(parts):
                if tuple(parts[i : i + 2]) == best:
                    joined.append(parts[i] + parts[i + 1])
                    i += 2
                else:
                    joined.append(parts[i])
                    i += 1
            parts = joined
        return tuple(self.ids[part] for part in parts)

    def encode(self, text):
        """-> ids without start and end"""
        if not text.isascii():
            raise ValueError(f'the training tokenizer reads ASCII only, but got {text!r}')
        return [i for word in WORD.findall(text.lower()) for i in self.word(word)]


def rows(encoded):
    """lists of ids -> int64 [N, 77]: start, ids, end, zeros; a text too long keeps its start and the end mark"""
    out = np.zeros((len(encoded), CONTEXT), np.int64)
    for row, ids in zip(out, encoded):
        ids = [START, *ids[: CONTEXT - 2], END]
        row[: len(ids)] = ids
    return out
