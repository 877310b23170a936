"""Distributions of whole scores: counting them, percentile ranks, and equal ranks on two forms (equipercentile)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import TooFew, WrongShape, WrongValue
from psychometrics.responses import Floats

ROUNDING = 1e-12


def counted(totals: ArrayLike, most: int) -> Floats:
    """How many persons have each total, (totals 0 … most,). Raises TooFew for nobody, WrongValue for other totals."""
    return _counts([(np.asarray(totals, dtype=np.float64), most)])


def counted_jointly(totals: ArrayLike, anchors: ArrayLike, most: int, most_anchor: int) -> Floats:
    """How many persons have each total with each anchor score, (totals 0 … most, anchors 0 … most)."""
    one, other = np.asarray(totals, dtype=np.float64), np.asarray(anchors, dtype=np.float64)
    if one.shape != other.shape:
        raise WrongShape(f"{one.size} totals and {other.size} anchor scores")
    return _counts([(one, most), (other, most_anchor)])


def _counts(each: list[tuple[Floats, int]]) -> Floats:
    for values, most in each:
        if values.ndim != 1 or values.size == 0:
            raise TooFew("nobody has a score")
        if not np.all((values >= 0) & (values <= most) & (values == np.floor(values))):
            raise WrongValue(f"scores are whole, 0 to {most}: take the smallest mark as the unit")
    found = np.zeros([most + 1 for _, most in each])
    np.add.at(found, tuple(values.astype(np.intp) for values, _ in each), 1)
    return found


def moments(counts: Floats) -> tuple[float, float]:
    """Mean and standard deviation (of the population) of scores 0, 1, … with these counts or shares."""
    scores = np.arange(counts.size)
    mean = float(counts @ scores / counts.sum())
    return mean, float(np.sqrt(counts @ (scores - mean) ** 2 / counts.sum()))


def ranks(counts: Floats, scores: ArrayLike) -> Floats:
    """Percentile ranks in [0, 1] of scores, whole or not: each whole score is spread evenly over ±½ around it."""
    reached = np.concatenate([[0.0], np.cumsum(counts) / counts.sum()])
    edges = np.arange(reached.size) - 0.5
    return np.asarray(np.interp(np.asarray(scores, dtype=np.float64), edges, reached))


def scores_at(counts: Floats, rank: ArrayLike) -> Floats:
    """The score of each percentile rank, in [-½, most + ½]; the middle where a stretch of scores has nobody."""
    reached = np.cumsum(counts) / counts.sum()
    wanted = np.clip(np.asarray(rank, dtype=np.float64), 0, 1)
    before = np.concatenate([[0.0], reached[:-1]])
    shares = counts / counts.sum()
    upper = np.minimum(np.searchsorted(reached, wanted + ROUNDING, side="right"), counts.size - 1)
    lower = np.minimum(np.searchsorted(reached, wanted - ROUNDING, side="left"), counts.size - 1)
    ends = []
    for place in (upper, lower):
        share = np.divide(wanted - before[place], shares[place], out=np.zeros_like(wanted), where=shares[place] > 0)
        ends.append(place - 0.5 + np.clip(share, 0, 1))
    ends[0] = np.where(wanted >= 1 - ROUNDING, counts.size - 0.5, ends[0])
    ends[1] = np.where(wanted <= ROUNDING, -0.5, ends[1])
    return np.asarray((ends[0] + ends[1]) / 2)


def equipercentile(new: Floats, old: Floats, scores: ArrayLike | None = None) -> Floats:
    """Old-form scores of the same percentile rank as the new form's scores 0, 1, … or those given, (scores,).

    `new` and `old` are counts or shares of the two forms' scores. Source: Angoff (1971); Kolen & Brennan (2014), ch. 2.
    """
    asked = np.arange(new.size) if scores is None else scores
    return scores_at(old, ranks(new, asked))
