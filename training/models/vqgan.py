"""GumbelVQ of taming-transformers: pictures <-> a grid of codes. Parameter names are the authors'.

Deterministic at inference: a code is the argmax of quantize.proj, never a Gumbel draw.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from .group_norm import GroupNorm


def group_norm(channels):
    return GroupNorm(1, channels, eps=1e-6)  # GumbelVQ sets how many groups


class ResnetBlock(nn.Module):
    def __init__(self, inner, outer):
        super().__init__()
        self.norm1 = group_norm(inner)
        self.conv1 = nn.Conv2d(inner, outer, 3, padding=1)
        self.norm2 = group_norm(outer)
        self.conv2 = nn.Conv2d(outer, outer, 3, padding=1)
        if inner != outer:
            self.nin_shortcut = nn.Conv2d(inner, outer, 1)

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return h + (self.nin_shortcut(x) if hasattr(self, 'nin_shortcut') else x)


class AttnBlock(nn.Module):
    """Single-head self-attention over the grid, scale channels ** -0.5."""

    def __init__(self, channels):
        super().__init__()
        self.norm = group_norm(channels)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(channels, channels, 1) for _ in range(4))

    def forward(self, x):
        b, c, h, w = x.shape
        n = self.norm(x)
        q, k, v = (f(n).flatten(2).transpose(1, 2)[:, None] for f in (self.q, self.k, self.v))
        out = F.scaled_dot_product_attention(q, k, v)  # [b, 1, h*w, c]
        return x + self.proj_out(out[:, 0].transpose(1, 2).reshape(b, c, h, w))


class Downsample(nn.Module):
    """Stride 2, padded on the right and below only, as the authors' is."""

    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode='nearest'))


class Middle(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.block_1 = ResnetBlock(channels, channels)
        self.attn_1 = AttnBlock(channels)
        self.block_2 = ResnetBlock(channels, channels)

    def forward(self, x):
        return self.block_2(self.attn_1(self.block_1(x)))


class Level(nn.Module):
    """One resolution: residual blocks, attention behind each of them where the resolution asks for it."""

    def __init__(self, inner, outer, blocks, attention):
        super().__init__()
        self.block = nn.ModuleList(ResnetBlock(inner if i == 0 else outer, outer) for i in range(blocks))
        self.attn = nn.ModuleList(AttnBlock(outer) for _ in range(blocks if attention else 0))

    def forward(self, x):
        for i, block in enumerate(self.block):
            x = block(x)
            if len(self.attn):
                x = self.attn[i](x)
        if hasattr(self, 'downsample'):
            x = self.downsample(x)
        if hasattr(self, 'upsample'):
            x = self.upsample(x)
        return x


class Encoder(nn.Module):
    """[N, 3, H, W] in -1..1 -> [N, z, H/f, W/f]"""

    def __init__(self, ch, ch_mult, num_res_blocks, attn_resolutions, resolution, z_channels):
        super().__init__()
        self.conv_in = nn.Conv2d(3, ch, 3, padding=1)
        self.down = nn.ModuleList()
        channels = ch
        for i, mult in enumerate(ch_mult):
            level = Level(channels, ch * mult, num_res_blocks, resolution >> i in attn_resolutions)
            channels = ch * mult
            if i < len(ch_mult) - 1:
                level.downsample = Downsample(channels)
            self.down.append(level)
        self.mid = Middle(channels)
        self.norm_out = group_norm(channels)
        self.conv_out = nn.Conv2d(channels, z_channels, 3, padding=1)

    def forward(self, x):
        h = self.conv_in(x)
        for level in self.down:
            h = level(h)
        return self.conv_out(F.silu(self.norm_out(self.mid(h))))


class Decoder(nn.Module):
    """[N, z, H/f, W/f] -> [N, 3, H, W] in about -1..1; up[0] is the highest resolution and runs last."""

    def __init__(self, ch, ch_mult, num_res_blocks, attn_resolutions, resolution, z_channels):
        super().__init__()
        channels = ch * ch_mult[-1]
        self.conv_in = nn.Conv2d(z_channels, channels, 3, padding=1)
        self.mid = Middle(channels)
        levels = []
        for i, mult in reversed(list(enumerate(ch_mult))):
            level = Level(channels, ch * mult, num_res_blocks + 1, resolution >> i in attn_resolutions)
            channels = ch * mult
            if i > 0:
                level.upsample = Upsample(channels)
            levels.insert(0, level)
        self.up = nn.ModuleList(levels)
        self.norm_out = group_norm(channels)
        self.conv_out = nn.Conv2d(channels, 3, 3, padding=1)

    def features(self, z):
        h = self.mid(self.conv_in(z))
        for level in reversed(self.up):
            h = level(h)
        return F.silu(self.norm_out(h))

    def forward(self, z):
        return self.conv_out(self.features(z))


class GumbelQuantize(nn.Module):
    def __init__(self, z_channels, n_embed, embed_dim):
        super().__init__()
        self.proj = nn.Conv2d(z_channels, n_embed, 1)
        self.embed = nn.Embedding(n_embed, embed_dim)


class GumbelVQ(nn.Module):
    """norm_groups: the authors' 32 leaves a narrow model's groups one channel each, which then forgets how bright or
    colourful a picture is; theirs have four channels or more."""

    def __init__(self, ddconfig, n_embed, embed_dim, norm_groups=32):
        super().__init__()
        z = ddconfig['z_channels']
        if z != embed_dim:
            raise ValueError(f'vqgan: z_channels is {z} but embed_dim is {embed_dim}; the authors\' GumbelVQ needs them equal')
        self.encoder = Encoder(**ddconfig)
        self.decoder = Decoder(**ddconfig)
        self.quantize = GumbelQuantize(z, n_embed, embed_dim)
        self.quant_conv = nn.Conv2d(z, embed_dim, 1)
        self.post_quant_conv = nn.Conv2d(embed_dim, z, 1)
        for module in self.modules():
            if isinstance(module, GroupNorm):
                module.num_groups = norm_groups

    def latent(self, pictures):
        """[N, 3, H, W] in -1..1 -> [N, D, h, w], what quantize.proj sees"""
        return self.quant_conv(self.encoder(pictures))

    def encode(self, pictures):
        """[N, 3, H, W] in -1..1 -> codes [N, h*w]; logits in float32, for close calls decide a code"""
        z = self.latent(pictures).float()
        with torch.autocast(z.device.type, enabled=False):
            return self.quantize.proj(z).argmax(1).flatten(1)

    def decode_latent(self, z):
        return self.decoder(self.post_quant_conv(z))

    def decode(self, tokens):
        """codes [N, h*w] -> [N, 3, H, W] in about -1..1, not clamped"""
        n, length = tokens.shape
        side = int(length**0.5)
        z = self.quantize.embed(tokens).view(n, side, side, -1).permute(0, 3, 1, 2)
        return self.decode_latent(z)
