"""Mesh arithmetic on the base body: morph targets, fitted proxies, normals.  Unit of length: 10 cm; y up, z towards the viewer."""

import functools
from pathlib import Path

import numpy as np

ASSETS = Path(__file__).parent / "assets"

_base = np.load(ASSETS / "base.npz")
VERTICES = _base["V"].astype(np.float32)  # [19158, 3]
TEXCOORDS = _base["VT"].astype(np.float32)
QUADS, QUADS_UV = _base["F"], _base["FT"]  # [faces, 4], -1 where a face is a triangle
LIPS = _base["lips"].astype(np.float32)  # [vertices] 0..1
_group = _base["names"][_base["group"]]
BODY_FACES = np.where(_group == "body")[0]

_targets = np.load(ASSETS / "targets.npz")
_start, _index, _delta = _targets["ptr"], _targets["idx"].astype(np.int64), _targets["delta"].astype(np.float32)
TARGETS = {name: i for i, name in enumerate(_targets["names"].tolist())}


def _vertices_of(group):
    corners = QUADS[_group == group]
    return np.unique(corners[corners >= 0])


EYES = [_vertices_of("helper-l-eye"), _vertices_of("helper-r-eye")]  # vertex indices of the left and right eyeball
IN_BODY = np.zeros(len(VERTICES), bool)
IN_BODY[QUADS[BODY_FACES][QUADS[BODY_FACES] >= 0]] = True


def smoothstep(a, b, x):
    """Hermite step from 0 at a to 1 at b."""
    t = np.clip((x - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def unit(x):
    """Vectors of length one along the last axis."""
    return x / np.maximum(np.sqrt((x * x).sum(-1, keepdims=True)), 1e-9)


def touched_by(target):
    """Vertex indices that a morph target moves."""
    i = TARGETS[target]
    return _index[_start[i] : _start[i + 1]]


def apply_target(vertices, name, weight):
    """Adds weight x target to the vertices, in place."""
    if abs(weight) > 1e-4:
        i = TARGETS[name]
        part = slice(_start[i], _start[i + 1])
        vertices[_index[part]] += np.float32(weight) * _delta[part]


def apply_expression(vertices, mix, name, weight):
    """Adds an expression unit, blended over the three morph bases as the body is."""
    for base, share in mix.items():
        if share > 0.03:
            apply_target(vertices, f"expression/units/{base}/{name}", weight * share)


def apply_macro(vertices, male, age, mix, muscle=0.5, weight=0.5):
    """Sex 0..1, age in years (25 or less is the young adult target) and build, in place."""
    old = min(1.0, max(0.0, (age - 25) / 60))
    muscles = {"minmuscle": max(0, 1 - 2 * muscle), "maxmuscle": max(0, 2 * muscle - 1)}
    muscles["averagemuscle"] = 1 - sum(muscles.values())
    weights = {"minweight": max(0, 1 - 2 * weight), "maxweight": max(0, 2 * weight - 1)}
    weights["averageweight"] = 1 - sum(weights.values())
    for sex, a in (("male", male), ("female", 1 - male)):
        for years, b in (("young", 1 - old), ("old", old)):
            if a * b < 1e-3:
                continue
            for base, share in mix.items():
                if share > 0.01:
                    apply_target(vertices, f"macrodetails/{base}-{sex}-{years}", a * b * share)
            for m, c in muscles.items():
                for w, d in weights.items():
                    if a * b * c * d > 1e-3:
                        apply_target(vertices, f"macrodetails/universal-{sex}-{years}-{m}-{w}", a * b * c * d)


REFERENCE = VERTICES.copy()  # a man of thirty: regions are painted once, on his vertices
apply_macro(REFERENCE, 1, 30, {"base1": 1})
EYE_HEIGHT = float(np.mean([REFERENCE[e, 1].mean() for e in EYES]))
LOWEST = EYE_HEIGHT - 3.3  # nothing under the chest is ever in the picture


@functools.cache
def proxy(name):
    """Arrays of a proxy mesh (hair, clothes, eyes ...)."""
    archive = np.load(ASSETS / "meshes" / f"{name}.npz")
    data = {key: archive[key] for key in archive.files}
    data["refs"] = data["refs"].astype(np.int64)
    data["W"], data["D"] = data["W"].astype(np.float32), data["D"].astype(np.float32)
    return data


def fit(name, vertices):
    """Vertices of a proxy mesh on this body: barycentric references plus scaled offsets."""
    p = proxy(name)
    scale = np.ones(3, np.float32)
    for axis in range(3):
        a, b, length = p["scale"][axis]
        if length:
            scale[axis] = abs(vertices[int(a), axis] - vertices[int(b), axis]) / length
    out = p["D"] * scale
    for k in range(3):
        out += vertices[p["refs"][:, k]] * p["W"][:, k : k + 1]
    return out


class Surface:
    """Topology of a mesh ready for drawing: corners split at texture seams, triangles, and what normals need."""

    def __init__(self, quads, quads_uv=None, texcoords=None):
        triangle = quads[:, 3] < 0
        quads = np.where(quads < 0, quads[:, :1], quads)
        self.quads = quads
        if quads_uv is None:
            self.source, flat = np.unique(quads, return_inverse=True)
            self.uv = np.zeros((len(self.source), 2), np.float32)
        else:
            quads_uv = np.where(quads_uv < 0, quads_uv[:, :1], quads_uv)
            key = quads.astype(np.int64) * (1 << 20) + quads_uv
            pairs, flat = np.unique(key, return_inverse=True)
            self.source = pairs >> 20
            self.uv = texcoords[pairs & ((1 << 20) - 1)].astype(np.float32)
        corner = flat.reshape(quads.shape)
        second = corner[~triangle]
        self.triangles = np.concatenate([corner[:, [0, 1, 2]], second[:, [0, 2, 3]]]).astype(np.uint32)

    def normals(self, vertices):
        """Area-weighted vertex normals [vertices, 3]."""
        q = self.quads
        n = np.cross(vertices[q[:, 2]] - vertices[q[:, 0]], vertices[q[:, 3]] - vertices[q[:, 1]])
        flat = q.ravel()
        out = np.empty_like(vertices)
        for axis in range(3):
            out[:, axis] = np.bincount(flat, np.repeat(n[:, axis], 4), len(vertices))
        return unit(out).astype(np.float32)


@functools.cache
def proxy_surface(name):
    """Surface of a proxy, without the faces that lie below the picture."""
    p = proxy(name)
    high = fit(name, REFERENCE)[:, 1] > LOWEST
    keep = high[p["F"][:, 0]]
    return Surface(p["F"][keep], p["FT"][keep], p["VT"])


@functools.cache
def body_surface(outfit):
    """Surface of the visible skin under an outfit (the outfit's file lists what it hides)."""
    hidden = np.zeros(len(VERTICES) + 1, bool)
    hidden[proxy(outfit)["delete"]] = True
    hidden[-1] = True
    quads = QUADS[BODY_FACES]
    keep = ~hidden[quads].all(1) & (REFERENCE[quads[:, 0], 1] > LOWEST)
    return Surface(quads[keep], QUADS_UV[BODY_FACES][keep], TEXCOORDS)
