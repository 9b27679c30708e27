"""A codebook learnt by nearest neighbours, and its exact form as the authors' quantize.proj and quantize.embed."""
import torch


def k_means(points, k, rounds=12):
    """points [n, d] -> centres [k, d]; empty centres move to random points"""
    centres = points[torch.randperm(len(points))[:k]].clone()
    for _ in range(rounds):
        nearest = nearest_codes(points, centres)
        counts = torch.bincount(nearest, minlength=k)
        sums = torch.zeros_like(centres).index_add_(0, nearest, points)
        elsewhere = points[torch.randint(0, len(points), (k,))]
        centres = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], elsewhere)
    return centres


def nearest_codes(points, codes):
    """points [n, d], codes [k, d] -> [n]"""
    return (codes.pow(2).sum(1) - 2 * points @ codes.t()).argmin(1)


class Codebook:
    """Codes follow the mean of the latents they stand for; a code that nothing uses jumps to a latent of the batch."""

    DECAY, DEAD, NEWBORN = 0.98, 0.03, 0.3

    def __init__(self, codes, positions_per_batch):
        self.codes = codes
        self.counts = torch.full((len(codes),), positions_per_batch / len(codes), device=codes.device)
        self.sums = codes * self.counts[:, None]

    @torch.no_grad()
    def assign(self, latents):
        """latents [n, d] -> nearest codes [n]; the codebook moves a little towards them"""
        nearest = nearest_codes(latents, self.codes)
        counts = torch.bincount(nearest, minlength=len(self.codes)).float()
        sums = torch.zeros_like(self.sums).index_add_(0, nearest, latents)
        self.counts.lerp_(counts, 1 - self.DECAY)
        self.sums.lerp_(sums, 1 - self.DECAY)
        self.codes = self.sums / self.counts.clamp(min=1e-4)[:, None]
        return nearest

    @torch.no_grad()
    def revive(self, latents):
        dead = (self.counts < self.DEAD).nonzero().flatten()
        if len(dead):
            chosen = latents[torch.randint(0, len(latents), (len(dead),))]
            self.codes[dead], self.counts[dead], self.sums[dead] = chosen, self.NEWBORN, chosen * self.NEWBORN
        return len(dead)

    @torch.no_grad()
    def fold_into(self, quantize, latents):
        """Write the codes into a GumbelQuantize: logits = s * (2 z.e - |e|^2), whose argmax is the nearest code exactly.

        The scale s makes the mean largest probability 0.9, so that the authors' Gumbel sampling of codes stays near it.
        """
        scores = 2 * latents @ self.codes.t() - self.codes.pow(2).sum(1)
        low, high = 1e-4, 1e6
        for _ in range(60):
            scale = (low * high) ** 0.5
            low, high = (scale, high) if (scores * scale).softmax(1).amax(1).mean() < 0.9 else (low, scale)
        quantize.proj.weight.copy_((2 * scale * self.codes)[:, :, None, None])
        quantize.proj.bias.copy_(-scale * self.codes.pow(2).sum(1))
        quantize.embed.weight.copy_(self.codes)

    def state_dict(self):
        return {'codes': self.codes, 'counts': self.counts, 'sums': self.sums}

    @classmethod
    def from_state(cls, state, device):
        book = cls.__new__(cls)
        book.codes, book.counts, book.sums = (state[name].to(device) for name in ('codes', 'counts', 'sums'))
        return book
