"""Is a face intact? A network that finds the parts of a face, trained on renders, whose parts the renderer places, and on renders whose
parts were spoilt, where it must find nothing.

python -m training.evaluate.face_check --data DIR --out face_check.pt [--steps 3000] [--minutes 9]

A face is intact when every part is found near where faces have it, with at least the score that 99 % of unseen renders reach. What it
misses is measured on unseen renders with one part spoilt, by the kind of damage; it says nothing about hair, hats and likeness.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .classifier import Block, READING, device, save, to_input
from .data import SIDE

BATCH = 32
CELLS = 32  # a side of the score maps
SPREAD = 1.2  # cells: how wide a part's target is
REACH = 3.0  # cells around a part's usual place in which it is looked for, beyond the range that renders have
PASSING = 0.99
MOST = 12000  # pictures learnt from: finding the parts of one takes milliseconds
DAMAGES = ("smeared", "blurred", "moved", "erased", "swapped")


class FaceCheck(nn.Module):
    """[N, 3, SIDE, SIDE] in -1..1 -> logits [N, parts, CELLS, CELLS] of a part being there, whole"""

    def __init__(self, parts):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 48, 4, 2, 1, bias=False), nn.BatchNorm2d(48), nn.ReLU(),
            Block(48, 64, 2), Block(64, 96, 1), Block(96, 96, 1), Block(96, 96, 1),
        )  # fmt: skip
        self.score = nn.Conv2d(96, parts, 1)

    def forward(self, x):
        return self.score(self.body(x))


def targets(points):
    """shares of the side [N, parts, 2] -> [N, parts, CELLS, CELLS] in 0..1"""
    centres = (torch.arange(CELLS, device=points.device) + 0.5) / CELLS
    across = (centres[None, None] - points[..., :1]) * CELLS
    down = (centres[None, None] - points[..., 1:]) * CELLS
    return torch.exp(-(across[:, :, None, :] ** 2 + down[:, :, :, None] ** 2) / (2 * SPREAD**2))


def _field(generator, cells, strength):
    """A smooth random displacement [1, SIDE, SIDE, 2] in shares of the side, times two"""
    coarse = (torch.randn((1, 2, cells, cells), generator=generator) * strength).to(device())
    return F.interpolate(coarse, size=SIDE, mode="bicubic", align_corners=False).permute(0, 2, 3, 1)


def spoil(picture, others, point, damage, generator):
    """One part of a picture [3, SIDE, SIDE] damaged in a soft-edged patch around the point (x, y)."""
    one = lambda low, high: float(torch.rand((), generator=generator) * (high - low) + low)  # noqa: E731
    if damage == "smeared":
        grid = F.affine_grid(torch.eye(2, 3, device=picture.device)[None], (1, 3, SIDE, SIDE), align_corners=False) + _field(generator, int(one(10, 20)), one(0.07, 0.16))
        changed = F.grid_sample(picture[None], grid, padding_mode="border", align_corners=False)[0]
    elif damage == "blurred":
        small = F.interpolate(picture[None], scale_factor=one(0.06, 0.12), mode="area")
        changed = F.interpolate(small, size=SIDE, mode="bilinear", align_corners=False)[0]
    elif damage == "moved":  # another place of the same picture
        shift = [int(one(14, 30)) * (1 if one(0, 1) < 0.5 else -1) for _ in range(2)]
        changed = torch.roll(picture, shift, (1, 2))
    elif damage == "erased":
        x, y = (int(v * SIDE) for v in point)
        ring = picture[:, max(0, y - 16) : y + 16, max(0, x - 16) : x + 16]
        changed = ring.flatten(1).median(1).values[:, None, None] + 0.04 * torch.randn((3, SIDE, SIDE), generator=generator).to(picture.device)
    else:  # coarse cells of other pictures, as tokens that do not agree
        cells = torch.randint(0, len(others), (SIDE // 8, SIDE // 8), generator=generator).to(picture.device).repeat_interleave(8, 0).repeat_interleave(8, 1)
        changed = torch.gather(others, 0, cells[None, None].expand(1, 3, -1, -1))[0]
    radius = one(0.085, 0.13)
    places = (torch.arange(SIDE, device=picture.device) + 0.5) / SIDE
    distance = ((places[None] - point[0]) ** 2 + (places[:, None] - point[1]) ** 2).sqrt()
    weight = ((radius - distance) / 0.03).clamp(0, 1)
    return picture + weight * (changed - picture)


def spoilt_batch(x, points, generator, share=0.5):
    """-> pictures, half of them with one to three parts spoilt; bool [N, parts], which parts are whole"""
    x, whole = x.clone(), torch.ones(points.shape[:2], dtype=torch.bool)
    others = x.clone()
    for i in range(len(x)):
        if torch.rand((), generator=generator) > share:
            continue
        parts = torch.randperm(points.shape[1], generator=generator)[: int(torch.randint(1, 4, (), generator=generator))]
        for part in parts.tolist():
            damage = DAMAGES[int(torch.randint(len(DAMAGES), (), generator=generator))]
            x[i] = spoil(x[i], others, points[i, part].tolist(), damage, generator)
            near = (points[i] - points[i, part]).norm(dim=1) < 0.07  # a patch may take a neighbour with it
            whole[i] &= ~near
    return x, whole


def softened(x, generator):
    """Half of a batch a little soft, as decoded pictures are: softness is no damage."""
    half = len(x) // 2
    small = int(SIDE * float(torch.rand((), generator=generator) * 0.45 + 0.5))
    soft = F.interpolate(F.interpolate(x[:half], size=small, mode="bilinear", antialias=True), size=SIDE, mode="bilinear")
    return torch.cat((soft, x[half:]))


def places(points):
    """Where each part may lie: (lowest, highest) [parts, 2] over renders, in cells."""
    low, high = np.quantile(points, (0.002, 0.998), axis=0)
    return torch.from_numpy(low * CELLS - REACH), torch.from_numpy(high * CELLS + REACH)


@torch.no_grad()
def scores(model, allowed, images):
    """float [N]: the worst part's best score near its place, of uint8 pictures"""
    model.eval()
    centres = torch.arange(CELLS, device=device()) + 0.5
    low, high = (bound.to(device()) for bound in allowed)
    near = (centres[None, None] > low[:, :1, None]) & (centres[None, None] < high[:, :1, None])
    near = near & (centres[None, :, None] > low[:, 1:, None]) & (centres[None, :, None] < high[:, 1:, None])
    found = []
    for i in range(0, len(images), READING):
        maps = model(to_input(images[i : i + READING]))
        found.append(maps.masked_fill(~near, -99).amax((2, 3)).amin(1))
    return torch.cat(found).sigmoid().cpu().numpy()


def train(data, out, steps, minutes, seed=11, say=print):
    from training.faces.landmarks import PARTS, landmarks

    data, out = Path(data), Path(out)
    torch.manual_seed(seed)
    count = min(MOST, json.loads((data / "done.json").read_text())["count"])
    images = np.load(data / "images.npy", mmap_mode="r")[:count]
    with open(data / "attributes.jsonl") as lines:
        attributes = [json.loads(line) for _, line in zip(range(count), lines)]
    points = np.stack([landmarks(a) for a in attributes])
    unseen = np.flatnonzero([a["split"] != "train" for a in attributes])
    training = np.flatnonzero([a["split"] == "train" for a in attributes])
    model = FaceCheck(len(PARTS)).to(device(), memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.02)
    generator, begun, step = torch.Generator().manual_seed(seed), time.monotonic(), 0
    for step in range(steps):
        done = max(step / steps, (time.monotonic() - begun) / (60 * minutes))
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * min(1, step / 50) * 0.5 * (1 + math.cos(math.pi * done))
        chosen = np.sort(training[torch.randint(len(training), (BATCH,), generator=generator).numpy()])
        x, where = to_input(images[chosen]), torch.from_numpy(points[chosen])
        if torch.rand((), generator=generator) < 0.5:
            x, where = x.flip(3), torch.stack((1 - where[..., 0], where[..., 1]), 2)[:, [1, 0, 2, 3, 4]]
        x, whole = spoilt_batch(x, where, generator)
        model.train()
        with torch.autocast(device().type, torch.bfloat16):
            logits = model(softened(x, generator).contiguous(memory_format=torch.channels_last))
        wanted = (targets(where) * whole[..., None, None]).to(device())
        loss = F.binary_cross_entropy_with_logits(logits.float(), wanted, pos_weight=torch.tensor(4.0, device=device())) * 10
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            say(f"step {step}, loss {loss.item():.3f}", flush=True)
    allowed = places(points[training])
    clean = scores(model, allowed, images[unseen])
    threshold = float(np.quantile(clean, 1 - PASSING))
    found = {}
    for damage in DAMAGES:
        x = to_input(images[unseen[:400]])
        for i in range(len(x)):
            part = i % len(PARTS)
            x[i] = spoil(x[i], x[torch.randperm(len(x), generator=generator)[:8]], points[unseen[i], part].tolist(), damage, generator)
        spoilt = ((x.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
        found[damage] = round(float((scores(model, allowed, spoilt) < threshold).mean()), 3)
    say(f"threshold {threshold:.3f} passes {PASSING:.0%} of {len(unseen)} unseen renders; damage found: {found}", flush=True)
    save(out, {"model": model.cpu().state_dict(), "parts": len(PARTS), "allowed": allowed, "threshold": threshold, "found": found, "pictures": len(training), "steps": step + 1, "seed": seed})


def load(path):
    """(model, allowed places, threshold, share of each damage that is found)"""
    saved = torch.load(path, weights_only=True)
    model = FaceCheck(saved["parts"]).to(device(), memory_format=torch.channels_last)
    model.load_state_dict(saved["model"])
    return model.eval(), saved["allowed"], saved["threshold"], saved["found"]


def intact(path, images):
    """bool [N] of uint8 pictures"""
    model, allowed, threshold, _ = load(path)
    return scores(model, allowed, images) >= threshold


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=9)
    given = parser.parse_args()
    train(given.data, given.out, given.steps, given.minutes)


if __name__ == "__main__":
    main()
