"""Chances of many persons of like ability from those at a few abilities: what makes products of matrices thin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander

from psychometrics.forensics.answers import Answers
from psychometrics.responses import Floats, Indices

NEAR = 1e-6
"""How far an interpolated chance may be off."""
COUNTS = (8, 16, 32, 64)


def alike(answers: Answers, groups: Sequence[Indices]) -> list[Indices]:
    """The same groups, each with full papers before those with blanks, and like abilities beside each other."""
    has_blank = np.asarray(~answers.is_answered.all(axis=1))
    return [mine[np.lexsort((answers.theta[mine], has_blank[mine]))] for mine in groups]


def between(answers: Answers, rows: Indices) -> tuple[Floats, Floats] | None:
    """Abilities (nodes,) and weights (rows, nodes): weights @ f(nodes) is f(θ) of each person for P and P².

    Nodes are Chebyshev's on the persons' range, as many as bring every chance within 1e-6 half way between them. None
    where a person left an item blank, so that the sum is not over all items, or where 64 nodes are not enough.
    """
    theta = answers.theta[rows]
    if not answers.is_answered[rows].all():
        return None
    middle, half = (theta.max() + theta.min()) / 2, max((theta.max() - theta.min()) / 2, 1e-3)
    for count in COUNTS:
        if 4 * count > rows.size:
            return None
        points = chebpts1(count)
        inverse = np.linalg.inv(chebvander(points, count - 1))
        tried = np.linspace(-1, 1, 2 * count)
        known, expects = (answers.curves_at(middle + half * each).reshape(each.size, -1) for each in (points, tried))
        weights = chebvander(tried, count - 1) @ inverse
        if max(np.abs(weights @ known**power - expects**power).max() for power in (1, 2)) < NEAR:
            return middle + half * points, chebvander((theta - middle) / half, count - 1) @ inverse
    return None
