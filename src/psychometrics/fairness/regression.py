"""Right-or-wrong items in two or more groups, by logistic regression on the matching score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, xlogy
from scipy.stats import chi2

from psychometrics.fairness.matching import Comparison, Fewest, Table, compared, focal_groups
from psychometrics.fairness.purification import Progress, purified, told
from psychometrics.responses import Flags, Floats, Responses

MODERATE, LARGE = 0.035, 0.070
"""Change of R² from which a difference is of class B and of class C (Jodoin & Gierl 2001)."""
STEPS = 50
"""Most Newton steps of one regression."""
_ENDLESS = 20.0
"""A coefficient beyond this is on its way to infinity: the answers separate."""


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A likelihood-ratio test of each item: `chi2` with `degrees` of freedom, `p`, and the `change` of R², (items,)."""

    chi2: Floats
    degrees: int
    p: Floats
    change: Floats


@dataclass(frozen=True)
class Logistic:
    """Every item's difference between focal groups and the reference group; NaN as documented in `logistic`.

    `uniform`, `nonuniform` and `both` are tests of a difference at all scores alike, of one that grows with the score,
    and of either. `shifts` (items, focal groups) in logits at equal scores, above 0 for the focal group; `turns`
    (items, focal groups) in logits for each standard deviation of the matching score. `classes` A, B, C or "" by
    `both`. `anchor` and `is_settled` as in `MantelHaenszel`.
    """

    names: tuple[str, ...]
    reference: str
    focal: tuple[str, ...]
    uniform: LikelihoodRatio
    nonuniform: LikelihoodRatio
    both: LikelihoodRatio
    shifts: Floats
    turns: Floats
    classes: tuple[str, ...]
    anchor: Flags
    is_settled: bool

    @property
    def is_suspect(self) -> Flags:
        """Items of class B or C, (items,)."""
        return np.isin(self.classes, ["B", "C"])


@dataclass(frozen=True, slots=True)
class _Fit:
    """A regression: `weights` (predictors,) and its log-likelihood; NaN when the steps ran out."""

    weights: Floats
    height: float


def logistic(
    responses: Responses,
    *,
    reference: str,
    focal: Sequence[str] | None = None,
    purify: bool = True,
    matching: ArrayLike | None = None,
    fewest: Fewest | None = None,
    progress: Progress | None = None,
) -> Logistic:
    """Uniform and non-uniform differential functioning of right-or-wrong items; all other groups unless `focal` says.

    Three nested models of logit P(right): β₀ + β₁x; + Σ β₂g; + Σ β₃g x, with x the matching score in standard
    deviations about its mean and g the focal groups. Uniform: second against first; non-uniform: third against second;
    both: third against first; each focal group adds a degree of freedom. R² is Nagelkerke's. Class A unless p < 0.05
    and the change of R² is 0.035 or more; C from 0.070 on.

    Matching, purification and errors as in `mantel_haenszel`. NaN and "": as there, and when all have the same matching
    score; shifts and turns also where the answers separate, so that they would be infinite.
    Sources: Swaminathan & Rogers (1990); Magis et al. (2011); Nagelkerke (1991); Jodoin & Gierl (2001).
    """
    groups = focal_groups(responses, reference) if focal is None else focal
    comparison = compared(responses, reference, groups, matching=matching, fewest=fewest)
    found, anchor, settled = purified(
        responses.n_items,
        lambda anchor: _judged(comparison, anchor, progress),
        purify=purify and matching is None,
    )
    return replace(found, anchor=anchor, is_settled=settled)


def _judged(comparison: Comparison, anchor: Flags, progress: Progress | None) -> Logistic:
    n_items, n_focal = comparison.responses.n_items, len(comparison.groups) - 1
    # Log-likelihoods of the empty model and the three, and the number of persons.
    heights, persons = np.full((n_items, 4), np.nan), np.full(n_items, np.nan)
    shifts, turns = (np.full((n_items, n_focal), np.nan) for _each in range(2))
    for item, table in enumerate(told(comparison.tables(anchor), n_items, progress)):
        if table is None or not table.is_right_or_wrong or not _varies(table):
            continue
        fits = _fitted(table)
        heights[item], persons[item] = [each.height for each in fits], table.counts.sum()
        shifts[item], turns[item] = fits[2].weights[2:], fits[3].weights[2 + n_focal :]
    both = _tested(heights, persons, 1, 3, 2 * n_focal)
    return Logistic(
        names=comparison.responses.items,
        reference=comparison.groups[0],
        focal=comparison.groups[1:],
        uniform=_tested(heights, persons, 1, 2, n_focal),
        nonuniform=_tested(heights, persons, 2, 3, n_focal),
        both=both,
        shifts=np.where(np.abs(shifts) < _ENDLESS, shifts, np.nan),
        turns=np.where(np.abs(turns) < _ENDLESS, turns, np.nan),
        classes=_classes(both),
        anchor=anchor,
        is_settled=False,
    )


def _varies(table: Table) -> bool:
    return table.levels.size > 1 and bool((table.counts.sum(axis=(0, 1)) > 0).all())


def _fitted(table: Table) -> list[_Fit]:
    """The empty model and the three, on the cells of level by group."""
    n_levels, n_groups, _scores = table.counts.shape
    size = table.counts.sum(axis=2).ravel()
    right = table.counts[:, :, 1].ravel()
    mean = size @ np.repeat(table.levels, n_groups) / size.sum()
    spread = np.sqrt(size @ (np.repeat(table.levels, n_groups) - mean) ** 2 / size.sum())
    x = np.repeat((table.levels - mean) / spread, n_groups)
    focal = np.tile(np.eye(n_groups)[:, 1:], (n_levels, 1))
    design = np.column_stack([np.ones_like(x), x, focal, focal * x[:, None]])
    used = size > 0
    return [_regressed(design[used, :width], right[used], size[used]) for width in (1, 2, 1 + n_groups, 2 * n_groups)]


def _regressed(design: Floats, right: Floats, size: Floats) -> _Fit:
    """Maximum likelihood by Newton's steps, halved where they overshoot."""
    weights, height = np.zeros(design.shape[1]), _height(np.full(size.shape, 0.5), right, size)
    for _step in range(STEPS):
        chance = expit(design @ weights)
        slope = design.T @ (right - size * chance)
        curve = (design.T * (size * chance * (1 - chance))) @ design
        step = np.linalg.lstsq(curve, slope, rcond=None)[0]
        for _halving in range(20):
            higher = _height(expit(design @ (weights + step)), right, size)
            if higher >= height:
                break
            step = step / 2
        else:
            return _Fit(weights, height)
        weights, gain, height = weights + step, higher - height, higher
        if gain <= 1e-10 * (1 + abs(height)):
            return _Fit(weights, height)
    return _Fit(np.full(weights.shape, np.nan), np.nan)


def _height(chance: Floats, right: Floats, size: Floats) -> float:
    return float((xlogy(right, chance) + xlogy(size - right, 1 - chance)).sum())


def _tested(heights: Floats, persons: Floats, less: int, more: int, degrees: int) -> LikelihoodRatio:
    square = np.maximum(2 * (heights[:, more] - heights[:, less]), 0)
    with np.errstate(invalid="ignore"):
        r2 = (1 - np.exp(2 * (heights[:, :1] - heights) / persons[:, None])) / (
            1 - np.exp(2 * heights[:, :1] / persons[:, None])
        )
    return LikelihoodRatio(square, degrees, chi2.sf(square, degrees), r2[:, more] - r2[:, less])


def _classes(both: LikelihoodRatio) -> tuple[str, ...]:
    slight = (both.p >= 0.05) | (both.change < MODERATE)
    return tuple(np.select([np.isnan(both.change), slight, both.change >= LARGE], ["", "A", "C"], "B").tolist())
