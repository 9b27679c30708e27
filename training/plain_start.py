"""First weights of a VQGAN that let a blurred picture through: residual branches and attention begin at zero, a downsampling
averages, an upsampling repeats. Colours are then there from the first step, and training only has to add detail."""
import torch
import torch.nn as nn

from .models.vqgan import AttnBlock, Downsample, ResnetBlock, Upsample


@torch.no_grad()
def start_plain(model):
    for module in model.modules():
        if isinstance(module, ResnetBlock):
            zero(module.conv2)
            if hasattr(module, 'nin_shortcut'):
                nn.init.orthogonal_(module.nin_shortcut.weight)
                module.nin_shortcut.bias.zero_()
        if isinstance(module, AttnBlock):
            zero(module.proj_out)
        if isinstance(module, Downsample):
            every = zero(module.conv)
            module.conv.weight[every, every, :2, :2] = 0.25
        if isinstance(module, Upsample):
            every = zero(module.conv)
            module.conv.weight[every, every, 1, 1] = 1


def zero(conv):
    conv.weight.zero_()
    conv.bias.zero_()
    return torch.arange(len(conv.weight))
