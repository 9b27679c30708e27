"""What a portrait shows: a plain dict drawn from a seed.  Adults only (20 to 75); skin has a tone, never an ethnicity."""

import random

VIEWS = 4  # consecutive pictures that share one body shape; everything else is drawn anew

SEXES = ("woman", "man")
AGES = ("young", "middle-aged", "old")
SKIN_TONES = ("fair", "light", "tan", "brown", "dark")
SKIN_LIMITS = (0.16, 0.34, 0.54, 0.77, 9.0)  # upper ends on the 0..1 scale of skin depth
HAIR_COLOURS = ("black", "dark brown", "brown", "light brown", "blond", "red", "grey", "white", "blue", "pink", "green", "purple")
DYED = ("blue", "pink", "green", "purple")
# hair style -> weight for women, for men
HAIR_STYLES = {
    "short spiky": (4, 8), "short smooth": (4, 8), "side-swept": (6, 8), "slicked-back": (3, 7), "bob": (11, 0),
    "long straight": (13, 4), "tied back": (9, 4), "braided": (8, 0), "bun": (8, 2), "buzz cut": (2, 8), "crew cut": (1, 8),
    "curly": (8, 9), "afro": (7, 7), "long wavy": (12, 4), "long curly": (9, 3), "mohawk": (3, 5), "balding": (0, 9), "bald": (2, 9),
}  # fmt: skip
EARS_VISIBLE = ("short spiky", "slicked-back", "tied back", "bun", "buzz cut", "crew cut", "bald", "balding", "mohawk")
NO_HAT_OVER = ("afro", "mohawk", "bun", "curly", "long curly")
HATS = ("fedora", "beanie", "cap")
HAT_COLOURS = ("black", "grey", "brown", "red", "blue", "green", "beige", "yellow", "white", "orange", "pink", "purple")
BEARDS = ("stubble", "moustache", "goatee", "full beard", "long beard", "sideburns")
GLASSES = ("round glasses", "rectangular glasses", "sunglasses")
GLASSES_COLOURS = ("black", "brown", "gold", "red", "blue", "white")
EXPRESSIONS = {"neutral": 22, "smiling": 22, "laughing": 16, "surprised": 14, "sad": 12, "angry": 14}
EYE_COLOURS = ("brown", "light brown", "green", "blue", "grey")
LIPSTICKS = ("red", "pink", "dark")
EARRINGS = ("gold", "silver")
NECKLACES = ("gold necklace", "silver necklace", "pearl necklace")
# Build of the face, shared by the views of an identity; most faces have none of a group's.
NOSES = ("big nose", "pointy nose", "small nose")
MOUTHS = ("full lips", "thin lips")
FACES = ("chubby", "oval face", "square jaw", "high cheekbones")
EYE_SHAPES = ("narrow eyes", "big eyes", "bags under the eyes")
# On the skin and in the hair, drawn anew for each view.
SKIN_MARKS = ("freckles", "rosy cheeks")
BROWS = ("bushy eyebrows", "thin eyebrows")
MAKEUP = ("heavy makeup",)
FRINGES = ("bangs",)
FRINGED = ("long straight", "long wavy", "tied back", "bun", "braided")  # styles that a fringe may be added to
TOPS = {"t-shirt": (9, 10), "sweater": (10, 7), "suit": (3, 8), "shirt": (7, 6)}
TOP_COLOURS = ("black", "white", "grey", "red", "blue", "green", "yellow", "orange", "purple", "pink", "brown", "navy", "beige", "teal")
PLAIN_BACKGROUNDS = ("white", "grey", "black", "red", "orange", "yellow", "green", "blue", "purple", "pink", "beige", "teal")
SCENES = ("outdoor", "indoor", "city night")

# Pairs kept out of training to see whether the model can combine what it only met apart; each half is common alone.
HELD_OUT_PAIRS = (
    (("hair_colour", "red"), ("glasses", "sunglasses")),
    (("hair_colour", "blue"), ("top", "suit")),
    (("hair", "afro"), ("hair_colour", "blond")),
    (("hat", "fedora"), ("beard", "full beard")),
    (("expression", "surprised"), ("glasses", "round glasses")),
    (("hair", "bob"), ("hair_colour", "green")),
    (("hat", "beanie"), ("beard", "moustache")),
    (("hair", "long wavy"), ("background", "yellow")),
)

VOCABULARY = {
    "sex": SEXES, "age_group": AGES, "skin_tone": SKIN_TONES, "hair": tuple(HAIR_STYLES), "hair_colour": HAIR_COLOURS,
    "hat": HATS, "hat_colour": HAT_COLOURS, "beard": BEARDS, "beard_colour": HAIR_COLOURS, "glasses": GLASSES,
    "glasses_colour": GLASSES_COLOURS, "expression": tuple(EXPRESSIONS), "eye_colour": EYE_COLOURS, "lipstick": LIPSTICKS,
    "earrings": EARRINGS, "necklace": NECKLACES, "nose": NOSES, "mouth": MOUTHS, "face": FACES, "eye_shape": EYE_SHAPES,
    "skin_mark": SKIN_MARKS, "brows": BROWS, "makeup": MAKEUP, "fringe": FRINGES, "top": tuple(TOPS), "top_colour": TOP_COLOURS, "background": PLAIN_BACKGROUNDS + SCENES,
}  # fmt: skip


def _pick(r, weighted):
    return r.choices(list(weighted), list(weighted.values()))[0]


def skin_tone(depth):
    """Name of a skin depth on the 0..1 scale."""
    return next(name for name, limit in zip(SKIN_TONES, SKIN_LIMITS) if depth < limit)


def is_held_out(a):
    """Whether a portrait contains one of the held-out pairs."""
    return any(all(a[key] == value for key, value in pair) for pair in HELD_OUT_PAIRS)


def sample_identity(seed, identity):
    """The part that the views of one identity share."""
    r = random.Random(f"identity {seed} {identity}")
    a = {"identity": identity, "sex": r.choice(SEXES)}
    group = r.choices(AGES, (45, 30, 25))[0]
    years = {"young": (20, 34), "middle-aged": (36, 52), "old": (58, 75)}[group]
    a["age_group"], a["age"] = group, round(r.uniform(*years), 1)
    a["male"] = round(min(1, max(0, (a["sex"] == "man") + r.uniform(-0.08, 0.08))), 3)
    shares = [r.gammavariate(0.5, 1) + 1e-3 for _ in range(3)]
    a["mix"] = {f"base{i + 1}": round(s / sum(shares), 3) for i, s in enumerate(shares)}  # shares of the three morph bases
    depth = 0.12 * a["mix"]["base1"] + 0.32 * a["mix"]["base2"] + 0.80 * a["mix"]["base3"] + r.gauss(0, 0.10)
    if r.random() < 0.3:
        depth = r.random()
    a["skin"] = round(min(1, max(0, depth)), 3)
    a["skin_tone"] = skin_tone(a["skin"])
    a["undertone"] = round(r.gauss(0, 0.5), 2)
    a["weight"] = round(min(0.95, max(0.1, r.gauss(0.47, 0.18))), 2)
    a["muscle"] = round(r.uniform(0.3, 0.6), 2)
    some = lambda share, values: r.choice(values) if r.random() < share else None  # noqa: E731
    a["nose"], a["mouth"], a["face"], a["eye_shape"] = some(0.3, NOSES), some(0.24, MOUTHS), some(0.4, FACES), some(0.3, EYE_SHAPES)
    if a["face"] == "chubby":
        a["weight"] = 0.95
    return a


def _hair_colours(r, a):
    """(natural, worn) hair colour."""
    if a["age_group"] == "old" and r.random() < 0.8:
        natural = r.choice(("grey", "white"))
    elif a["skin"] > 0.5:
        natural = _pick(r, {"black": 40, "dark brown": 24, "brown": 14, "light brown": 5, "blond": 8, "red": 8, "grey": 1})
    else:
        natural = _pick(r, {"black": 16, "dark brown": 14, "brown": 15, "light brown": 12, "blond": 22, "red": 19, "grey": 2})
    return natural, r.choice(DYED) if r.random() < 0.26 else natural


def sample(seed, index):
    """All attributes of picture number index of the data set with this seed."""
    a = {"index": index, **sample_identity(seed, index // VIEWS)}
    r = random.Random(f"view {seed} {index}")
    man = a["sex"] == "man"
    a["natural_colour"], a["hair_colour"] = _hair_colours(r, a)
    weights = {style: w[man] for style, w in HAIR_STYLES.items()}
    if a["age_group"] == "young":
        weights["balding"] = 0
    a["hair"] = _pick(r, weights)
    if a["hair"] == "balding":
        a["hair_colour"] = a["natural_colour"]
    a["hat"] = a["hat_colour"] = None
    if a["hair"] not in NO_HAT_OVER and r.random() < 0.32:
        a["hat"], a["hat_colour"] = r.choice(HATS), r.choice(HAT_COLOURS)
    a["beard"] = _pick(r, {None: 40, "stubble": 10, "moustache": 13, "goatee": 11, "full beard": 17, "long beard": 9, "sideburns": 8}) if man else None
    a["beard_colour"] = (a["hair_colour"] if r.random() < 0.85 else a["natural_colour"]) if a["beard"] else None
    a["glasses"] = _pick(r, {None: 55, "round glasses": 16, "rectangular glasses": 15, "sunglasses": 14})
    a["glasses_colour"] = _pick(r, {"black": 40, "brown": 13, "gold": 14, "red": 13, "blue": 12, "white": 8}) if a["glasses"] else None
    a["expression"] = _pick(r, EXPRESSIONS)
    a["strength"] = round(r.uniform(0.88, 1.0), 2)
    light_eyes = {"brown": 30, "light brown": 12, "green": 20, "blue": 26, "grey": 12}
    a["eye_colour"] = _pick(r, light_eyes if a["skin"] < 0.5 else {"brown": 60, "light brown": 18, "green": 12, "blue": 6, "grey": 4})
    a["brows"] = r.choice(BROWS) if r.random() < 0.22 else None
    a["skin_mark"] = r.choice(SKIN_MARKS) if r.random() < 0.26 and a["skin"] < 0.56 else None
    a["makeup"] = MAKEUP[0] if not man and r.random() < 0.2 else None
    a["fringe"] = FRINGES[0] if a["hair"] == "bob" or a["hair"] in FRINGED and a["hat"] is None and r.random() < 0.3 else None
    a["necklace"] = r.choice(NECKLACES) if a["beard"] not in ("full beard", "long beard") and r.random() < (0.06 if man else 0.3) else None
    a["brow"], a["lash"] = r.choice((1, 1, 6, 9, 9, 12)) if not man else r.choice((1, 9, 12)), r.choice((1, 2, 3, 4))
    a["lipstick"] = None if man else r.choice(LIPSTICKS) if a["makeup"] else _pick(r, {None: 58, "red": 18, "pink": 15, "dark": 9})
    ears = a["hair"] in EARS_VISIBLE and a["hat"] != "beanie"
    a["earrings"] = r.choice(EARRINGS) if ears and r.random() < (0.06 if man else 0.5) else None
    a["top"] = _pick(r, {top: w[man] for top, w in TOPS.items()})
    a["top_colour"] = None if a["top"] == "suit" else r.choice(TOP_COLOURS)
    a["yaw"], a["pitch"] = round(max(-12, min(12, r.gauss(0, 6))), 1), round(max(-4, min(5, r.gauss(0.5, 1.6))), 1)
    a["zoom"] = round(r.uniform(0.985, 1.015), 3)
    a["light"] = [round(r.choice((-1, 1)) * r.uniform(20, 44), 1), round(r.uniform(26, 44), 1), round(r.uniform(0.9, 1.1), 2)]
    a["warmth"] = round(r.uniform(-1, 1), 2)
    a["background"] = r.choice(PLAIN_BACKGROUNDS) if r.random() < 0.7 else r.choice(SCENES)
    a["gradient"] = r.random() < 0.4
    a["split"] = split(a, seed)
    return a


def split(a, seed):
    """'heldout' for held-out pairs, else 'test' for 3 % of the identities, else 'train'."""
    if is_held_out(a):
        return "heldout"
    return "test" if random.Random(f"split {seed} {a['identity']}").random() < 0.03 else "train"
