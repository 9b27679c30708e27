"""Backgrounds: plain colours, soft gradients of them, and blurred scenes.  sRGB images [n, n, 3] in 0..1."""

import numpy as np
from PIL import Image, ImageFilter

COLOURS = {
    "white": (255, 255, 253), "grey": (134, 136, 139), "black": (24, 24, 27), "red": (196, 48, 46), "orange": (238, 136, 42),
    "yellow": (246, 207, 70), "green": (78, 162, 84), "blue": (62, 122, 214), "purple": (128, 80, 182), "pink": (244, 160, 188),
    "beige": (222, 204, 172), "teal": (32, 146, 146),
}  # fmt: skip


def _blur(image, sigma):
    return np.asarray(Image.fromarray(np.uint8(np.clip(image, 0, 255))).filter(ImageFilter.GaussianBlur(sigma)), np.float32)


def background(name, gradient, size, rng):
    """One background picture."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    if name in COLOURS:
        image = np.array(COLOURS[name], np.float32) * (1 + 0.03 * rng.standard_normal())
        shade = 1 - 0.18 * ((x - 0.5) ** 2 + (y - 0.42) ** 2)
        if gradient:
            angle = rng.uniform(0, 2 * np.pi)
            shade = shade * (1 + 0.34 * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)))
        return np.clip(image * shade[..., None], 0, 255) / 255
    return np.clip({"outdoor": _outdoor, "indoor": _indoor, "city night": _city}[name](x, y, size, rng), 0, 250) / 255


def _outdoor(x, y, size, rng):
    sky = np.array([168, 204, 240.0]) * (1 + 0.06 * rng.standard_normal())
    grass = np.array([104, 150, 66.0]) * (1 + 0.12 * rng.standard_normal())
    horizon = rng.uniform(0.4, 0.65)
    q = (1 / (1 + np.exp(-(y - horizon) * 16)))[..., None]
    image = sky * (1 - q) + grass * q
    for _ in range(14):
        cx, cy, s = rng.random(), horizon + 0.12 * rng.standard_normal() - 0.06, rng.uniform(0.04, 0.13)
        m = 0.8 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * s * s))[..., None]
        image = image * (1 - m) + (np.array([54, 92, 40.0]) + rng.random(3) * (70, 80, 30)) * m
    return image


def _indoor(x, y, size, rng):
    wall = np.array([196, 178, 154.0]) * rng.uniform(0.75, 1.1) * (1 + 0.04 * rng.standard_normal(3))
    image = np.zeros((size, size, 3)) + wall
    for _ in range(8):
        x0, y0, w, h = rng.random(), rng.uniform(0.1, 1), rng.uniform(0.06, 0.3), rng.uniform(0.1, 0.5)
        inside = ((abs(x - x0) < w / 2) & (abs(y - y0) < h / 2))[..., None]
        image = np.where(inside, np.array([130, 98, 72.0]) * rng.uniform(0.5, 1.4) + rng.uniform(-15, 35, 3), image)
    if rng.random() < 0.6:
        x0 = rng.random()
        image = np.where(((abs(x - x0) < 0.14) & (y < 0.5))[..., None], np.array([232, 236, 240.0]), image)  # a window
    return _blur(image, size * 0.035)


def _city(x, y, size, rng):
    image = np.zeros((size, size, 3)) + np.array([16, 20, 44.0]) + 14 * y[..., None]
    lights = ((255, 190, 90), (255, 120, 60), (120, 170, 255), (255, 240, 200), (230, 70, 100))
    for _ in range(26):
        cx, cy, s = rng.random(), rng.random(), rng.uniform(0.02, 0.06)
        m = np.clip(0.5 - 0.3 * (np.sqrt((x - cx) ** 2 + (y - cy) ** 2) - s) * size, 0, 1)
        image += m[..., None] * np.array(lights[rng.integers(5)]) * rng.uniform(0.25, 0.65)
    return _blur(image, size * 0.012)
