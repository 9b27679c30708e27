"""Reads the attributes of a portrait: one convolutional network with a head for each attribute, trained on renders alone.

python -m training.evaluate.classifier --data DIR --out classifier.pt [--epochs 14] [--minutes 8]

It never sees a generated picture, so that no generator can please it; its accuracy on renders it was not trained on is the
ceiling of every figure read with it.  --minutes ends one call; the next one goes on.
"""

import argparse
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .data import SIDE, UNKNOWN, read_dataset, read_vocabulary

BATCH = 32  # small: steps count for more than pictures a second
READING = 64  # pictures read at a time
LEARNING_RATE = 2e-3


class Block(nn.Module):
    """Residual pair of 3x3 convolutions; the first may halve the side."""

    def __init__(self, inside, outside, stride):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside))
        self.second = nn.Sequential(nn.Conv2d(outside, outside, 3, 1, 1, bias=False), nn.BatchNorm2d(outside))
        self.skip = nn.Conv2d(inside, outside, 1, stride, bias=False)

    def forward(self, x):
        return F.relu(self.skip(x) + self.second(F.relu(self.first(x))))


class Classifier(nn.Module):
    """[N, 3, side, side] in -1..1 -> (features [N, 256], a list of logits [N, values] in the vocabulary's order)."""

    def __init__(self, vocabulary):
        super().__init__()
        self.vocabulary = vocabulary
        self.body = nn.Sequential(
            nn.Conv2d(3, 64, 8, 4, 2, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
            Block(64, 64, 1), Block(64, 128, 2), Block(128, 128, 1), Block(128, 256, 2),
        )  # fmt: skip
        self.features = nn.Linear(2 * 256, 256)
        self.heads = nn.ModuleList(nn.Linear(256, len(values)) for values in vocabulary.values())

    def forward(self, x):
        maps = self.body(x)
        pooled = torch.cat((maps.mean((2, 3)), maps.amax((2, 3))), 1)
        features = F.relu(self.features(pooled))
        dropped = F.dropout(features, 0.2, self.training)
        return features, [head(dropped) for head in self.heads]


def device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def to_input(images):
    """uint8 [N, side, side, 3] -> float [N, 3, side, side] in -1..1, at most SIDE pixels a side, channels last in memory."""
    x = torch.from_numpy(np.asarray(images)).to(device()).permute(0, 3, 1, 2).float()
    side = x.shape[-1]
    if side > SIDE and side % SIDE == 0:
        x = F.avg_pool2d(x, side // SIDE).round_()  # means of squares
    return x.contiguous(memory_format=torch.channels_last).div_(127.5).sub_(1)


def augment(x, generator):
    """Mild shifts, zooms and flips for all; for half of them the softness and blotches of a VQGAN's pictures."""
    count = len(x)

    def uniform(low, high, *shape):
        return (torch.rand(shape or (count,), generator=generator) * (high - low) + low).to(x.device)

    flip = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
    zoom, zero = uniform(0.94, 1.06), torch.zeros(count, device=x.device)
    rows = (flip * zoom, zero, uniform(-0.08, 0.08), zero, zoom, uniform(-0.08, 0.08))
    grid = F.affine_grid(torch.stack(rows, 1).view(-1, 2, 3), x.shape, align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="border", align_corners=False)
    half, side = count // 2, x.shape[-1]
    small = int(side * float(uniform(0.4, 0.8, 1)))
    soft = F.interpolate(x[:half], size=small, mode="bilinear", antialias=True)
    soft = F.interpolate(soft, size=side, mode="bilinear")
    blotches = torch.randn((half, 3, 16, 16), generator=generator).to(x.device) * uniform(0, 0.08, half, 1, 1, 1)
    soft = soft + F.interpolate(blotches, size=side, mode="bilinear")
    x = torch.cat((soft, x[half:]))
    return (x * uniform(0.95, 1.05, count, 1, 1, 1) + uniform(-0.04, 0.04, count, 1, 1, 1)).clamp(-1, 1)


def loss_of(logits, labels):
    """Mean cross-entropy over heads and labelled pictures; labels [N, attributes]."""
    losses = [
        F.cross_entropy(head.float(), labels[:, i], ignore_index=UNKNOWN, label_smoothing=0.02)
        for i, head in enumerate(logits)
        if (labels[:, i] != UNKNOWN).any()
    ]
    return torch.stack(losses).mean()


@torch.no_grad()
def read(model, images):
    """(features float32 [N, 256], read values int64 [N, attributes]) of uint8 pictures [N, side, side, 3]."""
    model.eval()
    features, values = [], []
    for i in range(0, len(images), READING):
        x = to_input(images[i : i + READING]).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device().type, torch.bfloat16):
            found, logits = model(x)
        features.append(found.float())
        values.append(torch.stack([head.argmax(1) for head in logits], 1))
    return torch.cat(features).cpu().numpy(), torch.cat(values).cpu().numpy()


def unit(rows):
    """Rows of length one."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def save(path, content):
    """Whole or not at all: a run may be stopped at any time."""
    torch.save(content, f"{path}.part")
    os.replace(f"{path}.part", path)


def train(data, out, epochs, minutes, seed=7, say=print, pictures=None):
    """Trains until `epochs` are done or `minutes` are over; True when done, and then `out` holds its held-out readings."""
    out = Path(out)
    torch.manual_seed(seed)
    vocabulary = read_vocabulary(data)
    images, labels, splits = read_dataset(data, vocabulary, pictures)
    training = np.flatnonzero(splits == "train")
    model = Classifier(vocabulary).to(device(), memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.02)
    seen, begun = 0.0, time.monotonic()  # seen: epochs
    state = Path(f"{out}.state")
    if state.exists():
        saved = torch.load(state, map_location=device(), weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        seen = saved["seen"]

    def keep():
        save(state, {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "seen": seen})

    generator = torch.Generator().manual_seed(seed + int(seen * 1000))
    last = begun
    while seen < epochs and time.monotonic() - begun < 60 * minutes:
        chosen = np.sort(training[torch.randint(len(training), (BATCH,), generator=generator).numpy()])
        order = torch.randperm(BATCH, generator=generator)  # which half gets the softness
        x = augment(to_input(images[chosen])[order.to(device())], generator).contiguous(memory_format=torch.channels_last)
        done = seen / epochs
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * min(1, 0.05 + 20 * done) * 0.5 * (1 + math.cos(math.pi * done))
        model.train()
        with torch.autocast(device().type, torch.bfloat16):
            _, logits = model(x)
        loss = loss_of(logits, torch.from_numpy(labels[chosen])[order].to(device()))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        seen += BATCH / len(training)
        if time.monotonic() - last > 30:
            last = time.monotonic()
            say(f"epoch {seen:.2f} of {epochs}, loss {loss.item():.3f}", flush=True)
            keep()
    keep()
    if seen < epochs:
        say(f"Stopped after {minutes} minutes at epoch {seen:.2f} of {epochs}: run it again to go on.")
        return False
    unseen = np.flatnonzero(splits != "train")
    features, values = read(model, images[unseen])
    # How far apart two unrelated portraits lie: what the diversity of generated ones is compared with.
    spread = float(np.linalg.norm(unit(features) - unit(np.roll(features, len(features) // 2, 0)), axis=1).mean())
    readings = {"spread": spread, "features": torch.from_numpy(features), "labels": torch.from_numpy(labels[unseen]), "values": torch.from_numpy(values), "splits": splits[unseen].tolist()}
    save(out, {"model": model.cpu().state_dict(), "vocabulary": vocabulary, "side": min(SIDE, images.shape[1]), "pictures": len(training), "epochs": epochs, "seed": seed, "readings": readings})
    state.unlink()
    for name, figures in accuracies(readings, vocabulary).items():
        say(f"{name:15} " + ", ".join(f"{split} {share:.3f} of {count}" for split, (share, count) in figures.items()))
    return True


def accuracies(readings, vocabulary):
    """{attribute: {split: (share read right, pictures)}} on renders that training never saw."""
    result = {}
    splits = np.array(readings["splits"])
    for i, name in enumerate(vocabulary):
        labels, values = readings["labels"][:, i].numpy(), readings["values"][:, i].numpy()
        result[name] = {}
        for split in ("test", "heldout"):
            known = (splits == split) & (labels != UNKNOWN)
            if known.any():
                result[name][split] = (float((labels == values)[known].mean()), int(known.sum()))
    return result


def load(path):
    """(model, everything the file says) of a finished training."""
    if not Path(path).exists():
        raise SystemExit(f"{path} is missing: python -m training.evaluate.classifier makes it.")
    saved = torch.load(path, weights_only=True)
    model = Classifier(saved["vocabulary"]).to(device(), memory_format=torch.channels_last)
    model.load_state_dict(saved["model"])
    return model.eval(), saved


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder of a rendered data set")
    parser.add_argument("--out", required=True, help="file of the classifier")
    parser.add_argument("--epochs", type=float, default=14)
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument("--pictures", type=int, help="only the first of the data set")
    given = parser.parse_args()
    train(given.data, given.out, given.epochs, given.minutes, pictures=given.pictures)


if __name__ == "__main__":
    main()
