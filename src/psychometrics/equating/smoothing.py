"""Log-linear presmoothing: score distributions without their sampling bumps, keeping their first moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psychometrics.errors import NotConverged, TooFew, WrongShape, WrongValue
from psychometrics.responses import Flags, Floats

STEPS = 200


@dataclass(frozen=True)
class Smooth:
    """A smoothed table: `counts` in the shape given, as many persons in all.

    `deviance` is 2 Σ O log(O/E), on `df` degrees of freedom; `n_parameters` counts the moments kept.
    """

    counts: Floats
    deviance: float
    df: int
    n_parameters: int

    @property
    def aic(self) -> float:
        """Deviance + 2 (parameters + 1): compares degrees on one table."""
        return self.deviance + 2 * (self.n_parameters + 1)

    @property
    def bic(self) -> float:
        """Deviance + log(persons) (parameters + 1)."""
        return float(self.deviance + np.log(self.counts.sum()) * (self.n_parameters + 1))


def smoothed(counts: ArrayLike, degree: int) -> Smooth:
    """log E = Σ_{d ≤ degree} β_d x^d over scores x = 0, 1, …, (scores,); keeps the first `degree` moments.

    Raises TooFew (nobody, no more scores than degrees), WrongValue, NotConverged. Source: Holland & Thayer (1987).
    """
    table = _table(counts, 1)
    return _fitted(table, _powers(table.size, degree)[:, 1:], np.ones(table.shape, dtype=bool))


def smoothed_jointly(
    counts: ArrayLike, degree: int, anchor_degree: int, cross: int = 1, *, possible: ArrayLike | None = None
) -> Smooth:
    """The same for totals by anchor scores, (totals, anchors): powers of each, and products up to `cross` of both.

    Keeps the marginal moments up to `degree` and `anchor_degree` and the cross moments x^i v^j, i, j ≤ `cross`. Cells
    that are not `possible` (an anchor within the total) stay at 0.
    """
    table = _table(counts, 2)
    rows, columns = _powers(table.shape[0], max(degree, cross)), _powers(table.shape[1], max(anchor_degree, cross))
    terms = [(i, 0) for i in range(1, degree + 1)] + [(0, j) for j in range(1, anchor_degree + 1)]
    terms += [(i, j) for i in range(1, cross + 1) for j in range(1, cross + 1)]
    basis = np.stack([np.outer(rows[:, i], columns[:, j]).ravel() for i, j in terms], axis=1)
    allowed = np.ones(table.shape, dtype=bool) if possible is None else np.asarray(possible, dtype=bool)
    if allowed.shape != table.shape:
        raise WrongShape("what is possible has the shape of the counts")
    if (table[~allowed] > 0).any():
        raise WrongValue("somebody has a total that is not possible with that anchor score")
    return _fitted(table, basis, allowed)


def within(most: int, most_anchor: int) -> Flags:
    """Which totals go with which anchor scores when the anchor counts in the total, (totals, anchors)."""
    rest = np.arange(most + 1)[:, None] - np.arange(most_anchor + 1)
    return (rest >= 0) & (rest <= most - most_anchor)


def best(fits: Sequence[Smooth]) -> Smooth:
    """The fit of the lowest AIC. Raises TooFew for none."""
    if not fits:
        raise TooFew("no fit to choose from")
    return min(fits, key=lambda fit: fit.aic)


def _table(counts: ArrayLike, dimensions: int) -> Floats:
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != dimensions:
        raise WrongShape(f"counts of {dimensions} dimensions are wanted, not of {table.ndim}")
    if not np.all(np.isfinite(table) & (table >= 0)):
        raise WrongValue("a count is 0 or more")
    if table.sum() <= 0:
        raise TooFew("nobody has a score")
    return table


def _powers(count: int, degree: int) -> Floats:
    """Columns that span 1, x, …, x^degree, orthonormal so that high powers do not drown each other."""
    if degree < 0:
        raise WrongValue("a degree is 0 or more")
    if degree >= count:
        raise TooFew(f"{count} scores do not hold a polynomial of degree {degree}")
    plain = np.polynomial.legendre.legvander(np.linspace(-1, 1, count), degree)
    return np.asarray(np.linalg.qr(plain)[0])


def _fitted(table: Floats, basis: Floats, allowed: Flags) -> Smooth:
    """Newton's method on the multinomial likelihood, halving steps that do not raise it."""
    here = allowed.ravel()
    seen, design = table.ravel()[here], basis[here]
    if design.shape[1] + 1 > seen.size:
        raise TooFew(f"{seen.size} cells do not hold {design.shape[1]} moments")
    total, wanted = seen.sum(), seen @ design
    at = np.zeros(design.shape[1])
    height, expects = _likelihood(at, design, wanted, total)
    for _ in range(STEPS):
        gap = wanted - expects @ design
        if np.abs(gap).max(initial=0.0) < 1e-9 * total:
            break
        centred = design - expects @ design / total
        step = np.linalg.lstsq(centred.T @ (centred * expects[:, None]), gap, rcond=None)[0]
        for _ in range(40):
            tried, value = _likelihood(at + step, design, wanted, total)[::-1]
            if value >= height - 1e-12 * abs(height):
                break
            step = step / 2
        at, height, expects = at + step, value, tried
    else:
        raise NotConverged("the smoothed distribution does not settle: take a lower degree")
    full = np.zeros(here.size)
    full[here] = expects
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(seen > 0, seen * np.log(seen / expects), 0.0)
    return Smooth(full.reshape(table.shape), float(2 * terms.sum()), seen.size - at.size - 1, at.size)


def _likelihood(at: Floats, design: Floats, wanted: Floats, total: float) -> tuple[float, Floats]:
    """The log-likelihood up to a constant, and the counts expected, which sum to all persons."""
    height = design @ at
    top = height.max()
    weights = np.exp(height - top)
    return float(wanted @ at - total * (top + np.log(weights.sum()))), np.asarray(total * weights / weights.sum())
