"""Right-or-wrong items in two groups, by odds at equal scores: Mantel and Haenszel, with the classes of ETS."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2, norm

from psychometrics.errors import WrongShape
from psychometrics.fairness.matching import Comparison, Fewest, Table, compared
from psychometrics.fairness.purification import Progress, purified, told
from psychometrics.responses import Flags, Floats, Responses

DELTA = -2.35
"""Points of ETS's delta scale in one unit of log odds; minus, so that below 0 is against the focal group."""


@dataclass(frozen=True, slots=True)
class Odds:
    """One item's common odds ratio `alpha` (above 1 favours the reference group) with `se` of its logarithm.

    `chi2` has one degree of freedom and Yates's correction. NaN where a sum of products is 0: nothing can be estimated.
    """

    alpha: float
    se: float
    chi2: float


@dataclass(frozen=True)
class MantelHaenszel:
    """Every item's difference between two groups; arrays are (items,), NaN as documented in `mantel_haenszel`.

    `alpha` above 0, the odds of the reference group over those of the focal group at equal scores; `delta` on ETS's
    scale, below 0 against the focal group; `se` of delta; `chi2` and `p`; `classes` A (slight), B, C (large) or "".
    `anchor` (items,) matched the persons; `is_settled` tells whether purification came to rest.
    """

    names: tuple[str, ...]
    reference: str
    focal: str
    alpha: Floats
    delta: Floats
    se: Floats
    chi2: Floats
    p: Floats
    classes: tuple[str, ...]
    anchor: Flags
    is_settled: bool

    @property
    def is_suspect(self) -> Flags:
        """Items of class B or C, (items,)."""
        return np.isin(self.classes, ["B", "C"])


def mantel_haenszel(
    responses: Responses,
    *,
    reference: str,
    focal: str,
    purify: bool = True,
    matching: ArrayLike | None = None,
    fewest: Fewest | None = None,
    progress: Progress | None = None,
) -> MantelHaenszel:
    """Differential functioning of right-or-wrong items between two groups.

    α = Σ A_k D_k / T_k ÷ Σ B_k C_k / T_k over scores k (A, B right and wrong in the reference group, C, D in the focal
    group), Δ = -2.35 ln α. Persons are matched on the points of the anchor items (see `Comparison.tables`), purified of
    B and C, or on `matching` (persons,), which is taken as it is. NaN and "": an item with other scores than 0 and its
    most, one that fewer than `fewest` answered, one that is always right or wrong.

    Raises EmptyGroup, TooFew (a group too small; no anchor left), WrongShape, WrongValue as `compared` does.
    Sources: Mantel & Haenszel (1959); Holland & Thayer (1988); Zwick (2012).
    """
    comparison = compared(responses, reference, [focal], matching=matching, fewest=fewest)
    found, anchor, settled = purified(
        responses.n_items,
        lambda anchor: _judged(comparison, anchor, progress),
        purify=purify and matching is None,
    )
    return replace(found, anchor=anchor, is_settled=settled)


def odds(counts: ArrayLike) -> Odds:
    """The common odds ratio of 2 × 2 tables: `counts` (levels, 2 groups, [wrong, right]), the reference group first.

    Variance of ln α by Robins, Breslow & Greenland (1986). Raises WrongShape. Source: Mantel & Haenszel (1959).
    """
    tables = np.asarray(counts, dtype=np.float64)
    if tables.ndim != 3 or tables.shape[1:] != (2, 2):
        raise WrongShape(f"tables are levels by two groups by wrong and right, not {tables.shape}")
    total = tables.sum(axis=(1, 2))
    tables, total = tables[total > 1], total[total > 1]
    b, a, d, c = tables[:, 0, 0], tables[:, 0, 1], tables[:, 1, 0], tables[:, 1, 1]
    r, s = a * d / total, b * c / total
    if not (r.sum() > 0 and s.sum() > 0):
        return Odds(np.nan, np.nan, np.nan)
    straight, crossed = (a + d) / total, (b + c) / total
    variance = (
        (straight * r).sum() / (2 * r.sum() ** 2)
        + (straight * s + crossed * r).sum() / (2 * r.sum() * s.sum())
        + (crossed * s).sum() / (2 * s.sum() ** 2)
    )
    off = np.abs((a - (a + b) * (a + c) / total).sum())
    spread = ((a + b) * (c + d) * (a + c) * (b + d) / (total**2 * (total - 1))).sum()
    return Odds(float(r.sum() / s.sum()), float(np.sqrt(variance)), float(max(off - 0.5, 0.0) ** 2 / spread))


def ets_classes(delta: Floats, se: Floats, p: Floats) -> tuple[str, ...]:
    """A, B or C of each item, "" for NaN; arrays are (items,).

    A: |Δ| < 1, or not different from 0 at 5 %. C: |Δ| ≥ 1.5 and above 1 at 5 %, one-sided. B: the rest.
    Source: Zwick (2012).
    """
    size = np.abs(delta)
    slight = (size < 1) | (p >= 0.05)
    large = ~slight & (size >= 1.5) & (size - 1 > norm.ppf(0.95) * se)
    return tuple(np.select([np.isnan(delta), slight, large], ["", "A", "C"], "B").tolist())


def _judged(comparison: Comparison, anchor: Flags, progress: Progress | None) -> MantelHaenszel:
    found = [_odds_of(table) for table in told(comparison.tables(anchor), comparison.responses.n_items, progress)]
    alpha, error, square = (np.array([getattr(each, name) for each in found]) for name in ("alpha", "se", "chi2"))
    delta, se, p = DELTA * np.log(alpha), abs(DELTA) * error, chi2.sf(square, 1)
    return MantelHaenszel(
        names=comparison.responses.items,
        reference=comparison.groups[0],
        focal=comparison.groups[1],
        alpha=alpha,
        delta=delta,
        se=se,
        chi2=square,
        p=p,
        classes=ets_classes(delta, se, p),
        anchor=anchor,
        is_settled=False,
    )


def _odds_of(table: Table | None) -> Odds:
    if table is None or not table.is_right_or_wrong:
        return Odds(np.nan, np.nan, np.nan)
    return odds(table.counts)
