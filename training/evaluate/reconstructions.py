"""What a VQGAN keeps of renders: each attribute as it is read from their reconstructions, beside what is read from the renders themselves.

python -m training.evaluate.reconstructions CONFIG --data DIR --vqgan DIR --classifier classifier.pt --face-check face_check.pt [--pictures 448]

Of the last renders of the data set that nothing was trained on.
"""

import argparse

import numpy as np
import torch

from .. import config as configuration
from .. import vqgan
from ..data import Faces, signed, unsigned
from ..reconstruction import psnr
from ..runtime import autocast, prepare
from . import face_check
from .classifier import load, read
from .data import UNKNOWN, label
from .report import frechet_to_renders

BATCH = 16


def kept(labels, real, made):
    """(share read right from renders, from reconstructions, how many) of one attribute: labels and read values [N]; None where no picture shows it"""
    known = labels != UNKNOWN
    if not known.any():
        return None
    return float((real == labels)[known].mean()), float((made == labels)[known].mean()), int(known.sum())


@torch.no_grad()
def reconstructed(config, model, pictures):
    """uint8 [N, H, W, 3] of such pictures, and the PSNR of all, in dB"""
    device = prepare(config)
    made, real = [], []
    for start in range(0, len(pictures), BATCH):
        real.append(signed(pictures[start : start + BATCH], device))
        with autocast(device, config):
            made.append(model.decode(model.encode(real[-1])).float())
    made = torch.cat(made)
    return unsigned(made).numpy(), psnr(made, torch.cat(real))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    for name in ("data", "vqgan", "classifier", "face-check"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--pictures", type=int, default=448)
    given = parser.parse_args()
    config = configuration.load(given.config)
    faces = Faces(given.data)
    indices = np.sort(np.concatenate([faces.split("test"), faces.split("heldout")]))[-given.pictures :]
    renders = faces.pictures(indices)
    made, noise = reconstructed(config, vqgan.load_trained(config, given.vqgan), renders)
    judge, saved = load(given.classifier)
    (real_features, real), (features, values) = read(judge, renders), read(judge, made)
    distance = lambda of: frechet_to_renders(of, saved["readings"])["generated"]  # noqa: E731
    intact = lambda pictures: 100 * face_check.intact(given.face_check, pictures).mean()  # noqa: E731
    print(f"{len(indices)} renders: {noise:.1f} dB; Frechet distance {distance(features):.1f}, of the renders themselves {distance(real_features):.1f}; "
          f"intact {intact(made):.1f} %, {intact(np.asarray(renders)):.1f} % of the renders")  # fmt: skip
    for column, (name, words) in enumerate(saved["vocabulary"].items()):
        labels = np.array([label(faces.attributes[i], name, words) for i in indices])
        shares = kept(labels, real[:, column], values[:, column])
        if shares:
            before, after, count = shares
            print(f"{name:15} {100 * after / before:5.1f} % of what is read from renders ({before:.3f} of {count})")


if __name__ == "__main__":
    main()
