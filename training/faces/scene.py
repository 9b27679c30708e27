"""Attributes of a portrait -> meshes, materials, camera and lights."""

import json
import math
import random

import numpy as np

from . import accessories, strands
from . import geometry as g
from .backgrounds import background
from .body import express, identity_shape
from .rasteriser import Draw, Scene
from .regions import BEARDS, BLUSH, CHIN, JAW, OCCLUSION, SCALP, head_frame

# albedos in linear light
HAIR = {
    "black": (0.012, 0.011, 0.013), "dark brown": (0.050, 0.024, 0.012), "brown": (0.135, 0.060, 0.026), "light brown": (0.27, 0.150, 0.066),
    "blond": (0.70, 0.46, 0.13), "red": (0.46, 0.085, 0.014), "grey": (0.26, 0.265, 0.28), "white": (0.78, 0.77, 0.76),
    "blue": (0.025, 0.11, 0.66), "pink": (0.80, 0.13, 0.34), "green": (0.035, 0.36, 0.09), "purple": (0.21, 0.045, 0.46),
}  # fmt: skip
CLOTH = {
    "black": (0.014, 0.014, 0.016), "white": (0.80, 0.79, 0.77), "grey": (0.21, 0.21, 0.215), "red": (0.52, 0.024, 0.024), "blue": (0.030, 0.105, 0.50),
    "green": (0.035, 0.24, 0.070), "yellow": (0.82, 0.54, 0.045), "orange": (0.78, 0.22, 0.022), "purple": (0.19, 0.045, 0.38), "pink": (0.80, 0.25, 0.38),
    "brown": (0.16, 0.07, 0.032), "navy": (0.014, 0.026, 0.105), "beige": (0.58, 0.46, 0.31), "teal": (0.02, 0.23, 0.23),
}  # fmt: skip
FRAMES = {
    "black": (0.010, 0.010, 0.010), "brown": (0.13, 0.052, 0.018), "gold": (0.70, 0.45, 0.12), "red": (0.50, 0.016, 0.02), "blue": (0.022, 0.08, 0.50), "white": (0.8, 0.8, 0.8),
}  # fmt: skip
LIPSTICK = {"red": (0.46, 0.012, 0.022), "pink": (0.68, 0.15, 0.25), "dark": (0.13, 0.010, 0.035)}
METAL = {"gold": (0.75, 0.48, 0.13), "silver": (0.65, 0.66, 0.68)}
NECKLACES = {"gold necklace": METAL["gold"], "silver necklace": METAL["silver"], "pearl necklace": (0.85, 0.82, 0.78)}
EYE_SHADOWS = ((0.10, 0.035, 0.16), (0.03, 0.06, 0.22), (0.22, 0.03, 0.09), (0.05, 0.03, 0.025), (0.02, 0.13, 0.12))
BROW_LOOKS = {"bushy eyebrows": (1.75, 3.6), "thin eyebrows": (0.6, 1.5), None: (1.0, 1.8)}  # height against the mesh's own, density
EYES = {"brown": "brown", "light brown": "brownlight", "green": "green", "blue": "blue", "grey": "grey"}
IRIS = {"brown": (0.48, 0.60, 0.50), "light brown": (1.35, 1.3, 0.9), "green": (1.0, 1.2, 0.85), "blue": (1.1, 1.3, 1.6), "grey": (1.5, 1.5, 1.6)}
OUTFITS = {"t-shirt": "male_casualsuit04", "sweater": "female_casualsuit01", "suit": "male_elegantsuit01", "shirt": "male_casualsuit02"}
HAIR_MESHES = {
    "short spiky": "short01", "short smooth": "short02", "side-swept": "short03", "slicked-back": "short04", "bob": "bob02",
    "long straight": "long01", "tied back": "ponytail01", "braided": "braid01", "bun": "short04",
}  # fmt: skip

_META = json.loads((g.ASSETS / "meta.json").read_text())
# skin albedo (sRGB) along the 0..1 scale of depth
_SKIN_RAMP = ((0, (233, 182, 156)), (0.16, (227, 171, 142)), (0.34, (216, 160, 130)), (0.54, (188, 131, 99)), (0.77, (132, 86, 63)), (1, (84, 55, 43)))


_MATTE = {"gloss": 0.0, "metal": 0.0, "knit": 0.0, "band": (0.0, 0.0, 0.0, 0.0)}


def _linear(srgb):
    c = np.asarray(srgb, float) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _skin_colour(depth, undertone):
    stops, colours = zip(*_SKIN_RAMP)
    c = _linear([np.interp(depth, stops, [rgb[i] for rgb in colours]) for i in range(3)])
    return c * (1 + 0.03 * undertone, 1 - 0.012 * undertone, 1 - 0.05 * undertone)


def _skin_texture(a, r):
    """A skin picture near the age and tone; its mean is divided out, so it only lends detail."""
    tone = "darkskinned_male" if a["skin"] > 0.6 and a["sex"] == "man" else "lightskinned_" + ("male" if a["sex"] == "man" else "female")
    age = {"young": "young", "middle-aged": "middleage", "old": "old"}[a["age_group"]]
    for wanted in (age, "middleage", "young"):
        names = sorted(n for n in _META["skin"] if n.startswith(f"{wanted}_{tone}"))
        if names:
            return r.choice(names)
    raise KeyError(f"no skin picture for {tone}")


def _mesh(surface, vertices, normals, paint=None):
    """Vertex records [n, 12]: position, normal, texture coordinates, paint."""
    s = surface.source
    record = np.zeros((len(s), 12), np.float32)
    record[:, 0:3], record[:, 3:6], record[:, 6:8] = vertices[s], normals[s], surface.uv
    if paint is not None:
        record[:, 8:12] = paint[s]
    return record


def _proxy(kind, name, vertices, texture, paint=None, **options):
    surface, fitted = g.proxy_surface(name), g.fit(name, vertices)
    return Draw(kind, _mesh(surface, fitted, surface.normals(fitted), paint), surface.triangles, texture, **options)


def _upper_teeth(v):
    """The upper row alone, a little lower than it is: both rows together look like a snarl."""
    surface, fitted = g.proxy_surface("teeth"), g.fit("teeth", v)
    resting = g.fit("teeth", g.REFERENCE)[:, 1]
    upper = (resting > 0.5 * (resting.min() + resting.max()))[surface.source]
    normals = surface.normals(fitted)
    fitted = fitted - np.float32([0, 0.06, -0.02])
    return Draw("teeth", _mesh(surface, fitted, normals), surface.triangles[upper[surface.triangles].all(1)], "teeth", shadow=False)


def _solid(vertices, quads, kind="plain", shadow=True, **uniforms):
    surface = g.Surface(quads)
    return Draw(kind, _mesh(surface, vertices, surface.normals(vertices)), surface.triangles, None, {**_MATTE, **uniforms}, shadow)


def _ribbons(grown, colour, rng):
    lines, outward, shade, width = grown
    records, triangles = strands.ribbon(lines, outward, shade, width, rng)
    return Draw("ribbon", records, triangles, None, {"colour": colour})


def _without_hidden(triangles, under):
    return triangles[~under[triangles].all(1)]


def _grown_hair(a, v, normals, surface, scalp, r, rng):
    """(draws, weight of hair tint on the skin) of the styles made of strands."""
    style, colour = a["hair"], HAIR[a["hair_colour"]]
    if style in strands.CURLS:
        return [_ribbons(grown, colour, rng) for grown in strands.curls(v, normals, surface, scalp, rng, style)], 0.9 * scalp
    eye = head_frame(v)[0]
    options = dict(strands.STYLES[style])
    tint, weight = {"buzz cut": 0.86, "balding": 0.6, "mohawk": 0.55}.get(style, 0.9) * scalp, scalp
    if style == "mohawk":
        weight = scalp * (1 - g.smoothstep(0.12, 0.2, abs(v[:, 0])))
    if style == "crew cut":
        options["length_by"] = 0.35 + 0.65 * g.smoothstep(eye[1] + 0.45, eye[1] + 0.85, v[:, 1])
    if a["hat"] and options.get("drape"):
        options["count"] = int(options["count"] * 0.7)
    if weight.max() < 0.5:  # all of it is under the hat
        return [], tint
    draw = _ribbons(strands.grow(v, normals, surface, weight, rng, part=r.choice((0, 0, 0.22, -0.22)), **options), colour, rng)
    if a["hat"]:
        draw.triangles = _without_hidden(draw.triangles, accessories.tuck(a["hat"], v, draw.vertices[:, :3]))
    if options.get("drape"):  # a smooth sheet under the locks closes the gaps between them
        return [draw, _mesh_hair(a, v, "long01")], 0.85 * scalp
    return [draw], tint


def _mesh_hair(a, v, source):
    """The styles that are textured meshes."""
    eye, centre, _ = head_frame(v)
    mesh, fitted = g.proxy_surface("hair_" + source), g.fit("hair_" + source, v)
    triangles = mesh.triangles
    if a["hat"]:
        triangles = _without_hidden(triangles, accessories.tuck(a["hat"], v, fitted)[mesh.source])
    window = (0.0, 0.0, 0.0)  # half width, height and depth of the opening for the face
    if a["hair"] in ("bob", "side-swept"):
        window = (np.mean([abs(v[e][:, 0].mean()) for e in g.EYES]) + 0.40, eye[1] + 0.34, eye[2] - 0.25)
    paint = np.zeros((len(fitted), 4), np.float32)
    paint[:, 0] = fitted[:, 1] - eye[1]
    uniforms = {"colour": HAIR[a["hair_colour"]], "window": window, "centre": centre}
    return Draw("hair", _mesh(mesh, fitted, mesh.normals(fitted), paint), triangles, "hair_" + source, uniforms)


def _hair(a, v, normals, surface, r, rng):
    """(draws, weight of hair tint on the skin)."""
    style, eye = a["hair"], head_frame(v)[0]
    scalp = SCALP.copy()
    if a["hat"]:
        base = accessories.hat_line(a["hat"], v)[0]
        edge = base - 0.25 * (1 - g.smoothstep(-0.2, 1.2, v[:, 2]))
        scalp *= 1 - g.smoothstep(edge - 0.08, edge + 0.04, v[:, 1])
    if style == "balding":
        scalp *= 1 - g.smoothstep(eye[1] + 0.62, eye[1] + 0.86, v[:, 1])
    if style in HAIR_MESHES:
        draws = [_mesh_hair(a, v, HAIR_MESHES[style])]
        if style == "bun":
            draws.append(_ribbons(strands.bun(v, rng), HAIR[a["hair_colour"]], rng))
        return draws, 0.85 * scalp
    if style == "bald":
        return [], np.zeros(len(v), np.float32)
    return _grown_hair(a, v, normals, surface, scalp, r, rng)


def _beard(a, v, normals, surface, rng):
    kind = a["beard"]
    weight = BEARDS[kind]
    if kind == "stubble":
        return [], 0.42 * weight
    options = dict(strands.BEARD_STRANDS[kind])
    if kind == "full beard":
        options["length"] *= rng.uniform(0.8, 1.4)
    if kind == "long beard":
        options["length"] *= rng.uniform(0.85, 1.3)
        options["length_by"] = 0.35 + 0.65 * np.clip(CHIN + 0.4 * JAW, 0, 1)
    grown = strands.grow(v, normals, surface, weight, rng, clump=0.1, fuzz=0.015, guides=400, **options)
    return [_ribbons(grown, HAIR[a["beard_colour"]], rng)], 0.9 * weight


def _brows(a, v, colour):
    """The eyebrows' decal, taller or flatter about its own middle line."""
    name = f"brow_{a['brow']:02d}"
    surface, fitted = g.proxy_surface(name), g.fit(name, v)
    tall, dense = BROW_LOOKS[a["brows"]]
    for side in (fitted[:, 0] > 0, fitted[:, 0] <= 0):
        middle = np.polyval(np.polyfit(fitted[side, 0], fitted[side, 1], 2), fitted[side, 0])
        fitted[side, 1] = middle + tall * (fitted[side, 1] - middle)
    fitted[:, 2] += 0.03 * (tall > 1)
    return Draw("decal", _mesh(surface, fitted, surface.normals(fitted)), surface.triangles, name, {"colour": colour * (0.75 if tall > 1 else 1), "boost": dense}, shadow=False)


def _accessories(a, v, rng):
    draws, lenses = [], []
    if a["hat"] == "fedora":
        fedora = g.proxy_surface("fedora")
        fitted, band = accessories.shape_fedora(g.fit("fedora", v), v)
        draws.append(Draw("plain", _mesh(fedora, fitted, fedora.normals(fitted)), fedora.triangles, None, {**_MATTE, "colour": CLOTH[a["hat_colour"]], "band": band}))
    elif a["hat"] == "beanie":
        draws.append(_solid(*accessories.beanie(v, rng), colour=CLOTH[a["hat_colour"]], knit=1.0))
    elif a["hat"] == "cap":
        crown, brim = accessories.cap(v)
        colour = np.array(CLOTH[a["hat_colour"]])
        draws += [_solid(*crown, colour=colour, knit=2.0), _solid(*brim, colour=0.55 * colour)]
    if a["glasses"]:
        metal = a["glasses_colour"] == "gold"
        frame, lens = accessories.glasses(a["glasses"], metal, v)
        draws.append(_solid(*frame, colour=FRAMES[a["glasses_colour"]], gloss=0.5, metal=0.6 if metal else 0.0))
        dark = a["glasses"] == "sunglasses"
        lenses.append(_solid(*lens, kind="lens", shadow=dark, dark=float(dark), middle=(0.0, float(lens[0][:, 1].mean()))))
    if a["necklace"]:
        pearls = a["necklace"] == "pearl necklace"
        draws.append(_solid(*accessories.necklace(a["necklace"], v), colour=NECKLACES[a["necklace"]], gloss=0.9 if pearls else 0.8, metal=0.0 if pearls else 0.7))
    if a["earrings"]:
        draws.append(_solid(*accessories.earrings(v, rng), colour=METAL[a["earrings"]], gloss=0.8, metal=0.7))
    return draws, lenses


def _lid(v):
    """Where the upper eyelid is: distance from the middle, height, and how far forward skin must lie to be painted."""
    eyes = [v[e] for e in g.EYES]
    return float(np.mean([abs(e[:, 0].mean()) for e in eyes])), float(np.mean([e[:, 1].mean() for e in eyes])) + 0.07, float(min(e[:, 2].min() for e in eyes))


def _lights(a, turn):
    """Key, fill and rim light around the viewer's direction, sky and ground."""
    azimuth, elevation, power = a["light"]
    warm = a["warmth"]

    def direction(azimuth, elevation):
        azimuth, elevation = math.radians(azimuth) + turn, math.radians(elevation)
        return np.array([math.sin(azimuth) * math.cos(elevation), math.sin(elevation), math.cos(azimuth) * math.cos(elevation)])

    side = math.copysign(1, azimuth)
    return {
        "key_direction": direction(azimuth, elevation), "key_colour": power * 0.80 * np.array([1 + 0.04 * warm, 0.98, 0.94 - 0.08 * warm]),
        "fill_direction": direction(-side * 50, 10), "fill_colour": 0.20 * np.array([0.92, 0.97, 1.06]),
        "rim_direction": direction(180 - side * 35, 35), "rim_colour": np.array([1.1, 1.1, 1.12]),
        "sky": np.array([0.42, 0.44, 0.47]), "ground": np.array([0.25, 0.215, 0.20]),
    }  # fmt: skip


def view(a, v):
    """(camera, target, height of the picture in the target's plane, yaw in radians), framed as FFHQ frames faces: eyes at one place,
    whatever is worn above them, so that each token has one job."""
    eye, _, radii = head_frame(v)
    head = radii.mean() / 0.89
    target = np.array([0, eye[1], 0.55])
    yaw, pitch, distance = math.radians(a["yaw"]), math.radians(a["pitch"]), 16.0
    camera = target + distance * np.array([math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch)])
    return camera, target, 2.8 * head * a["zoom"], yaw


def build(a, size, relaxed=None):
    """The scene of one portrait; relaxed: the identity's shape where the caller kept it."""
    r, rng = random.Random(f"scene {a['index']} {a['identity']}"), np.random.default_rng([a["index"], a["identity"], 7])
    v = express(identity_shape(a) if relaxed is None else relaxed, a)
    outfit = "cloth_" + OUTFITS[a["top"]]
    surface = g.body_surface(outfit)
    normals = surface.normals(v)
    hair, tint = _hair(a, v, normals, surface, r, rng)
    if a["fringe"] and a["hair"] != "bob":
        hair.append(_ribbons(strands.fringe(v, rng), HAIR[a["hair_colour"]], rng))
    beard, shadow_of_beard = _beard(a, v, normals, surface, rng) if a["beard"] else ([], 0)

    paint = np.zeros((len(v), 4), np.float32)
    paint[:, 0] = np.clip(tint + shadow_of_beard, 0, 0.95)
    paint[:, 1], paint[:, 2], paint[:, 3] = g.smoothstep(0.2, 0.8, g.LIPS), BLUSH, OCCLUSION
    skin, texture = _skin_colour(a["skin"], a["undertone"]), _skin_texture(a, r)
    natural_lips = skin * (0.88, 0.52, 0.54)
    hair_tint = np.array(HAIR[a["beard_colour"] if a["beard"] and not tint.any() else a["hair_colour"]])
    draws = [
        Draw("skin", _mesh(surface, v, normals, paint), surface.triangles, "skin_" + texture, {
            "colour": skin, "mean": _META["skin"][texture], "tint": 0.75 * hair_tint + 0.012, "blush": (2.7 if a["skin_mark"] == "rosy cheeks" else 1.7 if a["makeup"] else 1.0) * (1.0 - 0.7 * a["skin"]), "detail": 0.5 if a["age_group"] != "old" else 0.8,
            "lip_colour": LIPSTICK[a["lipstick"]] if a["lipstick"] else natural_lips, "lip_strength": 0.85 if a["lipstick"] else 0.6,
            "freckles": float(a["skin_mark"] == "freckles"), "lid": (*_lid(v), 0.8 * bool(a["makeup"])), "lid_colour": r.choice(EYE_SHADOWS),
        }),
        _proxy("cloth", outfit, v, outfit, uniforms={
            "colour": CLOTH[a["top_colour"] or "black"], "recolour": int(a["top_colour"] is not None), "mean": _META["cloth"][OUTFITS[a["top"]]],
        }),
        _proxy("eye", "eyes", v, "eye_" + EYES[a["eye_colour"]], uniforms={"iris_tint": IRIS[a["eye_colour"]]}, shadow=False),
    ]  # fmt: skip
    if a["expression"] == "laughing":
        draws.append(_upper_teeth(v))
    natural = np.array(HAIR[a["natural_colour"] if a["natural_colour"] not in ("white", "grey") else "brown"])
    brow = 0.45 * natural * (0.6 if natural.max() > 0.3 else 1)
    lash = (0.012, 0.009, 0.008)
    draws.append(_brows(a, v, brow))
    draws.append(_proxy("decal", f"lash_{a['lash']:02d}", v, f"lash_{a['lash']:02d}", uniforms={"colour": lash, "boost": 2.2 if a["makeup"] else 1.3 if a["sex"] == "woman" else 0.7}, shadow=False))
    worn, lenses = _accessories(a, v, rng)
    draws += beard + hair + worn + lenses

    camera, target, extent, yaw = view(a, v)
    backdrop = background(a["background"], a["gradient"], size, rng)
    return Scene(draws, camera, target, extent, _lights(a, yaw), backdrop)
