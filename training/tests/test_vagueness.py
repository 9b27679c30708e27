"""Vague conditions stand where texts do: between an embedding and the mean of all."""
import torch
import torch.nn.functional as F

from training.diffusion import Vagueness

torch.manual_seed(0)
CENTRE = F.normalize(torch.randn(12), dim=0)
EMBEDDINGS = F.normalize(CENTRE + 0.3 * torch.randn(2000, 12) * torch.linspace(1, 0.1, 12), dim=-1)


def test_definite_embeddings_stay_as_they_are(monkeypatch):
    monkeypatch.setattr(Vagueness, 'DEFINITE', 1.0)
    assert torch.allclose(Vagueness(EMBEDDINGS)(EMBEDDINGS), EMBEDDINGS, atol=1e-5)


def test_the_others_move_towards_the_mean_and_keep_what_they_keep():
    vague = Vagueness(EMBEDDINGS)
    out = vague(EMBEDDINGS)
    assert torch.allclose(out.norm(dim=1), torch.ones(len(out)), atol=1e-5)
    middle = F.normalize(vague.mean, dim=0)
    assert (out @ middle).mean() > (EMBEDDINGS @ middle).mean() + 0.01
    # Nearer to their own than to another picture's: something of it is left.
    assert ((out * EMBEDDINGS).sum(1) - (out * EMBEDDINGS.roll(1, 0)).sum(1)).mean() > 0.02
    assert len(out.round(decimals=3).unique(dim=0)) > 1500  # not all of them the mean
