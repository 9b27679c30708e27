"""Hair grown as centre lines: guides leave the skin, follow comb and gravity, and neighbours join them in locks."""

import numpy as np

from .geometry import smoothstep, unit
from .regions import head_frame

# Few wide strands: at this size a lock is a pixel or two, and shading makes it round.
STYLES = {
    "buzz cut": dict(count=1300, length=0.05, segments=1, width=0.03, lift=1, comb=(0, 0, 0.4), clump=0, fuzz=0.006),
    "crew cut": dict(count=2200, length=0.16, segments=2, width=0.04, lift=0.35, comb=(0.1, 0.3, 0.8), clump=0.2, fuzz=0.02, jitter=0.3),
    "long wavy": dict(count=640, length=2.5, segments=16, width=0.12, guides=110, lift=0.05, jitter=0.06, gravity=2.2, wave=0.075, frequency=0.8, helix=0.4, clump=0.15, fuzz=0.02, volume=0.13, drape=True),
    "long curly": dict(count=640, length=2.1, segments=20, width=0.09, guides=190, lift=0.1, jitter=0.1, gravity=2.0, wave=0.10, frequency=1.5, helix=1, clump=0.4, fuzz=0.03, volume=0.22, drape=True),
    "mohawk": dict(count=500, length=0.72, segments=5, width=0.07, guides=200, lift=1, comb=(0, 0.5, -0.1), clump=0.5, fuzz=0.03),
    "balding": dict(count=1300, length=0.10, segments=1, width=0.035, lift=0.15, comb=(0, -0.9, -0.3), clump=0, fuzz=0.02),
}  # fmt: skip
# Curls that stand off the head: (reach above the skin, curls, curl radius, width)
CURLS = {"curly": (0.34, 900, 0.075, 0.055), "afro": (0.64, 1300, 0.07, 0.06)}
BEARD_STRANDS = {
    "moustache": dict(count=700, length=0.17, segments=2, width=0.028, lift=0.45, comb=(0.75, -0.8, 0)),
    "goatee": dict(count=1000, length=0.16, segments=2, width=0.028, lift=0.45, comb=(0, -0.9, 0)),
    "full beard": dict(count=2000, length=0.18, segments=2, width=0.028, lift=0.45, comb=(0, -0.8, 0)),
    "sideburns": dict(count=1100, length=0.15, segments=2, width=0.028, lift=0.4, comb=(0, -0.9, 0)),
    "long beard": dict(count=1500, length=0.62, segments=5, width=0.038, lift=0.4, comb=(-0.25, -0.8, 0.1), gravity=2.0),
}  # fmt: skip


def _roots(vertices, normals, surface, weight, count, rng):
    """Random points on the skin, with density proportional to weight."""
    quads = surface.quads
    face_weight = weight[quads].mean(1)
    quads, face_weight = quads[face_weight > 0.3], face_weight[face_weight > 0.3]
    c = vertices[quads]
    area = np.linalg.norm(np.cross(c[:, 2] - c[:, 0], c[:, 3] - c[:, 1]), axis=1)
    p = np.cumsum(area * face_weight)
    chosen = quads[np.searchsorted(p / p[-1], rng.random(count))]
    u, v = rng.random((count, 1)), rng.random((count, 1))
    corner = ((1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v)
    blend = lambda x: sum(w * x[chosen[:, k]] for k, w in enumerate(corner))  # noqa: E731
    return blend(vertices), unit(blend(normals)), chosen[:, 0]


def _nearest(points, guides):
    """Index of the nearest guide for each point (squared distances by the dot-product identity)."""
    d = (guides * guides).sum(1)[None] - 2 * points @ guides.T
    return d.argmin(1)


def grow(
    vertices, normals, surface, weight, rng, *, count, length, segments, width, guides=10**9, lift=1.0, comb=(0, 0, 0), gravity=0.0,
    wave=0.0, frequency=2.0, helix=0.0, clump=0.3, fuzz=0.02, volume=0.0, drape=False, part=0.0, jitter=0.2, length_by=None,
):  # fmt: skip
    """(centre lines [n, segments + 1, 3], outward directions of the same shape, shade [n, segments + 1], width).

    length_by: optional factor on length per vertex; drape: follow the skull, fall, and keep clear of the face.
    """
    eye, centre, radii = head_frame(vertices)
    roots, outward, vertex = _roots(vertices, normals, surface, weight, count, rng)
    g = min(guides, count)
    lengths = length * np.clip(1 + 0.15 * rng.standard_normal(g), 0.6, 1.5)
    if length_by is not None:
        lengths = lengths * length_by[vertex[:g]]
    p, n = roots[:g].copy(), outward[:g]
    layer = rng.random(g)
    side = np.where(p[:, 0] - part + 0.03 * rng.standard_normal(g) < 0, -1.0, 1.0)
    direction = np.tile(np.array(comb, float), (g, 1))
    direction[:, 0] *= side
    if drape:
        direction = direction + np.stack([side * 0.9, -np.ones(g), np.full(g, -0.25)], 1)
        direction = direction - n * (direction * n).sum(1, keepdims=True)
    d = unit(n * lift + direction + jitter * rng.standard_normal((g, 3)))
    line, step = [p.copy()], (lengths / segments)[:, None]
    shell = radii[None] * (1.03 + volume * layer[:, None]) + 0.02
    down = np.array([0, -1.0, 0])
    for _ in range(segments):
        d = unit(d * (1 - gravity * step) + down * gravity * step)
        p = p + d * step
        if drape:
            _keep_off_face(p, side, layer, shell, volume, eye, centre, radii)
        d = unit(p - line[-1])
        line.append(p.copy())
    x = np.stack(line, 1)
    t = np.linspace(0, 1, segments + 1)
    if wave:
        tangent = unit(np.gradient(x, axis=1))
        out = unit(x - centre)
        lateral = unit(np.cross(tangent, out))
        turns = frequency * (1 + 0.15 * rng.standard_normal((g, 1)))
        phase = 2 * np.pi * (turns * t[None] * lengths[:, None] + rng.random((g, 1)))[..., None]
        x = x + wave * smoothstep(0, 0.35, t)[None, :, None] * (np.sin(phase) * lateral + helix * np.cos(phase) * out)
    owner = np.concatenate([np.arange(g), _nearest(roots[g:], roots[:g])]) if count > g else np.arange(g)
    offset = (roots - roots[owner])[:, None] * (1 - clump * t[None, :, None])
    frizz = fuzz * rng.standard_normal((count, 1, 3)) * t[None, :, None]
    ragged = 1 - 0.2 * rng.random((count, 1, 1)) ** 2
    y = x[owner]
    y = y[:, :1] + (y - y[:, :1]) * ragged + offset + frizz
    shade = np.exp(0.09 * rng.standard_normal((count, 1)) + 0.06 * rng.standard_normal((g, 1))[owner])
    root = 0.62 if length > 0.3 else 0.85  # long hair shades its own roots
    shade = shade * (root + (1 - root) * smoothstep(0, 0.5, t))[None] * (0.82 + 0.22 * layer[owner][:, None])
    return y, unit(y - centre), shade, width


def _keep_off_face(p, side, layer, shell, volume, eye, centre, radii):
    """Pushes falling guides out of the skull, aside from the face and off the neck, in place."""
    q = np.sqrt((((p - centre) / shell) ** 2).sum(1))
    inside = (q < 1) & (p[:, 1] > centre[1] - 0.5)
    p[inside] = centre + (p[inside] - centre) / q[inside][:, None]
    front = smoothstep(centre[2] + 0.15, centre[2] + 0.5, p[:, 2]) * (1 - smoothstep(eye[1] + 0.35, eye[1] + 0.72, p[:, 1]))
    p[:, 0] = side * np.maximum(side * p[:, 0], radii[0] * (0.93 + volume * layer * 0.8) * front)
    neck = (p[:, 1] < centre[1] - 0.5) * smoothstep(centre[2] - 0.5, centre[2], p[:, 2])
    p[:, 0] = side * np.maximum(side * p[:, 0], radii[0] * (0.80 + 0.4 * volume * layer) * neck)


def curls(vertices, normals, surface, weight, rng, kind):
    """A soft volume of curls: a dark inner layer of wide tufts, and small loops over it.  Two results in the form of grow()."""
    reach, count, radius, width = CURLS[kind]
    _, centre, radii = head_frame(vertices)
    inner = (3 * count) // 4
    roots, outward, _ = _roots(vertices, normals, surface, weight, count + inner, rng)
    away = unit(roots - centre) if kind == "afro" else unit(unit(roots - centre) + outward)
    height = np.full((count + inner, 1), reach)
    if kind == "afro":  # tips end on a ball
        height = np.maximum(0.15, reach + radii.mean() - np.sqrt(((roots - centre) ** 2).sum(1, keepdims=True)))
    depth = np.sqrt(rng.uniform(0.36, 1.0, (count + inner, 1)))
    depth[:inner] = rng.uniform(0.12, 0.88, (inner, 1))
    middle = roots + away * height * depth
    t = np.linspace(-0.5, 0.5, 3)[None, :, None]
    across = unit(np.cross(away[:inner], rng.standard_normal((inner, 3))))
    tufts = middle[:inner, None] + 0.22 * t * across[:, None]
    a = unit(np.cross(away[inner:], rng.standard_normal((count, 3))))
    b = unit(np.cross(a, rng.standard_normal((count, 3))))
    angle = np.linspace(0, 4.6, 8)[None, :, None] + rng.random((count, 1, 1)) * 6.28
    size = radius * rng.uniform(0.7, 1.3, (count, 1, 1))
    loops = middle[inner:, None] + size * (np.cos(angle) * a[:, None] + np.sin(angle) * b[:, None])
    shade = (0.62 + 0.5 * depth) * np.exp(0.08 * rng.standard_normal((count + inner, 1)))
    face = np.repeat(away[:, None], 8, 1)
    return [(tufts, face[:inner, :3], 0.8 * shade[:inner] * np.ones((1, 3)), 0.17), (loops, face[inner:], shade[inner:] * np.ones((1, 8)), width)]


def bun(vertices, rng, radius=0.36):
    """A knot of hair on top of the head, in the form grow() returns."""
    _, centre, radii = head_frame(vertices)
    count = 170
    middle = np.array([0, centre[1] + radii[1] + 0.55 * radius, centre[2] - 0.2])
    a = unit(rng.standard_normal((count, 3)) * np.array([1, 0.35, 1]))
    b = unit(np.cross(a, rng.standard_normal((count, 3))))
    t = np.linspace(0, 2.6, 11)[None, :, None] + rng.random((count, 1, 1)) * 6.28
    y = middle + radius * (0.9 + 0.13 * rng.random((count, 1, 1))) * (np.cos(t) * a[:, None] + np.sin(t) * b[:, None]) * np.array([1, 0.8, 1])
    shade = np.exp(0.15 * rng.standard_normal((count, 1))) * np.ones((1, 11))
    return y, unit(y - middle), shade, 0.09


def fringe(vertices, rng, count=170):
    """Bangs: locks that lie on the forehead, from the hairline to the brows, in the form grow() returns."""
    eye, centre, radii = head_frame(vertices)
    side = np.clip(rng.uniform(-1, 1, (count, 1)), -0.98, 0.98)
    t = np.linspace(0, 1, 7)[None]
    end = eye[1] + 0.24 + 0.05 * rng.standard_normal((count, 1)) - 0.10 * side**2
    x = side * radii[0] * (0.42 + 0.36 * t) + 0.03 * rng.standard_normal((count, 1)) * t
    y = (1 - t) * (centre[1] + 0.9 * radii[1]) + t * end
    shell = radii * (1.05 + 0.035 * rng.random((count, 1, 1))[..., 0, None])[:, 0]
    height = np.clip((y - centre[1]) / shell[:, 1:2], 0, 0.99)
    z = centre[2] + shell[:, 2:3] * np.sqrt(np.clip(1 - height**2 - (x / shell[:, 0:1]) ** 2, 0.02, 1)) + 0.03
    lines = np.stack([x, y, z], -1)
    shade = np.exp(0.09 * rng.standard_normal((count, 1))) * (0.8 + 0.2 * t)
    return lines, unit(lines - centre), shade, 0.1


def ribbon(lines, outward, shade, width, rng):
    """Vertex records [*, 12] (position, tangent, outward, side, half width, shade) and triangles.

    The vertex shader turns each ribbon to the viewer, so one buffer serves every camera and the shadow map.
    """
    n, s, _ = lines.shape
    tangent = unit(np.gradient(lines, axis=1))
    t = np.linspace(0, 1, s)
    half = 0.5 * width * np.sqrt(np.minimum(1, 1.8 * (1.03 - t)))[None] * (0.75 + 0.5 * rng.random((n, 1)))
    record = np.empty((n, s, 2, 12), np.float32)
    record[..., 0:3], record[..., 3:6], record[..., 6:9] = lines[:, :, None], tangent[:, :, None], outward[:, :, None]
    record[..., 9] = (-1, 1)
    record[..., 10], record[..., 11] = half[:, :, None], shade[:, :, None]
    b = ((np.arange(n)[:, None] * s + np.arange(s - 1)[None]).ravel() * 2)[:, None]
    return record.reshape(-1, 12), np.concatenate([b + (0, 1, 2), b + (1, 3, 2)]).astype(np.uint32)
