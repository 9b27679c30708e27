"""WordNet as a dictionary: what a word means, by its senses (Debian's `wordnet-base`, WordNet 3.0, free for any use with its notice).

Each sense is a synset: the words that share it, what it is a kind of, and a gloss. Only words are read here, never pictures.
"""
import functools
import re
from pathlib import Path

FOLDER = Path('/usr/share/wordnet')
KINDS = ('noun', 'adj', 'verb')
ABOVE = '@&\\=+'  # kind of; similar to; made from; attribute; derived from


class Dictionary:
    def __init__(self, folder=FOLDER):
        if not (Path(folder) / 'index.noun').exists():
            raise FileNotFoundError(f'{folder} has no WordNet: apt install wordnet-base')
        self.index, self.data, self.exceptions = {}, {}, {}
        for kind in KINDS:
            self.data[kind] = (Path(folder) / f'data.{kind}').read_bytes()
            for line in (Path(folder) / f'index.{kind}').read_text().split('\n'):
                if line and not line.startswith(' '):
                    self._list(kind, line.split())
            for line in (Path(folder) / f'{kind}.exc').read_text().split('\n'):
                if line:
                    form, *bases = line.split()
                    self.exceptions.setdefault(form, []).extend(bases)

    def _list(self, kind, fields):
        pointers = int(fields[3])
        senses, tagged = int(fields[2]), int(fields[5 + pointers])
        # senses beyond those that a tagged text ever showed are rare
        places = [(kind, int(offset)) for offset in fields[6 + pointers :]]
        self.index.setdefault(fields[0], []).extend((place, rank, rank < max(1, tagged)) for rank, place in enumerate(places[:senses]))

    def words(self):
        """All single words in lower case letters."""
        return [word for word in self.index if re.fullmatch('[a-z]{3,}', word)]

    def bases(self, word):
        """The word itself and what it is a form of: plurals, participles."""
        found = [word, *self.exceptions.get(word, [])]
        for ending, instead in (('s', ''), ('es', ''), ('ies', 'y'), ('ed', ''), ('ed', 'e'), ('ing', ''), ('ing', 'e')):
            if word.endswith(ending):
                found.append(word[: -len(ending)] + instead)
        return [base for base in dict.fromkeys(found) if base in self.index]

    @functools.lru_cache(None)
    def sense(self, place):
        """-> (words, [what it is near to], gloss)"""
        kind, offset = place
        line = self.data[kind][offset : self.data[kind].index(b'\n', offset)].decode()
        facts, gloss = line.split(' | ', 1)
        fields = facts.split()
        count = int(fields[3], 16)
        words = [re.sub(r'\(.*\)', '', word).lower() for word in fields[4 : 4 + 2 * count : 2]]
        rest = fields[5 + 2 * count :]
        kinds = {'n': 'noun', 'a': 'adj', 's': 'adj', 'v': 'verb'}
        # "&" leads from an adjective to the one at the middle of its kind, and back to all of them: only the first way is taken
        ways = ABOVE if fields[2] == 's' else ABOVE.replace('&', '')
        near = [(kinds[rest[i + 2]], int(rest[i + 1])) for i in range(0, 4 * int(fields[4 + 2 * count]), 4)
                if rest[i] in ways and rest[i + 2] in kinds]
        return words, near, gloss

    def senses(self, word):
        """-> [(sense, how much it counts)], the word's own first, the first of each kind most"""
        found = {}
        for base in self.bases(word)[:2]:
            for place, rank, _ in self.index[base]:
                found[place] = max(found.get(place, 0), (1 if base == word else 0.9) * (1, 0.8, 0.65, 0.5)[min(rank, 3)])
        return list(found.items())

    def meant(self, word, levels=3):
        """-> {other word: how sure it is that this one means it, 0 to 1}, from shared senses, what they are kinds of, and glosses"""
        sure = {}

        def add(other, weight):
            if other != word:
                sure[other] = max(sure.get(other, 0), weight)

        for place, weight in self.senses(word):
            seen, level = {place}, [place]
            for depth in range(levels + 1):
                for each in level:
                    words, _, gloss = self.sense(each)
                    for other in words:
                        for part in other.split('_') if depth == 0 else [other]:
                            add(part, weight * (1, 0.8, 0.6, 0.4)[depth] * (1 if part == other else 0.8))
                    if depth == 0:
                        meaning = gloss.split(';')[0].split('"')[0]
                        told = re.findall('[a-z]+', meaning.lower())
                        for other in told:
                            add(other, 0.6 * weight)
                level = list(dict.fromkeys(near for each in level for near in self.sense(each)[1] if near not in seen))
                seen.update(level)
        return sure
