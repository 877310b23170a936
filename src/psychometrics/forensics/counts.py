"""How many unlike coins show heads: the distribution of matches, its tail, and who could be in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from psychometrics.errors import WrongValue
from psychometrics.responses import Flags, Floats, Scores

LIMIT = 1e-4
"""Pairs less surprising than this are not kept when all are looked at."""
SLACK = 0.1
"""In standard deviations: what the expansion that looks for pairs to keep may be off."""

ROWS = 512


def bound(limit: float) -> float:
    """The normal deviate that is exceeded with this chance. Raises WrongValue outside of (0, 0.1]."""
    if not 0 < limit <= 0.1:
        raise WrongValue(f"a limit of chance is above 0 and at most 0.1, not {limit}")
    return float(-ndtri(limit))


def could_reach(surplus: Scores, variance: Scores, z: float) -> Flags:
    """Where matches less expected ones could have a chance as small as that of z; uses up `variance`.

    The most skewed sum of unlike coins takes (z² - 1) / 6 matches from the normal bound, rounding to whole matches
    gives a half back (Cornish & Fisher 1937). So small a chance needs more matches than expected.
    """
    least = np.sqrt(np.maximum(variance, 0, out=variance), out=variance)
    np.multiply(least, np.float32(z - SLACK), out=least)
    np.subtract(least, np.float32(max((z**2 - 1) / 6 - 0.5, 0)), out=least)
    return np.asarray(surplus > np.maximum(least, 0, out=least))


def coins(chances: Floats) -> Floats:
    """P(how many of unlike coins show heads), (rows, coins + 1), from their chances (rows, coins)."""
    size = chances.shape[1]
    made = np.empty((len(chances), size + 1))
    # Counts go down, rows across, few at a time: what is worked on stays near the processor.
    for start in range(0, len(chances), ROWS):
        own = np.ascontiguousarray(chances[start : start + ROWS].T)
        found = np.zeros((size + 1, own.shape[1]))
        found[0] = 1
        for place in range(size):
            heads = found[: place + 1] * own[place]
            found[: place + 1] -= heads
            found[1 : place + 2] += heads
        made[start : start + ROWS] = found.T
    return np.maximum(made, 0.0, out=made)


def three_ways(one: Floats, two: Floats) -> Floats:
    """P(m of the first kind, n of the second), (rows, items + 1, items + 1), from chances (rows, items)."""
    size = one.shape[1] + 1
    found = np.zeros((len(one), size, size))
    found[:, 0, 0] = 1
    for place in range(size - 1):
        p, q = one[:, place, None, None], two[:, place, None, None]
        before = found[:, : place + 1, : place + 1].copy()
        found[:, : place + 1, : place + 1] *= np.maximum(1 - p - q, 0)
        found[:, 1 : place + 2, : place + 1] += before * p
        found[:, : place + 1, 1 : place + 2] += before * q
    return found


def upper_tail(distribution: Floats, observed: ArrayLike) -> Floats:
    """Σ of each row from the observed count upwards, (rows,), in [0, 1]; a small tail keeps its digits."""
    counted = np.arange(distribution.shape[1]) >= np.asarray(observed)[:, None]
    return np.asarray(np.minimum(np.where(counted, distribution, 0.0).sum(axis=1), 1.0))
