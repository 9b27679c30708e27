"""Where things are on the head: ears, scalp, beards, cheeks.  Weights per base vertex, painted on the reference man."""

import numpy as np

from .geometry import EYES, IN_BODY, LIPS, REFERENCE, TARGETS, smoothstep, touched_by

_mouth = REFERENCE[LIPS > 0.5].mean(0)
_x, _y, _z = np.abs(REFERENCE[:, 0] - _mouth[0]), REFERENCE[:, 1] - _mouth[1], REFERENCE[:, 2]
_not_lips = 1 - smoothstep(0.05, 0.5, LIPS)

_ear = np.zeros(len(REFERENCE), bool)
for _name in TARGETS:
    if _name.startswith("ears/") and "scale" in _name:
        _ear[touched_by(_name)] = True
EAR_LEFT = np.where(_ear & (REFERENCE[:, 0] > 0.7) & IN_BODY)[0]
EAR_RIGHT = np.where(_ear & (REFERENCE[:, 0] < -0.7) & IN_BODY)[0]
_ear &= np.abs(REFERENCE[:, 0]) > 0.68
HEAD_SKIN = IN_BODY & ~_ear

_step = smoothstep
_moustache = _step(0.05, 0.09, _y) * (1 - _step(0.17, 0.24, _y)) * (1 - _step(0.30, 0.42, _x)) * _step(1.2, 1.4, _z) * _not_lips
CHIN = (1 - _step(-0.20, -0.13, _y)) * _step(-0.72, -0.55, _y) * (1 - _step(0.24, 0.36, _x)) * _step(0.85, 1.1, _z) * _not_lips
_corner = _step(0.24, 0.30, _x) * (1 - _step(0.38, 0.48, _x)) * _step(-0.25, -0.15, _y) * (1 - _step(0.06, 0.16, _y)) * _step(0.9, 1.1, _z) * _not_lips
JAW = _step(-0.62, -0.48, _y) * (1 - _step(-0.12, 0.12 + 0.45 * _x, _y)) * _step(0.28, 0.42, _x) * _step(0.05, 0.35, _z) * _not_lips
_sideburn = _step(0.58, 0.64, _x) * _step(-0.3, 0, _y) * (1 - _step(0.75, 1.0, _y)) * _step(0.4, 0.5, _z) * (1 - _step(0.75, 0.95, _z))

BEARDS = {
    "stubble": _moustache + CHIN + _corner + JAW + 0.5 * _sideburn,
    "moustache": _moustache,
    "goatee": _moustache + CHIN + _corner,
    "full beard": _moustache + CHIN + _corner + 0.8 * JAW + 0.45 * _sideburn,
    "long beard": _moustache + CHIN + _corner + 0.8 * JAW + 0.45 * _sideburn,
    "sideburns": _step(0.50, 0.57, _x) * _step(-0.35, -0.1, _y) * (1 - _step(0.75, 1.0, _y)) * _step(0.3, 0.45, _z) * (1 - _step(0.9, 1.1, _z)),
}
BEARDS = {kind: (np.clip(w, 0, 1) * HEAD_SKIN).astype(np.float32) for kind, w in BEARDS.items()}

_hairline = np.interp(REFERENCE[:, 2], [-0.6, -0.05, 0.10, 0.22, 0.6, 0.9, 1.1, 1.28, 1.7], [7.45, 7.55, 7.75, 8.30, 8.36, 8.52, 8.72, 8.86, 8.93])
SCALP = (_step(_hairline - 0.09, _hairline + 0.09, REFERENCE[:, 1]) * HEAD_SKIN).astype(np.float32)

_eye = np.mean([np.abs(REFERENCE[e]).mean(0) for e in EYES], 0)
_cheek_distance = ((np.abs(REFERENCE[:, 0]) - 0.47) / 0.24) ** 2 + ((REFERENCE[:, 1] - (_eye[1] - 0.37)) / 0.20) ** 2
BLUSH = (np.exp(-_cheek_distance) * _step(0.7, 1.0, REFERENCE[:, 2]) * HEAD_SKIN).astype(np.float32)
_nose_distance = (_x / 0.16) ** 2 + ((_y - 0.36) / 0.14) ** 2
BLUSH += (0.6 * np.exp(-_nose_distance) * _step(1.4, 1.6, _z)).astype(np.float32)

# cavities that ambient light hardly reaches: eye sockets, sides of the nose, under the chin and neck
_socket = ((np.abs(REFERENCE[:, 0]) - _eye[0] * 0.9) / 0.2) ** 2 + ((REFERENCE[:, 1] - _eye[1] - 0.06) / 0.13) ** 2
_neck = (1 - _step(-0.75, -0.42, _y)) * _step(-2.2, -0.7, _y) * (1 - 0.6 * _step(0.9, 1.2, _z))
_near_mouth = np.where((_x < 0.4) & (np.abs(_y) < 0.3) & (_z > 0.3) & IN_BODY)[0]
_flat = REFERENCE[_near_mouth, :2]
_beside = ((_flat[:, None] - _flat[None]) ** 2).sum(-1) < 0.08**2
_front = np.where(_beside, _z[_near_mouth][None], -9).max(1)
_inside = np.zeros(len(REFERENCE))  # the mouth's cavity: what lies behind the lips
_inside[_near_mouth] = _step(0.10, 0.22, _front - _z[_near_mouth])
OCCLUSION = np.clip(0.10 * np.exp(-_socket) + 0.42 * _neck + 0.93 * _inside, 0, 1).astype(np.float32)


def head_frame(vertices):
    """Eye position, and centre and radii of the ellipsoid that fits the skull."""
    eye = np.mean([vertices[e].mean(0) for e in EYES], 0)
    skull = vertices[HEAD_SKIN]
    skull = skull[skull[:, 1] > eye[1] + 0.2]
    top, front, back = skull[:, 1].max(), skull[:, 2].max(), skull[:, 2].min()
    centre = np.array([0, eye[1] + 0.18, (front + back) / 2])
    return eye, centre, np.array([np.abs(skull[:, 0]).max(), top - centre[1], (front - back) / 2])
