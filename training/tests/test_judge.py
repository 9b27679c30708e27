"""The judge's own parts: landmarks, damage, and the distance between sets of pictures."""
import numpy as np
import pytest
import torch

from training.evaluate import everyday, face_check, reconstructions
from training.evaluate.asked import asked
from training.evaluate.data import UNKNOWN
from training.evaluate.frechet import frechet
from training.faces.attributes import sample, skin_tone
from training.faces.captions import caption
from training.faces.landmarks import PARTS, landmarks


def test_faces_have_their_parts_where_ffhq_has_them():
    points = np.stack([landmarks(sample(3, i)) for i in range(0, 60, 4)])
    assert points.shape[1:] == (len(PARTS), 2)
    eyes = points[:, :2]
    assert np.abs(eyes[..., 1] - 0.5).max() < 0.04  # at one height
    assert (eyes[:, 0, 0] < 0.5).all() and (eyes[:, 1, 0] > 0.5).all()
    nose, mouth, chin = points[:, 2, 1], points[:, 3, 1], points[:, 4, 1]
    assert (nose > 0.52).all() and (mouth > nose).all() and (chin > mouth).all()


def test_damage_stays_near_its_part():
    torch.manual_seed(1)
    picture, others = torch.rand(3, 128, 128), torch.rand(4, 3, 128, 128)
    for damage in face_check.DAMAGES:
        spoilt = face_check.spoil(picture, others, (0.4, 0.5), damage, torch.Generator().manual_seed(2))
        changed = (spoilt - picture).abs().sum(0)
        assert changed[60:68, 47:55].mean() > 0.05, damage
        assert changed[:, 80:].max() == 0, damage


def test_a_score_is_of_the_worst_part_near_its_place():
    class Fixed(torch.nn.Module):
        def forward(self, x):
            maps = torch.full((len(x), 2, face_check.CELLS, face_check.CELLS), -9.0)
            maps[:, 0, 5, 5], maps[:, 1, 20, 20], maps[:, 1, 5, 5] = 3.0, 1.0, 8.0
            return maps

    allowed = torch.tensor([[3.0, 3.0], [18.0, 18.0]]), torch.tensor([[8.0, 8.0], [23.0, 23.0]])
    found = face_check.scores(Fixed(), allowed, np.zeros((2, 128, 128, 3), np.uint8))
    assert found == pytest.approx([torch.tensor(1.0).sigmoid().item()] * 2)  # the 8 lies where no such part lies


def test_the_frechet_distance_of_known_gaussians():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((40000, 3)), 2 * rng.standard_normal((40000, 3)) + (1, 0, 0)
    assert frechet(a, b) == pytest.approx(1 + 3 * (2 - 1) ** 2, abs=0.1)
    assert frechet(a, a) == pytest.approx(0, abs=1e-8)


def test_everyday_words_are_in_no_caption():
    captioned = {word for i in range(3000) for word in caption(sample(1, i), i)[0].replace(',', ' ').split()}
    assert not everyday.unseen() & captioned
    assert len(everyday.prompts()) > 200


def test_what_is_kept_is_counted_where_it_shows():
    labels = np.array([0, 1, UNKNOWN, 2, 1])
    assert reconstructions.kept(labels, np.array([0, 1, 2, 0, 1]), np.array([0, 0, 2, 0, 1])) == (0.75, 0.5, 4)
    assert reconstructions.kept(np.full(2, UNKNOWN), labels[:2], labels[:2]) is None


def test_a_reconstruction_is_of_its_own_picture():
    class Through(torch.nn.Module):
        encode = decode = staticmethod(lambda x: x)

    pictures = torch.randint(0, 256, (reconstructions.BATCH + 3, 8, 8, 3), dtype=torch.uint8)
    made, noise = reconstructions.reconstructed({"threads": 1, "seed": 1, "bf16": False}, Through(), pictures)
    assert np.array_equal(made, pictures.numpy()) and noise > 60


def test_renders_show_what_prompts_ask_for_by_different_people():
    expects = [{"hair": ["afro"], "hair_colour": ["blue"], "age_group": ["old"]}, {"beard": ["goatee"], "sex": ["man"], "glasses": ["none"]},
               {"hat": ["cap"], "skin_tone": ["dark", "brown"]}, {"hat": ["cap"], "hat_colour": ["pink"], "sex": ["woman"]}] * 3  # fmt: skip
    made = asked(expects, count=400)
    for a, expect in zip(made, expects):
        assert all((a[name] or "none") in values for name, values in expect.items())
        assert all(a[f"{name}_colour"] for name in ("hat", "beard", "glasses") if a[name])
        assert (a["age"] > 55) == (a["age_group"] == "old") and a["skin_tone"] == skin_tone(a["skin"])
    assert len({a["identity"] for a in made}) == len(made)
    with pytest.raises(ValueError, match="nobody of"):
        asked([{"sex": ["cat"]}], count=20)
