"""Attention over small sequences."""
import torch
import torch.nn.functional as F


def attend(q, k, v, causal=False):
    """q, k, v [..., L, head size] -> [..., L, head size], scale 1/sqrt(head size).

    On a CPU the fused form's backward takes twice as long as plain products.
    """
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    scores = q * q.shape[-1] ** -0.5 @ k.transpose(-2, -1)
    if causal:
        scores = scores + torch.full(scores.shape[-2:], float('-inf'), dtype=scores.dtype).triu_(1)
    return scores.softmax(-1) @ v
