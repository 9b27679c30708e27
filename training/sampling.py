"""Reference sampler: guidance, truncation and the exact strided posterior, as the page's TypeScript does it. Float64 inside."""
import torch
import torch.nn.functional as F

from .models.diffusion import schedule

FLOOR = -70.0


def timesteps(total, steps):
    """descending, from total - 1; the last jump ends before t = 0"""
    return [round(total - 1 - k * total / steps) for k in range(steps)] + [-1]


def guided(model, tokens, condition, t, guidance):
    """-> log p(x0) over the K codes [N, L, K]"""
    n = len(tokens)
    time = torch.full((n,), t, device=tokens.device)
    if abs(guidance - 1) < 1e-3:
        return model(tokens, condition, time).double().log_softmax(2).clamp(FLOOR, 0)
    null = model.null_condition().expand(n, -1)
    both = model(tokens.repeat(2, 1), torch.cat([condition, null]), time.repeat(2)).double().log_softmax(2).clamp(FLOOR, 0)
    with_text, without = both.chunk(2)
    mixed = without + guidance * (with_text - without)
    return mixed.log_softmax(2).clamp(FLOOR, 0)


def truncated(log_p, mass):
    """Keep a code while the probability before it, in descending order, is below mass; the others become FLOOR."""
    ordered, order = log_p.sort(2, descending=True)
    before = ordered.exp().cumsum(2) - ordered.exp()
    kept = torch.where(before < mass, ordered, FLOOR)
    return torch.empty_like(log_p).scatter_(2, order, kept)


def posterior(log_p, tokens, t, s, total):
    """p(x_s | x_t), s < t, s = -1 before the first; [N, L, K + 1], not normalised"""
    codes = log_p.shape[2]
    abar, gbar = schedule(total)
    a_t, g_t, a_s, g_s = abar[t], gbar[t], abar[s], gbar[s]
    b_t, b_s = max(0.0, (1 - a_t - g_t) / codes), max(0.0, (1 - a_s - g_s) / codes)
    alpha, gamma = a_t / a_s, 1 - (1 - g_t) / (1 - g_s)
    beta = max(0.0, (1 - alpha - gamma) / codes)
    p = log_p.exp()
    mass = p.sum(2, keepdim=True)
    from_mask = torch.cat([gamma * (a_s * p + b_s * mass), g_s * mass], 2)
    here = F.one_hot(tokens.clamp(max=codes - 1), codes).double()
    weight = p / (a_t * here + b_t).clamp(min=1e-30)
    from_code = (a_s * weight + b_s * weight.sum(2, keepdim=True)) * (alpha * here + beta)
    from_code = torch.cat([from_code, torch.zeros_like(mass)], 2)
    return torch.where((tokens == codes)[:, :, None], from_mask, from_code)


@torch.no_grad()
def sample(model, condition, steps=25, guidance=2.0, truncation=0.9, seed=0):
    """unit conditions [N, D] -> tokens [N, L]"""
    rng = torch.Generator(device=condition.device).manual_seed(seed)
    tokens = torch.full((len(condition), model.side**2), model.codes, device=condition.device)
    times = timesteps(model.steps, steps)
    for t, s in zip(times, times[1:]):
        log_p = truncated(guided(model, tokens, condition, t, guidance), truncation)
        p = posterior(log_p, tokens, t, s, model.steps)
        u = torch.rand(p.shape, generator=rng, device=p.device, dtype=torch.float64)
        tokens = (p.clamp(min=1e-40).log() - (-(u + 1e-30).log() + 1e-30).log()).argmax(2)
    return tokens
