"""The mask-and-replace diffusion transformer. Parameter and buffer names are the authors'.

Inside a block everything stays [N, L, C] in memory, which is also a channels-last picture, so the convolutions need no copies.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from .attention import attend

GELU2 = 1.702


def scaled_norm(x, scale_shift):
    """LayerNorm without weights, then (1 + scale) x + shift; scale_shift [N, 2*width], scale first"""
    scale, shift = scale_shift.unsqueeze(1).chunk(2, 2)
    return torch.addcmul(shift, F.layer_norm(x, x.shape[-1:]), 1 + scale)


class AdaLayerNorm(nn.Module):
    """Scale and shift from the timestep alone."""

    def __init__(self, width, steps):
        super().__init__()
        self.emb = nn.Embedding(steps, width)
        self.linear = nn.Linear(width, 2 * width)

    def forward(self, x, t):
        return scaled_norm(x, self.linear(F.silu(self.emb(t))))


class AdaLayerNormCLIP(nn.Module):
    """Scale and shift from the condition alone."""

    def __init__(self, width):
        super().__init__()
        self.emb = nn.Linear(width, width)
        self.linear = nn.Linear(width, 2 * width)

    def forward(self, x, condition):
        return scaled_norm(x, self.linear(F.silu(self.emb(condition))))


class FullAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.key, self.query, self.value, self.proj = (nn.Linear(width, width) for _ in range(4))
        self.heads = heads

    def forward(self, x):
        n, length, width = x.shape
        q, k, v = (f(x).view(n, length, self.heads, -1).transpose(1, 2) for f in (self.query, self.key, self.value))
        return self.proj(attend(q, k, v).transpose(1, 2).reshape(n, length, width))


class ConvMlp(nn.Module):
    """3x3 convolutions over the grid. x * sigmoid(1.702 x) is silu(1.702 x) / 1.702; the factors go into the weights."""

    def __init__(self, width, times):
        super().__init__()
        self.conv1 = nn.Conv2d(width, times * width, 3, padding=1)
        self.conv2 = nn.Conv2d(times * width, width, 3, padding=1)

    def forward(self, x):
        n, length, width = x.shape
        side = int(length**0.5)
        x = x.view(n, side, side, width).permute(0, 3, 1, 2)
        h = F.silu(F.conv2d(x, GELU2 * self.conv1.weight, GELU2 * self.conv1.bias, padding=1))
        h = F.conv2d(h, self.conv2.weight / GELU2, self.conv2.bias, padding=1)
        return h.permute(0, 2, 3, 1).reshape(n, length, width)


class Block(nn.Module):
    def __init__(self, width, heads, steps, times):
        super().__init__()
        self.ln1 = AdaLayerNorm(width, steps)
        self.ln2 = AdaLayerNormCLIP(width)
        self.attn = FullAttention(width, heads)
        self.mlp = ConvMlp(width, times)

    def forward(self, x, condition, t):
        x = x + self.attn(self.ln1(x, t))
        return x + self.mlp(self.ln2(x, condition))


class MaskImageEmbedding(nn.Module):
    """Token (the last row is MASK) + row + column."""

    def __init__(self, codes, side, width):
        super().__init__()
        self.emb = nn.Embedding(codes + 1, width)
        self.height_emb = nn.Embedding(side, width)
        self.width_emb = nn.Embedding(side, width)

    def forward(self, tokens):
        place = self.height_emb.weight[:, None] + self.width_emb.weight[None]
        return self.emb(tokens) + place.flatten(0, 1)


class Transformer(nn.Module):
    def __init__(self, codes, side, width, layers, heads, steps, times):
        super().__init__()
        self.content_emb = MaskImageEmbedding(codes, side, width)
        self.blocks = nn.ModuleList(Block(width, heads, steps, times) for _ in range(layers))
        self.to_logits = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, codes))

    def forward(self, tokens, condition, t):
        """tokens [N, L], condition [N, width], t [N] -> logits [N, L, K]"""
        x = self.content_emb(tokens)
        for block in self.blocks:
            x = block(x, condition, t)
        return self.to_logits(x)


def schedule(steps):
    """alpha1, float64: (abar, gbar) for t = 0..T-1, then (1, 0), which index -1 reads as "before the first" """
    line = np.arange(steps) / (steps - 1)
    abar = line * (0.000009 - 0.99999) + 0.99999
    gbar = line * (0.99999 - 0.000009) + 0.000009
    return np.append(abar, 1.0), np.append(gbar, 0.0)


def schedule_buffers(steps, codes):
    """The authors' float32 buffers; for their file only, arithmetic uses schedule()."""
    abar, gbar = schedule(steps)
    before = np.roll(abar, 1)[:-1], np.roll(gbar, 1)[:-1]
    alpha = abar[:-1] / before[0]
    gamma = 1 - (1 - gbar[:-1]) / (1 - before[1])
    log = lambda v: torch.log(torch.tensor(v))
    one_minus = lambda v: torch.log(1 - torch.tensor(v).log().exp() + 1e-40)
    values = {
        'log_at': log(alpha), 'log_bt': log((1 - alpha - gamma) / codes), 'log_ct': log(gamma),
        'log_cumprod_at': log(abar), 'log_cumprod_bt': log((1 - abar - gbar) / codes), 'log_cumprod_ct': log(gbar),
        'log_1_min_ct': one_minus(gamma), 'log_1_min_cumprod_ct': one_minus(gbar),
    }
    return {name: value.float() for name, value in values.items()}


class DiffusionTransformer(nn.Module):
    def __init__(self, codes, side, width, layers, heads, steps, times):
        super().__init__()
        self.codes, self.side, self.steps = codes, side, steps
        self.transformer = Transformer(codes, side, width, layers, heads, steps, times)
        self.empty_text_embed = nn.Parameter(torch.randn(1, width))
        for name, value in schedule_buffers(steps, codes).items():
            self.register_buffer(name, value)
        self.register_buffer('Lt_history', torch.zeros(steps))
        self.register_buffer('Lt_count', torch.zeros(steps))
        abar, gbar = schedule(steps)
        self.register_buffer('masked', torch.tensor(gbar), persistent=False)
        self.register_buffer('replaced', torch.tensor(1 - abar - gbar).clamp(min=0), persistent=False)
        self.initialise()

    def initialise(self):
        """Normal of std 0.02, as the authors do, but the branches start small and the head reads the token embedding:
        a visible token is then copied from the first step on."""
        for module in self.transformer.modules():
            if isinstance(module, (nn.Linear, nn.Embedding, nn.Conv2d)):
                nn.init.normal_(module.weight, std=0.02)
                if getattr(module, 'bias', None) is not None:
                    nn.init.zeros_(module.bias)
        for block in self.transformer.blocks:
            nn.init.kaiming_normal_(block.mlp.conv1.weight, nonlinearity='linear')
            nn.init.normal_(block.mlp.conv2.weight, std=0.5 * (block.mlp.conv2.weight[0].numel()) ** -0.5 * (2 * len(self.transformer.blocks)) ** -0.5)
            nn.init.normal_(block.attn.proj.weight, std=0.5 * block.attn.proj.in_features**-0.5 * (2 * len(self.transformer.blocks)) ** -0.5)
            for linear in (block.attn.key, block.attn.query, block.attn.value):
                nn.init.xavier_normal_(linear.weight)
        width = self.transformer.to_logits[1].in_features
        embedding = self.transformer.content_emb.emb.weight
        with torch.no_grad():
            nn.init.normal_(embedding, std=1.0)
            nn.init.normal_(self.transformer.content_emb.height_emb.weight, std=0.3)
            nn.init.normal_(self.transformer.content_emb.width_emb.weight, std=0.3)
            embedding[self.codes] *= 0.3
            self.transformer.to_logits[1].weight.copy_(embedding[: self.codes] * (8 / width))

    def null_condition(self):
        return F.normalize(self.empty_text_embed, dim=-1)

    def corrupt(self, tokens, t):
        """x_t ~ q(x_t | x_0): MASK with gbar, any code with K bbar, else kept. tokens [N, L], t [N]"""
        u = torch.rand(tokens.shape, device=tokens.device, dtype=torch.float64)
        masked = self.masked[t][:, None]
        anything = torch.randint(0, self.codes, tokens.shape, device=tokens.device)
        noisy = torch.where(u < masked + self.replaced[t][:, None], anything, tokens)
        return torch.where(u < masked, self.codes, noisy)

    def forward(self, tokens, condition, t):
        return self.transformer(tokens, condition, t)
