"""How far a reconstruction is from its picture: in pixels, in edges, and in the eyes of a small discriminator."""
import torch
import torch.nn as nn
import torch.nn.functional as F


# How much a pixel counts, by where it is: (top, bottom, left, right) in shares of the side. "framed" is for pictures whose eyes
# are always in the middle: the face, and in it eyes, nose and mouth; "eyes" adds the irises, and tops, of which little is in the frame.
PARTS = {
    'middle': (((0.22, 0.84, 0.28, 0.72), 6),),
    'framed': (((0.24, 0.92, 0.2, 0.8), 3), ((0.55, 0.9, 0.32, 0.68), 6), ((0.41, 0.58, 0.24, 0.76), 9)),
}
PARTS['eyes'] = (*PARTS['framed'], ((0.92, 1, 0, 1), 4), ((0.455, 0.545, 0.345, 0.455), 90), ((0.455, 0.545, 0.58, 0.69), 90))


def face_weight(size, device, parts='middle'):
    """[1, 1, size, size], mean 1: the face counts more than what is around it"""
    weight = torch.ones(1, 1, size, size, device=device)
    for (top, bottom, left, right), value in PARTS[parts]:
        weight[..., int(top * size) : int(bottom * size), int(left * size) : int(right * size)] = value
    return weight / weight.mean()


def pixel_loss(made, real, weight, colour=0):
    """L1 + MSE + half the L1 of the differences between neighbours (edges) + twice the L1 of 8x8 means (colours of areas); and, where
    `colour` is not 0, the weighted L1 of 4x4 means, to which what is no brightness adds as many times"""
    error = made - real
    across = (error[..., 1:] - error[..., :-1]).abs() * weight[..., 1:]
    down = (error[..., 1:, :] - error[..., :-1, :]).abs() * weight[..., 1:, :]
    loss = (weight * (error.abs() + error * error)).mean() + 0.5 * (across.mean() + down.mean()) + 2 * F.avg_pool2d(error, 8).abs().mean()
    if not colour:
        return loss
    hue = error - error.mean(1, keepdim=True)
    fine = F.avg_pool2d(error, 4).abs() + colour * F.avg_pool2d(hue, 4).abs()
    return loss + (fine * F.avg_pool2d(weight, 4)).mean()


def psnr(made, real):
    """dB of pictures in -1..1"""
    return float(-10 * ((made.clamp(-1, 1) - real) / 2).pow(2).mean().log10())


class Discriminator(nn.Module):
    """Patch discriminator; returns its score map and the features on the way, which reconstructions must match."""

    def __init__(self, width=32):
        super().__init__()
        sizes = (3, width, 2 * width, 4 * width)
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 4, stride=2, padding=1) for a, b in zip(sizes, sizes[1:]))
        self.score = nn.Conv2d(sizes[-1], 1, 3, padding=1)

    def forward(self, x):
        features = []
        for conv in self.convs:
            x = F.leaky_relu(conv(x), 0.2)
            features.append(x)
        return self.score(x), features


def discriminator_loss(discriminator, real, made):
    """hinge loss"""
    return F.relu(1 - discriminator(real)[0].float()).mean() + F.relu(1 + discriminator(made)[0].float()).mean()


def adversarial_loss(discriminator, made, real):
    """-> (what fools the discriminator, feature matching)"""
    score, features = discriminator(made)
    with torch.no_grad():
        _, wanted = discriminator(real)
    matching = sum((a.float() - b.float()).abs().mean() / b.float().abs().mean() for a, b in zip(features, wanted))
    return -score.float().mean(), matching / len(features)
