"""Body shape of an identity, and expressions on top of it."""

import random

from . import geometry as g

_OPPOSITES = (("decr", "incr"), ("down", "up"), ("in", "out"), ("concave", "convex"), ("backward", "forward"), ("compress", "uncompress"))
_PARTS = ("head", "forehead", "eyebrows", "eyes", "nose", "mouth", "ears", "chin", "cheek", "neck")
_UNWANTED = ("head-age", "head-fat", "triangular", "diamond", "cleft", "angles", "-age", "mouth-trans", "head-trans", "head-angle", "neck-double", "eye-scale", "eyebrows-angle")


def _sliders():
    """Pairs of opposite targets, left and right tied: [(part, targets, opposite targets)]."""
    sliders = []
    for part in _PARTS:
        names = {n.split("/")[1] for n in g.TARGETS if n.startswith(part + "/")}
        for name in sorted(names):
            if name.startswith("r-") or any(word in name for word in _UNWANTED):
                continue
            for low, high in _OPPOSITES:
                other = name[: -len(low)] + high
                if name.endswith("-" + low) and other in names:
                    both = [[f"{part}/{side}" for side in ((n, "r-" + n[2:]) if n.startswith("l-") else (n,))] for n in (name, other)]
                    sliders.append((part, *both))
    return sliders


_SLIDERS = _sliders()

_BOTH = lambda unit, w: {unit.replace("*", side): w for side in ("left", "right")}  # noqa: E731
# Units are exaggerated against a natural face: an expression has to be told apart in a head of sixty pixels.
EXPRESSIONS = {
    "neutral": {"mouth-corner-puller": 0.2},
    "smiling": {"mouth-corner-puller": 1.5, "mouth-retraction": 0.45, "mouth/mouth-scale-horiz-incr": 0.3, **_BOTH("eye-*-slit", 0.1)},
    "laughing": {"mouth-corner-puller": 1.2, "mouth-retraction": 0.4, "mouth-open": 0.34, "mouth-part-later": 0.5, **_BOTH("eye-*-slit", 0.3)},
    "surprised": {"mouth-open": 0.8, "mouth-protusion": 0.4, **_BOTH("eyebrows-*-up", 1.1), **_BOTH("eyebrows-*-inner-up", 1.2), **_BOTH("eye-*-opened-up", 1.3)},
    "sad": {"mouth-depression": 1.4, **_BOTH("eyebrows-*-inner-up", 2.0), **_BOTH("eye-*-slit", 0.3)},
    "angry": {**_BOTH("eyebrows-*-down", 1.5), "mouth-compression": 0.8, "mouth-depression": 0.6, **_BOTH("eye-*-slit", 0.2), "nose-compression": 0.6},
}
_CALM = {**_BOTH("eyebrows-*-up", 0.4), **_BOTH("eyebrows-*-inner-up", 0.75)}  # the base face frowns a little
_CALM_SHARE = {"neutral": 1, "smiling": 1, "laughing": 1.3, "surprised": 0.5, "sad": 0, "angry": 0}


def _pair(name, w):
    return [(name.replace("*", side), w) for side in "lr"]


# What a word of attributes.py does to the face; strong, as a word has to be seen.
BUILDS = {
    "big nose": [("nose/nose-scale-horiz-incr", 0.9), ("nose/nose-volume-incr", 0.9), ("nose/nose-scale-vert-incr", 0.5), ("nose/nose-point-width-incr", 0.7), ("nose/nose-flaring-incr", 0.6)],
    "pointy nose": [("nose/nose-point-width-decr", 1.6), ("nose/nose-scale-depth-incr", 1.6), ("nose/nose-nostrils-width-decr", 1.1), ("nose/nose-scale-horiz-decr", 0.8)],
    "small nose": [("nose/nose-scale-vert-decr", 1.0), ("nose/nose-scale-horiz-decr", 1.0), ("nose/nose-volume-decr", 0.8), ("nose/nose-scale-depth-decr", 0.8)],
    "full lips": [("mouth/mouth-lowerlip-volume-incr", 1.0), ("mouth/mouth-upperlip-volume-incr", 1.0), ("mouth/mouth-lowerlip-height-incr", 0.9), ("mouth/mouth-upperlip-height-incr", 0.9)],
    "thin lips": [("mouth/mouth-lowerlip-volume-decr", 1.1), ("mouth/mouth-upperlip-volume-decr", 1.1), ("mouth/mouth-lowerlip-height-decr", 1.0), ("mouth/mouth-upperlip-height-decr", 1.0)],
    "chubby": [("head/head-round", 0.7), *_pair("cheek/*-cheek-volume-incr", 1.0), ("neck/neck-double-incr", 1.0)],
    "oval face": [("head/head-oval", 1.4), ("chin/chin-width-decr", 0.6)],
    "square jaw": [("head/head-square", 0.9), ("chin/chin-width-incr", 0.8), ("chin/chin-bones-incr", 0.8)],
    "high cheekbones": [*_pair("cheek/*-cheek-bones-incr", 1.5), *_pair("cheek/*-cheek-trans-up", 0.9), *_pair("cheek/*-cheek-inner-decr", 1.2)],
    "narrow eyes": [*_pair("eyes/*-eye-height1-decr", 0.9), *_pair("eyes/*-eye-height2-decr", 0.9), *_pair("eyes/*-eye-height3-decr", 0.9)],
    "big eyes": [*_pair("eyes/*-eye-scale-incr", 0.8), *_pair("eyes/*-eye-height2-incr", 0.6)],
    "bags under the eyes": [*_pair("eyes/*-eye-bag-incr", 1.2), *_pair("eyes/*-eye-bag-out", 1.2), *_pair("eyes/*-eye-bag-height-incr", 0.7)],
}  # fmt: skip


def identity_shape(a):
    """Vertices of the relaxed body [19158, 3]."""
    r = random.Random(f"shape {a['identity']} {a['age']} {a['skin']}")
    v = g.VERTICES.copy()
    g.apply_macro(v, a["male"], a["age"], a["mix"], a["muscle"], a["weight"])
    for part, low, high in _SLIDERS:
        if r.random() < 0.35:
            w = max(-0.6, min(0.6, r.gauss(0, 0.26))) * {"ears": 0.5, "neck": 0.5, "eyebrows": 0.3}.get(part, 1)
            for name in high if w > 0 else low:
                g.apply_target(v, name, abs(w))
    for side in "lr":  # slightly larger eyes, as drawn characters have: they carry the look at small sizes
        g.apply_target(v, f"eyes/{side}-eye-scale-incr", 0.7)
    if a["sex"] == "woman":
        for name, w in (("mouth/mouth-lowerlip-volume-incr", 0.5), ("mouth/mouth-upperlip-volume-incr", 0.4), ("chin/chin-width-decr", 0.35), ("eyebrows/eyebrows-trans-up", 0.3), ("nose/nose-scale-horiz-decr", 0.2), ("nose/nose-volume-decr", 0.15), ("head/head-oval", 0.35)):
            g.apply_target(v, name, w)
    for name, w in BUILDS.get(a["nose"], []) + BUILDS.get(a["mouth"], []) + BUILDS.get(a["face"], []) + BUILDS.get(a["eye_shape"], []):
        g.apply_target(v, name, w)
    fat = (a["weight"] - 0.5) * 1.3
    if abs(fat) > 0.1:
        g.apply_target(v, f"head/head-fat-{'incr' if fat > 0 else 'decr'}", min(0.8, abs(fat)))
    if a["age"] > 45:
        g.apply_target(v, "head/head-age-incr", min(0.8, (a["age"] - 45) / 30))
    return v


def express(relaxed, a):
    """Copy of the body with the portrait's expression."""
    v = relaxed.copy()
    for name, w in EXPRESSIONS[a["expression"]].items():
        if "/" in name:
            g.apply_target(v, name, w * a["strength"])
        else:
            g.apply_expression(v, a["mix"], name, w * a["strength"])
    for name, w in _CALM.items():
        g.apply_expression(v, a["mix"], name, w * _CALM_SHARE[a["expression"]])
    return v
