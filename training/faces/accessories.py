"""Glasses, hats and earrings as procedural meshes: (vertices, quads or triangles) in body units."""

import numpy as np

from .geometry import EYES, IN_BODY, smoothstep, unit
from .regions import EAR_LEFT, EAR_RIGHT, HEAD_SKIN, head_frame


def tube(points, radius, closed=False, sides=6):
    """Round tube along a polyline; the cross section follows a fixed up vector."""
    p = np.asarray(points, float)
    tangent = unit(np.roll(p, -1, 0) - np.roll(p, 1, 0)) if closed else unit(np.gradient(p, axis=0))
    reference = np.where(np.abs(tangent[:, 1:2]) > 0.9, [[0, 0, 1.0]], [[0, 1.0, 0]])
    if closed:
        reference = np.broadcast_to([[0, 0, 1.0]], p.shape)
    a = unit(np.cross(tangent, reference))
    b = np.cross(tangent, a)
    angle = np.arange(sides) * 2 * np.pi / sides
    ring = np.cos(angle)[None, :, None] * a[:, None] + np.sin(angle)[None, :, None] * b[:, None]
    return (p[:, None] + radius * ring).reshape(-1, 3), grid_quads(len(p), sides, closed, True)


def grid_quads(rows, columns, closed_rows=False, closed_columns=False):
    """Quads of a rows x columns grid of vertices."""
    i, j = np.meshgrid(np.arange(rows if closed_rows else rows - 1), np.arange(columns if closed_columns else columns - 1), indexing="ij")
    i, j, i2, j2 = i.ravel(), j.ravel(), (i.ravel() + 1) % rows, (j.ravel() + 1) % columns
    return np.stack([i * columns + j, i * columns + j2, i2 * columns + j2, i2 * columns + j], 1)


def join(parts):
    """One mesh out of several."""
    vertices, quads, offset = [], [], 0
    for v, q in parts:
        vertices.append(v)
        quads.append(q + offset)
        offset += len(v)
    return np.concatenate(vertices), np.concatenate(quads)


def glasses(kind, thin, vertices):
    """(frame, lenses) of a pair of glasses; lenses are fans around their centres."""
    eyes = [vertices[e] for e in EYES]
    y = np.mean([e[:, 1].mean() for e in eyes]) - 0.04
    x = np.mean([abs(e[:, 0].mean()) for e in eyes])
    z = max(e[:, 2].max() for e in eyes) + 0.13
    middle = np.mean([e[:, 2].mean() for e in eyes])
    skin = vertices[HEAD_SKIN]
    temple = skin[(abs(skin[:, 1] - y) < 0.15) & (skin[:, 2] > middle - 0.9) & (skin[:, 2] < middle - 0.25)]
    head = np.percentile(abs(temple[:, 0]), 97)  # half width of the head at the temples
    exponent = {"round glasses": 2.0, "rectangular glasses": 5.0, "sunglasses": 2.7}[kind]  # of a superellipse
    width = float(np.clip(head - x - 0.03, 0.24, 0.31)) if exponent > 2 else float(np.clip(head - x - 0.04, 0.235, 0.27))
    height = width * {"round glasses": 0.97, "rectangular glasses": 0.66, "sunglasses": 0.82}[kind]
    width = min(width, x - 0.045)
    radius = 0.026 if thin else 0.037
    t = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    power = lambda u: np.sign(u) * abs(u) ** (2 / exponent)  # noqa: E731
    frame, lenses = [], []
    for side in (1, -1):
        rim = np.stack([power(np.cos(t)) * width, power(np.sin(t)) * height - (0.02 if kind == "sunglasses" else 0), 0 * t], 1)
        rim[:, 2] = z - 0.22 * np.clip(rim[:, 0], 0, None)  # wraps around the face
        rim = rim * (side, 1, 1) + (side * (x + 0.01), y, 0)
        frame.append(tube(rim, radius, closed=True))
        fan = np.vstack([rim, [[side * (x + 0.01), y, z + 0.01]]])
        lenses.append((fan, np.array([[i, (i + 1) % 32, 32, 32] for i in range(32)])))
        hinge, outer = z - 0.22 * width, x + 0.01 + width
        bar = [
            [outer, y + 0.3 * height, hinge], [max(outer - 0.01, min(outer + 0.02, head - 0.01)), y + 0.3 * height, hinge - 0.06],
            [head + 0.015, y + 0.06, middle - 0.68], [head + 0.02, y - 0.02, middle - 0.9],
        ]  # fmt: skip
        frame.append(tube(np.array(bar) * (side, 1, 1), radius * 0.75))
    t = np.linspace(-1, 1, 7)
    frame.append(tube(np.stack([t * (x + 0.02 - width), y + 0.04 + 0.05 * (1 - t * t), z + 0.015 * (1 - t * t)], 1), radius * 0.9))
    return join(frame), join(lenses)


def hat_line(kind, vertices):
    """(front edge height, centre, half width, half depth, top of the skull) of a hat: places the hat and tucks the hair."""
    eye, centre, radii = head_frame(vertices)
    gap = 0.0 if kind == "fedora" else 0.05
    return eye[1] + {"beanie": 0.42, "cap": 0.52, "fedora": 0.48}[kind], centre, radii[0] + gap, radii[2] + gap, centre[1] + radii[1]


def _dome(centre, rx, rz, base, height, power, slope, columns=48, rows=12):
    """Half ellipsoid (power < 1 is boxier); slope lowers its back edge."""
    f = np.linspace(0, 1, rows + 1)[:, None] * np.pi / 2
    angle = np.arange(columns)[None] * 2 * np.pi / columns
    k = np.cos(f) ** power
    v = np.stack(
        [
            centre[0] + rx * k * np.cos(angle),
            base + height * np.sin(f) - slope * (1 - np.sin(angle)) * 0.5 * (1 - f / (np.pi / 2)),
            centre[2] + rz * k * np.sin(angle),
        ],
        -1,
    )
    return v.reshape(-1, 3), grid_quads(rows + 1, columns, False, True)[:, ::-1]


def beanie(vertices, rng):
    """Knitted hat: dome and folded, ribbed cuff."""
    base, centre, rx, rz, top = hat_line("beanie", vertices)
    slope, columns, rows = 0.30, 88, 6
    dome = _dome(centre, rx + 0.07, rz + 0.07, base + 0.1, top - base + rng.uniform(0.14, 0.3), 0.85, slope)
    b = np.linspace(0, 1, rows + 1)[:, None]
    angle = np.arange(columns)[None] * 2 * np.pi / columns
    bulge = 0.085 + 0.055 * np.sin(np.pi * b) + 0.022 * (np.arange(columns) % 2)[None]
    cuff = np.stack(
        [centre[0] + (rx + bulge) * np.cos(angle), base + 0.36 * b - slope * (1 - np.sin(angle)) * 0.5, centre[2] + (rz + bulge) * np.sin(angle)], -1
    )
    return join([dome, (cuff.reshape(-1, 3), grid_quads(rows + 1, columns, False, True)[:, ::-1])])


def cap(vertices):
    """Baseball cap: (crown with its button, brim)."""
    base, centre, rx, rz, top = hat_line("cap", vertices)
    dome = _dome(centre, rx + 0.05, rz + 0.05, base, top - base + 0.16, 0.62, 0.22)
    columns, rows = 28, 6
    angle = np.pi * (0.10 + 0.80 * np.linspace(0, 1, columns + 1))[None]
    e = np.linspace(0, 1, rows + 1)[:, None]
    x, z = np.cos(angle), np.sin(angle)
    out = 0.70 * e * np.sin(np.pi * np.linspace(0, 1, columns + 1))[None] ** 0.7
    under = lambda d: np.stack(  # noqa: E731
        [
            centre[0] + (rx + 0.05) * x * (1 + 0.06 * e),
            base + 0.06 - d - 0.11 * (1 - z) - 0.26 * out - 0.13 * x * x * e,
            centre[2] + (rz + 0.05) * z + out,
        ],
        -1,
    ).reshape(-1, 3)
    quads = grid_quads(rows + 1, columns + 1)
    button = _dome((centre[0], 0, centre[2]), 0.07, 0.07, top + 0.155, 0.05, 1, 0, 10, 3)
    return join([dome, button]), join([(under(0), quads), (under(0.04), quads[:, ::-1])])


def shape_fedora(fitted, vertices):
    """(fedora with a wider brim, its band as lowest and highest height, depth of the middle, radius)."""
    base, centre, rx, rz, _ = hat_line("fedora", vertices)
    out = fitted.copy()
    flat = out[:, [0, 2]] - (0, centre[2])
    radius = np.sqrt((flat * flat).sum(1, keepdims=True))
    reach = smoothstep(0.98, 1.25, radius / ((rx + rz) / 2))
    out[:, [0, 2]] = (0, centre[2]) + flat * (1 + 0.16 * reach)
    return out, (base + 0.02, base + 0.17, centre[2], 1.16 * max(rx, rz))


def tuck(kind, vertices, points):
    """Presses hair under a hat, in place: points above its edge are pulled inside its shell.  Says which are well under it."""
    base, centre, rx, rz, top = hat_line(kind, vertices)
    q = points.reshape(-1, 3)
    edge = base - 0.15 * (1 - np.clip((q[:, 2] - centre[2]) / rz, -1, 1))
    share = smoothstep(-0.15, 0.12, q[:, 1] - edge)
    height = np.clip(q[:, 1] - base, 0, 9) / (top - base)
    distance = np.sqrt(((q[:, 0] - centre[0]) / rx) ** 2 + ((q[:, 2] - centre[2]) / rz) ** 2 + height**2)
    k = 1 + (np.where(distance > 0.97, 0.97 / np.maximum(distance, 1e-6), 1) - 1) * share
    q[:, 0] = centre[0] + (q[:, 0] - centre[0]) * k
    q[:, 2] = centre[2] + (q[:, 2] - centre[2]) * k
    up = q[:, 1] > base
    q[up, 1] = base + (q[up, 1] - base) * k[up]
    points[...] = q.reshape(points.shape)
    return q[:, 1] > edge + (0.0 if kind == "fedora" else 0.14)


def necklace(kind, vertices):
    """A chain or a row of pearls around the lower neck, lower in front."""
    eye, centre, radii = head_frame(vertices)
    skin = vertices[IN_BODY]
    height = eye[1] - 1.16 * radii.mean() / 0.89
    near = skin[(abs(skin[:, 1] - height) < 0.08) & (abs(skin[:, 0]) < 0.75)]
    rx, front, back = abs(near[:, 0]).max() + 0.03, near[:, 2].max() + 0.05, near[:, 2].min()
    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = np.stack([rx * np.cos(t), height + 0.10 - 0.22 * (0.5 + 0.5 * np.sin(t)), (front + back) / 2 + (front - back) / 2 * np.sin(t)], 1)
    if kind != "pearl necklace":
        return tube(ring, 0.028, closed=True)
    pearls = []
    for p in ring[ring[:, 2] > back + 0.3 * (front - back)][::2]:
        for height in (0.06, -0.06):
            pearls.append(_dome(p, 0.06, 0.06, p[1], height, 1, 0, 10, 4))
    return join(pearls)


def earrings(vertices, rng):
    """A hoop or a stud at each ear lobe."""
    radius, parts = rng.choice((0.0, 0.13, 0.17)), []
    t = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    for ear in (EAR_LEFT, EAR_RIGHT):
        e = vertices[ear]
        lobe = e[e[:, 1].argmin()]
        side = np.sign(lobe[0])
        if radius:
            hoop = np.stack([lobe[0] + 0 * t + 0.04 * side, lobe[1] - radius + 0.03 + radius * np.cos(t), lobe[2] + radius * np.sin(t)], 1)
            hoop[:, 0] += 0.5 * radius * side * np.sin(t)  # turned a little, so that it is seen from the front
            parts.append(tube(hoop, 0.026, closed=True))
        else:
            parts.append(_dome((lobe[0] + 0.03 * side, 0, lobe[2] + 0.03), 0.06, 0.06, lobe[1] - 0.02, 0.06, 1, 0, 10, 4))
            parts.append(_dome((lobe[0] + 0.03 * side, 0, lobe[2] + 0.03), 0.06, 0.06, lobe[1] - 0.02, -0.06, 1, 0, 10, 4))
    return join(parts)
