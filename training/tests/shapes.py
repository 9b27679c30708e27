"""A tiny stand-in for the portraits: coloured shapes in the same folder format, with captions. For the smoke test."""
import itertools
import json
import random
from pathlib import Path

import numpy as np

COLOURS = {'red': (210, 50, 40), 'green': (50, 170, 70), 'blue': (50, 80, 210), 'yellow': (230, 200, 50)}
SHAPES = ('circle', 'square', 'cross')
BACKGROUNDS = {'white': (240, 240, 240), 'black': (20, 20, 20), 'grey': (130, 130, 130)}
NAMED = {'colour': 'a {} shape', 'shape': 'a {}', 'background': '{} background'}


def draw(attributes, size):
    """-> uint8 [size, size, 3]"""
    y, x = np.mgrid[:size, :size] / size - 0.5
    x, y = x - attributes['across'], y - attributes['down']
    inside = {'circle': x * x + y * y < 0.09, 'square': np.maximum(abs(x), abs(y)) < 0.25,
              'cross': (np.minimum(abs(x), abs(y)) < 0.1) & (np.maximum(abs(x), abs(y)) < 0.3)}[attributes['shape']]
    picture = np.empty((size, size, 3), np.uint8)
    picture[:] = BACKGROUNDS[attributes['background']]
    picture[inside] = COLOURS[attributes['colour']]
    return picture


def caption(attributes, seed=0):
    r = random.Random(f'{attributes["index"]} {seed}')
    parts, told = [f'a {attributes["colour"]} {attributes["shape"]}'], ('colour', 'shape')
    if r.random() < 0.7:
        parts.append(f'{attributes["background"]} background')
        told += ('background',)
    return ', '.join(parts), told


def write(folder, count, size, seed=0):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    r = random.Random(seed)
    images = np.lib.format.open_memmap(folder / 'images.npy', 'w+', np.uint8, (count, size, size, 3))
    kinds = itertools.cycle(itertools.product(COLOURS, SHAPES, BACKGROUNDS))
    with open(folder / 'attributes.jsonl', 'w') as lines:
        for index, (colour, shape, background) in zip(range(count), kinds):
            attributes = {'index': index, 'colour': colour, 'shape': shape, 'background': background,
                          'across': r.uniform(-0.1, 0.1), 'down': r.uniform(-0.1, 0.1),
                          'split': 'test' if index % 5 == 4 else 'train'}
            images[index] = draw(attributes, size)
            lines.write(json.dumps(attributes) + '\n')
    images.flush()
    (folder / 'meta.json').write_text(json.dumps({'count': count, 'size': size, 'seed': seed}))
    (folder / 'done.json').write_text(json.dumps({'count': count}))
