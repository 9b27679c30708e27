"""OpenAI's CLIP with a vision transformer. Parameter names are OpenAI's; heads are always 64 wide."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from .attention import attend

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)
HEAD_SIZE = 64
QUICK_GELU = 1.702


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x, causal):
        n, length, width = x.shape
        qkv = F.linear(x, self.in_proj_weight, self.in_proj_bias)
        q, k, v = qkv.view(n, length, 3, width // HEAD_SIZE, HEAD_SIZE).permute(2, 0, 3, 1, 4)
        out = attend(q, k, v, causal)
        return self.out_proj(out.transpose(1, 2).reshape(n, length, width))


class Mlp(nn.Module):
    """QuickGELU x * sigmoid(1.702 x) is silu(1.702 x) / 1.702; the factors go into the small weights."""

    def __init__(self, width):
        super().__init__()
        self.c_fc = nn.Linear(width, 4 * width)
        self.c_proj = nn.Linear(4 * width, width)

    def forward(self, x):
        h = F.silu(F.linear(x, QUICK_GELU * self.c_fc.weight, QUICK_GELU * self.c_fc.bias))
        return F.linear(h, self.c_proj.weight / QUICK_GELU, self.c_proj.bias)


class ResidualAttentionBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.attn = Attention(width)
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = Mlp(width)
        self.ln_2 = nn.LayerNorm(width)

    def forward(self, x, causal):
        x = x + self.attn(self.ln_1(x), causal)
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, width, layers, causal):
        super().__init__()
        self.resblocks = nn.ModuleList(ResidualAttentionBlock(width) for _ in range(layers))
        self.causal = causal
        for block in self.resblocks:
            nn.init.normal_(block.attn.in_proj_weight, std=width**-0.5)
            nn.init.normal_(block.attn.out_proj.weight, std=width**-0.5 * (2 * layers) ** -0.5)
            nn.init.normal_(block.mlp.c_fc.weight, std=(2 * width) ** -0.5)
            nn.init.normal_(block.mlp.c_proj.weight, std=width**-0.5 * (2 * layers) ** -0.5)
            for bias in (block.attn.out_proj.bias, block.mlp.c_fc.bias, block.mlp.c_proj.bias):
                nn.init.zeros_(bias)

    def forward(self, x):
        for block in self.resblocks:
            x = block(x, self.causal)
        return x


class VisionTransformer(nn.Module):
    def __init__(self, resolution, patch, width, layers, embed_dim):
        super().__init__()
        scale = width**-0.5
        self.resolution = resolution
        self.conv1 = nn.Conv2d(3, width, patch, stride=patch, bias=False)
        self.class_embedding = nn.Parameter(scale * torch.randn(width))
        self.positional_embedding = nn.Parameter(scale * torch.randn((resolution // patch) ** 2 + 1, width))
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = Transformer(width, layers, causal=False)
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(scale * torch.randn(width, embed_dim))

    def forward(self, x):
        x = self.conv1(x).flatten(2).transpose(1, 2)  # [n, patches, width]
        start = self.class_embedding.to(x.dtype).expand(len(x), 1, -1)
        x = torch.cat([start, x], 1) + self.positional_embedding.to(x.dtype)
        return self.ln_post(self.transformer(self.ln_pre(x))[:, 0]) @ self.proj


class CLIP(nn.Module):
    def __init__(self, embed_dim, image_resolution, vision_layers, vision_width, vision_patch_size,
                 context_length, vocab_size, transformer_width, transformer_layers):
        super().__init__()
        self.visual = VisionTransformer(image_resolution, vision_patch_size, vision_width, vision_layers, embed_dim)
        self.transformer = Transformer(transformer_width, transformer_layers, causal=True)
        self.token_embedding = nn.Embedding(vocab_size, transformer_width)
        self.positional_embedding = nn.Parameter(0.01 * torch.randn(context_length, transformer_width))
        self.ln_final = nn.LayerNorm(transformer_width)
        self.text_projection = nn.Parameter(transformer_width**-0.5 * torch.randn(transformer_width, embed_dim))
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        nn.init.normal_(self.token_embedding.weight, std=0.02)

    def encode_image(self, pictures):
        """[N, 3, H, W], normalised by MEAN and STD -> [N, D], not normalised"""
        return self.visual(pictures)

    def encode_text(self, ids):
        """[N, context] -> [N, D], read at the largest id (the end mark); what follows it cannot matter and is not computed"""
        end = ids.argmax(-1)
        return self.encode_rows(self.token_embedding(ids[:, : int(end.max()) + 1]), end)

    def encode_rows(self, rows, end):
        """rows of the token table [N, length, width] -> [N, D], read at position end [N]"""
        x = self.ln_final(self.transformer(rows + self.positional_embedding[: rows.shape[1]]))
        return x[torch.arange(len(rows), device=rows.device), end] @ self.text_projection


def shrunk(pictures, side):
    """uint8 [N, H, H, 3] -> float [N, 3, side, side] in 0..255: means of squares, which for half the size is also what the engine's
    bilinear resize gives"""
    x = pictures.permute(0, 3, 1, 2).float()
    factor, rest = divmod(x.shape[-1], side)
    if rest:
        raise ValueError(f'CLIP reads {side} pixels, which do not divide the pictures\' {x.shape[-1]}')
    return F.avg_pool2d(x, factor) if factor > 1 else x


def normalised(pictures, side, device='cpu'):
    """uint8 [N, H, H, 3] -> float [N, 3, side, side] as CLIP reads it"""
    mean, std = (torch.tensor(v, device=device).view(1, 3, 1, 1) for v in (MEAN, STD))
    return (shrunk(pictures.to(device), side) / 255 - mean) / std
