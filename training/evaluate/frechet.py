"""The Fréchet distance of two sets of pictures, in the features of the classifier: how far generated portraits lie from renders as a whole."""

import numpy as np


def moments(features):
    """(mean [D], covariance [D, D]) of features [N, D]"""
    features = np.asarray(features, np.float64)
    return features.mean(0), np.cov(features, rowvar=False)


def _root(matrix):
    values, axes = np.linalg.eigh(matrix)
    return (axes * np.sqrt(np.clip(values, 0, None))) @ axes.T


def frechet(a, b):
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2) of features [N, D] and [M, D] (Heusel et al., 2017, equation 6)

    Few pictures make it larger: compare sets of the same size only.
    """
    (m1, c1), (m2, c2) = moments(a), moments(b)
    half = _root(c1)
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(half @ c2 @ half), 0, None)).sum()
    return float(((m1 - m2) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * cross)
