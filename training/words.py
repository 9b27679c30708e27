"""The words that captions of portraits use or the thesaurus has, and phrases of them by theme: the `vocabulary` of pack.json, for `npm run convert -- --vocabulary`.

python -m training.words --out vocabulary.json
"""
import argparse
import json
import re
from pathlib import Path

from . import people, thesaurus
from .faces import attributes
from .faces.captions import caption

DRAWS = 120_000  # captions; the rarest word is met hundreds of times


def words(draws=DRAWS, seed=0):
    """All runs of letters in captions, as CLIP's tokenizer cuts them: "t-shirt" is "t" and "shirt"."""
    texts = (caption(attributes.sample(seed, k), f'words {k}')[0] for k in range(draws))
    return sorted({word for text in texts for word in re.findall('[a-z]+', text)})


def a(text):
    """With its article, where it takes one: not "stubble", "full lips" or "bangs"."""
    if text.endswith('s') or text in _UNCOUNTABLE:
        return text
    return f'{"an" if text[0] in "aeiou" else "a"} {text}'


_HAIR = {'short smooth': 'short hair', 'bob': 'a bob', 'tied back': 'tied-back hair', 'bun': 'a bun', 'buzz cut': 'a buzz cut', 'crew cut': 'a crew cut',
         'afro': 'an afro', 'mohawk': 'a mohawk', 'balding': 'a receding hairline', 'bald': 'a bald head'}
_UNCOUNTABLE = ('stubble', 'makeup', 'heavy makeup')
_FACE = {'chubby': 'chubby cheeks'}
_EXPRESSION = {'neutral': 'a neutral expression'}
_SCENE = {'outdoor': 'a blurred outdoor background', 'indoor': 'a blurred indoor background', 'city night': 'city lights in the background'}


def groups():
    """Every value of every attribute, worded as people type it."""
    values = attributes.VOCABULARY
    each = lambda name, form: [form(value) for value in values[name]]
    phrases = {
        'person': [*each('sex', a), *(a(f'{age} {sex}') for age in values['age_group'] for sex in values['sex'])],
        'skin': each('skin_tone', lambda v: f'{v} skin'),
        'hair style': each('hair', lambda v: _HAIR.get(v, f'{v} hair')),
        'hair colour': each('hair_colour', lambda v: f'{v} hair'),
        'hat': each('hat', a),
        'hat colour': each('hat_colour', lambda v: a(f'{v} hat')),
        'beard': each('beard', a),
        'beard colour': each('beard_colour', lambda v: a(f'{v} beard')),
        'glasses': each('glasses', a),
        'glasses colour': each('glasses_colour', lambda v: f'{v} glasses'),
        'face': [_FACE.get(v) or a(v) for name in ('face', 'nose', 'mouth', 'skin_mark', 'brows', 'makeup', 'fringe') for v in values[name]],
        'expression': each('expression', lambda v: _EXPRESSION.get(v, v)),
        'eyes': [*each('eye_colour', lambda v: f'{v} eyes'), *each('eye_shape', a)],
        'lipstick': each('lipstick', lambda v: f'{v} lipstick'),
        'jewellery': [*each('earrings', lambda v: f'{v} earrings'), *each('necklace', a)],
        'clothes': each('top', a),
        'clothes colour': each('top_colour', lambda v: a(f'{v} shirt')),
        'background': each('background', lambda v: _SCENE.get(v) or a(f'{v} background')),
    }
    return [{'name': name, 'phrases': items} for name, items in phrases.items()]


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--out', required=True)
    Path(parser.parse_args().out).write_text(json.dumps({'words': sorted({*words(), *thesaurus.said(), *(word for word in people.words() if word.isalpha())}), 'groups': groups()}, indent=2) + '\n')
