"""What a wrong pixel costs, by where it is and whether it is a wrong colour."""
import pytest
import torch

from training.reconstruction import face_weight, pixel_loss

REAL = torch.zeros(1, 3, 64, 64)


def cost(places, channels, parts='eyes', colour=0):
    made = REAL.clone()
    for channel, value in zip(range(3), channels):
        made[0, channel][places] = value
    return float(pixel_loss(made, REAL, face_weight(64, 'cpu', parts), colour))


def test_an_iris_counts_more_than_a_cheek_and_a_top_more_than_hair():
    iris, cheek, top, hair = ((slice(y, y + 4), slice(x, x + 4)) for y, x in ((30, 24), (42, 24), (60, 8), (4, 8)))
    assert cost(iris, (1, 1, 1)) > 3 * cost(cheek, (1, 1, 1))
    assert cost(iris, (1, 1, 1)) > 2 * cost(iris, (1, 1, 1), 'framed')
    assert cost(top, (1, 1, 1)) > 1.5 * cost(hair, (1, 1, 1))


def test_a_wrong_colour_costs_more_where_colours_are_asked_for():
    here = slice(20, 28), slice(20, 28)
    grey, hue = (0.5, 0.5, 0.5), (0.5, 0.5, -0.5)
    assert cost(here, grey) == pytest.approx(cost(here, hue))
    assert cost(here, hue, colour=6) > 1.5 * cost(here, grey, colour=6)
