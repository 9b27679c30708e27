"""How people call somebody by what captions say behind them: "a bald man" for a man with a bald head, "a blonde", "a girl", "a man without
hair", "a woman in red". Written by hand from general knowledge, as thesaurus.py, whose words may take the place of captions'; here each
word is one that captions use otherwise ("bald head", "black hair"), so that no row of its own could tell.

What renders cannot show is named by what they can: "african" and "indian" by the colour of a skin.
"""
import re

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
# What somebody has, in other words than captions'.
HAS = {
    'expression': {
        'a friendly smile': 'a smile|a smile|a smile|a warm smile|a slight smile|a little smile|a smile on {his} face',
        'a toothy smile': 'a big smile|a big smile|a wide smile|a broad smile|a huge smile|a big smile on {his} face',
    },
}  # fmt: skip
# Nouns, by who they are to captions, and what they tell: its kind and captions' words.
CALLED = {
    ('woman', 'hair', 'blond hair'): 'blonde', ('man', 'hair', 'blond hair'): 'blond', ('woman', 'hair', 'red hair'): 'redhead|ginger', ('man', 'hair', 'red hair'): 'redhead|ginger',
    ('young woman', None, None): 'girl|girl|young girl|teenage girl|teenage girl|schoolgirl|lass|daughter|child|kid|teenager|toddler|baby',
    ('young man', 'beard', 'no beard'): 'boy|boy|young boy|little boy|teenage boy|schoolboy|lad|son|boy|child|kid|teenager|toddler|baby',
}  # fmt: skip
# Years, as captions tell them.
AGES = {'young': range(6, 36), 'middle-aged': range(38, 56), 'old': range(60, 96)}
AGED = ('{n} year old {who}', '{n} year old {who}', '{n}-year-old {who}', '{n} years old {who}', '{who} aged {n}', '{who} in {his} {tens}s')
SHAVEN = 16  # years, before which a man has no beard
# What is not there: by what captions say instead, where they say anything.
WITHOUT = {
    'hair': [('hair', 'a bald head'), ('any hair', 'a bald head')], 'beard': [('a beard', 'no beard'), ('facial hair', 'no beard')], 'expression': [('a smile', 'a neutral expression')],
    'glasses': [('glasses', None)], 'hat': [('a hat', None)], 'makeup': [('makeup', None)], 'earrings': [('earrings', None)],
}  # fmt: skip
# Where they say nothing: what to take away from the person. A text lies where the mean of its pictures is, and that of those without glasses
# is the mean of all less that of those with any, by the odds of glasses among renders: plain + odds * (plain - with glasses). A third more
# than the odds, for texts tell things apart by a little less than pictures do. Of each kind, for who is taken from one comes near another:
# away from "glasses" are sunglasses.
ODDS = {'glasses': (1.1, ('glasses', 'glasses', 'sunglasses')), 'hat': (0.38, ('a fedora', 'a beanie', 'a cap')), 'makeup': (0.33, ('makeup',)), 'earrings': (0.2, ('earrings',))}
OF_WOMEN = ('makeup', 'earrings')
WORN = ('glasses', 'hat', 'makeup', 'earrings')
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


def _naming(r, kind, sex):
    """One thing said both ways -> (facts as captions have them, facts as people do, how the person is called: a function of what they were called)"""
    if kind == 'top':
        colour, is_suit = r.choice(attributes.TOP_COLOURS), r.random() < 0.2
        said = r.choice(SUITS if is_suit else DRESSED).format(c=colour)
        return [('wears', SUIT if is_suit else thesaurus.filled('a {c} ' + r.choice(TOPS), colour), (), 1)], [], lambda who: f'{who} {said}'
    if r.random() < HAS_SHARE.get(kind, 0):
        plain = r.choice(list(HAS[kind]))
        said = r.choice(HAS[kind][plain].split('|')).format(his=_HIS[sex])
        return [('has', plain, (), 1)], [('has', said, (), 1)], lambda who: who
    plain = r.choice(list(BEFORE[kind]))
    said = r.choice(BEFORE[kind][plain].split('|'))
    way = (lambda who: f'{who} who is {said}') if r.random() < 0.12 else (lambda who: _before(r, said, who))
    return [('has', plain, (), 1)], [], way


def _lacking(r, kinds):
    """What somebody is without, both ways -> as _naming"""
    missing, plain = zip(*(r.choice(WITHOUT[kind]) for kind in kinds))
    bare = [each.removeprefix('a ').removeprefix('any ') for each in missing]
    facts = [('has', each, (), 1) for each in plain if each]
    if r.random() < 0.35:
        return facts, [('has', f'no {each}', (), 1) for each in bare], lambda who: who
    said = r.choice((
        f'without {" and ".join(missing)}', f'without {" or ".join(missing)}', f'without {" and without ".join(missing)}',
        f'with no {" and no ".join(bare)}', f'with no {" or ".join(bare)}', *([f'not wearing {" or ".join(missing)}'] if set(kinds) <= set(WORN) else ()),
    ))  # fmt: skip
    return facts, [], lambda who: f'{who} {said}'


KINDS = {'hair': 30, 'beard': 14, 'skin_tone': 18, 'skin_mark': 6, 'glasses': 10, 'makeup': 4, 'face': 4, 'eye_colour': 10, 'top': 10, 'hat': 6, 'earrings': 2, 'expression': 12}
CALLED_SHARE, AGED_SHARE = 0.2, 0.12
THESAURUS_SHARE = 0.25
WITHOUT_SHARE = {'hair': 0.15, 'beard': 0.5, 'glasses': 0.7, 'makeup': 0.5, 'expression': 0.2}  # of a kind that has other words too
HAS_SHARE = {'expression': 0.6}
TWO_SHARE = 0.08  # are without two things
_HIS = {'man': 'his', 'woman': 'her'}


def _person(r, a):
    """-> who somebody is to captions, how people may call them, what that tells, and that as captions have it: facts"""
    sex, way = a['sex'], r.random()
    if way < AGED_SHARE:
        age = r.choice(list(AGES))
        n = r.choice(AGES[age])
        said = r.choice(AGED if n >= 20 else AGED[:-1]).format(n=n, tens=n // 10 * 10, who=sex, his=_HIS[sex])
        return f'{age} {sex}', said, *(('beard', [('has', 'no beard', (), 1)]) if sex == 'man' and n < SHAVEN else (None, []))
    if way < AGED_SHARE + CALLED_SHARE:
        (who, kind, plain), names = r.choice([(key, names) for key, names in CALLED.items() if key[0].split()[-1] == sex])
        return who, r.choice(names.split('|')), kind, [('has', plain, (), 1)] if plain else []
    who, _ = captions.who_of(a, r)
    who = sex if who in ('brunette', 'person') else who
    return who, who, None, []


def pair(r, index, seed):
    """-> one portrait as captions say it, what is to be taken away from that, [(odds, as captions say it with the thing)], and the portrait as
    people may say it: called by one thing or two. r: random.Random."""
    a = attributes.sample(seed, index)
    plain_who, who, kind, facts = _person(r, a)
    shares = {each: share for each, share in KINDS.items() if (each not in OF_MEN or a['sex'] == 'man') and each != kind}
    two = r.random() < TWO_SHARE
    if two:
        shares = {each: share for each, share in shares.items() if each in WITHOUT}
    chosen = dict.fromkeys(r.choices(list(shares), list(shares.values()), k=2 if two else r.choice((1, 1, 1, 2))))
    lacking = [each for each in chosen if each in WITHOUT and (two or each not in BEFORE or r.random() < WITHOUT_SHARE.get(each, 0))]
    told = {name for each in (kind, *chosen) if each for name in TOLD.get(each, (each,))}
    said_facts = []
    for made, said, way in [*(_naming(r, each, a['sex']) for each in chosen if each not in lacking), *([_lacking(r, lacking)] if lacking else [])]:
        facts, said_facts, who = [*facts, *made], [*said_facts, *said], way(who)
    others = [fact for fact in captions.facts_of(a, r) if not set(fact[2]) & told]
    others = r.sample(others, min(len(others), r.choice((0, 0, 0, 1, 1, 2, 3))))
    other, _, phrase = r.choice(thesaurus.ENTRIES)
    if other not in told and other != 'background' and '{c}' not in phrase and r.random() < THESAURUS_SHARE:
        others = [fact for fact in others if not set(fact[2]) & set(thesaurus.TELLS.get(other, (other,)))]
        others.append((thesaurus.VERBS[other], phrase, (), 1))
    beginning, place = r.random(), r.randint(0, len(others))
    worded = lambda who, facts: captions.worded(a, type(r)(beginning), who, facts)
    plainly = lambda *more: meant(worded(plain_who, [*others[:place], *facts, *more, *others[place:]]))
    absent = [ODDS[each] for each in lacking if each in ODDS and (each not in OF_WOMEN or a['sex'] == 'woman')]
    taken = [(odds / len(things), plainly(('wears', thing, (), 1))) for odds, things in absent for thing in things]
    return plainly(), taken, worded(who, [*others[:place], *said_facts, *others[place:]])


def meant(text):
    """Captions' smiles in words that "without a smile" does not have: to a tower that is its own teacher "a smile" came to mean little."""
    return re.sub(r'(?<!friendly )(?<!mouth )(?<!toothy )\bsmile\b', 'friendly smile', text.replace('big smile', 'toothy smile'))


def words():
    """All that people are called by here."""
    said = [*(each.replace('{his}', '') for table in (*BEFORE.values(), *HAS.values()) for each in table.values()), *CALLED.values(), 'year years aged s', *'0123456789']
    return {word for all_said in said for word in all_said.replace('-', ' ').replace('|', ' ').split()}
