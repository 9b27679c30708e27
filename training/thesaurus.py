"""What people type for what captions say: "dreadlocks" for braided hair, "in a forest" for trees in the background.

The third teacher of words (neighbours.py has the other two), written by hand from general knowledge: what has no word of its own in
captions, and what a sentence model and a dictionary lead astray, as places, hair and clothes. `pair` words one portrait twice, in
captions' words and in everyday ones, for training.pieces. {c} is the place of a colour, or of nothing.
"""
import re

from .faces import attributes, captions
from .tokens import Tokenizer

# Words that may stand wherever captions have the one before them.
WORDS = {
    'red': 'crimson scarlet ruby cherry burgundy maroon vermilion cardinal carmine garnet brick cranberry blood-red wine tomato',
    'blue': 'azure cobalt sapphire sky-blue cerulean indigo ultramarine royal-blue denim cornflower baby-blue electric-blue',
    'green': 'emerald lime mint jade moss forest-green khaki chartreuse sage avocado fern pea-green',
    'yellow': 'lemon golden mustard canary saffron sunflower gold-coloured sunny banana buttery',
    'purple': 'violet lavender lilac mauve plum amethyst magenta-purple aubergine eggplant orchid',
    'pink': 'rose magenta fuchsia coral salmon hot-pink rosy-pink bubblegum flamingo blush blush-pink',
    'white': 'snowy ivory snow-white milky chalky whitewashed alabaster',
    'black': 'jet-black ebony pitch-black onyx raven inky charcoal midnight-black jet coal-black sable',
    'teal': 'turquoise cyan aqua aquamarine petrol sea-green blue-green',
    'beige': 'cream sand sandy ecru fawn camel taupe off-white vanilla buff cream-coloured',
    'grey': 'slate ash ashen silvery stone-grey smoky gunmetal greyish steel-grey',
    'orange': 'tangerine amber apricot peach copper rust pumpkin terracotta carrot',
    'brown': 'chestnut chocolate coffee hazel mahogany walnut umber sepia cocoa caramel mocha',
    'navy': 'navy-blue midnight-blue', 'ginger': 'auburn strawberry titian coppery',
    'blond': 'flaxen platinum honey-blond towheaded bleached',
    'background': 'backdrop', 'hair': 'hairdo hairstyle haircut',
    'wearing': 'sporting donning clad', 'fringe': 'forelock',
}  # fmt: skip

HAIR = {
    'braided {c} hair': '{c} braids|a {c} braid|{c} hair in braids|a {c} plait|{c} plaits|plaited {c} hair|{c} pigtails|{c} hair in pigtails|{c} dreadlocks|{c} dreads|{c} cornrows|{c} locs|{c} box braids|a {c} french braid|a {c} fishtail|woven {c} hair|{c} hair in bunches|{c} braiding',
    'tied-back {c} hair': 'a {c} pony tail|a {c} pony|scraped-back {c} hair|pinned-back {c} hair|{c} hair gathered behind|{c} hair in a scrunchie|fastened {c} hair|clipped-back {c} hair',
    '{c} hair in a bun': 'a {c} topknot|a {c} top knot|an updo|a {c} updo|a {c} chignon|{c} hair in a knot|a {c} knot|{c} hair pinned up|upswept {c} hair|a {c} french twist|a {c} beehive|a {c} ballerina bun|pinned-up {c} hair',
    'a {c} buzz cut': 'a {c} buzzcut|buzzed {c} hair|a shaven head|a {c} military haircut|a {c} induction cut|shorn {c} hair|closely cut {c} hair|a number two haircut|{c} hair clipped short',
    'a {c} crew cut': 'a {c} crewcut|a {c} fade|a {c} taper|an undercut|a {c} flattop|a {c} flat top|an army haircut|a {c} brush cut|trimmed {c} hair|a {c} caesar|a {c} crop|neatly trimmed {c} hair',
    'a {c} mohawk': 'a {c} mohican|a {c} faux hawk|a {c} fauxhawk|an iroquois|a {c} crest|a punk hairdo|a {c} hawk',
    'slicked-back {c} hair': 'slick {c} hair|gelled {c} hair|greased {c} hair|greasy {c} hair|oiled {c} hair|brushed-back {c} hair|a {c} pompadour|a {c} quiff|a {c} ducktail|pomaded {c} hair|wet {c} hair|{c} hair with gel|brilliantined {c} hair|a {c} rockabilly haircut',
    'curly {c} hair': '{c} curls|{c} ringlets|frizzy {c} hair|kinky {c} hair|coiled {c} hair|{c} coils|permed {c} hair|a {c} perm|corkscrew {c} hair|{c} corkscrews|crimped {c} hair|a mop of {c} curls|a {c} mop|springy {c} hair|curled {c} hair|fuzzy {c} hair|coily {c} hair|wiry {c} hair|crinkly {c} hair|{c} frizz',
    'long curly {c} hair': 'long {c} ringlets|cascading {c} curls|tumbling {c} curls|long {c} curls|voluminous {c} hair',
    'a {c} afro': 'an afro hairdo|a {c} jewfro|puffy {c} hair|poofy {c} hair|fluffy {c} hair|a {c} bouffant|bouffant {c} hair|huge {c} hair|teased {c} hair|a {c} puff',
    'long wavy {c} hair': '{c} waves|{c} beach waves|rippling {c} hair|undulating {c} hair|billowing {c} hair|{c} hair in waves|long {c} waves|layered {c} hair|tumbling {c} hair|cascading {c} hair|feathered {c} hair',
    'long {c} hair': 'shoulder-length {c} hair|shoulder length {c} hair|flowing {c} hair|flowing {c} locks|{c} locks|{c} tresses|a {c} mane|waist-length {c} hair|{c} hair down to the waist|{c} hair over the shoulders|lengthy {c} hair|{c} hair extensions|lush {c} hair|luxuriant {c} hair|rapunzel hair|mid-length {c} hair|medium-length {c} hair',
    'long straight {c} hair': 'sleek {c} hair|silky {c} hair|lank {c} hair|ironed {c} hair|straightened {c} hair|a {c} mullet|stringy {c} hair|limp {c} hair|glossy {c} hair|untied {c} hair|flat {c} hair|lanky {c} hair',
    'short {c} hair': 'a {c} pixie cut|a {c} pixie|boyish {c} hair|a {c} bowl cut|a boyish haircut|a {c} schoolboy haircut|a {c} gamine cut|a neat {c} haircut|a {c} tomboy haircut',
    'a {c} bob': 'bobbed {c} hair|a {c} pageboy|a {c} lob|a {c} flapper haircut|neck-length {c} hair|a {c} bobbed haircut|a {c} helmet of hair',
    'spiky {c} hair': '{c} spikes|spiked {c} hair|tousled {c} hair|messy {c} hair|bristly {c} hair|{c} bristles|unkempt {c} hair|ruffled {c} hair|disheveled {c} hair|dishevelled {c} hair|scruffy {c} hair|untidy {c} hair|{c} bedhead|wild {c} hair|uncombed {c} hair|rumpled {c} hair|choppy {c} hair|shaggy {c} hair|jagged {c} hair|standing {c} hair|messed {c} hair|windswept {c} hair',
    'side-swept {c} hair': 'side-parted {c} hair|parted {c} hair|a {c} side parting|a {c} side part|a {c} parting|a {c} combover|a {c} comb over|{c} hair parted on the side|asymmetrical {c} hair|a {c} emo haircut|lopsided {c} hair',
    'a bald head': 'a hairless head|a hairless scalp|a bald pate|a smooth scalp|a shiny head|a polished head|a bare head|a chrome dome|a bare scalp|a shiny scalp|an egghead',
    'thinning {c} hair': 'a bald patch|a bald spot|hair loss|sparse {c} hair|wispy {c} hair|a tonsure|alopecia|patchy {c} hair|scant {c} hair|scanty {c} hair|vanishing {c} hair',
}  # fmt: skip

TOPS = {
    'a {c} t-shirt': 'a {c} tshirt|a {c} tank top|a {c} jersey|an undershirt|a {c} singlet|a {c} camisole|a {c} vest|a {c} crop top|a {c} sports shirt|a {c} basketball jersey|a {c} halter|a {c} leotard|a {c} crewneck|a {c} muscle shirt',
    'a {c} sweater': 'a {c} hoodie|a {c} hoody|a {c} pullover|a {c} cardigan|a {c} sweatshirt|a {c} turtleneck|a {c} fleece|{c} knitwear|a {c} turtle neck|a {c} polo neck|a {c} woollen jersey|a {c} woolen top|a knitted {c} top|a {c} sweat shirt|a {c} tracksuit|a hooded {c} top|a {c} cashmere top|{c} cashmere|a {c} woolly',
    'a suit': 'a blazer|a tuxedo|a tux|a jacket and tie|a jacket|a dinner jacket|a waistcoat|a bow tie|a bowtie|a necktie|a tie|a suit jacket|formal wear|formal attire|business attire|a tailcoat|office clothes|a sports jacket|a sport coat|evening dress|a three-piece|a pinstripe|a coat and tie|a cravat|formalwear|a business outfit|black tie|a tailored outfit',
    'a {c} collared shirt': 'a {c} blouse|a {c} button-down|a {c} button-up|a {c} dress shirt|a {c} flannel|a {c} tunic|a {c} polo|a {c} polo shirt|a {c} denim shirt|a plaid {c} top|an oxford|a {c} oxford shirt|a {c} collar|a {c} buttoned top|a checkered {c} shirt|a {c} linen shirt|a {c} silk blouse|a hawaiian shirt|a {c} work shirt|a chambray',
}  # fmt: skip

HATS = {
    'a {c} fedora': 'a {c} trilby|a {c} bowler|a {c} bowler hat|a {c} derby|a {c} panama|a {c} panama hat|a {c} stetson|a {c} cowboy hat|a {c} top hat|a {c} sun hat|a {c} sunhat|a {c} homburg|a {c} sombrero|a {c} straw hat|a {c} felt hat|a wide-brimmed {c} hat|a broad-brimmed {c} hat|a brimmed {c} hat|a {c} boater|a {c} ten-gallon hat|headgear|a headdress|a {c} pork pie|a {c} borsalino|headwear',
    'a {c} beanie': 'a {c} toque|a {c} tuque|a {c} bobble hat|a {c} skullcap|a knitted {c} cap|a knitted {c} hat|a woollen {c} hat|a woolen {c} hat|a wool {c} hat|a {c} stocking cap|a {c} winter hat|a {c} bonnet|a {c} watch cap|a {c} ski hat|a {c} nightcap|a crocheted {c} hat|a {c} balaclava|a {c} turban|a {c} headscarf|a {c} slouchy hat|a warm {c} hat|a {c} pom-pom hat',
    'a {c} cap': 'a {c} snapback|a {c} trucker hat|a {c} visor|a {c} ballcap|a {c} ball cap|a {c} flat cap|a {c} peaked cap|a {c} newsboy|a {c} beret|a {c} helmet|a {c} golf cap|a {c} kepi|a {c} cricket cap|a {c} deerstalker|a {c} tam',
}  # fmt: skip

# Adjectives of skin; each also as "a ... complexion" and "...-skinned".
SKIN = {
    'pale': 'porcelain|ivory|alabaster|milky|pasty|ghostly|pallid|snow-white|chalky|ashen|lily-white|creamy|peaches-and-cream|translucent|waxen|wan|colourless|pearly|white',
    'light': 'rosy-white|light-coloured|lightish|peach|peachy|pinkish',
    'tan': 'bronzed|sun-kissed|suntanned|golden|sunburnt|sunburned|bronze|sun-tanned|honey|sun-baked|weathered|sunbaked|sandy|beige',
    'brown': 'caramel|swarthy|mocha|cinnamon|toffee|chestnut|coffee|cocoa|hazel|nut-brown|brownish|copper|tawny|mahogany',
    'dark': 'ebony|chocolate|dusky|onyx|jet-black|darkish|inky|espresso|sable',
}
SKINNED = {'fair': 'pale', 'light': 'light', 'tan': 'tan', 'olive': 'tan', 'brown': 'brown', 'dark': 'dark', 'pale': 'pale'}

PLACES = {
    'trees in the background': 'in a forest|in the woods|in a wood|on a beach|at the beach|at the seaside|by the sea|by the ocean|in a garden|in a meadow|in a field|in the fields|in a jungle|in the jungle|in a rainforest|in the countryside|in the wilderness|in front of mountains|in the mountains|on a mountain|on a hill|by a lake|at a lake|by a river|by a stream|by a pond|in a valley|on a lawn|on the grass|in a backyard|in the yard|in an orchard|in a vineyard|on a farm|in a playground|at a campsite|in the sunshine|in the wild|under a tree|on a trail|on a hike|on a picnic|in a grove|among bushes|among flowers|in a landscape|in the desert|in the snow|in a clearing|by a waterfall|on a cliff|on an island|outdoors|outside|in greenery|among leaves|in a swamp|under an oak|under palms|at a zoo|in a pasture|in the bush|in a savanna|in spring|in summer|in autumn|under a blue sky|in fresh air|in a botanical garden|on a golf course|in the hills',
    'a room in the background': 'in an office|at the office|in a kitchen|in a library|in a bedroom|in a living room|in a lounge|in a house|at home|in a cafe|in a coffee shop|in a restaurant|in a bar|in a pub|in a classroom|at school|in a hallway|in a corridor|in a lobby|in a church|in a museum|in a gallery|in a gym|in a hospital|in a shop|in a store|in a supermarket|in a studio|in an apartment|in a flat|in a bathroom|in a hotel|in a theater|in a workshop|in a garage|in a basement|in an attic|in a cottage|in a castle|in a palace|in a hall|in a laboratory|in a lab|at work|at a desk|on a sofa|on a couch|by a window|in a bookshop|indoors|inside|inside a building|in a chamber|in a parlor|in a salon|in a den|in a cabin|at a table|in a warehouse|in a factory|in a courtroom|in a bakery|in a dining room|in a waiting room|by the fireplace|in an interior|in a meeting|in a mansion|in a barn|by a bookshelf|in the cellar',
    'city lights in the background': 'in a street at night|on a street|in the street|downtown|in a downtown street|in the metropolis|in a big town|in town|in front of skyscrapers|in front of a skyline|in front of neon lights|under neon signs|on a boulevard|on an avenue|on a rooftop|in a nightclub|in a disco|at a club|in an alley|on a sidewalk|in traffic|by streetlights|under street lamps|in an urban setting|in the urban night|in times square|in manhattan|in new york|in tokyo|in las vegas|in hong kong|at midnight|in the evening|at dusk|in the nightlife|at a concert|at a party|on a bridge at night|in the darkness|under lanterns|by fireworks|in chinatown|in a subway|among high-rises|in cyberpunk scenery|on a highway|by billboards|at a carnival',
}  # fmt: skip

# How one is called who goes with a thing: (sex, what captions say of it)
PEOPLE = {
    ('man', 'a suit'): 'businessman gentleman groom banker salesman bridegroom congressman chairman',
    ('woman', 'a suit'): 'businesswoman stewardess',
    ('person', 'a suit'): 'lawyer attorney politician executive manager broker accountant ambassador diplomat butler detective president senator realtor consultant lecturer spokesperson director',
    ('man', 'a fedora'): 'cowboy gangster mobster sheriff rancher magician',
    ('woman', 'a fedora'): 'cowgirl',
    ('person', 'a fedora'): 'explorer archaeologist',
    ('person', 'a beanie'): 'skier snowboarder skateboarder skater burglar hipster',
    ('person', 'a cap'): 'golfer trucker chauffeur cop pilot jockey mechanic umpire postman policeman plumber captain rapper',
    ('person', 'a mohawk'): 'punk',
    ('man', 'a buzz cut'): 'soldier marine recruit skinhead sergeant',
    ('man', 'a bald head'): 'monk baldy',
    ('man', 'a long beard'): 'wizard viking santa hermit prophet guru',
    ('man', 'a full beard'): 'lumberjack',
    ('person', 'a calm face'): 'stoic',
}  # fmt: skip

# What says nothing by itself and keeps the row of unknown words, wherever it stands above.
EMPTY = frozenset('her his the at by on of to over up in down from under among after front down done put cut with and into one two number big fresh'.split())



def _listed(table):
    return [(plain, said) for plain, all_said in table.items() for said in all_said.split('|')]


def places():
    """[(what captions say, everyday words)], each place as it stands and as what is behind."""
    for plain, said in _listed(PLACES):
        yield plain, said
        thing = re.sub('^(in front of|in|on|at|by|under|among|inside|after) ', '', said)
        if thing != said:
            yield plain, f'{thing} in the background'
            yield plain, f'{thing} behind'
            yield plain, f'in front of {thing}'
        yield plain, f'{re.sub("^(a|an|the) ", "", thing)} background'


def skins():
    for plain, said in _listed(SKIN):
        yield f'{plain} skin', f'{said} skin'
        yield f'{plain} skin', f'a {said} complexion'.replace('a i', 'an i').replace('a e', 'an e')


ENTRIES = [(kind, plain, said) for kind, items in (('hair', _listed(HAIR)), ('top', _listed(TOPS)), ('hat', _listed(HATS)), ('skin_tone', skins()), ('background', places()))
           for plain, said in items]  # fmt: skip
SHARES = {'hair': 32, 'top': 12, 'hat': 12, 'skin_tone': 7, 'background': 22, 'skinned': 4, 'haired': 3, 'colour': 8, 'who': 7}
VERBS = {'hair': 'has', 'skin_tone': 'has', 'top': 'wears', 'hat': 'wears', 'background': 'background'}
# What may have a colour by the words above: hair has some, all others any.
COLOURED = {'ginger': ('hair',), 'blond': ('hair',), 'navy': ('top',), 'teal': ('top', 'background'), 'beige': ('top', 'hat', 'background'), 'brown': ('hair', 'top', 'hat'),
            **{colour: ('hair', 'top', 'hat', 'background') for colour in ('red', 'blue', 'green', 'purple', 'pink', 'white', 'black', 'grey')}, **{colour: ('top', 'hat', 'background') for colour in ('yellow', 'orange')}}  # fmt: skip
THINGS = {'hair': ('has', '{c} hair'), 'top': ('wears', 'a {c} shirt'), 'hat': ('wears', 'a {c} hat'), 'background': ('background', 'a {c} background')}
HAIRED = ('long', 'short', 'curly', 'wavy', 'straight', 'spiky', 'red', 'grey', 'white', 'black', 'brown', 'blond', 'ginger', 'pink', 'blue', 'purple', 'green')
COLOURS = {'hair': attributes.HAIR_COLOURS, 'top': attributes.TOP_COLOURS, 'hat': attributes.HAT_COLOURS}
BY_KIND = {kind: [(plain, said) for k, plain, said in ENTRIES if k == kind] for kind in VERBS}
WHO = [(sex, thing, name) for (sex, thing), names in PEOPLE.items() for name in names.split()]
TELLS = {'hair': ('hair', 'hair_colour', 'fringe'), 'haired': ('hair', 'hair_colour', 'fringe'), 'colour': ('hair', 'hair_colour', 'fringe', 'hat', 'hat_colour', 'top', 'top_colour', 'background'), 'skinned': ('skin_tone',), 'who': ('hair', 'hair_colour', 'fringe', 'hat', 'hat_colour', 'top', 'top_colour', 'beard', 'beard_colour'),
         'top': ('top', 'top_colour'), 'hat': ('hat', 'hat_colour')}  # fmt: skip


def _in_phrases():
    phrases = [said for _, _, said in ENTRIES] + [name for *_, name in WHO]
    return {word for phrase in phrases for word in re.findall('[a-z]+', phrase.replace('{c}', ''))} - EMPTY


def _learnt_colours():
    """{colour of several tokens, or of other meanings too: the colour that it takes the place of}"""
    tokenizer, others = Tokenizer(), _in_phrases()
    return {said: plain for plain, all_said in WORDS.items() if plain in COLOURED for said in all_said.split() if said in others or len(tokenizer.encode(said)) > 1}


def words():
    """Everyday words that learn rows, each by its runs of letters, without those that say nothing."""
    return (_in_phrases() | {'skinned', 'haired', 'headed'} | {part for said in LEARNT_COLOURS for part in said.split('-')}) - EMPTY


def said():
    """Everything above that the text encoder has a row for: learnt ones, and words that have that of another."""
    return words() | {word for all_said in WORDS.values() for each in all_said.split() for word in each.split('-')}


def alike(trained):
    """{token id: that of the word of captions whose place it may take everywhere}, of words of one token and one meaning"""
    tokenizer, own, found = Tokenizer(), words(), {}
    for plain, all_said in WORDS.items():
        for ids in (tokenizer.encode(said) for said in all_said.split() if said not in own):
            if len(ids) == 1 and ids[0] not in trained:
                found[ids[0]] = tokenizer.encode(plain)[0]
    return found


def filled(phrase, colour):
    text = ' '.join(phrase.format(c=colour).split())
    return re.sub(r'^an? (?=(\w))', lambda m: 'an ' if m[1] in 'aeiou' else 'a ', text)


LEARNT_COLOURS = _learnt_colours()


def pair(r, index, seed):
    """-> one portrait as captions say it, and as people may: the same sentence but for one thing. r: random.Random."""
    a = attributes.sample(seed, index)
    kind = r.choices(list(SHARES), list(SHARES.values()))[0]
    who, _ = captions.who_of(a, r)
    others = [fact for fact in captions.facts_of(a, r) if not set(fact[2]) & set(TELLS.get(kind, (kind,)))]
    others = r.sample(others, min(len(others), r.choice((0, 0, 0, 1, 1, 2, 3))))
    beginning = r.random()

    def worded(who, facts):
        same = type(r)(beginning)
        text = captions.worded(a, same, who, facts)
        for before in (' on ', ' in front of ', ' against ', ', ', ' with '):  # a place has its own preposition
            text = re.sub(f'{before}((?:a |an )?)(?=(in|on|at|by|under|among|after|inside|outdoors|outside|indoors|downtown) )', ' ', text + ' ').strip()
        return text

    if kind == 'skinned':
        said = r.choice([*SKINNED, *SKIN['pale'].split('|'), *SKIN['dark'].split('|'), *SKIN['brown'].split('|'), *SKIN['tan'].split('|')])
        plain = SKINNED.get(said) or next(tone for tone, all_said in SKIN.items() if said in all_said.split('|'))
        return worded(who, [*others, ('has', f'{plain} skin', ('skin_tone',), 1)]), worded(f'{said}-skinned {who}', others)
    if kind == 'haired':
        said, body = r.choice([*((adjective, 'haired') for adjective in HAIRED), ('bald', 'headed'), ('red', 'headed')])
        plain = 'a bald head' if said == 'bald' else f'{said} hair'
        return worded(who, [*others, ('has', plain, (), 1)]), worded(f'{said}-{body} {who}', others)
    if kind == 'colour':
        said, plain = r.choice(list(LEARNT_COLOURS.items()))
        verb, thing = THINGS[r.choice(COLOURED[plain])]
        return tuple(worded(who, [*others, (verb, filled(thing, colour), (), 1)]) for colour in (plain, said))
    if kind == 'who':
        sex, thing, name = r.choice(WHO)
        verb = 'wears' if thing in ('a suit', 'a fedora', 'a beanie', 'a cap') else 'has'
        return worded(sex, [*others, (verb, thing, (), 1)]), worded(name, others)
    plain, said = r.choice(BY_KIND[kind])
    colour = r.choice(COLOURS[kind]) if kind in COLOURS and r.random() < 0.4 else ''
    if '{c}' not in plain or '{c}' not in said:
        colour = ''
    fact = lambda words: (VERBS[kind], filled(words, colour), (), 1)
    place = r.randint(0, len(others))
    return tuple(worded(who, [*others[:place], fact(words), *others[place:]]) for words in (plain, said))
