"""A VQGAN that learns its codes at half the size, then grows one outer level at both ends.

Most of a VQGAN's cost lies in its outermost level, and the codes hardly need it: at half the size a step costs a quarter. The inner
network keeps its weights; outside it begins with the mean of 2 x 2 pixels and with pixels repeated. What the new outer half of the
encoder hands inwards is then fitted to what the small encoder's first convolution made of the halved picture, so that tokens stay.
"""
import torch
import torch.nn.functional as F

from .models.vqgan import GumbelVQ
from .plain_start import start_plain

RATE = 2e-3


def inner_config(model):
    """The `model` section of a VQGAN without its outermost level, which sees pictures of half the size."""
    shape = model['ddconfig']
    return {**model, 'ddconfig': {**shape, 'ch_mult': shape['ch_mult'][1:], 'resolution': shape['resolution'] // 2}}


def halved(pictures):
    """[N, 3, H, W] -> [N, 3, H/2, W/2], means of 2 x 2 pixels"""
    return F.avg_pool2d(pictures, 2).contiguous(memory_format=torch.channels_last)


def _place(name):
    """Where a parameter of the small network lies in the grown one; None for what only the outermost level has."""
    if name.startswith('encoder.conv_in.') or name.startswith(('decoder.norm_out.', 'decoder.conv_out.')):
        return None
    parts = name.split('.')
    if parts[1] in ('down', 'up'):
        parts[2] = str(int(parts[2]) + 1)
    return '.'.join(parts)


@torch.no_grad()
def grown(small, model):
    """small, a network of inner_config(model) -> the network of `model` around it"""
    big = GumbelVQ(**model)
    start_plain(big)
    weights = big.state_dict()
    for name, value in small.state_dict().items():
        place = _place(name)
        if place:
            weights[place].copy_(value)
    big.encoder.conv_in.weight.mul_(0.1)
    for colour in range(3):  # the picture itself, beside faint features of it
        big.encoder.conv_in.weight[colour].zero_()
        big.encoder.conv_in.weight[colour, colour, 1, 1] = 1
    return big


def outer_half(encoder, pictures):
    """What the outermost level hands inwards."""
    return encoder.down[0](encoder.conv_in(pictures))


def outer_parameters(encoder):
    return [*encoder.conv_in.parameters(), *encoder.down[0].parameters()]


def fit_outer(big, small, batch, steps):
    """Train the outer level of `big`'s encoder to hand on what `small`'s first convolution makes of the halved picture.

    batch() -> [N, 3, H, W]; returns the last error as a share of the signal's variance
    """
    parameters = outer_parameters(big.encoder)
    optimizer = torch.optim.Adam(parameters, lr=RATE, betas=(0.9, 0.98))
    share = 1.0
    for step in range(steps):
        for group in optimizer.param_groups:
            group['lr'] = RATE * min(1, (step + 1) / 20) * (1 - step / steps)
        pictures = batch()
        with torch.no_grad():
            wanted = small.encoder.conv_in(halved(pictures))
        error = (outer_half(big.encoder, pictures) - wanted).pow(2).mean()
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        share = float(error / wanted.var())
    return share
