"""Renders that show what prompts ask for: what a generator that makes no mistakes would draw. Prompts ask for more afros than renders have,
so that no generator of them comes as near to renders as other renders do; its pictures' distance is to be held against that of these.

python -m training.evaluate.asked CONFIG --prompts FILE --vqgan DIR --classifier classifier.pt [--seeds 2]
"""

import argparse
import json
import random

import numpy as np
import torch

from training.faces.attributes import VIEWS, VOCABULARY, sample
from training.faces.dataset import portraits

from .. import config as configuration
from .. import vqgan
from .classifier import load, read
from .reconstructions import reconstructed
from .report import frechet_to_renders

POOL, SEED = 20_000, 99
FIXED = ("sex", "age_group", "skin_tone")  # of a whole person, whose other numbers follow from them


def completed(a, expect, r):
    """The attributes with what is asked for put in ({attribute: values of which one is to be shown}), and a colour for what has none."""
    a = dict(a)
    for name, values in expect.items():
        if (a[name] or "none") not in values:
            value = r.choice(values)
            a[name] = None if value == "none" else value
            colour = f"{name}_colour"
            if a[name] and colour in a and a[colour] is None:
                a[colour] = r.choice(VOCABULARY[colour])
    return a


def asked(expects, seed=SEED, count=POOL):
    """Attributes of a portrait for each of these, all of different people: the sampled one that needs the fewest changes, none of them to who it is."""
    r = random.Random(seed)
    pool = [sample(seed, i * VIEWS) for i in range(count)]
    chosen = []
    for expect in expects:
        missing = lambda a: sum((a[name] or "none") not in values for name, values in expect.items())  # noqa: E731, B023
        fitting = [i for i, a in enumerate(pool) if all(a[name] in expect.get(name, (a[name],)) for name in FIXED)]
        if not fitting:
            raise ValueError(f"nobody of {len(pool)} is {expect}; draw from more")
        least = min(missing(pool[i]) for i in fitting)
        chosen.append(completed(pool.pop(r.choice([i for i in fitting if missing(pool[i]) == least])), expect, r))
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    for name in ("prompts", "vqgan", "classifier"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seeds", type=int, default=2)
    given = parser.parse_args()
    config = configuration.load(given.config)
    with open(given.prompts) as prompts:
        expects = [each["expect"] for each in json.load(prompts) for _ in range(given.seeds)]
    renders = np.stack(list(portraits(asked(expects), config["data"]["size"])))
    made, noise = reconstructed(config, vqgan.load_trained(config, given.vqgan), torch.from_numpy(renders))
    judge, saved = load(given.classifier)
    distances = [frechet_to_renders(read(judge, pictures)[0], saved["readings"]) for pictures in (renders, made)]
    print(f"{len(renders)} renders of what {given.prompts} asks for: Frechet distance to other renders {distances[0]['generated']:.1f}, of their "
          f"reconstructions ({noise:.1f} dB) {distances[1]['generated']:.1f}; of renders among themselves {distances[0]['renders']:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
