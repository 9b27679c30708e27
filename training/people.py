"""How people call somebody by what captions say behind them: "a bald man" for a man with a bald head, "a blonde", "a girl", "a man without
hair", "a woman in red". Written by hand from general knowledge, as thesaurus.py, whose words may take the place of captions'; here each
word is one that captions use otherwise ("bald head", "black hair"), so that no row of its own could tell.

What renders cannot show is named by what they can: "african" and "indian" by the colour of a skin.
"""
from . import thesaurus
from .faces import attributes, captions

_HAIR_COLOURED = {f'{colour} hair': f'{colour}-haired|{colour} haired' for colour in (*attributes.HAIR_COLOURS, 'dark', 'ginger') if ' ' not in colour and colour not in ('blond', 'red', 'grey', 'dark')}
# Adjectives, by what they tell: {what captions say: what stands before the person}
BEFORE = {
    'hair': {
        'a bald head': 'bald|bald|bald|bald-headed|bald headed|hairless|completely bald',
        'blond hair': 'blonde|blonde|blond|blond|fair-haired|blond-haired|blonde-haired|golden-haired|fair haired',
        'red hair': 'ginger|redheaded|red-headed|red-haired|ginger-haired|red haired|ginger haired|redhead',
        'grey hair': 'grey-haired|gray-haired|silver-haired|grey haired|gray haired|greying',
        'dark brown hair': 'dark-haired|dark haired', 'brown hair': 'brunette|brown-haired|brown haired', **_HAIR_COLOURED,
        'curly hair': 'curly|curly-haired|curly haired', 'long hair': 'long-haired|long haired', 'short hair': 'short-haired|short haired',
    },
    'beard': {
        'a full beard': 'bearded|bearded', 'a long beard': 'long-bearded|long bearded', 'stubble': 'unshaven|stubbled|stubbly',
        'no beard': 'clean-shaven|clean shaven|beardless|smooth-shaven|shaven', 'a moustache': 'moustached|mustached|mustachioed|moustachioed',
    },
    'skin_tone': {
        'dark skin': 'black|black|black|african|african american|dark-skinned|dark skinned', 'pale skin': 'pale|pale|pale-skinned|fair-skinned|fair|fair skinned',
        'light skin': 'white|white|light-skinned|light skinned|caucasian|european', 'tan skin': 'tanned|tan|olive-skinned|tan-skinned|sun-tanned|latino|hispanic',
        'brown skin': 'brown-skinned|brown skinned|indian',
    },
    'skin_mark': {'freckles': 'freckled|freckled|freckly|freckle-faced', 'rosy cheeks': 'blushing|rosy-cheeked|red-cheeked|flushed'},
    'glasses': {'glasses': 'bespectacled'},
    'makeup': {'heavy makeup': 'made-up|heavily made-up'},
    'expression': {'a sad expression': 'crying|weeping|tearful|sobbing', 'an open mouth': 'screaming|shouting|yelling|gasping', 'a toothy smile': 'widely grinning'},
    'face': {'chubby cheeks': 'chubby|plump|fat|round-faced|overweight'},
    'eye_colour': {f'{colour} eyes': f'{colour}-eyed|{colour} eyed' for colour in attributes.EYE_COLOURS},
}  # fmt: skip
# Nouns, by who they are to captions, and what they tell.
CALLED = {
    ('woman', 'blond hair'): 'blonde', ('man', 'blond hair'): 'blond', ('woman', 'red hair'): 'redhead|ginger', ('man', 'red hair'): 'redhead|ginger',
    ('young woman', None): 'girl|girl|young girl|teenage girl|teenage girl|schoolgirl|lass|daughter|child|kid|teenager|toddler|baby', ('young man', None): 'boy|boy|young boy|teenage boy|schoolboy|lad|son|boy|child|kid|teenager|toddler|baby',
}  # fmt: skip
# Years, as captions tell them.
AGES = {'young': range(6, 36), 'middle-aged': range(38, 56), 'old': range(60, 96)}
AGED = ('{n} year old {who}', '{n} year old {who}', '{n}-year-old {who}', '{n} years old {who}', '{who} aged {n}', '{who} in {his} {tens}s')
# What is not there: by what captions say instead, where they say anything.
WITHOUT = {
    'hair': [('hair', 'a bald head'), ('any hair', 'a bald head')], 'beard': [('a beard', 'no beard'), ('facial hair', 'no beard')],
    'glasses': [('glasses', None)], 'hat': [('a hat', None)], 'makeup': [('makeup', None)], 'earrings': [('earrings', None)], 'expression': [('a smile', None), ('a smile', 'a neutral expression')],
}  # fmt: skip
SUIT, SUITS = 'a suit', ('in a {c} suit', 'wearing a {c} suit')  # captions know suits of no colour
DRESSED = ('in {c}', 'in {c}', 'dressed in {c}', 'wearing {c}', 'wearing all {c}', 'in {c} clothes', 'in a {c} top')
TOPS = ('t-shirt', 'sweater', 'shirt')
TOLD = {'hair': ('hair', 'hair_colour', 'fringe'), 'beard': ('beard', 'beard_colour'), 'hat': ('hat', 'hat_colour'), 'glasses': ('glasses', 'glasses_colour'), 'top': ('top', 'top_colour')}
OF_MEN = ('beard',)
_AGES = ('young', 'middle-aged', 'old', 'elderly', 'older', 'senior', 'mature')


def _before(r, adjective, who):
    first, *rest = who.split()
    if first in _AGES and rest and r.random() < 0.5:
        return f'{first} {adjective} {" ".join(rest)}'
    return f'{adjective} {who}'


def _naming(r, kind):
    """One thing said both ways -> (facts as captions have them, how the person is called by it: a function of what they were called)"""
    if kind == 'top':
        colour, is_suit = r.choice(attributes.TOP_COLOURS), r.random() < 0.2
        said = r.choice(SUITS if is_suit else DRESSED).format(c=colour)
        return [('wears', SUIT if is_suit else thesaurus.filled('a {c} ' + r.choice(TOPS), colour), (), 1)], lambda who: f'{who} {said}'
    if kind in WITHOUT and (kind not in BEFORE or r.random() < WITHOUT_SHARE.get(kind, 0)):
        missing, plain = r.choice(WITHOUT[kind])
        said = r.choice((f'without {missing}', f'without {missing}', f'with no {missing.removeprefix("a ").removeprefix("any ")}'))
        return [('has', plain, (), 1)] if plain else [], lambda who: f'{who} {said}'
    plain = r.choice(list(BEFORE[kind]))
    said = r.choice(BEFORE[kind][plain].split('|'))
    way = (lambda who: f'{who} who is {said}') if r.random() < 0.12 else (lambda who: _before(r, said, who))
    return [('has', plain, (), 1)], way


KINDS = {'hair': 30, 'beard': 14, 'skin_tone': 18, 'skin_mark': 6, 'glasses': 10, 'makeup': 4, 'face': 4, 'eye_colour': 10, 'top': 10, 'hat': 4, 'earrings': 2, 'expression': 6}
CALLED_SHARE, AGED_SHARE = 0.2, 0.12
THESAURUS_SHARE = 0.25
WITHOUT_SHARE = {'hair': 0.15, 'beard': 0.5, 'glasses': 0.7, 'makeup': 0.5, 'expression': 0.2}  # of a kind that has adjectives too


def _person(r, a):
    """-> who somebody is to captions, how people may call them, and what that tells besides: facts as captions have them"""
    sex, way = a['sex'], r.random()
    if way < AGED_SHARE:
        age = r.choice(list(AGES))
        n = r.choice(AGES[age])
        said = r.choice(AGED if n >= 20 else AGED[:-1])
        return f'{age} {sex}', said.format(n=n, tens=n // 10 * 10, who=sex, his='his' if sex == 'man' else 'her'), []
    if way < AGED_SHARE + CALLED_SHARE:
        (who, plain), names = r.choice([(key, names) for key, names in CALLED.items() if key[0].split()[-1] == sex])
        return who, r.choice(names.split('|')), [('has', plain, (), 1)] if plain else []
    who, _ = captions.who_of(a, r)
    who = sex if who in ('brunette', 'person') else who
    return who, who, []


def pair(r, index, seed):
    """-> one portrait as captions say it, and as people may: the person is called by one thing or two. r: random.Random."""
    a = attributes.sample(seed, index)
    plain_who, who, facts = _person(r, a)
    kinds = {kind: share for kind, share in KINDS.items() if (kind not in OF_MEN or a['sex'] == 'man') and (kind != 'hair' or not facts)}
    chosen = dict.fromkeys(r.choices(list(kinds), list(kinds.values()), k=r.choice((1, 1, 1, 2))))
    told = {name for kind in ('hair', *chosen) if kind in chosen or facts for name in TOLD.get(kind, (kind,))}
    for kind in chosen:
        made, way = _naming(r, kind)
        facts, who = [*facts, *made], way(who)
    others = [fact for fact in captions.facts_of(a, r) if not set(fact[2]) & told]
    others = r.sample(others, min(len(others), r.choice((0, 0, 0, 1, 1, 2, 3))))
    kind, _, phrase = r.choice(thesaurus.ENTRIES)
    if kind not in told and kind != 'background' and '{c}' not in phrase and r.random() < THESAURUS_SHARE:
        others = [fact for fact in others if not set(fact[2]) & set(thesaurus.TELLS.get(kind, (kind,)))]
        others.append((thesaurus.VERBS[kind], phrase, (), 1))
    beginning, place = r.random(), r.randint(0, len(others))
    worded = lambda who, facts: captions.worded(a, type(r)(beginning), who, facts)
    return worded(plain_who, [*others[:place], *facts, *others[place:]]), worded(who, others)


def words():
    """All that people are called by here."""
    said = [*(each for table in BEFORE.values() for each in table.values()), *CALLED.values(), 'year years aged s', *'0123456789']
    return {word for all_said in said for word in all_said.replace('-', ' ').replace('|', ' ').split()}
