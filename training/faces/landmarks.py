"""Where the parts of a portrait's face are, from its attributes alone: the body is shaped and seen through the camera, nothing is drawn."""

import numpy as np

from . import geometry as g
from .body import express, identity_shape
from .rasteriser import look_at, perspective
from .scene import view

PARTS = ("left eye", "right eye", "nose", "mouth", "chin")  # left as the viewer sees it

_middle = np.abs(g.REFERENCE[:, 0]) < 0.12
_mouth = np.where(g.LIPS > 0.5)[0]
_mouth_height = g.REFERENCE[_mouth, 1].mean()
_front = np.where(g.IN_BODY & _middle & (g.REFERENCE[:, 1] > _mouth_height + 0.12) & (g.REFERENCE[:, 1] < g.EYE_HEIGHT - 0.1))[0]
_nose = _front[np.argsort(-g.REFERENCE[_front, 2])[:12]]
_below = np.where(g.IN_BODY & _middle & (g.REFERENCE[:, 1] < _mouth_height - 0.3) & (g.REFERENCE[:, 1] > _mouth_height - 0.62) & (g.REFERENCE[:, 2] > 0.9))[0]


def landmarks(a):
    """float32 [5, 2]: x to the right and y down, in shares of the picture's side, in the order of PARTS"""
    v = express(identity_shape(a), a)
    eyes = sorted((v[e].mean(0) for e in g.EYES), key=lambda point: point[0])
    points = np.array([*eyes, v[_nose].mean(0), v[_mouth].mean(0), v[_below].mean(0)])
    camera, target, extent, _ = view(a, v)
    to_screen = perspective(extent, np.linalg.norm(camera - target)) @ look_at(camera, target)
    seen = np.c_[points, np.ones(len(points))] @ to_screen.T
    return (seen[:, :2] / seen[:, 3:] * (0.5, -0.5) + 0.5).astype(np.float32)
