"""Attributes -> one English caption, the way people type: from a single attribute to nearly all of them.

Deterministic by (attributes, seed); another seed words the same picture differently.
"""

import random

_WHO = {
    ("woman", "young"): ("young woman", "young woman", "woman", "young lady", "young female", "woman in her twenties"),
    ("woman", "middle-aged"): ("woman", "middle-aged woman", "woman", "lady", "female", "woman in her forties", "mature woman"),
    ("woman", "old"): ("old woman", "elderly woman", "older woman", "old lady", "grandma", "senior woman", "woman in her seventies"),
    ("man", "young"): ("young man", "young man", "man", "young guy", "young male", "man in his twenties"),
    ("man", "middle-aged"): ("man", "middle-aged man", "man", "guy", "male", "man in his forties", "mature man"),
    ("man", "old"): ("old man", "elderly man", "older man", "grandpa", "senior man", "man in his seventies"),
}
# words of a person that tell the age
_AGED = ("young", "middle-aged", "old", "elderly", "older", "grandma", "grandpa", "senior", "mature", "twenties", "forties", "seventies")
_SKIN = {"fair": ("fair", "pale", "very light"), "light": ("light",), "tan": ("tan", "tanned", "olive"), "brown": ("brown",), "dark": ("dark", "deep brown")}
_COLOUR = {"blond": ("blond", "blonde", "yellow"), "red": ("red", "red", "ginger", "orange"), "grey": ("grey", "gray"), "dark brown": ("dark brown", "brown"), "light brown": ("light brown", "brown")}
# adjectives before "hair"; the styles that are nouns are handled in _hair
_STYLE = {
    "short spiky": ("short spiky", "spiky", "short"), "short smooth": ("short", "short smooth"), "side-swept": ("side-swept", "short side-swept", "short"),
    "slicked-back": ("slicked-back", "combed-back"), "bob": ("chin-length", "bob-cut", "short"), "long straight": ("long straight", "long", "straight long"),
    "tied back": ("tied-back", "pulled-back"), "braided": ("braided", "side-braided"), "buzz cut": ("very short", "buzz-cut", "shaved"),
    "crew cut": ("very short", "crew-cut", "short cropped"), "curly": ("curly", "short curly"), "afro": ("afro", "big curly"), "long wavy": ("long wavy", "wavy", "long"),
    "long curly": ("long curly", "curly long", "curly"), "mohawk": ("mohawk",), "bun": ("tied-up",),
}  # fmt: skip
_NOUN = {"bob": "bob", "afro": "afro", "mohawk": "mohawk", "bun": "bun", "buzz cut": "buzz cut", "crew cut": "crew cut"}
_VERB = {
    "neutral": ("with a neutral expression", "looking calm", "looking serious"), "smiling": ("smiling",), "laughing": ("laughing", "grinning", "laughing out loud"),
    "surprised": ("surprised", "looking surprised", "looking shocked"), "sad": ("sad", "looking sad", "looking unhappy", "pouting"), "angry": ("angry", "looking angry", "frowning", "scowling"),
}  # fmt: skip
_ADJECTIVE = {"smiling": ("smiling", "smiling", "happy"), "laughing": ("laughing", "grinning", "happy laughing"), "surprised": ("surprised", "shocked"), "sad": ("sad", "unhappy"), "angry": ("angry", "angry looking")}
_FACE = {
    "neutral": ("a neutral expression", "a calm face", "a serious look"), "smiling": ("a smile", "a friendly smile", "a closed mouth smile"), "laughing": ("a big smile", "a wide grin", "a big laugh", "a toothy smile"),
    "surprised": ("a surprised look", "a surprised expression", "an open mouth"), "sad": ("a sad face", "a sad expression"), "angry": ("an angry face", "an angry expression"),
}  # fmt: skip
_TOP = {"t-shirt": ("t-shirt", "shirt", "tee"), "sweater": ("sweater", "jumper"), "suit": ("suit", "suit", "dark suit", "white shirt and a dark suit"), "shirt": ("shirt", "collared shirt")}
_HAT = {"fedora": ("fedora", "fedora", "hat"), "beanie": ("beanie", "beanie", "knit hat", "woolly hat"), "cap": ("cap", "baseball cap")}
_GLASSES = {"round glasses": ("round glasses", "round glasses", "glasses"), "rectangular glasses": ("rectangular glasses", "square glasses", "glasses"), "sunglasses": ("sunglasses", "sunglasses", "dark glasses", "shades")}
_BEARD = {"stubble": ("stubble", "a five o'clock shadow", "stubble"), "moustache": ("moustache", "mustache"), "goatee": ("goatee", "chin beard"), "full beard": ("beard", "full beard", "beard", "thick beard"), "long beard": ("long beard", "big beard"), "sideburns": ("sideburns",)}
_SCENE = {
    "outdoor": ("a blurred outdoor background", "trees in the background", "a park in the background", "nature behind"),
    "indoor": ("a blurred indoor background", "a room in the background", "an indoor background"),
    "city night": ("city lights in the background", "a city at night in the background", "night lights behind"),
}  # fmt: skip
_NOSE = {"big nose": ("a big nose", "a large nose", "a wide nose"), "pointy nose": ("a pointy nose", "a sharp nose"), "small nose": ("a small nose", "a tiny nose")}
_MOUTH = {"full lips": ("full lips", "big lips"), "thin lips": ("thin lips",)}
_BUILD = {"chubby": ("chubby cheeks", "a double chin", "a round face"), "oval face": ("an oval face",), "square jaw": ("a square jaw", "a strong jaw"), "high cheekbones": ("high cheekbones",)}
_EYES = {"narrow eyes": ("narrow eyes",), "big eyes": ("big eyes", "wide eyes"), "bags under the eyes": ("bags under the eyes", "tired eyes")}
_MARK = {"freckles": ("freckles", "a freckled face"), "rosy cheeks": ("rosy cheeks", "red cheeks", "blushing cheeks")}
_BROWS = {"bushy eyebrows": ("bushy eyebrows", "thick eyebrows"), "thin eyebrows": ("thin eyebrows", "fine eyebrows")}
_MADE_UP = ("heavy makeup", "a lot of makeup", "makeup", "eye shadow")
_NECKLACE = {"gold necklace": ("a gold necklace", "a gold chain", "a necklace"), "silver necklace": ("a silver necklace", "a silver chain", "a necklace"), "pearl necklace": ("a pearl necklace", "a necklace of pearls", "a necklace")}
_BRUNETTE = ("dark brown", "brown")
_LEAD = ("",) * 9 + ("a close-up of ", "close-up portrait of ", "photo of ", "a photo of ","portrait of ", "a portrait of ", "a picture of ", "a headshot of ", "the face of ")


def _a(words):
    return ("an " if words[0] in "aeiou" else "a ") + words


def _and(parts):
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _colour(name, r):
    return r.choice(_COLOUR.get(name, (name,)))


def _hair(a, r):
    style, both = a["hair"], ("hair", "hair_colour")
    if style == "bald":
        return r.choice(("a bald head", "no hair")), ("hair",)
    colour = _colour(a["hair_colour"], r)
    if a["fringe"] and r.random() < 0.4:
        words = r.choice(("bangs", "a fringe", f"{colour} bangs", f"{colour} hair with bangs"))
        return words, ("fringe", "hair_colour") if colour in words else ("fringe",)
    if style == "balding":
        return r.choice(((f"thinning {colour} hair", both), ("a receding hairline", ("hair",)), (f"balding {colour} hair", both)))
    if r.random() < (0.5 if a["hat"] else 0.2):
        return f"{colour} hair", ("hair_colour",)
    adjective = r.choice(_STYLE[style])
    if r.random() < 0.12:
        return f"{adjective} hair" if style not in _NOUN else _a(_NOUN[style]), ("hair",)
    if style == "bun" and r.random() < 0.8:
        return r.choice((f"{colour} hair in a bun", _a(f"{colour} bun"))), both
    if style == "tied back" and r.random() < 0.5:
        return r.choice((f"{colour} hair tied back", _a(f"{colour} ponytail"))), both
    if style in _NOUN and r.random() < 0.75:
        return _a(f"{colour} {_NOUN[style]}"), both
    return f"{adjective} {colour} hair" if r.random() < 0.75 else f"{colour} {adjective} hair", both


def _beard(a, r):
    word = r.choice(_BEARD[a["beard"]])
    if a["beard"] in ("stubble", "sideburns"):
        return word, ("beard",)
    share = 0.35 if a["beard_colour"] == a["hair_colour"] and a["hair"] not in ("bald", "balding") else 0.7
    if r.random() < share:
        return _a(f"{_colour(a['beard_colour'], r)} {word}"), ("beard", "beard_colour")
    return _a(word), ("beard",)


def _glasses(a, r):
    word = r.choice(_GLASSES[a["glasses"]])
    if r.random() < 0.35 and word != "dark glasses":
        return f"{a['glasses_colour']} {word}", ("glasses", "glasses_colour")
    return word, ("glasses",)


def _background(a, r):
    name = a["background"]
    if name in _SCENE:
        return r.choice(_SCENE[name])
    return r.choice((f"a {name} background", f"a plain {name} background", f"{name} background", f"a {name} wall behind") if name != "orange" else ("an orange background", "a plain orange background", "orange background"))


def facts_of(a, r):
    """What may be said, with the attributes it names and how much it matters: [(kind, words, names, weight)]."""
    facts = [("has", *_hair(a, r), 1.0), ("expression", None, ("expression",), 1.0 if a["expression"] != "neutral" else 0.3), ("background", _background(a, r), ("background",), 0.7)]
    if a["glasses"]:
        facts.append(("wears", *_glasses(a, r), 1.2))
    if a["hat"]:
        word = r.choice(_HAT[a["hat"]])
        coloured = r.random() < 0.75
        facts.append(("wears", _a(f"{a['hat_colour']} {word}" if coloured else word), ("hat", "hat_colour") if coloured else ("hat",), 1.3))
    if a["beard"]:
        facts.append(("has", *_beard(a, r), 1.1))
    top = r.choice(_TOP[a["top"]])
    coloured = a["top_colour"] and r.random() < 0.85
    facts.append(("wears", _a(f"{a['top_colour']} {top}" if coloured else top), ("top", "top_colour") if coloured else ("top",), 0.5))
    facts.append(("has", f"{r.choice(_SKIN[a['skin_tone']])} skin", ("skin_tone",), 0.4))
    if a["glasses"] != "sunglasses":
        facts.append(("has", f"{a['eye_colour']} eyes", ("eye_colour",), 0.25 if a["eye_colour"] not in ("brown", "light brown") else 0.1))
    for name, words in (("nose", _NOSE), ("mouth", _MOUTH), ("face", _BUILD), ("eye_shape", _EYES), ("skin_mark", _MARK), ("brows", _BROWS)):
        if a[name]:
            facts.append(("has", r.choice(words[a[name]]), (name,), 0.55))
    if a["makeup"]:
        facts.append(("wears", r.choice(_MADE_UP), ("makeup",), 0.5))
    if a["necklace"]:
        facts.append(("wears", r.choice(_NECKLACE[a["necklace"]]), ("necklace",), 0.45))
    if not a["beard"] and a["sex"] == "man" and r.random() < 0.12:
        facts.append(("has", r.choice(("no beard", "a clean-shaven face")), ("beard",), 0.5))
    if a["earrings"]:
        facts.append(("wears", r.choice((f"{a['earrings']} earrings", "earrings")), ("earrings",), 0.4))
    if a["lipstick"]:
        facts.append(("wears", f"{a['lipstick']} lipstick", ("lipstick",), 0.35))
    return facts


def who_of(a, r):
    """-> how the person is called, and what that tells"""
    if r.random() < 0.85:
        who = r.choice(_WHO[a["sex"], a["age_group"]])
        if a["hair_colour"] in _BRUNETTE and a["hair"] not in ("bald", "balding") and a["sex"] == "woman" and r.random() < 0.06:
            return "brunette", ("sex", "hair_colour") if a["hair_colour"] == "brown" else ("sex",)
        return who, ("sex", "age_group") if any(word in _AGED for word in who.split()) else ("sex",)
    who = r.choice((a["sex"], a["sex"], "person"))
    return who, ("sex",) if who != "person" else ()


def caption(a, seed=0):
    """-> one lower-case caption of the portrait with these attributes, and the names of those it tells: it describes every
    portrait that has them in common."""
    r = random.Random(f"{a['index']} {a['identity']} {seed}")
    facts = facts_of(a, r)
    most = r.choices((1, 2, 3, 4, 5, 9), (14, 19, 21, 17, 12, 17))[0]
    order = sorted(facts, key=lambda f: r.random() ** (1 / f[3]), reverse=True)[:most]
    chosen = [f for f in facts if f in order]
    who, names = who_of(a, r)
    return worded(a, r, who, chosen), (*names, *(name for fact in chosen for name in fact[2]))


def worded(a, r, who, chosen):
    """One sentence of some of a portrait's facts, as facts_of gives them; who: what the person is called."""
    has = [words for kind, words, *_ in chosen if kind == "has"]
    wears = [words for kind, words, *_ in chosen if kind == "wears"]
    back = next((words for kind, words, *_ in chosen if kind == "background"), None)
    mood = any(kind == "expression" for kind, *_ in chosen)
    r.shuffle(has)
    r.shuffle(wears)
    style = r.random()
    if style < 0.15:
        tags = has + wears + ([r.choice(_VERB[a["expression"]])] if mood else []) + ([back] if back else [])
        r.shuffle(tags)
        return ", ".join([who, *tags])
    if style < 0.25 and (has or wears):
        return _sentences(a, r, who, has, wears, mood, back)
    return _phrase(a, r, who, has, wears, mood, back)


def _phrase(a, r, who, has, wears, mood, back):
    late = []
    if mood and a["expression"] in _ADJECTIVE and r.random() < 0.5:
        who = f"{r.choice(_ADJECTIVE[a['expression']])} {who}"
    elif mood and r.random() < 0.4:
        has = [*has, r.choice(_FACE[a["expression"]])]
    elif mood:
        late.append(r.choice(_VERB[a["expression"]]))
    lead = r.choice(_LEAD)
    text = lead + _a(who)
    if wears and r.random() < 0.3:  # "with red hair and glasses"
        has, wears = has + wears, []
    if has:
        text += " with " + _and(has)
    if late:
        text += (", " if has else " ") + late[0]
    if wears:
        text += (", " if has and r.random() < 0.3 else " ") + ("wearing " if has or r.random() < 0.75 or not wears[0].startswith("a") else "in ") + _and(wears)
    if back:
        text += r.choice((", ", " with ") if "behind" in back or "in the" in back else (", ", " on ", " in front of ", " against "))
        text += back if back.startswith("a") or not text.endswith((" on ", " of ", " against ")) else _a(back)
    return text


def _sentences(a, r, who, has, wears, mood, back):
    """'a young woman. she has red hair and wears glasses.'"""
    pronoun = "she" if a["sex"] == "woman" else "he"
    verbs = ([f"has {_and(has)}"] if has else []) + ([f"wears {_and(wears)}"] if wears else [])
    subject = f"the {who}" if r.random() < 0.5 else f"{_a(who)}, {pronoun}"
    text = f"{subject} {' and '.join(verbs)}"
    if mood:
        text += f", {r.choice(_VERB[a['expression']])}"
    return text + (f", {back}" if back else "")
