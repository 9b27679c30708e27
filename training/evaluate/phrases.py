"""Words for attributes, and what may be seen when they are said: a coarse word ("glasses") allows several values.

Written for the evaluation alone: the sentences of training captions are others, the vocabulary is the same.
"""

# Every entry: text, then the allowed values.  {c} is the place of a hair colour, or of nothing.
HAIR = (
    ("short {c} hair", "short spiky", "short smooth", "side-swept", "slicked-back", "bob", "buzz cut", "crew cut", "curly"),
    ("long {c} hair", "long straight", "long wavy", "long curly"),
    ("curly {c} hair", "curly", "long curly", "afro"),
    ("spiky {c} hair", "short spiky"),
    ("side-swept {c} hair", "side-swept"),
    ("slicked-back {c} hair", "slicked-back"),
    ("a {c} bob", "bob"),
    ("long straight {c} hair", "long straight"),
    ("long wavy {c} hair", "long wavy"),
    ("long curly {c} hair", "long curly"),
    ("tied-back {c} hair", "tied back"),
    ("braided {c} hair", "braided"),
    ("{c} hair in a bun", "bun"),
    ("a {c} buzz cut", "buzz cut"),
    ("a {c} afro", "afro"),
    ("a {c} mohawk", "mohawk"),
    ("thinning {c} hair", "balding"),
    ("a bald head", "bald"),
)
HAIR_COLOUR = (
    ("black", "black"), ("dark brown", "dark brown"), ("brown", "brown", "dark brown", "light brown"), ("light brown", "light brown"),
    ("blond", "blond"), ("blonde", "blond"), ("red", "red"), ("ginger", "red"), ("grey", "grey"), ("white", "white"),
    ("blue", "blue"), ("pink", "pink"), ("green", "green"), ("purple", "purple"),
)  # fmt: skip
GLASSES = (
    ("glasses", "round glasses", "rectangular glasses"), ("round glasses", "round glasses"),
    ("rectangular glasses", "rectangular glasses"), ("square glasses", "rectangular glasses"), ("sunglasses", "sunglasses"),
)  # fmt: skip
BEARD = (
    ("a beard", "full beard", "long beard"), ("a full beard", "full beard"), ("a long beard", "long beard"),
    ("a moustache", "moustache"), ("a goatee", "goatee"), ("stubble", "stubble"),
)  # fmt: skip
HAT = (
    ("hat", "fedora", "beanie", "cap"), ("fedora", "fedora"), ("beanie", "beanie"), ("woolly hat", "beanie"),
    ("baseball cap", "cap"), ("cap", "cap"),
)  # fmt: skip
EXPRESSION = (
    ("smiling", "smiling"), ("happy", "smiling", "laughing"), ("laughing", "laughing"), ("grinning", "laughing"),
    ("surprised", "surprised"), ("sad", "sad"), ("angry", "angry"), ("a neutral expression", "neutral"),
)  # fmt: skip
AGE = (("young", "young"), ("middle-aged", "middle-aged"), ("old", "old"), ("elderly", "old"))
SKIN = (
    ("pale skin", "fair"), ("light skin", "fair", "light"), ("tan skin", "tan"), ("brown skin", "brown"), ("dark skin", "brown", "dark"),
)  # fmt: skip
LIPSTICK = tuple((f"{colour} lipstick", colour) for colour in ("red", "pink", "dark"))
EARRINGS = (("earrings", "gold", "silver"), ("gold earrings", "gold"), ("silver earrings", "silver"))
TOP = (("t-shirt", "t-shirt"), ("sweater", "sweater"), ("suit", "suit"), ("suit and tie", "suit"), ("shirt", "shirt", "t-shirt"))
COLOURS = ("black", "white", "grey", "red", "blue", "green", "yellow", "orange", "purple", "pink", "brown", "beige")
HAT_COLOUR = tuple((colour, colour) for colour in COLOURS)
TOP_COLOUR = tuple((colour, colour) for colour in (*COLOURS, "navy", "teal"))
PLAIN = ("white", "grey", "black", "red", "orange", "yellow", "green", "blue", "purple", "pink", "beige", "teal")
BACKGROUND = (
    *((f"a {colour} background".replace("a orange", "an orange"), colour) for colour in PLAIN),
    ("a blurred outdoor background", "outdoor"), ("a blurred indoor background", "indoor"), ("city lights in the background", "city night"),
)  # fmt: skip

PHRASES = {
    "hair": HAIR, "hair_colour": HAIR_COLOUR, "glasses": GLASSES, "beard": BEARD, "hat": HAT, "hat_colour": HAT_COLOUR,
    "expression": EXPRESSION, "age_group": AGE, "skin_tone": SKIN, "lipstick": LIPSTICK, "earrings": EARRINGS, "top": TOP,
    "top_colour": TOP_COLOUR, "background": BACKGROUND, "sex": (("woman", "woman"), ("man", "man")),
}  # fmt: skip
