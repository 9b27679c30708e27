"""Rows of the token table that learn under the frozen text tower, which is its own teacher."""
import torch
import torch.nn.functional as F

from .tokens import Tokenizer, rows as padded


class FreeRows:
    """Rows for the ids `free`; all others stay as `table` [n, width] has them, at `places` [ids]. They begin as the row of words
    that no caption has, which is its first."""

    def __init__(self, tower, table, places, free):
        self.tower, self.table, self.free = tower.eval().requires_grad_(False), table, free
        self.tokenizer = Tokenizer()
        self.places = places.clone()
        self.places[free] = len(table) + torch.arange(len(free))
        self.rows = table[:1].repeat(len(free), 1).requires_grad_()

    def embedded(self, texts):
        """-> unit [N, D]"""
        ids = torch.from_numpy(padded([self.tokenizer.encode(text) for text in texts]))
        ends = ids.argmax(1)
        of = self.places[ids[:, : int(ends.max()) + 1]]
        known = self.table[of.clamp(max=len(self.table) - 1)]
        learnt = self.rows[(of - len(self.table)).clamp(min=0)]
        rows = torch.where((of < len(self.table))[..., None], known, learnt)
        return F.normalize(self.tower.encode_rows(rows, ends), dim=-1)

    def learn(self, pairs, steps, rate, every):
        """pairs() -> (texts, what they are to be embedded as [N, D]), for each step
        -> {id: row [width]}, and 1 - cosine at the end"""
        optimizer = torch.optim.Adam([self.rows], lr=rate)
        told = []
        for step in range(steps):
            texts, wanted = pairs()
            loss = (1 - (self.embedded(texts) * wanted).sum(1)).mean()
            optimizer.zero_grad()
            loss.backward()
            for group in optimizer.param_groups:
                group['lr'] = rate * (1 - step / steps)
            optimizer.step()
            told.append(loss.item())
            if step % every == 0:
                print(f'step {step} of {steps}: 1 - cosine {sum(told[-every:]) / len(told[-every:]):.4f}, {len(self.free)} rows', flush=True)
        return dict(zip(self.free, self.rows.detach())), sum(told[-every:]) / len(told[-every:])
